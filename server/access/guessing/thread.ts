/**
 * The thread that says whether a password is guessed soon: dictionaries of French words and names and of passwords that
 * leaked (zxcvbn-ts), and the rule of words.ts. An estimate takes up to some hundred milliseconds, hence the thread.
 */
import { parentPort } from 'node:worker_threads';

import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as french from '@zxcvbn-ts/language-fr';

import { foldWords } from '#server/directory/fold.ts';

import { isWords } from './words.ts';

export interface GuessQuestion {
  readonly password: string;
}

export interface GuessAnswer {
  readonly isGuessable: boolean;
}

/**
 * The estimator's cost grows with the square of the length and more, and more guesses are never fewer: what is enough
 * in these first characters is enough.
 */
const estimatedCharacters = 24;
/** Ways to read digits and signs as letters; each costs another look. */
const readings = 16;
/** Decimal logarithm: fewer guesses than these and it is one of the first that are tried. */
const enoughGuesses = 7;

const lists = [...Object.entries(french.dictionary), ...Object.entries(common.dictionary)];
const words = new Set<string>();
for (const [name, list] of lists)
  if (name !== 'diceware-common')
    for (const word of list) {
      const folded = foldWords(word);
      const [only] = folded;
      if (only !== undefined && folded.length === 1 && /^[a-z]{3,}$/.test(only)) words.add(only);
    }
const estimator = new ZxcvbnFactory({
  dictionary: Object.fromEntries(lists),
  graphs: common.adjacencyGraphs,
  l33tMaxSubstitutions: readings,
});

parentPort?.on('message', ({ password }: GuessQuestion) => {
  const isGuessable =
    isWords(password, words) || estimator.check(password.slice(0, estimatedCharacters)).guessesLog10 < enoughGuesses;
  parentPort?.postMessage({ isGuessable } satisfies GuessAnswer);
});
