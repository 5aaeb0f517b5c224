import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workedMs } from '#tools/testing/worked.ts';
import { BadRegex, compileRegex, type Folding } from './regex.ts';
import { matchRegex, openRegex, testRegex } from './regexrun.ts';
import { compileWildcard, matchWildcard } from './wildcard.ts';

const free = (): void => undefined;

/** Whole match and groups joined by `|`, `-` for a group that took no part; null for no match. */
function matched(pattern: string, text: string, folding: Folding = 'none'): string | null {
  const regex = openRegex(compileRegex(pattern, folding, 2_000));
  const captured = matchRegex(regex, text, free);
  assert.equal(testRegex(regex, text, free), captured !== null);
  return captured?.map(([start, end]) => (start < 0 ? '-' : text.slice(start, end))).join('|') ?? null;
}

const rows: readonly (readonly [pattern: string, text: string, is: string | null])[] = [
  ['', 'abc', ''],
  ['abc', 'xabcx', 'abc'],
  ['^b', 'ab', null],
  ['a$', 'aba', 'a'],
  ['^$', '', ''],
  ['a|b|cd', 'xcd', 'cd'],
  ['(a)|b', 'b', 'b|-'],
  ['(a*)(ab)*(b*)', 'abb', 'abb|a|-|bb'],
  ['a{2,3}', 'aaaa', 'aaa'],
  ['(ab){2}', 'ababab', 'abab|ab'],
  ['a{0}b', 'ab', 'b'],
  ['a{2,}', 'xaaay', 'aaa'],
  ['x{', 'x{', 'x{'],
  ['[a-c]+', 'xxabcd', 'abc'],
  ['[^a-c]+', 'abxyc', 'xy'],
  ['[]a]+', 'x]a]', ']a]'],
  ['[^]a]', ']b', 'b'],
  ['[a-]+', 'b-a-', '-a-'],
  ['[\\]x]+', 'a]x', ']x'],
  ['[[:digit:][:space:]]+', 'a1 2b', '1 2'],
  ['[[:alpha:]]+', '1été2', 'été'],
  ['\\d+\\.\\d+', 'v1.25', '1.25'],
  ['\\w+', '-élan_1-', 'élan_1'],
  ['\\S+', ' a b', 'a'],
  ['a\\*b', 'a*b', 'a*b'],
  ['.', '😀', '😀'],
  ['(?:ab)+(c)', 'ababc', 'ababc|c'],
  ['.*?b', 'abab', 'abab'],
  ['(a*)*', 'aa', 'aa|aa'],
  ['(a*)+$', 'aab', '|'],
  ['((a)|(b))+', 'ab', 'ab|b|a|b'],
  ['x*', 'aaa', ''],
  ['(foo|foobar)(bar)?', 'foobarbar', 'foobarbar|foobar|bar'],
];

for (const [pattern, text, is] of rows) {
  test(`/${pattern}/ on ${JSON.stringify(text)} gives ${JSON.stringify(is)}`, () =>
    assert.equal(matched(pattern, text), is));
}

test('letters are folded where the comparator says so', () => {
  assert.equal(matched('ABC[D-F]', 'abcd', 'ascii'), 'abcd');
  assert.equal(matched('[[:upper:]]', 'a', 'ascii'), 'a');
  assert.equal(matched('[^A]', 'a', 'ascii'), null);
  assert.equal(matched('É[È-Ê]', 'ÉÈ', 'ascii'), 'ÉÈ');
  assert.equal(matched('É', 'é', 'ascii'), null);
  assert.equal(matched('É[È-Ê]', 'éè', 'unicode'), 'éè');
});

for (const pattern of [
  '(',
  'a)',
  '(a',
  '*a',
  'a**',
  '[a',
  '[b-a]',
  '[[:none:]]',
  '[[.a.]]',
  'a{2,1}',
  'a{256}',
  '\\',
  '\\1',
  '(a)\\1',
  '\\bx',
  '^*',
  'a{1',
  '{1}',
  '|*',
  '+',
]) {
  test(`/${pattern}/ is no regex`, () => assert.throws(() => compileRegex(pattern, 'none', 2_000), BadRegex));
}

