/**
 * Folding: two ways of writing one word become one string. Case, accents, ligatures and width are gone; what remains
 * are letters and digits only, so a folded word can stand in any index without quoting.
 */

/** Code units of a folded word; what is longer is cut, on both sides of a search alike. */
export const MAX_WORD = 64;
/** Code units looked at: a word may carry a mark on each letter. */
const MAX_RAW = 2 * MAX_WORD;

const plain = /^[a-z0-9]*$/;
/** Accents of alphabets; the vowel signs of Indic scripts are letters to their readers and stay. */
const accents = /[[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Cyrillic}]&&\p{M}]/gv;
const notWord = /[^\p{L}\p{N}\p{M}]/gu;
const ligatures = /[œæßøđłþðıħŧ]/g;
const spelled: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  đ: 'd',
  ł: 'l',
  þ: 'th',
  ð: 'd',
  ı: 'i',
  ħ: 'h',
  ŧ: 't',
};

/** Folds one word. May give '' (a word of marks alone). */
export function fold(word: string): string {
  const lower = lowerCase(word);
  return plain.test(lower) ? lower.slice(0, MAX_WORD) : foldLower(lower);
}

/** The word in small letters, its accents kept and composed: what a stemmer wants. */
export function lowerCase(word: string): string {
  return word.slice(0, MAX_RAW).normalize('NFKC').toLowerCase().normalize('NFC');
}

/** Folds what `lowerCase` gave. */
export function foldLower(lower: string): string {
  const folded = lower
    .normalize('NFKD')
    .replace(accents, '')
    .replace(ligatures, (letter) => spelled[letter] ?? '')
    .replace(notWord, '')
    .normalize('NFC');
  return cut(folded.toWellFormed().replaceAll('\ufffd', ''));
}

function cut(text: string): string {
  if (text.length <= MAX_WORD) return text;
  const last = text.charCodeAt(MAX_WORD - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? MAX_WORD - 1 : MAX_WORD);
}
