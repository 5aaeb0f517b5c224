/**
 * User names and addresses. A user name is the first letter of the given name and the family name (jdupont); an
 * address is prenom.nom. Homonyms get the lowest free number: jdupont, jdupont1, jdupont2 …
 */
import { foldWords } from './fold.ts';

/** Longest user name, without its number: it is typed by hand, and stands in addresses of 64 (RFC 5321 §4.5.3.1.1). */
const maxBaseCharacters = 32;
/** Longest local part, its number apart. */
const maxLocalCharacters = 58;

/** Whether a name is in use already. */
export type IsTaken = (name: string) => boolean;

export function planUserName(givenName: string, familyName: string, isTaken: IsTaken): string {
  return firstFree(baseUserName(givenName, familyName), isTaken);
}

/** @returns the local part, to be followed by `@` and the domain. */
export function planAddress(givenName: string, familyName: string, isTaken: IsTaken): string {
  return firstFree(baseAddress(givenName, familyName), isTaken);
}

/** A name nobody can write in Latin letters becomes "compte", and its number tells people apart. */
const nameless = 'compte';

export function baseUserName(givenName: string, familyName: string): string {
  const given = foldWords(givenName).join('');
  const family = foldWords(familyName).join('');
  const base = family === '' ? given : `${given.slice(0, 1)}${family}`;
  return base === '' ? nameless : base.slice(0, maxBaseCharacters);
}

export function baseAddress(givenName: string, familyName: string): string {
  const parts = [foldWords(givenName).join('-'), foldWords(familyName).join('-')].filter((part) => part !== '');
  const local = parts
    .join('.')
    .slice(0, maxLocalCharacters)
    .replace(/[.-]+$/, '');
  return local === '' ? nameless : local;
}

/** The `n`th name on a base: itself, then with 1, 2, 3 … */
export function numbered(base: string, n: number): string {
  return n === 0 ? base : `${base}${n}`;
}

function firstFree(base: string, isTaken: IsTaken): string {
  for (let n = 0; ; n += 1) {
    const name = numbered(base, n);
    if (!isTaken(name)) return name;
  }
}

const userNameForm = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;

/**
 * A user name as it is kept: NFC, lower case.
 * @returns undefined when it cannot be one: empty, longer than 64, or with anything but letters, digits and `._-`
 * (an `@` would make it look like an address at the login).
 */
export function parseUserName(text: string): string | undefined {
  const name = text.trim().normalize('NFC').toLowerCase();
  return userNameForm.test(name) ? name : undefined;
}
