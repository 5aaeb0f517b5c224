import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSieve } from './compile.ts';
import { evaluate } from './evaluate.ts';
import { LETTER, faultOf, inputOf, type Played } from './lab.testing.ts';

/** Of this thread, so that a busy machine does not count. */
const MOST_CPU_MS = 4_000;

const many = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('');
const strings = (count: number, text: string): string =>
  `[${Array.from({ length: count }, () => `"${text}"`).join(',')}]`;
const parts: Played = {
  message: `Content-Type: multipart/mixed; boundary=b\n\n${many(900, (index) => `--b\nX: ${index}\n\ntexte ${index}\n`)}--b--\n`,
};
const long: Played = { message: `X: ${'ab'.repeat(400_000)}\n\n${'ab '.repeat(1_000_000)}` };

const rows: readonly { readonly script: string; readonly played?: Played; readonly because: string }[] = [
  {
    script: 'require ["foreverypart"]; foreverypart { foreverypart { foreverypart { stop; } } }',
    played: parts,
    because: 'loops within loops',
  },
  {
    script: 'require ["foreverypart","mime"]; foreverypart { foreverypart { if header :mime :anychild "x" "y" {} } }',
    played: parts,
    because: 'all children of all children',
  },
  {
    script: `require ["foreverypart"]; foreverypart { foreverypart { if exists ${strings(4_000, 'x')} {} } }`,
    played: parts,
    because: 'long lists in loops',
  },
  {
    script: 'require ["foreverypart","replace"]; foreverypart { replace "x"; }',
    played: parts,
    because: 'every part replaced',
  },
  {
    script: 'require ["foreverypart","replace","fileinto","mime"]; foreverypart { replace "x"; fileinto "a"; }',
    played: parts,
    because: 'every state of the message filed',
  },
  {
    script: 'require ["foreverypart","enclose"]; foreverypart { enclose "x"; }',
    played: parts,
    because: 'enclosed again and again',
  },
  {
    script: 'require ["foreverypart","variables","extracttext"]; foreverypart { foreverypart { extracttext "x"; } }',
    played: parts,
    because: 'text taken again and again',
  },
  {
    script: `require ["variables"]; set "a" "${'x'.repeat(16_000)}"; ${many(500, () => 'set :upper :quotewildcard "b" "${a}${a}${a}${a}${a}${a}${a}${a}";')}`,
    because: 'variables that grow',
  },
  {
    script: `require ["variables"]; set "a" "x"; ${many(40, () => `if header "x" ${strings(3_000, '${a}')} {}`)}`,
    played: long,
    because: 'many keys that are not constant',
  },
  {
    script: `require ["variables"]; set "a" "*a?b?c"; ${many(50, () => 'if header :matches "x" "*${a}${a}${a}${a}*z" {}')}`,
    played: long,
    because: 'wildcards that nearly match',
  },
  {
    script: `require ["regex"]; ${many(50, (index) => `if header :regex "x" "(a|b)*a(a|b){1${index % 10}}c" {}`)}`,
    played: long,
    because: 'regexes of many states',
  },
  {
    script: `require ["regex","variables"]; ${many(50, () => 'if header :regex "x" "((a*)*(b*)*)*$" {}')}`,
    played: long,
    because: 'regexes with groups',
  },
  {
    script: `require ["body"]; ${many(200, () => `if body :content "" :contains ${strings(50, 'xyz')} {}`)}`,
    played: long,
    because: 'a long body looked at again and again',
  },
  {
    script: `require ["editheader"]; ${many(2_000, (index) => `addheader "A${index}" "b"; deleteheader :contains "A${index}" "c";`)}`,
    because: 'headers put in and out',
  },
  {
    script: `require ["date"]; ${many(5_000, () => 'if date "date" "hour" "25" {}')}`,
    played: { message: many(2_000, () => 'Date: Sun, 22 Nov 2026 08:30:00 +0100\n') },
    because: 'many dates',
  },
  {
    script: many(3_000, () => 'if address :domain ["to","cc","from"] "x" {}'),
    played: { message: `To: ${many(9_000, (index) => `a${index}@b.fr, `)}\n\n` },
    because: 'many addresses',
  },
  {
    script: `require ["extlists"]; ${many(50, (index) => `if address :list "to" "urn:${index}" {}`)}`,
    played: { message: `To: ${many(9_000, (index) => `a${index}@b.fr, `)}\n\n` },
    because: 'many questions',
  },
  {
    script: `require ["body"]; if body :raw :contains "${'a'.repeat(15_000)}b${'a'.repeat(15_000)}" {}`,
    played: { message: `A: b\n\n${'a'.repeat(1_000_000)}` },
    because: 'a long key that repeats itself',
  },
  {
    script: `require ["body","relational","comparator-i;unicode-casemap"];
      ${many(1_500, () => 'if body :raw :comparator "i;unicode-casemap" :value "lt" "zzzz" {}')}
      ${many(1_500, () => 'if body :raw :comparator "i;unicode-casemap" :contains "zzzz" {}')}`,
    played: { message: `A: b\n\n${'é '.repeat(500_000)}` },
    because: 'a long body made small letter by letter',
  },
  {
    script: `require ["regex","variables"]; set "p" "(x{0,255}){3}"; ${many(3_000, () => 'if header :regex "x" "${p}" {}')}`,
    because: 'regexes that are made in the run',
  },
];

for (const { script, played, because } of rows) {
  test(`a hostile script ends in time: ${because}`, () => {
    const compiled = compileSieve(script);
    const input = inputOf(played ?? { message: LETTER });
    const started = process.threadCpuUsage();
    const outcome = evaluate(compiled, input);
    const { user, system } = process.threadCpuUsage(started);
    assert.ok((user + system) / 1_000 < MOST_CPU_MS, `${(user + system) / 1_000} ms`);
    assert.equal(outcome.kind, 'finished');
  });
}

const lines: readonly { readonly script: string; readonly is: string | null; readonly because: string }[] = [
  { script: '\n'.repeat(60_000) + 'keep;'.repeat(13_000), is: null, because: 'each command looks for its line' },
  {
    script: `require ["ihave"]; if ihave "x" { ${'\n'.repeat(60_000)} ${'none;'.repeat(10_000)} }`,
    is: null,
    because: 'faults that wait to be met',
  },
  {
    script: `require "regex"; if header :regex "a" ${strings(4_900, '(.{255}){7}')} {keep;}`,
    is: 'regexTooLarge 1:39',
    because: 'few letters are many instructions',
  },
];

for (const { script, is, because } of lines) {
  test(`a hostile script is compiled in time: ${because}`, () => {
    const started = process.threadCpuUsage();
    assert.equal(faultOf(script), is);
    const { user, system } = process.threadCpuUsage(started);
    assert.ok((user + system) / 1_000 < MOST_CPU_MS, `${(user + system) / 1_000} ms`);
  });
}

test('hostile texts are refused in time', () => {
  for (const text of [
    '(',
    '[',
    '{',
    '"',
    'text:',
    '/*',
    ':',
    'not ',
    'if ',
    'anyof(',
    '"\\',
    'a b ',
    '1',
    '..\r\n',
    '${',
  ]) {
    const started = process.threadCpuUsage();
    assert.throws(() => compileSieve(text.repeat(Math.floor(1_000_000 / text.length)) + '\0'));
    const { user, system } = process.threadCpuUsage(started);
    assert.ok((user + system) / 1_000 < MOST_CPU_MS, text);
  }
});
