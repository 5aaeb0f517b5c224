/** Dates and sizes in the language of the screen and the time zone of the browser, all by Intl. */
import { currentLanguage, localeTag } from './language.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${localeTag()} ${name}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(localeTag(), options);
  formats.set(key, made);
  return made;
}

/** The shortest date that is still clear in a list: the hour today, the day this year, else the full date. */
export function shortDate(iso: string, now: Date = new Date()): string {
  const date = new Date(iso);
  if (isSameDay(date, now)) return format('hour', { hour: '2-digit', minute: '2-digit' }).format(date);
  if (date.getFullYear() === now.getFullYear()) return format('day', { day: 'numeric', month: 'short' }).format(date);
  return format('short', { day: '2-digit', month: '2-digit', year: 'numeric' }).format(date);
}

/** Day and hour on a short line; the year only where it is another. */
export function mediumDate(iso: string, now: Date = new Date()): string {
  const date = new Date(iso);
  const time = { hour: '2-digit', minute: '2-digit' } as const;
  if (date.getFullYear() !== now.getFullYear())
    return format('medium year', { day: 'numeric', month: 'short', year: 'numeric', ...time }).format(date);
  return format('medium', { weekday: 'short', day: 'numeric', month: 'short', ...time }).format(date);
}

/** The whole date and hour, for titles and screen readers. */
export function longDate(iso: string): string {
  return format('long', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(iso));
}

export function dayName(date: Date): string {
  return format('dayName', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(date);
}

export function monthName(date: Date): string {
  return format('month', { month: 'long', year: 'numeric' }).format(date);
}

/** The seven weekday names from Monday on; `narrow` has one letter. */
export function weekdayNames(width: 'narrow' | 'long'): readonly string[] {
  const names = format(`weekday ${width}`, { weekday: width });
  // 2024-01-01 was a Monday.
  return Array.from({ length: 7 }, (_, day) => names.format(new Date(2024, 0, 1 + day)));
}

export function isSameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}

/** A local calendar day as `2026-11-22`, as it stands in addresses of pages. */
export function dayKey(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The local midnight that begins the day, or undefined when the text is no day of the calendar. */
export function dayFromKey(key: string): Date | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(key);
  if (!match) return undefined;
  const date = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return dayKey(date) === key ? date : undefined;
}

/** Octets with the unit people read: French counts in octets (ko, Mo, Go). Decimal thousands. */
export function sizeText(octets: number): string {
  const units = currentLanguage() === 'fr' ? ['octets', 'ko', 'Mo', 'Go', 'To'] : ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = octets;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  const number = new Intl.NumberFormat(localeTag(), { maximumFractionDigits: digits }).format(value);
  return `${number}\u00a0${units[unit] ?? ''}`;
}
