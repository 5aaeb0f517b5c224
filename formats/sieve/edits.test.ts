import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '#formats/message/parse.ts';
import { editedText, holds, octetsOf, play, told, type Played } from './lab.testing.ts';

const SHORT = 'A: 1\nReceived: x\nB: 2\n b\nA: 3\n\ntexte\n';

const rows: readonly {
  readonly script: string;
  readonly is: string;
  readonly because: string;
  readonly message?: string;
}[] = [
  { script: 'addheader "X" "é"; ', is: `X: =?UTF-8?B?w6k=?=\n${SHORT}`, because: 'at the top, encoded (RFC 5293 §4)' },
  {
    script: 'addheader :last "X" "a\r\nB: c";',
    is: SHORT.replace('\n\n', '\nX: a B: c\n\n'),
    because: 'at the bottom, on one line',
  },
  { script: 'deleteheader "a";', is: SHORT.replace(/A: .\n/g, ''), because: 'every field of the name' },
  { script: 'deleteheader :index 1 "A";', is: SHORT.replace('A: 1\n', ''), because: 'the first' },
  { script: 'deleteheader :index 1 :last "A";', is: SHORT.replace('A: 3\n', ''), because: 'the last' },
  { script: 'deleteheader :index 2 "A" "1";', is: 'as it came', because: 'the second is not 1' },
  { script: 'deleteheader :matches "A" ["3","x*"];', is: SHORT.replace('A: 3\n', ''), because: 'by value' },
  { script: 'deleteheader "Received"; deleteheader "none";', is: 'as it came', because: 'traces stay (RFC 5293 §5)' },
  {
    script: 'addheader "X" "1"; addheader "X" "2"; deleteheader :index 2 "X";',
    is: `X: 2\n${SHORT}`,
    because: 'what was put in can be taken out',
  },
  { script: 'addheader "X" "1"; deleteheader "X";', is: SHORT, because: 'and then it is as before' },
  {
    script: 'deleteheader "A"; deleteheader "B"; addheader "C" "d";',
    is: 'C: d\nReceived: x\n\ntexte\n',
    because: 'all together',
  },
  { script: 'addheader "X" "y";', message: 'A: 1\n', is: 'X: y\nA: 1\n', because: 'a message without a body' },
  {
    script: 'addheader :last "X" "y";',
    message: 'texte seul\n',
    is: 'X: y\n\ntexte seul\n',
    because: 'a message without a header',
  },
];

for (const { script, is, because, message = SHORT } of rows) {
  test(`edited header: ${because}`, () => assert.equal(editedText(`{editheader} ${script}`, { message }), is));
}

test('tests see the changed header, refusals and duplicates the one that came', () => {
  assert.equal(told('{editheader} addheader "X" "y"; if header "x" "y" { discard; }'), 'discard');
  assert.equal(
    told('{editheader} addheader "X" "un\r\n deux\r\n"; if header :is "x" "un deux" { discard; }'),
    'discard',
  );
  const long = 'mot '.repeat(60).trim();
  assert.equal(told(`{editheader} addheader "X" "${long}"; if header :is "x" "${long}" { discard; }`), 'discard');
  const sized = (test: string): string =>
    told(`{editheader} addheader "X" "y"; if size ${test} { discard; }`, { message: SHORT });
  const octets = octetsOf(SHORT).length + 'X: y\r\n'.length;
  assert.deepEqual([sized(`:over ${octets - 1}`), sized(`:over ${octets}`)], ['discard', 'implicit']);
  assert.equal(told('{editheader} deleteheader "subject"; if not exists "subject" { discard; }'), 'discard');
});

test('an action has the message as it was when it was met', () => {
  const { actions } = play(
    '{editheader fileinto copy} fileinto :copy "A"; addheader "X" "1"; fileinto :copy "B"; addheader "Y" "2";',
  );
  const sizes = actions.map((action) => ('edited' in action && action.edited !== null ? action.edited.length : 0));
  assert.equal(sizes[0], 0);
  assert.ok((sizes[1] ?? 0) > 0 && (sizes[2] ?? 0) > (sizes[1] ?? 0));
});

test('a field name that is none is a fault, written or run', () => {
  assert.equal(told('{editheader variables} set "a" "x:y"; addheader "${a}" "z";'), 'error badRunValue');
});

