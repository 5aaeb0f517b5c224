/**
 * Whether a password is nothing but words of the dictionary with digits and signs before, behind or for letters. The
 * estimator takes such a word for a strong one when it is long: « Anticonstitutionnellement1 » has its highest mark.
 * Pure; the dictionary is the caller's, of folded words.
 */
import { foldWords } from '#server/directory/fold.ts';

const shortestWord = 3;
const wordsAtMost = 3;
const longestCore = 64;

const letterFor: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't' };
const signFor: Readonly<Record<string, string>> = { '@': 'a', $: 's', '!': 'i', '€': 'e' };

/** @returns the letters that are left when what stands around them is taken away; undefined when other signs are among them. */
export function coreOf(password: string): string | undefined {
  const bare = password.normalize('NFC').replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const lettered = bare.replaceAll(/[013457@$!€]/g, (sign) => letterFor[sign] ?? signFor[sign] ?? sign);
  if (!/^[\p{L}\p{M}]+$/u.test(lettered) || lettered.length > longestCore) return undefined;
  const core = foldWords(lettered).join('');
  return core.length < shortestWord ? undefined : core;
}

/** Whether the core of a password is one word, or two or three put together. */
export function isWords(password: string, dictionary: ReadonlySet<string>): boolean {
  const core = coreOf(password);
  return core !== undefined && fewestWords(core, dictionary) <= wordsAtMost;
}

/** How many words make up `core`, Infinity where none do: the shortest way through its letters. */
function fewestWords(core: string, dictionary: ReadonlySet<string>): number {
  const fewest = [0];
  for (let end = 1; end <= core.length; end += 1) {
    let best = Infinity;
    for (let from = 0; from + shortestWord <= end; from += 1) {
      const before = fewest[from] ?? Infinity;
      if (before + 1 < best && dictionary.has(core.slice(from, end))) best = before + 1;
    }
    fewest.push(best);
  }
  return fewest[core.length] ?? Infinity;
}
