import assert from 'node:assert/strict';
import { test } from 'node:test';

import { keyLetter, looksLikeUai, parseUai } from './uai.ts';

test('the letter of a code is that of its number, without I, O and Q', () => {
  for (const [code, isRight] of [
    ['0750655E', true],
    [' 0340038e ', keyLetter('0340038') === 'E'],
    ['0750655F', false],
    ['075065E', false],
    ['07506555E', false],
    ['rectorat', false],
  ] as const)
    assert.equal(parseUai(code) !== undefined, isRight, code);
  assert.equal(parseUai('0750655e'), '0750655E');
  const letters = new Set(Array.from({ length: 23 }, (_, n) => keyLetter(String(n).padStart(7, '0'))));
  assert.equal(letters.size, 23);
  for (const letter of 'IOQ') assert.ok(!letters.has(letter));
});

test('what has the form of a code is told from a short name', () => {
  assert.ok(looksLikeUai('0750655a'));
  assert.ok(!looksLikeUai('dsi'));
});
