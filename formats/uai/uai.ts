/**
 * UAI codes: the national number of an establishment, seven digits and a key letter. The first three digits tell the
 * department (`034`), or the overseas one (`974`) and Corsica (`620`, `720`). The letter is the number modulo 23.
 */

const form = /^(\d{7})([a-z])$/i;
/** I, O and Q are left out: they look like digits. */
const letters = 'ABCDEFGHJKLMNPRSTUVWXYZ';

/** Whether a text has the form of one, whatever its letter. */
export function looksLikeUai(text: string): boolean {
  return form.test(text.trim());
}

/** In upper case. @returns undefined where the form is another, or the letter is not that of the number. */
export function parseUai(text: string): string | undefined {
  const [, digits = '', letter = ''] = form.exec(text.trim()) ?? [];
  return digits !== '' && keyLetter(digits) === letter.toUpperCase() ? digits + letter.toUpperCase() : undefined;
}

/** @param digits seven of them. */
export function keyLetter(digits: string): string {
  return letters.charAt(Number(digits) % letters.length);
}