test('patterns agree with those of the language where both have a meaning', () => {
  let seed = 7;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const make = (depth: number): string => {
    const atoms = ['a', 'b', 'c', '.', '[ab]', '[^a]', 'ab', 'é'];
    const kind = next(depth > 2 ? 2 : 6);
    if (kind < 2) return atoms[next(atoms.length)] ?? 'a';
    if (kind === 2) return `(${make(depth + 1)}|${make(depth + 1)})`;
    if (kind === 3) return `(${make(depth + 1)})${['*', '+', '?', '{1,2}', '{2}'][next(5)] ?? '*'}`;
    return make(depth + 1) + make(depth + 1);
  };
  for (let count = 0; count < 3_000; count++) {
    const pattern = `${next(4) === 0 ? '^' : ''}${make(0)}${next(4) === 0 ? '$' : ''}`;
    const text = Array.from({ length: next(9) }, () => 'abcé'.charAt(next(4))).join('');
    const regex = openRegex(compileRegex(pattern, 'none', 2_000));
    const expected = new RegExp(pattern, 'u').exec(text);
    assert.equal(testRegex(regex, text, free), expected !== null, `${pattern} ${text}`);
    const found = matchRegex(regex, text, free)?.[0];
    assert.equal(found?.[0], expected?.index, `${pattern} ${text}`);
    // The longest match is at least as long as the preferred one.
    if (found !== undefined && expected !== null)
      assert.ok(found[1] - found[0] >= expected[0].length, `${pattern} ${text}`);
  }
});

test('no pattern makes matching more than text times program', () => {
  const text = 'a'.repeat(20_000);
  for (const pattern of [
    '(a*)*b',
    '(a|a)*b',
    '(a+)+$b',
    '(.*)(.*)(.*)(.*)(.*)x',
    '(a?){50}a{50}b',
    '((a{1,9}){1,9}){1,9}b',
  ]) {
    let work = 0;
    const regex = openRegex(compileRegex(pattern, 'none', 2_000));
    const started = workedMs();
    assert.equal(
      testRegex(regex, text, (more) => (work += more)),
      false,
    );
    assert.ok(work <= text.length * (regex.program.instructions.length + 2), pattern);
    assert.ok(workedMs() - started < 5_000, pattern);
  }
});

test('the number of remembered states is bounded', () => {
  const regex = openRegex(compileRegex('(a|b)*a(a|b){12}c', 'none', 2_000));
  let seed = 1;
  const text = Array.from({ length: 20_000 }, () =>
    ((seed = (Math.imul(seed, 48_271) + 1) >>> 0) >>> 9) % 2 === 0 ? 'a' : 'b',
  ).join('');
  assert.equal(testRegex(regex, text, free), false);
  assert.ok(regex.states.size <= 130);
});

const wildcards: readonly (readonly [pattern: string, text: string, is: string | null])[] = [
  ['*', '', ''],
  ['a*b*c', 'aXbYbZc', 'X|YbZ'],
  ['**', 'ab', '|ab'],
  ['?*?', 'ab', 'a||b'],
  ['*?', 'a😀', 'a|😀'],
  ['?', '😀', '😀'],
  ['a\\*', 'a*', ''],
  ['a\\', 'a\\', ''],
  ['*a', 'aaa', 'aa'],
  ['*ab', 'a', null],
  ['ab*bc', 'abc', null],
  ['*x?y*', 'axbxcy', 'axb|c|'],
];

for (const [pattern, text, is] of wildcards) {
  test(`the wildcard ${pattern} on ${JSON.stringify(text)} gives ${JSON.stringify(is)}`, () => {
    const captured = matchWildcard(compileWildcard(pattern), text, free);
    assert.equal(captured?.map(([start, end]) => text.slice(start, end)).join('|') ?? null, is);
  });
}

test('a wildcard tells its work, so that it can be stopped', () => {
  let work = 0;
  matchWildcard(compileWildcard(`*${'a?'.repeat(500)}b*`), 'a'.repeat(10_000), (more) => (work += more));
  assert.ok(work > 1_000_000);
});
