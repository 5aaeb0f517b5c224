/** Dates of IMAP (RFC 9051 §9, date and date-time): read strictly, printed in UTC. */
import { type Cursor, bad, expect, expectMatch, take } from './cursor.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const NUMBERS: ReadonlyMap<string, number> = new Map(MONTHS.map((name, index) => [name.toUpperCase(), index]));
const DAY_MS = 86_400_000;

/** `date`: days since 1970-01-01. */
export function readDay(cursor: Cursor): number {
  const isQuoted = take(cursor, '"');
  const start = cursor.offset;
  const text = expectMatch(cursor, /\d{1,2}-[A-Za-z]{3}-\d{4}(?!\d)/y, 'Date');
  const [day = '', month = '', year = ''] = text.split('-');
  const at = utc(Number(year), NUMBERS.get(month.toUpperCase()) ?? -1, Number(day));
  if (at === undefined) {
    cursor.offset = start;
    throw bad(cursor, 'No such date');
  }
  if (isQuoted) expect(cursor, '"');
  return at / DAY_MS;
}

/** `date-time`: milliseconds since 1970. */
export function readDateTime(cursor: Cursor): number {
  const start = cursor.offset;
  const text = expectMatch(
    cursor,
    /"(?: \d|\d\d)-[A-Za-z]{3}-\d{4} \d\d:\d\d:\d\d [+-]\d{4}"/y,
    'Date and time as "22-Nov-2026 08:30:00 +0100"',
  );
  const number = (from: number, to: number): number => Number(text.slice(from, to));
  const day = utc(number(8, 12), NUMBERS.get(text.slice(4, 7).toUpperCase()) ?? -1, number(1, 3));
  const [hour, minute, second] = [number(13, 15), number(16, 18), number(19, 21)];
  const [zoneHour, zoneMinute] = [number(23, 25), number(25, 27)];
  if (day === undefined || hour > 23 || minute > 59 || second > 60 || zoneHour > 14 || zoneMinute > 59) {
    cursor.offset = start;
    throw bad(cursor, 'No such date and time');
  }
  const zone = (zoneHour * 60 + zoneMinute) * (text.charAt(22) === '-' ? -1 : 1);
  return day + ((hour * 60 + minute - zone) * 60 + Math.min(second, 59)) * 1000;
}

let lastDay = Number.NaN;
let lastDayText = '';

/** `date-time` in UTC, with its quotes. Neighbours share their day, which is remembered. */
export function printDateTime(atMs: number): string {
  const day = Math.floor(atMs / DAY_MS);
  if (day !== lastDay) {
    const date = new Date(day * DAY_MS);
    lastDayText = `"${pad(date.getUTCDate(), ' ')}-${MONTHS[date.getUTCMonth()] ?? ''}-${date.getUTCFullYear()} `;
    lastDay = day;
  }
  const seconds = Math.floor((atMs - day * DAY_MS) / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${lastDayText}${pad(Math.floor(minutes / 60), '0')}:${pad(minutes % 60, '0')}:${pad(seconds % 60, '0')} +0000"`;
}

function pad(value: number, filler: string): string {
  return value < 10 ? `${filler}${value}` : `${value}`;
}

/** Midnight in milliseconds; undefined where the calendar has no such day. */
function utc(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return month >= 0 && date.getUTCMonth() === month && date.getUTCDate() === day ? date.getTime() : undefined;
}
