/**
 * What each character is to a word splitter. One table look-up a character, so that splitting stays linear whatever
 * the text; blocks of 256 are classed by Unicode properties when first met.
 */

export const OTHER = 0;
/** Begins or continues a word. */
export const LETTER = 1;
/** Continues a word and begins none: combining marks, soft hyphens, zero-width joiners. */
export const MARK = 2;
/** One of a script written without spaces: each stands alone and is indexed in pairs. */
export const UNSPACED = 3;
/** Between two words of one compound. */
export const HYPHEN = 4;
export const APOSTROPHE = 5;
export const DOT = 6;
export const AT = 7;
/** `_` and `+`, as in file names and addresses. */
export const LINK = 8;

const connectors: ReadonlyMap<number, number> = new Map([
  [0x2d, HYPHEN],
  [0x2010, HYPHEN],
  [0x2011, HYPHEN],
  [0x27, APOSTROPHE],
  [0x60, APOSTROPHE],
  [0xb4, APOSTROPHE],
  [0x2bc, APOSTROPHE],
  [0x2018, APOSTROPHE],
  [0x2019, APOSTROPHE],
  [0x201b, APOSTROPHE],
  [0x2032, APOSTROPHE],
  [0xff07, APOSTROPHE],
  [0x2e, DOT],
  [0x40, AT],
  [0x5f, LINK],
  [0x2b, LINK],
]);

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const letter = /[\p{L}\p{N}]/u;
const mark = /[\p{M}\u00ad\u200b-\u200d\u2060\ufeff]/u;

const blocks: (Uint8Array | undefined)[] = [];

/** The class of a code point; a lone surrogate is OTHER. */
export function classOf(codePoint: number): number {
  const block = blocks[codePoint >> 8] ?? classBlock(codePoint >> 8);
  return block[codePoint & 0xff] ?? OTHER;
}

function classBlock(index: number): Uint8Array {
  const block = new Uint8Array(256);
  for (let low = 0; low < 256; low += 1) {
    const codePoint = (index << 8) | low;
    const character = String.fromCodePoint(codePoint);
    block[low] = connectors.get(codePoint) ?? classByProperties(character);
  }
  blocks[index] = block;
  return block;
}

function classByProperties(character: string): number {
  if (letter.test(character)) return unspaced.test(character) ? UNSPACED : LETTER;
  if (mark.test(character)) return MARK;
  return OTHER;
}
