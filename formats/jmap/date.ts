/** Date and UTCDate (RFC 8620 §1.4): RFC 3339 times with capital T and Z, and no fraction that is zero. */

const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

export interface DateWithOffset {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** East of Greenwich; 0 for Z. */
  readonly offsetMinutes: number;
}

/** Reads a Date; undefined when it is none, or names a day or time that does not exist. */
export function readDate(text: string): DateWithOffset | undefined {
  const [, year, month, day, hour, minute, second, fraction = '', zone = ''] = form.exec(text) ?? [];
  if (year === undefined || /^0+$/.test(fraction)) return undefined;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number);
  if (y === undefined || mo === undefined || d === undefined || h === undefined || mi === undefined || s === undefined)
    return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(y, mo - 1, d);
  const isDay = mo >= 1 && midnight.getUTCMonth() === mo - 1 && midnight.getUTCDate() === d;
  // A leap second is told as the second after it.
  if (!isDay || h > 23 || mi > 59 || s > 60) return undefined;
  const offsetMinutes = readOffset(zone);
  if (offsetMinutes === undefined) return undefined;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const at = midnight.getTime() + ((h * 60 + mi - offsetMinutes) * 60 + s) * 1000 + milliseconds;
  return { at, offsetMinutes };
}

function readOffset(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** Reads a UTCDate: a Date whose offset is `Z`. @returns milliseconds since 1970. */
export function readUtcDate(text: string): number | undefined {
  return text.endsWith('Z') ? readDate(text)?.at : undefined;
}

/** @param at milliseconds since 1970, of the years 0 to 9999; others are moved to the nearest of them. */
export function printUtcDate(at: number): string {
  return `${printLocal(at)}Z`;
}

export function printDate({ at, offsetMinutes }: DateWithOffset): string {
  if (offsetMinutes === 0) return printUtcDate(at);
  const size = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, '0');
  const zone = `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${printLocal(at + offsetMinutes * 60_000)}${zone}`;
}

const earliest = Date.parse('0000-01-01T00:00:00Z');
const latest = Date.parse('9999-12-31T23:59:59Z');

function printLocal(at: number): string {
  const iso = new Date(Math.min(latest, Math.max(earliest, at))).toISOString();
  return iso.endsWith('.000Z') ? iso.slice(0, -5) : iso.slice(0, -1);
}
