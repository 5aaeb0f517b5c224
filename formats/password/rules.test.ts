/** Rules of passwords, judged from the text alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { defaultPasswordPolicy, readPasswordPolicy } from './policy.ts';
import { brokenByText, rulesAsked } from './rules.ts';

const cases: readonly { readonly password: string; readonly broken: readonly string[]; readonly because: string }[] = [
  { password: 'Été-à-Palavas-7', broken: [], because: 'it has everything' },
  { password: '', broken: ['length', 'lower', 'upper', 'digit', 'special'], because: 'nothing has nothing' },
  { password: 'aB3!', broken: ['length'], because: 'four characters are not eight' },
  { password: '🦉🦉🦉🦉aB3', broken: ['length'], because: 'seven characters, whatever their UTF-16 length' },
  { password: 'ÉTÉÀPALAVAS7!', broken: ['lower'], because: 'accents do not make small letters' },
  { password: 'étéàpalavas7!', broken: ['upper'], because: 'nor capitals' },
  { password: 'Étéàpalavas!', broken: ['digit'], because: 'no digit' },
  { password: 'Étéàpalavas7', broken: ['special'], because: 'a letter with an accent is no special character' },
  { password: 'Étéàpalavas7'.normalize('NFD'), broken: ['special'], because: 'nor is an accent on its own' },
  { password: 'Ete Palavas 7', broken: [], because: 'a space is one' },
];

for (const { password, broken, because } of cases)
  test(`${JSON.stringify(password)}: ${because}`, () =>
    assert.deepEqual(brokenByText(password, defaultPasswordPolicy), broken));

test('an institution asks for less, or for more', () => {
  const lax = readPasswordPolicy({ minCharacters: 12, needsSpecial: false, needsUpper: false, history: 0 });
  assert.deepEqual(brokenByText('cheval7batterie', lax), []);
  assert.deepEqual(brokenByText('cheval7', lax), ['length']);
  assert.deepEqual(rulesAsked(lax), ['length', 'lower', 'digit', 'personal', 'guessable']);
});

test('settings nobody can read are the defaults, and numbers stay in their range', () => {
  for (const value of [undefined, null, 7, 'x', [], { minCharacters: 'huit', needsLower: 1, history: Number.NaN }])
    assert.deepEqual(readPasswordPolicy(value), defaultPasswordPolicy);
  const { minCharacters, history, maxAgeDays } = readPasswordPolicy({ minCharacters: 1, history: 9e9, maxAgeDays: -4 });
  assert.deepEqual([minCharacters, history, maxAgeDays], [8, 24, 0]);
});
