/** Whether a password tells of its holder (names, user name, address, date of birth) or of their institution. Pure. */
import { foldWords } from '#server/directory/fold.ts';

export interface PersonalFacts {
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly birthDate: string | null;
  /** The name of the institution: what a guesser tries for all of its people. */
  readonly institution: string;
}

/** Shorter ones stand in too many passwords by chance, unless nothing but signs is around them. */
const wordCharacters = 4;

export function isPersonal(password: string, facts: PersonalFacts): boolean {
  const { userName, givenName, familyName, email, birthDate, institution } = facts;
  const [local = '', domain = ''] = email.split('@');
  const ours = [institution, domain.slice(0, domain.lastIndexOf('.')), 'pli'];
  const words = new Set([givenName, familyName, userName, local, ...ours].flatMap(wordsOf));
  return foldings(password).some((text) => holdsWord(text, words)) || holdsDate(password, birthDate);
}

/** The words of a name, and the name in one. */
function wordsOf(name: string): readonly string[] {
  const words = foldWords(name);
  return [...words, words.join('')].map((word) => word.replace(/\d+$/, '')).filter((word) => word.length >= 3);
}

function holdsWord(text: string, words: ReadonlySet<string>): boolean {
  const joined = text.replaceAll(/[^a-z]/g, '');
  const runs = text.split(/[^a-z]+/);
  for (const word of words)
    if (word.length >= wordCharacters ? joined.includes(word) : runs.includes(word)) return true;
  return false;
}

/** As it is, and with the digits and signs that people write for letters. */
function foldings(password: string): readonly string[] {
  const plain = password
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae');
  return [plain, plain.replaceAll(/[0134578@$!€+]/g, (sign) => letterFor[sign] ?? sign)];
}

const letterFor: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '€': 'e',
  '+': 't',
};

/** In the orders in which people write dates, with or without the century, with or without signs between. */
function holdsDate(password: string, birthDate: string | null): boolean {
  const [, century, year, month, day] = /^(\d{2})(\d{2})-(\d{2})-(\d{2})$/.exec(birthDate ?? '') ?? [];
  if (century === undefined || year === undefined || month === undefined || day === undefined) return false;
  const digits = password.replaceAll(/(?<=\d)[\s./_-]+(?=\d)/g, '');
  const days = [`${day}${month}`, `${month}${day}`];
  const whole = days.flatMap((one) => [`${one}${century}${year}`, `${one}${year}`]);
  return [...whole, `${century}${year}${month}${day}`, `${year}${month}${day}`].some((one) => digits.includes(one));
}