const MIXED = `From: jean@example.org
Subject: pièces
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

prologue
--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

caf=E9
--a
Content-Type: text/html; charset=utf-8

<p>th&eacute; <b>vert</b></p>
--a--
--m
Content-Type: application/x-msdownload; name="virus.exe"
Content-Disposition: attachment; filename="virus.exe"
Content-Transfer-Encoding: base64

TVqQ
--m
Content-Type: message/rfc822

From: paul@example.net
Subject: dedans

texte interne
--m--
épilogue
`;
const mixed: Played = { message: MIXED };

const mime: readonly { readonly test: string; readonly is?: string; readonly because: string }[] = [
  { test: '{mime} header :mime :type "content-type" "multipart"', because: 'the type of the message (RFC 5703 §4)' },
  { test: '{mime} header :mime :subtype "content-type" "mixed"', because: 'the subtype' },
  { test: '{mime} header :mime :contenttype "content-type" "multipart/mixed"', because: 'both' },
  { test: '{mime} header :mime :contenttype "content-type" "text/html"', is: 'no', because: 'not that of a child' },
  {
    test: '{mime} header :mime :anychild :contenttype "content-type" "text/html"',
    because: 'unless children are asked for',
  },
  {
    test: '{mime} header :mime :anychild :param ["name","filename"] :matches ["content-type","content-disposition"] "*.exe"',
    because: 'parameters',
  },
  { test: '{mime} header :mime :anychild :type "content-disposition" "attachment"', because: 'a disposition' },
  { test: '{mime} header :mime :anychild "subject" "dedans"', because: 'a message within' },
  { test: '{mime} address :mime :anychild "from" "paul@example.net"', because: 'addresses within' },
  { test: '{mime} exists :mime :anychild "content-disposition"', because: 'a field of any part' },
  { test: '{mime} exists :mime "content-disposition"', is: 'no', because: 'but not of the message' },
  { test: '{body} body :contains "café"', because: 'charset and encoding are undone' },
  { test: '{body} body :contains "thé vert"', because: 'HTML is read as text (RFC 5173 §5.3)' },
  { test: '{body} body :contains "texte interne"', because: 'messages within are read' },
  { test: '{body} body :content "text/html" :contains "<b>vert"', because: 'content keeps its markup' },
  { test: '{body} body :content "application" :contains "MZ"', because: 'any part can be looked at' },
  { test: '{body} body :content "multipart" :contains "prologue"', because: 'a multipart is its prologue' },
  { test: '{body} body :content "multipart" :contains "épilogue"', because: 'and its epilogue' },
  { test: '{body} body :content "multipart" :contains "--m"', is: 'no', because: 'but no boundary' },
  { test: '{body} body :content "message/rfc822" :contains "Subject: dedans"', because: 'a message is its header' },
  { test: '{body} body :raw :contains "caf=E9"', because: 'raw is raw' },
  { test: '{body} body :text :is "x"', is: 'no', because: 'is compares the whole' },
];

for (const row of mime) {
  test(`${row.test}: ${row.because}`, () => assert.equal(holds(row.test, mixed), row.is ?? 'yes'));
}

test('a loop goes over all parts, those within a part, and can be left', () => {
  const list =
    'if header :mime :contenttype :matches "content-type" "*" { set "l" "${l} ${1}"; } else { set "l" "${l} -"; }';
  const head = '{foreverypart mime variables fileinto}';
  assert.equal(
    told(`${head} foreverypart { ${list} } fileinto "\${l}";`, mixed),
    'fileinto  multipart/mixed multipart/alternative text/plain text/html application/x-msdownload message/rfc822 -',
  );
  assert.equal(
    told(
      `${head} foreverypart { if header :mime :subtype "content-type" "alternative" { foreverypart { ${list} } break; } } fileinto "\${l}";`,
      mixed,
    ),
    'fileinto  text/plain text/html',
  );
  assert.equal(
    told(
      `${head} foreverypart :name "o" { ${list} foreverypart { ${list} break :name "o"; } } fileinto "\${l}";`,
      mixed,
    ),
    'fileinto  multipart/mixed multipart/alternative',
  );
  assert.equal(told(`${head} foreverypart { stop; } discard;`, mixed), 'implicit');
});

test('text is taken out of a part (RFC 5703 §7)', () => {
  const head = '{foreverypart mime variables extracttext fileinto}';
  const loop = (command: string): string =>
    `${head} foreverypart { if header :mime :subtype "content-type" "plain" { ${command} } } fileinto "=\${t}";`;
  assert.equal(told(loop('extracttext "t";'), mixed), 'fileinto =café');
  assert.equal(told(loop('extracttext :first 3 :upper "t";'), mixed), 'fileinto =CAF');
  const exe = `${head} foreverypart { if header :mime :type "content-type" "application" { extracttext "t"; } } fileinto "=\${t}";`;
  assert.equal(told(exe, mixed), 'fileinto =');
});

