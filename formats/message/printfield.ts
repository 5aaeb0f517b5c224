/** Header fields out of their forms (RFC 8621 §4.1.2, the other way round), folded at 78 characters where there is a place to fold. */
import { addressTokens, groupTokens } from '#formats/address/print.ts';
import type { AddressGroup, EmailAddress } from '#formats/address/types.ts';
import { printDate } from './date.ts';
import { encodeWords } from './words.ts';

/** One header field to print. */
export type FieldSpec =
  | { readonly name: string; readonly form: 'Raw' | 'Text' | 'Date'; readonly value: string }
  | { readonly name: string; readonly form: 'Addresses'; readonly value: readonly EmailAddress[] }
  | { readonly name: string; readonly form: 'GroupedAddresses'; readonly value: readonly AddressGroup[] }
  | { readonly name: string; readonly form: 'MessageIds' | 'URLs'; readonly value: readonly string[] };

/** A field that cannot be written: a name that is none, a date that is none, a raw value that would end the field. */
export class BadField extends Error {
  override readonly name = 'BadField';
  readonly field: string;
  constructor(field: string, why: string) {
    super(`${field}: ${why}`);
    this.field = field;
  }
}

/** Characters of a line (RFC 5322 §2.1.1), and of a line with encoded-words (RFC 2047 §2). */
const MAX_LINE = 76;
/** Characters of a word that may stand in a line of at most 998. */
const MAX_WORD = 900;

/** Prints `Name: value` with its line end. @throws {BadField} */
export function printField(field: FieldSpec): string {
  if (!/^[!-9;-~]{1,256}$/.test(field.name)) throw new BadField(field.name, 'no field name');
  switch (field.form) {
    case 'Raw':
      // A line end that continues nothing would begin another field.
      if (/\r(?!\n)|\n(?![ \t])|\0/.test(field.value) || /(?<!\r)\n/.test(field.value))
        throw new BadField(field.name, 'line end within the value');
      return `${field.name}:${field.value.toWellFormed()}\r\n`;
    case 'Text':
      return foldTokens(field.name, textTokens(field.value, MAX_LINE - field.name.length - 2));
    case 'Addresses':
      return foldTokens(field.name, addressTokens(field.value));
    case 'GroupedAddresses':
      return foldTokens(field.name, groupTokens(field.value));
    case 'Date': {
      const date = printDate(field.value);
      if (date === null) throw new BadField(field.name, 'no date');
      return `${field.name}: ${date}\r\n`;
    }
    case 'MessageIds':
      return foldTokens(
        field.name,
        field.value.map((id) => `<${withoutBrackets(id)}>`),
      );
    case 'URLs':
      return foldTokens(
        field.name,
        field.value.map((url, index) => `<${withoutBrackets(url)}>${index < field.value.length - 1 ? ',' : ''}`),
      );
  }
}

/** Puts tokens one space apart, on lines of at most 76 characters where they allow it. */
export function foldTokens(name: string, tokens: readonly string[]): string {
  let text = `${name}:`;
  let column = text.length;
  for (const [index, token] of tokens.entries()) {
    // Never an empty first line: some readers take it for an empty value.
    if (index > 0 && column + 1 + token.length > MAX_LINE) {
      text += '\r\n';
      column = 0;
    }
    text += ` ${token}`;
    column += token.length + 1;
  }
  return `${text}\r\n`;
}

/** Words as they are where they are ASCII; the run from the first to the last other word as encoded-words. */
function textTokens(value: string, firstRoom: number): string[] {
  const text = value.replace(/\p{Cc}+/gu, ' ').trim();
  if (text === '') return [];
  const words = text.split(' ');
  const isOdd = (word: string): boolean => !/^[!-~]+$/.test(word) || word.includes('=?') || word.length > MAX_WORD;
  const first = words.findIndex(isOdd);
  if (first < 0) return words;
  const last = words.findLastIndex(isOdd);
  const run = words.slice(first, last + 1).join(' ');
  return [...words.slice(0, first), ...encodeWords(run, first === 0 ? firstRoom : undefined), ...words.slice(last + 1)];
}

function withoutBrackets(text: string): string {
  return text.replace(/[<>\s\p{Cc}]+/gu, '');
}
