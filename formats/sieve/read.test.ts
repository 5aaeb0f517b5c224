import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSieve } from './compile.ts';
import { SieveError } from './error.ts';
import { sieveErrorText } from './error-text.ts';
import { faultOf } from './lab.testing.ts';
import { printSieve } from './print.ts';
import { readSieve } from './read.ts';
import type { CommandNode, TestNode } from './tree.ts';

/** A tree without its places. */
function shape(nodes: readonly (CommandNode | TestNode)[]): unknown {
  return nodes.map((node) => ({
    name: node.name,
    arguments: node.arguments.map((argument) => {
      if (argument.kind === 'strings') return argument.items.map((item) => item.value);
      return argument.kind === 'tag' ? `:${argument.name}` : argument.value;
    }),
    tests: shape(node.tests),
    ...('block' in node && node.block !== null ? { block: shape(node.block) } : {}),
  }));
}

const written = [
  '',
  'keep;',
  'KEEP ; # comment\n/* another\n; */ discard;',
  'if true { keep; } elsif false { } else { stop; }',
  'if anyof (not exists ["From", "Date"], header :contains ["from"] "x") { discard; }',
  'if allof (true) { keep; }',
  'if size :over 100K { keep; } if size :under 1M {} if size :over 2G {}',
  'fileinto "a \\"b\\" \\\\c\\d";',
  'vacation text: # comment\r\nBonjour,\r\n..point\r\n.\r\n;',
  'reject text:\nun\n.\n;',
  'header :comparator "i;octet" :is "a" [ "b" , "c" ];',
  'redirect "élève@académie.fr";',
  'x "";',
];

for (const script of written) {
  test(`what is printed of ${JSON.stringify(script)} reads back as the same tree`, () => {
    const tree = readSieve(script);
    const printed = printSieve(tree);
    assert.deepEqual(shape(readSieve(printed).commands), shape(tree.commands));
    assert.equal(printSieve(readSieve(printed)), printed);
  });
}

test('strings are what they stand for', () => {
  const [command] = readSieve('x "a\\"\\\\\\n" text:\r\n.\r\n text:\r\n..a\r\n.b\r\n.\r\n 12k;').commands;
  assert.deepEqual(
    command?.arguments.map((argument) => 'value' in argument && argument.value),
    ['a"\\n', '', '.a\r\n.b\r\n', 12_288],
  );
});

