/** Parts of dates (RFC 5260 §4.2), in a time zone. Years 0 to 9999; what is no date has no parts. */
import { readDate } from '#formats/message/date.ts';

export const dateParts = [
  'year',
  'month',
  'day',
  'date',
  'julian',
  'hour',
  'minute',
  'second',
  'time',
  'iso8601',
  'std11',
  'zone',
  'weekday',
] as const;
export type DatePart = (typeof dateParts)[number];

/** A moment, and the minutes east of UTC it is to be shown in. */
export interface ZonedTime {
  readonly atMs: number;
  readonly offsetMinutes: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Modified Julian Day of 1 January 1970. */
const EPOCH_MJD = 40_587;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The date a field holds: what follows the last semicolon (Received), else the whole. Null for none. */
export function readFieldDate(text: string): ZonedTime | null {
  const semicolon = text.lastIndexOf(';');
  const iso = (semicolon >= 0 ? readDate(text.slice(semicolon + 1).trim()) : null) ?? readDate(text);
  if (iso === null) return null;
  const atMs = Date.parse(iso);
  const zone = /([+-])(\d\d):(\d\d)$/.exec(iso);
  const minutes = zone === null ? 0 : Number(zone[2]) * 60 + Number(zone[3]);
  return Number.isNaN(atMs) ? null : { atMs, offsetMinutes: zone?.[1] === '-' ? -minutes : minutes };
}

export function datePart({ atMs, offsetMinutes }: ZonedTime, part: DatePart): string {
  // The fields of UTC at the shifted moment are those of the zone.
  const local = new Date(atMs + offsetMinutes * MINUTE_MS);
  const [year, month, day] = [pad(local.getUTCFullYear(), 4), pad(local.getUTCMonth() + 1), pad(local.getUTCDate())];
  const time = `${pad(local.getUTCHours())}:${pad(local.getUTCMinutes())}:${pad(local.getUTCSeconds())}`;
  switch (part) {
    case 'year':
      return year;
    case 'month':
      return month;
    case 'day':
      return day;
    case 'date':
      return `${year}-${month}-${day}`;
    case 'julian':
      return String(Math.floor(local.getTime() / DAY_MS) + EPOCH_MJD);
    case 'hour':
      return pad(local.getUTCHours());
    case 'minute':
      return pad(local.getUTCMinutes());
    case 'second':
      return pad(local.getUTCSeconds());
    case 'time':
      return time;
    case 'iso8601':
      return `${year}-${month}-${day}T${time}${offsetMinutes === 0 ? 'Z' : printOffset(offsetMinutes, ':')}`;
    case 'std11':
      return `${DAYS[local.getUTCDay()] ?? ''}, ${day} ${MONTHS[local.getUTCMonth()] ?? ''} ${year} ${time} ${printOffset(offsetMinutes, '')}`;
    case 'zone':
      return printOffset(offsetMinutes, '');
    case 'weekday':
      return String(local.getUTCDay());
  }
}

function pad(number: number, width = 2): string {
  return String(number).padStart(width, '0');
}

function printOffset(minutes: number, between: string): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${between}${pad(size % 60)}`;
}

/** `+0100` as minutes (RFC 5260 §4.1); null for anything else. */
export function readOffset(text: string): number | null {
  const found = /^([+-])([01]\d|2[0-3])([0-5]\d)$/.exec(text);
  if (found === null) return null;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return found[1] === '-' ? -minutes : minutes;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATS = 64;

/** Minutes east of UTC that clocks of a zone show at a moment; 0 for a zone nobody knows. */
export function zoneOffset(timeZone: string, atMs: number): number {
  const format = zoneFormat(timeZone);
  if (format === null) return 0;
  const parts = new Map<string, number>(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: string): number => parts.get(type) ?? 0;
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return Math.round((shown - atMs) / MINUTE_MS);
}

function zoneFormat(timeZone: string): Intl.DateTimeFormat | null {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  try {
    const fields = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', { timeZone, hourCycle: 'h23', ...fields });
    if (formats.size >= MAX_FORMATS) formats.clear();
    formats.set(timeZone, format);
    return format;
  } catch {
    // RangeError: no such zone.
    return null;
  }
}