test('a part is replaced where it stands, and the rest keeps its octets (RFC 5703 §5)', () => {
  const script = `{foreverypart mime replace} foreverypart {
    if header :mime :param "filename" :matches "content-disposition" "*.exe" { replace "Pièce retirée."; }
  }`;
  const text = editedText(script, mixed);
  const before = MIXED.slice(0, MIXED.indexOf('Content-Type: application'));
  const after = MIXED.slice(MIXED.indexOf('\n--m\nContent-Type: message'));
  assert.ok(text.startsWith(before) && text.endsWith(after));
  assert.match(text, /Pi=C3=A8ce retir=C3=A9e\./);
  const { structure } = parseMessage(octetsOf(text));
  assert.deepEqual(
    structure.subParts.map(({ type, subtype }) => `${type}/${subtype}`),
    ['multipart/alternative', 'text/plain', 'message/rfc822'],
  );
});

test('a multipart that is replaced takes its parts with it', () => {
  const script = `{foreverypart mime replace variables fileinto} foreverypart {
    if header :mime :subtype "content-type" "alternative" { replace :mime "Content-Type: text/x-none\r\n\r\nrien"; }
    elsif header :mime :type "content-type" "text" { set "met" "yes"; }
  } fileinto "=\${met}";`;
  assert.equal(told(script, mixed), 'fileinto =');
  assert.match(editedText(script, mixed), /--m\nContent-Type: text\/x-none\n\nrien\n--m\n/);
});

test('the body is replaced, and subject and sender keep their old values by name', () => {
  const script = '{replace} replace :subject "[retiré]" :from "chef@example.fr" "Bonjour\nÉlise";';
  const text = editedText(script, mixed);
  const { envelope, structure, textBody } = parseMessage(octetsOf(text));
  assert.equal(envelope.subject, '[retiré]');
  assert.match(text, /^Original-Subject: pièces$/m);
  assert.match(text, /^Original-From: jean@example\.org$/m);
  assert.equal(`${structure.type}/${structure.subtype}`, 'text/plain');
  assert.equal(textBody.length, 1);
  assert.doesNotMatch(text, /--m/);
  assert.equal(holds('{replace} size :over 0', mixed), 'yes');
  assert.equal(told('{replace body} replace "neuf"; if body :is "neuf" { discard; }', mixed), 'discard');
});

test('the message is enclosed after a text (RFC 5703 §6)', () => {
  const script = '{enclose} enclose :subject "Pour toi" :headers ["From", "Message-ID"] "Voici.";';
  const text = editedText(script, mixed);
  const { structure, envelope } = parseMessage(octetsOf(text));
  assert.equal(envelope.subject, 'Pour toi');
  assert.equal(envelope.from?.[0]?.addresses[0]?.email, 'jean@example.org');
  assert.deepEqual(
    structure.subParts.map(({ type, subtype }) => `${type}/${subtype}`),
    ['text/plain', 'message/rfc822'],
  );
  assert.ok(text.includes(MIXED));
  const twice = editedText(`${script} enclose "Encore.";`, mixed);
  assert.equal(parseMessage(octetsOf(twice)).structure.subParts[1]?.message?.root.subParts.length, 2);
});

test('what keeps mail from going round outlives an enclosing and cannot be deleted (RFC 5293 §5, RFC 9228)', () => {
  const message =
    'Received: from a by b; Sun, 22 Nov 2026 08:30:00 +0100\nDelivered-To: claire@example.fr\nAuto-Submitted: auto-replied\nFrom: a@b.fr\n\nx\n';
  const script = '{enclose editheader} deleteheader "Delivered-To"; deleteheader "Received"; enclose "Voici.";';
  const [head = ''] = editedText(script, { message }).split('\n\n');
  for (const name of ['Received', 'Delivered-To', 'Auto-Submitted']) assert.match(head, new RegExp(`^${name}: `, 'm'));
});

test('a loop goes on over its own parts when the whole is changed within', () => {
  const script = `{foreverypart mime enclose replace variables} foreverypart {
    set "n" "\${n}x";
    if header :mime :subtype "content-type" "alternative" { enclose "Voici."; }
    if header :mime :subtype "content-type" "html" { replace "perdu"; }
  } if string "\${n}" "xxxxxxx" { keep; } else { discard; }`;
  assert.equal(told(script, mixed), 'keep');
  assert.doesNotMatch(editedText(script, mixed), /perdu/);
});