const faults: readonly { script: string; is: string | null; because: string }[] = [
  { script: 'keep', is: 'expected 1:5', because: 'a semicolon is missing at the end' },
  { script: 'keep;\n  discard keep;', is: 'expected 2:11', because: 'the semicolon was forgotten' },
  { script: 'fileinto "x', is: 'unclosedString 1:10', because: 'a string never ends' },
  { script: 'reject text:\nx\n', is: 'unclosedString 1:8', because: 'a text never ends' },
  { script: 'keep; /* x', is: 'unclosedComment 1:7', because: 'a comment never ends' },
  { script: 'if true {\n keep;', is: 'unclosedBlock 1:9', because: 'a block never ends' },
  { script: 'keep; }', is: 'expected 1:7', because: 'a brace too much' },
  { script: 'é;', is: 'badToken 1:1', because: 'a letter no identifier has' },
  { script: 'if size :over 99999999999999999999 { }', is: 'badNumber 1:15', because: 'a number too large' },
  { script: 'if size :over 10x { }', is: 'badNumber 1:15', because: 'a number with letters' },
  { script: 'require "fileinto"; keep; require "copy";', is: 'lateRequire 1:27', because: 'require after a command' },
  { script: 'if true { require "copy"; }', is: 'lateRequire 1:11', because: 'require in a block' },
  { script: 'require "fantasy";', is: 'unknownCapability 1:9', because: 'an extension nobody has' },
  { script: 'fileinto "x";', is: 'missingRequire 1:1', because: 'fileinto without require' },
  { script: 'redirect :copy "a@b.fr";', is: 'missingRequire 1:10', because: 'a tag without require' },
  { script: 'if header :regex "a" "b" {}', is: 'missingRequire 1:11', because: 'regex without require' },
  {
    script: 'if header :comparator "i;ascii-numeric" "a" "b" {}',
    is: 'missingRequire 1:23',
    because: 'a comparator without require',
  },
  { script: 'kepe;', is: 'unknownCommand 1:1', because: 'a misspelt command' },
  { script: 'if heder "a" "b" {}', is: 'unknownTest 1:4', because: 'a misspelt test' },
  { script: 'true;', is: 'testAsCommand 1:1', because: 'a test as a command' },
  { script: 'if keep {}', is: 'commandAsTest 1:4', because: 'a command as a test' },
  { script: 'else { keep; }', is: 'misplaced 1:1', because: 'else without if' },
  { script: 'if true {} keep; elsif true {}', is: 'misplaced 1:18', because: 'elsif after another command' },
  { script: 'if true {} else {} elsif true {}', is: 'misplaced 1:20', because: 'elsif after else' },
  { script: 'if true;', is: 'missingArgument 1:1', because: 'if without a block' },
  { script: 'if { keep; }', is: 'missingArgument 1:1', because: 'if without a test' },
  { script: 'keep { }', is: 'expected 1:1', because: 'keep with a block' },
  { script: 'if not (true, false) {}', is: 'extraArgument 1:15', because: 'not takes one test' },
  { script: 'if true (false) {}', is: 'extraArgument 1:10', because: 'true takes none' },
  { script: 'if header "a" {}', is: 'missingArgument 1:4', because: 'an argument is missing' },
  { script: 'if header "a" "b" "c" {}', is: 'extraArgument 1:19', because: 'an argument too much' },
  { script: 'if header 3 "b" {}', is: 'wrongArgument 1:11', because: 'a number for strings' },
  { script: 'redirect ["a@b.fr", "c@d.fr"];', is: 'wrongArgument 1:10', because: 'a list for a string' },
  { script: 'if size :over "1" {}', is: 'wrongArgument 1:15', because: 'a string for a number' },
  { script: 'if size 3 {}', is: 'missingTag 1:4', because: 'size without a side' },
  { script: 'if header :is :contains "a" "b" {}', is: 'conflictingTags 1:15', because: 'two match types' },
  { script: 'if header :is :is "a" "b" {}', is: 'repeatedTag 1:15', because: 'a tag twice' },
  { script: 'if header :over "a" "b" {}', is: 'unknownTag 1:11', because: 'a tag of another test' },
  { script: 'if header "a" :is "b" {}', is: 'lateTag 1:15', because: 'a tag after values' },
  {
    script: 'if header :comparator "i;fantasy" "a" "b" {}',
    is: 'unknownComparator 1:23',
    because: 'no such comparator',
  },
  {
    script: '{comparator-i;ascii-numeric} if header :contains :comparator "i;ascii-numeric" "a" "1" {}',
    is: 'badComparator 2:33',
    because: 'numbers have no substrings',
  },
  { script: 'if header "a b" "c" {}', is: 'badHeaderName 1:11', because: 'a name with a space' },
  { script: 'redirect "nobody";', is: 'badAddress 1:10', because: 'no address' },
  { script: 'redirect "a@b.fr, c@d.fr";', is: 'badAddress 1:10', because: 'two addresses' },
  { script: 'redirect "Jean <a@b.fr>";', is: null, because: 'a name before an address is allowed' },
  { script: 'redirect "a@[192.0.2.1]";', is: 'badAddress 1:10', because: 'no address literals' },
  { script: '{regex} if header :regex "a" "(b" {}', is: 'badRegex 2:22', because: 'a group never ends' },
  {
    script: '{regex} if header :regex "a" "(a{200}){200}" {}',
    is: 'regexTooLarge 2:22',
    because: 'a program too large',
  },
  { script: '{relational} if header :value "xx" "a" "b" {}', is: 'badValue 2:18', because: 'no such relation' },
  { script: '{variables} set "1" "x";', is: 'badVariableName 2:5', because: 'a match variable cannot be set' },
  { script: '{variables} set "a.b" "x";', is: 'badVariableName 2:5', because: 'no such namespace' },
  { script: '{variables} set "a-b" "x";', is: 'badVariableName 2:5', because: 'no name' },
  {
    script: '{variables} if header :is "a" "${x.y}" {}',
    is: 'badVariableName 2:19',
    because: 'a namespace in a reference',
  },
  { script: '{variables} set "${x}" "x";', is: 'notConstant 2:5', because: 'a name must be constant' },
  {
    script: '{encoded-character} if header "a" "${unicode:110000}" {}',
    is: 'badCharacter 2:15',
    because: 'beyond Unicode',
  },
  { script: '{date} if date "date" "century" "20" {}', is: 'badValue 2:16', because: 'no such part' },
  { script: '{date} if date :zone "Paris" "date" "hour" "20" {}', is: 'badValue 2:15', because: 'no offset' },
  { script: '{index} if header :last "a" "b" {}', is: 'missingTag 2:11', because: 'last counts only with index' },
  { script: '{enotify} notify "xmpp:a@b.fr";', is: 'badUri 2:8', because: 'no mailto' },
  { script: '{foreverypart} break;', is: 'misplaced 2:1', because: 'break outside of a loop' },
  {
    script: '{foreverypart} foreverypart :name "a" { break :name "b"; }',
    is: 'misplaced 2:26',
    because: 'break of another loop',
  },
  { script: '{extracttext variables} extracttext "a";', is: 'misplaced 2:1', because: 'no part to take text of' },
  { script: '{imap4flags} setflag "a" "b";', is: 'missingRequire 2:9', because: 'a flag variable without variables' },
  {
    script: '{envelope} if envelope "ret" "x" {}',
    is: 'missingRequire 2:13',
    because: 'an envelope part of an extension',
  },
  { script: '{include} include "";', is: 'badValue 2:9', because: 'a script without a name' },
  { script: '{include variables} include "${x}";', is: 'notConstant 2:9', because: 'a script by variable' },
  { script: '{vacation-seconds} vacation :seconds 0 "x";', is: null, because: 'vacation-seconds brings vacation' },
  { script: '{vacation} vacation :seconds 0 "x";', is: 'missingRequire 2:10', because: 'seconds are an extension' },
  { script: '{ihave} if ihave "fantasy" { fantasy "x"; }', is: null, because: 'what ihave asks for may be unknown' },
  { script: '{ihave} if ihave "fantasy" { } fantasy;', is: 'unknownCommand 2:24', because: 'after that block no more' },
  { script: '{ihave} if ihave "copy" { redirect :copy "a@b.fr"; }', is: null, because: 'ihave enables' },
];

