/**
 * One line of people.csv, checked by itself: what it says, or the one thing that is wrong with it. What needs the
 * database (names in use, units) is judged in import.ts. The columns are described in docs/import.md.
 */
import { parseNumen } from '#server/access/numen.ts';
import { checkPassword } from '#server/access/password.ts';
import { Refusal } from '#server/access/refusal.ts';

import { parseAddress } from './address.ts';
import { isDay } from './appointments/day.ts';
import { parseUserName } from './names.ts';

export const importColumns = [
  'userName',
  'password',
  'givenName',
  'familyName',
  'email',
  'aliases',
  'unit',
  'population',
  'function',
  'quota',
  'externalId',
  'language',
  'numen',
  'birthDate',
  'recoveryEmail',
  'from',
  'until',
  'leave',
] as const;

export type ImportColumn = (typeof importColumns)[number];

export type RowProblem =
  | 'unclosedQuote'
  | 'tooLong'
  | 'tooManyFields'
  | 'badCharacters'
  | 'noName'
  | 'noKey'
  | 'badUserName'
  | 'badEmail'
  | 'badAlias'
  | 'badPassword'
  | 'badQuota'
  | 'badLanguage'
  | 'badNumen'
  | 'badBirthDate'
  | 'badRecoveryEmail'
  | 'badDay'
  | 'tooManyAppointments'
  | 'numenTaken'
  | 'foreignDomain'
  | 'noSuchUnit'
  | 'userNameTaken'
  | 'addressTaken'
  | 'twiceInFile';

export interface ImportRow {
  readonly userName: string | undefined;
  readonly password: string | undefined;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string | undefined;
  readonly aliases: readonly string[];
  /** A code, or a path of codes: `rectorat/dsi`. */
  readonly unit: string | undefined;
  readonly population: string;
  readonly functionName: string | null;
  readonly quotaOctets: number | null;
  readonly externalId: string | undefined;
  readonly language: string;
  readonly numen: string | undefined;
  /** `2001-12-31`. */
  readonly birthDate: string | undefined;
  readonly recoveryEmail: string | undefined;
  /** The first day of an appointment, `2026-09-01`, and its last; what was before comes back after a leave. */
  readonly from: string | undefined;
  readonly until: string | undefined;
  readonly isLeave: boolean;
  /** The columns that say something: of whoever is there already, the others are left alone. */
  readonly said: ReadonlySet<ImportColumn>;
}

export interface BadRow {
  readonly problem: RowProblem;
  /** What stood there, at most 100 characters; never a password. */
  readonly value: string;
}

const foldedColumns: ReadonlyMap<string, ImportColumn> = new Map(
  importColumns.map((name) => [name.toLowerCase(), name]),
);

/** @returns each field's column, or the names that are none (case does not count). */
export function readHeader(
  fields: readonly string[],
): { readonly columns: readonly ImportColumn[] } | { readonly unknown: readonly string[] } {
  const columns: ImportColumn[] = [];
  const unknown: string[] = [];
  for (const field of fields) {
    const column = foldedColumns.get(field.trim().toLowerCase().replaceAll(/[ _-]/g, ''));
    if (column === undefined || columns.includes(column)) unknown.push(field);
    else columns.push(column);
  }
  return unknown.length > 0 ? { unknown } : { columns };
}

const nameCharacters = 200;

