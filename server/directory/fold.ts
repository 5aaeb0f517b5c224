/**
 * Folding: a name as people write it, brought to the letters a–z and digits, for user names, addresses, sorting and
 * completion. What has no Latin letter is dropped, so a name may fold to nothing.
 */

/** What decomposition (NFKD) leaves whole. */
const letters: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ĸ: 'k',
  ŧ: 't',
  ə: 'e',
};

/** Apostrophes join (O'Neil is oneil); everything else that is no letter separates. */
const apostrophes = /['’‘ʼʻ`´]/gu;

/** The words of `text`, each of a–z and 0–9, in order. */
export function foldWords(text: string): readonly string[] {
  const lower = text.toLowerCase();
  // Most names by far; the rest costs ten times as much.
  if (/^[a-z0-9]+$/.test(lower)) return [lower];
  return lower
    .replaceAll(apostrophes, '')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\p{ASCII}]/gu, (letter) => letters[letter] ?? ' ')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Sorts as a French list of names does, to the letter: accents, case and punctuation do not count. */
export function sortKey(familyName: string, givenName: string): string {
  return `${foldWords(familyName).join('')} ${foldWords(givenName).join('')}`;
}

const wordsPerName = 16;
const wordCharacters = 40;

/** What completion finds a name by: each word, and words joined where the name has several ("de la fontaine"). */
export function directoryWords(...names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const name of names) {
    // "O'Neil" is looked for as "oneil" and as "neil".
    const apart = foldWords(name.replaceAll(apostrophes, ' '));
    const joined = foldWords(name);
    for (const word of [...joined, ...apart, joined.join('')])
      if (word.length > 1) found.add(word.slice(0, wordCharacters));
  }
  return [...found].slice(0, wordsPerName);
}