for (const { script, is, because } of faults) {
  test(`a script has ${is ?? 'no fault'}: ${because}`, () => assert.equal(faultOf(script), is));
}

const limits = [
  { script: 'keep;'.repeat(50), limits: { scriptOctets: 100 }, is: 'tooLarge 1:1' },
  { script: 'keep;'.repeat(50), limits: { nodes: 49 }, is: 'tooMany 1:246' },
  { script: `if ${'not '.repeat(40)}true {}`, limits: {}, is: 'tooDeep 1:132' },
  { script: 'if true {'.repeat(40), limits: {}, is: 'tooDeep 1:292' },
  { script: `if header "a" "${'x'.repeat(101)}" {}`, limits: { stringUnits: 100 }, is: 'stringTooLong 1:15' },
  { script: 'if header "a" ["b","c","d"] {}', limits: { listStrings: 2 }, is: 'tooMany 1:24' },
  { script: 'redirect "a@b.fr"; redirect "c@d.fr";', limits: { redirects: 1 }, is: 'tooMany 1:20' },
];

for (const row of limits) {
  test(`a script beyond its limits is refused: ${row.is}`, () => assert.equal(faultOf(row.script, row), row.is));
}

test('every fault is a sentence in French and in English', () => {
  for (const { script, is } of faults) {
    if (is === null) continue;
    try {
      compileSieve(
        script.replace(/^\{([^}]*)\}\s*/, (_all, names: string) => `require ["${names.replaceAll(' ', '","')}"];\n`),
      );
      assert.fail(script);
    } catch (error) {
      assert.ok(error instanceof SieveError);
      assert.match(sieveErrorText(error, 'fr'), /^Ligne \d+, colonne \d+ : .+\.$/u);
      assert.match(sieveErrorText(error, 'en'), /^Line \d+, column \d+: .+\.$/u);
    }
  }
});

test('a script says what it requires, includes and redirects to', () => {
  const script = compileSieve(
    'require ["include","copy"]; include :global "a"; include :optional "b"; redirect :copy "Jean <a@b.fr>"; keep; keep;',
  );
  assert.deepEqual(script.required, ['include', 'copy']);
  assert.deepEqual(script.includes, [
    { name: 'a', location: 'global', isOptional: false },
    { name: 'b', location: 'personal', isOptional: true },
  ]);
  assert.deepEqual(script.redirects, ['a@b.fr']);
  assert.deepEqual(script.commands, ['include', 'redirect', 'keep']);
});
