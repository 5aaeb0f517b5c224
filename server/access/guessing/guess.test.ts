/** Which passwords are guessed soon. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isGuessable, isGuessableSoon } from './guess.ts';
import { coreOf, isWords } from './words.ts';

const dictionary = new Set(['bonjour', 'toulouse', 'anti', 'constitutionnelle', 'ment', 'ete', 'mon', 'chat']);

const words: readonly { readonly password: string; readonly isWords: boolean; readonly because: string }[] = [
  { password: 'Bonjour1!', isWords: true, because: 'a word with something behind it' },
  { password: '1!Bonjour', isWords: true, because: 'or before' },
  { password: 'T0ul0use2026!', isWords: true, because: 'digits for letters' },
  { password: 'Été-2026!', isWords: true, because: 'a short one, with accents' },
  { password: 'Anticonstitutionnellement1', isWords: true, because: 'three put together' },
  { password: 'MonChatBonjourToulouse1', isWords: false, because: 'four words are a sentence' },
  { password: 'Bonjour-Toulouse-7', isWords: false, because: 'words with signs between are the estimator’s to judge' },
  { password: 'Bonjqur1!', isWords: false, because: 'no word' },
];
for (const { password, isWords: wanted, because } of words)
  test(`${password}: ${because}`, () => assert.equal(isWords(password, dictionary), wanted));

test('what is left of a password is its letters, or nothing', () => {
  assert.equal(coreOf('12-Éléphant!!'), 'elephant');
  assert.equal(coreOf('12-Élé+phant!!'), undefined);
  assert.equal(coreOf('1234!'), undefined);
  assert.equal(coreOf('x'.repeat(65)), undefined);
});

const guessable = [
  'Bonjour1!',
  'Azerty123!',
  'Anticonstitutionnellement1!',
  'Toulouse2026!',
  'aA1!aA1!aA1!',
  'Abcd1234!',
];
const strong = ['x7$Kq9!v', 'Été-à-Palavas-7', 'Tortue+Cuivre=42', 'q7Zk!x9Rw2Pm#t5Yb8Nv$c3L'];

test('the thread refuses what guessers try first, and lets others pass', async () => {
  const all = await Promise.all([...guessable, ...strong].map(isGuessable));
  assert.deepEqual(
    all,
    [...guessable, ...strong].map((password) => guessable.includes(password)),
  );
});

test('a password made to be slow is answered all the same', async () => {
  const slow = '4@3$1!0o5s'.repeat(100);
  assert.equal(typeof (await isGuessable(slow)), 'boolean');
  const soon = await isGuessableSoon(slow, 0);
  assert.ok(soon === undefined || typeof soon === 'boolean');
});

test('more questions than may wait are refused at once', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 80 }, (_, n) => isGuessable(`x7$Kq9!v${n}`)));
  const refused = outcomes.filter(({ status }) => status === 'rejected').length;
  assert.ok(refused >= 80 - 65 - 1 && refused < 80, String(refused));
});
