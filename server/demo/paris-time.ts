/**
 * Dates as a French school writes them, in the time of metropolitan France, from a given instant in milliseconds.
 * Intl would give the same words but costs too much at several thousand messages a second.
 */
const DAY_MS = 86_400_000;
const DAYS = ['dimanche', 'lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi'] as const;
const MONTHS = [
  'janvier',
  'février',
  'mars',
  'avril',
  'mai',
  'juin',
  'juillet',
  'août',
  'septembre',
  'octobre',
  'novembre',
  'décembre',
] as const;
const ENGLISH_DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const ENGLISH_MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Offset of Europe/Paris from UTC in minutes: 120 between the last Sundays of March and October at 01:00 UTC, else 60. */
export function parisOffsetMinutes(instantMs: number): 60 | 120 {
  const year = new Date(instantMs).getUTCFullYear();
  return instantMs >= lastSundayMs(year, 2) && instantMs < lastSundayMs(year, 9) ? 120 : 60;
}

/** `Tue, 03 Mar 2026 14:05:09 +0100` (RFC 5322 §3.3). */
export function printRfc5322Date(instantMs: number): string {
  const offset = parisOffsetMinutes(instantMs);
  const local = new Date(instantMs + offset * 60_000);
  return `${ENGLISH_DAYS[local.getUTCDay()]}, ${two(local.getUTCDate())} ${ENGLISH_MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()} ${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())} +0${offset / 60}00`;
}

/** `mardi 3 mars` or, with the year, `mardi 3 mars 2026`. The first of a month is `1er`. */
export function printFrenchDay(instantMs: number, withYear = false): string {
  const local = parisDate(instantMs);
  const day = local.getUTCDate();
  const text = `${DAYS[local.getUTCDay()]} ${day === 1 ? '1er' : day} ${MONTHS[local.getUTCMonth()]}`;
  return withYear ? `${text} ${local.getUTCFullYear()}` : text;
}

/** `14:05`. */
export function printFrenchTime(instantMs: number): string {
  const local = parisDate(instantMs);
  return `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`;
}

/** `2025-2026`: a school year begins on 1 August here, so that July still belongs to the old one. */
export function schoolYearOf(instantMs: number): string {
  const local = parisDate(instantMs);
  const first = local.getUTCFullYear() - (local.getUTCMonth() < 7 ? 1 : 0);
  return `${first}-${first + 1}`;
}

/** Which trimester's class council comes next: `1er` until December, `2e` until mid-March, then `3e`. */
export function trimesterOf(instantMs: number): '1er' | '2e' | '3e' {
  const local = parisDate(instantMs);
  const month = local.getUTCMonth();
  if (month >= 7) return '1er';
  return month < 2 || (month === 2 && local.getUTCDate() < 16) ? '2e' : '3e';
}

/** `20260303T130500Z` (RFC 5545 §3.3.5). */
export function printIcsInstant(instantMs: number): string {
  return new Date(instantMs).toISOString().replaceAll(/[-:]|\.\d+/gu, '');
}

/** The same day in Paris at the given hour and minute, as an instant. */
export function parisAt(dayMs: number, hour: number, minute: number): number {
  const local = dayMs + parisOffsetMinutes(dayMs) * 60_000;
  const midnight = local - (((local % DAY_MS) + DAY_MS) % DAY_MS);
  const guess = midnight + (hour * 60 + minute) * 60_000;
  return guess - parisOffsetMinutes(guess - 3_600_000) * 60_000;
}

/** The first instant from `instantMs` on that is not on a Saturday or Sunday, whole days later. */
export function nextWorkday(instantMs: number): number {
  const day = parisDate(instantMs).getUTCDay();
  if (day === 6) return instantMs + 2 * DAY_MS;
  return day === 0 ? instantMs + DAY_MS : instantMs;
}

function parisDate(instantMs: number): Date {
  return new Date(instantMs + parisOffsetMinutes(instantMs) * 60_000);
}

function lastSundayMs(year: number, month: 2 | 9): number {
  const last = Date.UTC(year, month, 31, 1);
  return last - new Date(last).getUTCDay() * DAY_MS;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
