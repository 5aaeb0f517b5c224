/**
 * What scripts do. Longer than other files because it is tables, a row a rule of the RFCs: one looks here for the row of
 * a test or an action, whatever extension it is of.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnswers, questionKey } from './answers.ts';
import { compileSieve } from './compile.ts';
import { evaluate } from './evaluate.ts';
import { holds, inputOf, play, playOutcome, told, type Played } from './lab.testing.ts';

interface ActionRow {
  readonly script: string;
  readonly is: string;
  readonly because: string;
  readonly played?: Played;
}

const actions: readonly ActionRow[] = [
  { script: '', is: 'implicit', because: 'an empty script keeps (RFC 5228 §2.10.2)' },
  { script: 'keep; keep;', is: 'keep', because: 'keeping twice is keeping once' },
  { script: 'discard;', is: 'discard', because: 'discard cancels the keep' },
  { script: 'discard; keep;', is: 'discard; keep', because: 'an explicit keep stands beside a discard' },
  { script: 'stop; discard;', is: 'implicit', because: 'stop ends the script' },
  {
    script: '{fileinto} fileinto "A"; fileinto "A"; fileinto "B";',
    is: 'fileinto A; fileinto B',
    because: 'filing twice is filing once',
  },
  {
    script: '{fileinto copy} fileinto :copy "A";',
    is: 'copyinto A; implicit',
    because: 'copy does not cancel the keep (RFC 3894)',
  },
  { script: 'redirect "a@b.fr";', is: 'redirect a@b.fr', because: 'redirect cancels the keep' },
  {
    script: '{copy} redirect :copy "a@b.fr"; redirect :copy "a@b.fr";',
    is: 'redirect copy a@b.fr; implicit',
    because: 'one address once',
  },
  { script: '{reject} reject "non";', is: 'reject non', because: 'reject cancels the keep (RFC 5429)' },
  {
    script: '{reject} reject "non"; keep;',
    is: 'error conflictingActions',
    because: 'reject and keep exclude each other',
  },
  {
    script: '{ereject fileinto} fileinto "A"; ereject "non";',
    is: 'error conflictingActions',
    because: 'ereject and fileinto too',
  },
  { script: '{reject} reject "un"; reject "deux";', is: 'error conflictingActions', because: 'one refusal a message' },
  {
    script: '{reject vacation} vacation "x"; reject "non";',
    is: 'error conflictingActions',
    because: 'a refusal is the answer (RFC 5230 §4.7)',
  },
  { script: '{reject} discard; reject "non";', is: 'discard; reject non', because: 'discard goes with reject' },
  {
    script: '{fileinto mailbox imap4flags} fileinto :create :flags ["\\\\Seen", "$x \\\\seen"] "A/B";',
    is: 'fileinto A/B + \\Seen $x',
    because: 'create and flags, each once',
  },
  {
    script: '{fileinto special-use mailboxid} fileinto :specialuse "\\\\Junk" :mailboxid "F1" "Spam";',
    is: 'fileinto Spam #F1 \\Junk',
    because: 'by use and by id (RFC 8579, RFC 9042)',
  },
  { script: '{fileinto} fileinto "a${x}";', is: 'fileinto a${x}', because: 'without variables nothing is put in' },
  { script: '{fileinto variables} fileinto "${x}";', is: 'error badRunValue', because: 'a mailbox must have a name' },
  {
    script: 'if false { discard; } elsif true { keep; } else { stop; }',
    is: 'keep',
    because: 'the first branch that holds',
  },
  {
    script: 'if false { discard; } else { if true { keep; } discard; }',
    is: 'keep; discard',
    because: 'blocks within blocks',
  },
  {
    script: '{imap4flags} setflag "\\\\Seen"; addflag ["$a", "$A $b"]; removeflag "$B"; keep;',
    is: 'keep \\Seen $a',
    because: 'the internal variable (RFC 5232 §3)',
  },
  {
    script: '{imap4flags} addflag "\\\\Flagged \\\\Recent \\\\Fantasy";',
    is: 'implicit \\Flagged',
    because: 'the implicit keep has flags; unknown ones go',
  },
  { script: '{imap4flags} addflag "a"; keep :flags "b"; ', is: 'keep b', because: 'the tag stands for the variable' },
  {
    script: '{imap4flags variables fileinto} addflag "x" ["a","b"]; set "y" "${x}"; fileinto :flags "${y}" "A"; keep;',
    is: 'fileinto A a b; keep',
    because: 'flags in variables',
  },
  {
    script: '{ihave} if ihave "fantasy" { fantasy "x"; } else { discard; }',
    is: 'discard',
    because: 'an extension that is not there (RFC 5463)',
  },
  {
    script: '{ihave} if not ihave "fantasy" { fantasy "x"; }',
    is: 'error unknownCommand',
    because: 'it fails where it is met',
  },
  {
    script: '{ihave} if ihave ["copy","fileinto"] { fileinto :copy "A"; }',
    is: 'copyinto A; implicit',
    because: 'ihave stands for require',
  },
  { script: '{ihave} if true { error "non"; }', is: 'error scriptError', because: 'error ends it (RFC 5463 §5)' },
  {
    script: '{redirect-dsn} redirect :notify "SUCCESS,DELAY" :ret "HDRS" "a@b.fr";',
    is: 'redirect a@b.fr',
    because: 'RFC 6009 §4',
  },
  {
    script: '{extlists} redirect :list "urn:ietf:params:sieve:addrbook:default";',
    is: 'redirect list urn:ietf:params:sieve:addrbook:default',
    because: 'RFC 6134 §2.5',
  },
  {
    script: '{enotify} notify :importance "1" "mailto:chef@example.fr?subject=x";',
    is: 'notify chef@example.fr 1; implicit',
    because: 'RFC 5436',
  },
  {
    script: '{enotify} notify "mailto:a@b.fr";',
    played: { message: 'Auto-Submitted: auto-notified; owner-email="x"\n\n' },
    is: 'implicit',
    because: 'nobody is notified of a notification',
  },
];

for (const { script, is, because, played } of actions) {
  test(`${because}: ${is}`, () => assert.equal(told(script, played), is));
}

const tests: readonly {
  readonly test: string;
  readonly is?: string;
  readonly because: string;
  readonly played?: Played;
}[] = [
  { test: 'header "subject" "Réunion du conseil"', because: 'encoded-words are decoded' },
  { test: 'header "SUBJECT" "RÉUNION DU conseil"', is: 'no', because: 'i;ascii-casemap leaves É and é apart' },
  { test: 'header "subject" "Réunion DU Conseil"', because: 'i;ascii-casemap does not care for A to Z' },
  { test: 'header :comparator "i;octet" "subject" "Réunion DU conseil"', is: 'no', because: 'i;octet does' },
  {
    test: '{comparator-i;unicode-casemap} header :comparator "i;unicode-casemap" "subject" "RÉUNION DU CONSEIL"',
    because: 'i;unicode-casemap knows É',
  },
  { test: 'header :contains ["x-none", "subject"] ["xyz", "conseil"]', because: 'any field, any key' },
  {
    test: 'header :contains "x-none" ""',
    is: 'no',
    because: 'a field that is not there holds nothing (RFC 5228 §5.7)',
  },
  { test: 'header :contains "x-empty" ""', because: 'an empty field holds the empty string' },
  { test: 'header :is "x-empty" ""', because: 'and is it' },
  { test: 'header :matches "subject" "*conseil"', because: 'a star in front' },
  { test: 'header :matches "subject" "R?union*"', because: 'a question mark is one character' },
  { test: 'header :matches "subject" "*"', because: 'a star is anything' },
  { test: 'header :matches "x-empty" "?"', is: 'no', because: 'a question mark is not nothing' },
  { test: 'header :matches "subject" "R\\\\?union*"', is: 'no', because: 'a backslash makes it a question mark' },
  { test: 'header :matches "subject" "conseil"', is: 'no', because: 'the pattern covers the whole' },
  { test: 'exists ["from", "date"]', because: 'both are there' },
  { test: 'exists ["from", "x-none"]', is: 'no', because: 'all must be there (RFC 5228 §5.5)' },
  { test: 'size :over 100', because: 'larger' },
  { test: 'size :under 100', is: 'no', because: 'not smaller' },
  { test: 'anyof (false, not false)', because: 'one of them holds' },
  { test: 'allof (true, false)', is: 'no', because: 'one does not' },
  { test: 'address :is "from" "jean+liste@example.org"', because: 'the name is no part of the address' },
  { test: 'address :localpart :is "to" "claire"', because: 'local parts of all addresses' },
  { test: 'address :domain :is ["to","cc"] "autre.example"', because: 'domains of all addresses' },
  { test: 'address :contains "from" "Dupont"', is: 'no', because: 'names are not looked at' },
  { test: '{subaddress} address :user "from" "jean"', because: 'RFC 5233' },
  { test: '{subaddress} address :detail "from" "liste"', because: 'the detail' },
  { test: '{subaddress} address :detail :matches "to" "*"', is: 'no', because: 'no detail is not an empty one' },
  { test: '{subaddress} address :user "to" "claire"', because: 'without a detail the user is the whole' },
  { test: '{envelope} envelope :domain "from" "example.org"', because: 'RFC 5228 §5.4' },
  { test: '{envelope subaddress} envelope :detail "from" "liste"', because: 'parts of the envelope too' },
  {
    test: '{envelope} envelope "from" ""',
    played: { input: { envelope: { from: '', to: 'a@b.fr', auth: null } } },
    because: 'the null sender is empty',
  },
  {
    test: '{envelope} envelope :all :is "auth" "jean"',
    played: { input: { envelope: { from: '', to: 'a@b.fr', auth: 'jean' } } },
    because: 'who signed in',
  },
  { test: '{envelope} envelope :contains "auth" ""', is: 'no', because: 'nobody did' },
  {
    test: '{relational comparator-i;ascii-numeric} header :value "lt" :comparator "i;ascii-numeric" "x-prio" "10"',
    because: '3 is less than 10',
  },
  { test: '{relational} header :value "lt" "x-prio" "10"', is: 'no', because: 'as text it is not (RFC 5231 §4)' },
  {
    test: '{relational comparator-i;ascii-numeric} header :value "gt" :comparator "i;ascii-numeric" "x-empty" "999999"',
    because: 'no number is infinite (RFC 4790 §9.1)',
  },
  {
    test: '{comparator-i;ascii-numeric} header :comparator "i;ascii-numeric" "x-prio" "0003"',
    because: 'zeros in front do not count',
  },
  {
    test: '{relational comparator-i;ascii-numeric} header :count "eq" :comparator "i;ascii-numeric" "received" "2"',
    because: 'two Received',
  },
  {
    test: '{relational comparator-i;ascii-numeric} address :count "ge" :comparator "i;ascii-numeric" ["to","cc"] "3"',
    because: 'addresses are counted, not fields',
  },
  {
    test: '{relational comparator-i;ascii-numeric} header :count "eq" :comparator "i;ascii-numeric" "x-none" "0"',
    because: 'none is nought',
  },
  { test: '{index} header :index 1 :contains "received" "mx.example.fr"', because: 'the first field' },
  { test: '{index} header :index 1 :last :contains "received" "from home"', because: 'the last one' },
  { test: '{index} header :index 3 :contains "received" ""', is: 'no', because: 'there is no third' },
  { test: '{date} date :originalzone "date" "hour" "08"', because: 'as the sender wrote it (RFC 5260)' },
  { test: '{date} date :zone "+0000" "date" "hour" "07"', because: 'in Greenwich' },
  { test: '{date} date :zone "-0500" "date" "date" "2026-11-22"', because: 'still the same day in New York' },
  { test: '{date} date "date" "time" "08:30:00"', because: "in the owner's zone" },
  { test: '{date} date "received" "minute" "31"', because: 'what follows the semicolon' },
  { test: '{date index} date :index 2 :zone "+0000" "received" "time" "07:30:30"', because: 'the second Received' },
  { test: '{date} date "subject" "year" ""', is: 'no', because: 'no date has no parts' },
  { test: '{date} currentdate "weekday" "0"', because: 'a Sunday' },
  { test: '{date} currentdate :zone "+0000" "iso8601" "2026-11-22T09:05:07Z"', because: 'ISO 8601 in UTC' },
  { test: '{date} currentdate "iso8601" "2026-11-22T10:05:07+01:00"', because: 'and in Paris' },
  { test: '{date} currentdate "std11" "Sun, 22 Nov 2026 10:05:07 +0100"', because: 'as in mail' },
  { test: '{date} currentdate :zone "+0000" "julian" "61366"', because: 'modified Julian day' },
  {
    test: '{date relational} allof(currentdate :value "ge" "date" "2026-11-01", currentdate :value "le" "date" "2026-11-30")',
    because: 'between two dates',
  },
  { test: '{date} currentdate "zone" "+0100"', because: 'the offset' },
  {
    test: '{date} currentdate :matches "year" "20??"',
    played: { input: { timeZone: 'Atlantis/Capital' } },
    because: 'an unknown zone is UTC',
  },
  { test: '{body} body :contains "RÉUNION EST"', is: 'no', because: 'é and É are two' },
  { test: '{body} body :contains "réunion est DEMAIN"', because: 'the text of the body (RFC 5173)' },
  { test: '{body} body :raw :contains "Claire,"', because: 'as it stands' },
  { test: '{body} body :raw :contains "Subject"', is: 'no', because: 'the header is no body' },
  { test: '{body} body :content "text" :contains "demain"', because: 'all text parts' },
  { test: '{body} body :content "image/png" :contains ""', is: 'no', because: 'there is no image' },
  {
    test: '{body} body :content ["text/", "/plain", "a/b/c"] :contains ""',
    is: 'no',
    because: 'what names no type matches none',
  },
  { test: '{environment} environment "domain" "example.fr"', because: 'RFC 5183' },
  { test: '{environment} environment :matches "fantasy" "*"', is: 'no', because: 'an unknown item is nothing' },
  {
    test: '{spamtest relational comparator-i;ascii-numeric} spamtest :value "ge" :comparator "i;ascii-numeric" "8"',
    played: { input: { spamPercent: 90 } },
    because: '90 percent is 9',
  },
  { test: '{spamtest} spamtest "0"', because: 'not checked is 0 (RFC 5235)' },
  {
    test: '{spamtestplus} spamtest :percent "90"',
    played: { input: { spamPercent: 90 } },
    because: 'percent as they are',
  },
  { test: '{spamtest} spamtest "1"', played: { input: { spamPercent: 0 } }, because: 'surely clean is 1' },
  { test: '{spamtest} spamtest "10"', played: { input: { spamPercent: 100 } }, because: 'surely spam is 10' },
  {
    test: '{spamtest relational comparator-i;ascii-numeric} spamtest :count "ge" "1"',
    is: 'no',
    because: 'there was no check',
  },
  { test: '{virustest} virustest "5"', played: { input: { virus: 5 } }, because: 'infected' },
  {
    test: '{mailbox} mailboxexists ["A","B"]',
    played: { world: { mailboxExists: ({ value }) => value !== 'C' } },
    because: 'both exist (RFC 5490)',
  },
  {
    test: '{mailbox} mailboxexists ["A","C"]',
    played: { world: { mailboxExists: ({ value }) => value !== 'C' } },
    is: 'no',
    because: 'one does not',
  },
  {
    test: '{mailboxid} mailboxidexists "F1"',
    played: { world: { mailboxExists: ({ by }) => by === 'id' } },
    because: 'RFC 9042',
  },
  {
    test: '{special-use} specialuse_exists ["\\\\Junk","\\\\Sent"]',
    played: { world: { specialUseExists: ({ uses }) => uses.length === 1 } },
    because: 'each use has a mailbox (RFC 8579)',
  },
  {
    test: '{special-use} specialuse_exists "A" ["\\\\Junk"]',
    played: { world: { specialUseExists: ({ mailbox }) => mailbox === 'A' } },
    because: 'the mailbox has the use',
  },
  {
    test: '{mboxmetadata} metadata :contains "INBOX" "/private/comment" "x"',
    played: { world: { mailboxMetadata: () => 'axa' } },
    because: 'RFC 5490 §4',
  },
  {
    test: '{mboxmetadata} metadata :matches "INBOX" "/private/comment" "*"',
    is: 'no',
    because: 'no annotation is no value',
  },
  {
    test: '{mboxmetadata} metadataexists "INBOX" ["/a","/b"]',
    played: { world: { mailboxMetadata: () => '' } },
    because: 'empty ones are there',
  },
  {
    test: '{servermetadata} servermetadata "/shared/x" "y"',
    played: { world: { serverMetadata: () => 'Y' } },
    because: "the server's",
  },
  { test: '{servermetadata} servermetadataexists "/shared/x"', is: 'no', because: 'not there' },
  {
    test: '{extlists} header :list "from" "urn:x"',
    played: { world: { listContains: ({ value }) => value.includes('Jean') } },
    because: 'RFC 6134',
  },
  {
    test: '{extlists} address :list "from" "urn:x"',
    played: { world: { listContains: ({ value }) => value === 'jean+liste@example.org' } },
    because: 'addresses of the list',
  },
  {
    test: '{extlists} valid_ext_list ["urn:x"]',
    played: { world: { listExists: () => true } },
    because: 'a list that is known',
  },
  { test: '{enotify} valid_notify_method "mailto:a@b.fr"', because: 'mailto is known' },
  { test: '{enotify} valid_notify_method ["mailto:a@b.fr","tel:1"]', is: 'no', because: 'tel is not' },
  { test: '{enotify} notify_method_capability "mailto:a@b.fr" "Online" "maybe"', because: 'RFC 5435 §5' },
  {
    test: '{duplicate} duplicate',
    played: { world: { duplicateSeen: () => true } },
    because: 'seen before (RFC 7352)',
  },
  {
    test: '{duplicate} duplicate :header "x-none"',
    played: { world: { duplicateSeen: () => true } },
    is: 'no',
    because: 'without the field nothing is the same',
  },
  {
    test: '{encoded-character} header :contains "subject" "R${hex:c3 a9}union${unicode:20}du"',
    because: 'RFC 5228 §2.4.2.4',
  },
  {
    test: '{encoded-character} header :contains "subject" "R${hex:c3}${HEX: a9 }union"',
    because: 'octets of one character in two',
  },
  { test: '{regex} header :regex "subject" "^R.union (du|de) [[:alpha:]]+$"', because: 'a regex' },
  { test: '{regex} header :regex "subject" "CONSEIL$"', because: 'and its letters are folded' },
  {
    test: '{regex} header :regex :comparator "i;octet" "subject" "CONSEIL$"',
    is: 'no',
    because: 'unless it is i;octet',
  },
  { test: '{variables} string "a" ["b","A"]', because: 'RFC 5229 §5' },
  { test: '{variables imap4flags} hasflag "x"', is: 'no', because: 'no flags yet' },
];

for (const row of tests) {
  test(`${row.test} ${row.is ?? 'yes'}: ${row.because}`, () =>
    assert.equal(holds(row.test, row.played), row.is ?? 'yes'));
}

const bounds: readonly { readonly script: string; readonly limits: object; readonly is: string }[] = [
  { script: '{fileinto} fileinto "a"; fileinto "b"; fileinto "c";', limits: { actions: 2 }, is: 'actions' },
  { script: 'redirect "a@b.fr"; redirect "c@d.fr";', limits: { redirects: 1 }, is: 'redirects' },
  {
    script: '{enotify} notify "mailto:a@b.fr"; notify "mailto:c@d.fr";',
    limits: { notifications: 1 },
    is: 'notifications',
  },
  { script: 'if true {} if true {} if true {}', limits: { evaluations: 2 }, is: 'evaluations' },
  { script: '{variables} set "a" "b"; set "c" "d";', limits: { variables: 1 }, is: 'variables' },
  { script: '{variables} set "a" "0123456789"; set "b" "${a}${a}${a}";', limits: { textUnits: 20 }, is: 'textUnits' },
  { script: '{editheader} addheader "a" "b"; addheader "c" "d";', limits: { addedFields: 1 }, is: 'addedFields' },
  { script: '{regex} if header :regex "subject" "(a|b|.)*conseil" {}', limits: { matchWork: 20 }, is: 'matchWork' },
  { script: '{replace} replace "0123456789";', limits: { editedOctets: 10 }, is: 'editedOctets' },
];

for (const { script, limits, is } of bounds) {
  test(`too much of ${is} ends the script, and the message is kept as it came`, () => {
    const { actions, error } = play(script, { input: { limits } });
    assert.deepEqual(error?.fault.code === 'runLimit' && error.fault.what, is);
    assert.deepEqual(actions, [{ kind: 'keep', line: 0, isImplicit: true, flags: [], edited: null }]);
  });
}

test('a list has a short name, and what was found in it is a match variable (RFC 6134)', () => {
  const script =
    '{extlists variables} if address :list "to" ":addrbook:default" { redirect :list "${0}"; } redirect :list ":addrbook:x";';
  const world: Played['world'] = {
    listContains: ({ list, value }) =>
      list === 'urn:ietf:params:sieve:addrbook:default' && value === 'marc@autre.example',
  };
  assert.equal(
    told(script, { world }),
    'redirect list marc@autre.example; redirect list urn:ietf:params:sieve:addrbook:x',
  );
});

test('a question without an answer ends the run, and the same run goes further with it', () => {
  const script = compileSieve('require ["mailbox","fileinto"]; if mailboxexists ["A","B"] { fileinto "A"; }');
  const answers = createAnswers();
  const asked: string[] = [];
  for (let round = 0; round < 5; round++) {
    const outcome = evaluate(script, inputOf({ input: { world: answers.world } }));
    if (outcome.kind === 'finished') {
      assert.deepEqual(
        outcome.actions.map(({ kind }) => kind),
        ['fileinto'],
      );
      assert.equal(asked.length, 2);
      return;
    }
    for (const question of outcome.questions) {
      asked.push(questionKey(question));
      if (question.kind === 'mailboxExists') answers.add(question, true);
    }
  }
  assert.fail('it never ended');
});

test('the same script and message give the same outcome', () => {
  const script = compileSieve(
    'require ["regex","variables","vacation"]; if header :regex "subject" "(.)u" { vacation "${1}"; }',
  );
  assert.deepEqual(evaluate(script, inputOf()), evaluate(script, inputOf()));
});

test('duplicates to remember are told once the script has run, and none when it failed', () => {
  const script = '{duplicate} if duplicate :handle "h" :seconds 60 {} if duplicate :handle "h" :seconds 60 {}';
  const { duplicates } = play(script);
  assert.deepEqual(
    duplicates.map(({ seconds, isLast }) => ({ seconds, isLast })),
    [{ seconds: 60, isLast: false }],
  );
  assert.deepEqual(play(`{duplicate reject} if duplicate {} reject "x"; keep;`).duplicates, []);
  const seen: Played = { world: { duplicateSeen: () => true } };
  assert.deepEqual(play('{duplicate} if duplicate {}', seen).duplicates, []);
  assert.equal(play('{duplicate} if duplicate :last {}', seen).duplicates.length, 1);
});

test('steps tell what was tested and done, with lines, and only when asked for', () => {
  const script = '{variables} set "a" "x";\nif header :contains "subject" "conseil" { keep; }';
  assert.deepEqual(play(script).steps, []);
  assert.deepEqual(play(script, { input: { wantsSteps: true } }).steps, [
    { kind: 'command', script: null, line: 2, source: 'set "a" "x"', note: 'x' },
    {
      kind: 'test',
      script: null,
      line: 3,
      source: 'header :contains "subject" "conseil"',
      result: true,
      values: ['Réunion du conseil'],
    },
    { kind: 'command', script: null, line: 3, source: 'keep', note: null },
  ]);
});

test('included scripts', () => {
  const scripts: Readonly<Record<string, string>> = {
    'personal file': 'require ["fileinto","variables"]; fileinto "${x}A"; set "x" "local";',
    'personal back': 'require "include"; return; discard;',
    'personal end': 'stop;',
    'personal self': 'require "include"; include "self";',
    'personal shared': 'require ["include","variables"]; global "g"; set "g" "${g}+";',
    'global file': 'discard;',
    'personal fault': 'require ["reject"]; reject "x"; keep;',
  };
  const world: Played['world'] = {
    include: ({ location, name }) => {
      const text = scripts[`${location} ${name}`];
      return text === undefined ? (name === 'broken' ? 'broken' : 'missing') : compileSieve(text);
    },
  };
  const rows = [
    { script: 'include "file"; keep;', is: 'fileinto A; keep' },
    { script: 'include :global "file";', is: 'discard' },
    { script: 'include "back"; keep;', is: 'keep' },
    { script: 'include "end"; discard;', is: 'implicit' },
    { script: 'return; discard;', is: 'implicit' },
    { script: 'include "none";', is: 'error includeMissing' },
    { script: 'include :optional "none"; discard;', is: 'discard' },
    { script: 'include "broken";', is: 'error includeBroken' },
    { script: 'include "self";', is: 'error includeLoop' },
    {
      script: 'include "shared"; include "shared"; set "a" "${global.g}"; redirect "x${a}@b.fr";',
      is: 'redirect x++@b.fr',
    },
    { script: 'include :once "shared"; include :once "shared"; redirect "x${global.g}@b.fr";', is: 'redirect x+@b.fr' },
    { script: 'global "g"; set "g" "y"; include "shared"; redirect "${g}@b.fr";', is: 'redirect y+@b.fr' },
    { script: 'set "x" "outer"; include "file"; redirect "${x}@b.fr";', is: 'fileinto A; redirect outer@b.fr' },
    { script: 'set "x" "1"; global "x";', is: 'error badRunValue' },
  ];
  for (const { script, is } of rows) assert.equal(told(`{include variables} ${script}`, { world }), is, script);
  const { error } = play('{include} include "fault";', { world });
  assert.deepEqual([error?.script, error?.line], ['fault', 1]);
});

test('an included script that is not known yet is a question', () => {
  const world: Played['world'] = { include: () => undefined };
  assert.deepEqual(playOutcome('{include} include "a";', { world }), {
    kind: 'unanswered',
    questions: [{ kind: 'include', name: 'a', location: 'personal' }],
    matchWork: 1,
  });
});