export function planRow(columns: readonly ImportColumn[], fields: readonly string[]): ImportRow | BadRow {
  if (fields.length > columns.length && fields.slice(columns.length).some((field) => field !== ''))
    return bad('tooManyFields', String(fields.length));
  const said = (column: ImportColumn): string => {
    const at = columns.indexOf(column);
    return at < 0 ? '' : (fields[at] ?? '').trim();
  };
  const unfit = fields.find((field) => /[\p{Cc}\uFFFD]/u.test(field));
  if (unfit !== undefined) return bad('badCharacters', unfit.replaceAll(/\p{Cc}/gu, ' '));
  const givenName = said('givenName');
  const familyName = said('familyName');
  const userName = said('userName') === '' ? undefined : parseUserName(said('userName'));
  if (said('userName') !== '' && userName === undefined) return bad('badUserName', said('userName'));
  if (givenName === '' && familyName === '') return bad('noName', userName ?? '');
  if (givenName.length + familyName.length > nameCharacters) return bad('tooLong', familyName);
  const email = said('email') === '' ? undefined : parseAddress(said('email'))?.address;
  if (said('email') !== '' && email === undefined) return bad('badEmail', said('email'));
  const externalId = said('externalId') || undefined;
  // Without one of these a second run could not know whom the first has added, and would add homonyms.
  if (externalId === undefined && userName === undefined && email === undefined) return bad('noKey', familyName);
  const aliases: string[] = [];
  for (const text of said('aliases').split(/[\s,|]+/)) {
    if (text === '') continue;
    const alias = parseAddress(text)?.address;
    if (alias === undefined) return bad('badAlias', text);
    aliases.push(alias);
  }
  const password = said('password') || undefined;
  if (password !== undefined && !mayBePassword(password)) return bad('badPassword', '');
  const days = readDays(said('from'), said('until'), said('leave'));
  if (days === undefined) return bad('badDay', `${said('from')} ${said('until')}`);
  const quotaOctets = readQuota(said('quota'));
  if (quotaOctets === undefined) return bad('badQuota', said('quota'));
  const language = said('language').toLowerCase() || 'fr';
  if (!/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/.test(language)) return bad('badLanguage', language);
  const numen = parseNumen(said('numen'));
  // Never told whole, not even where it is wrong.
  if (said('numen') !== '' && numen === undefined) return bad('badNumen', `${said('numen').slice(0, 3)}…`);
  const birthDate = readBirthDate(said('birthDate'));
  if (said('birthDate') !== '' && birthDate === undefined) return bad('badBirthDate', '');
  const recoveryEmail = parseAddress(said('recoveryEmail'))?.address;
  if (said('recoveryEmail') !== '' && recoveryEmail === undefined)
    return bad('badRecoveryEmail', said('recoveryEmail'));
  return {
    numen,
    birthDate,
    recoveryEmail,
    userName,
    password,
    givenName,
    familyName,
    email,
    aliases,
    unit: said('unit').toLowerCase() || undefined,
    population: said('population') || 'staff',
    functionName: said('function') || null,
    quotaOctets,
    externalId: externalId?.slice(0, nameCharacters),
    language,
    ...days,
    said: new Set(columns.filter((column) => said(column) !== '')),
  };
}

/** Undefined for days that make no sense: a last one before the first, a leave without end. */
function readDays(
  from: string,
  until: string,
  leave: string,
): Pick<ImportRow, 'from' | 'until' | 'isLeave'> | undefined {
  const days = { from: readDay(from), until: readDay(until), isLeave: /^(?:1|x|oui|yes|true|vrai)$/i.test(leave) };
  if ((from !== '' && days.from === undefined) || (until !== '' && days.until === undefined)) return undefined;
  if (days.from === undefined) return until === '' && !days.isLeave ? days : undefined;
  if (days.until === undefined ? days.isLeave : days.until < days.from) return undefined;
  return days;
}

/** `2026-09-01`, `01/09/2026`, or as LDAP has it, `20260901…` (RFC 4517 §3.3.13). */
function readDay(text: string): string | undefined {
  const [, day, month, year] = /^(\d\d?)[/.](\d\d?)[/.](\d{4})$/.exec(text) ?? [];
  const iso =
    year === undefined
      ? text.replace(/^(\d{4})(\d\d)(\d\d)(?:\d{2,6}(?:[.,]\d+)?(?:Z|[+-]\d{2,4})?)?$/, '$1-$2-$3')
      : `${year}-${month?.padStart(2, '0') ?? ''}-${day?.padStart(2, '0') ?? ''}`;
  return isDay(iso) ? iso : undefined;
}

/** `2001-12-31` or `31/12/2001`. @returns undefined for what is no day of the last 130 years. */
export function readBirthDate(text: string): string | undefined {
  const [, isoYear, isoMonth, isoDay] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text) ?? [];
  const iso =
    isoYear === undefined
      ? `${year ?? ''}-${month?.padStart(2, '0') ?? ''}-${day?.padStart(2, '0') ?? ''}`
      : `${isoYear}-${isoMonth ?? ''}-${isoDay ?? ''}`;
  const at = Date.parse(`${iso}T00:00:00Z`);
  // The 31st of a month of 30 days is read as the first of the next.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== iso) return undefined;
  const age = new Date().getUTCFullYear() - Number(iso.slice(0, 4));
  return age >= 0 && age <= 130 ? iso : undefined;
}

export function isBad(row: ImportRow | BadRow): row is BadRow {
  return 'problem' in row;
}

export function bad(problem: RowProblem, value: string): BadRow {
  return { problem, value: value.slice(0, 100) };
}

function mayBePassword(password: string): boolean {
  try {
    checkPassword(password);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** Octets, or with k, M, G, T (and o or B after it); null when nothing is said. @returns undefined when it is unfit. */
export function readQuota(text: string): number | null | undefined {
  if (text === '') return null;
  const found = /^(\d{1,12})\s*([kmgt]?)[io]{0,2}[ob]?$/i.exec(text);
  const octets = Number(found?.[1]) * (units[found?.[2]?.toLowerCase() ?? ''] ?? Number.NaN);
  return Number.isSafeInteger(octets) ? octets : undefined;
}
