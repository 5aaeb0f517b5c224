/**
 * Dates of header fields (RFC 5322 §3.3, obsolete forms of §4.3), to and from RFC 3339 with the sender's offset. Lenient where programs are
 * known to differ: no day of the week, names of the day in other languages, asctime order, `-` between the parts, RFC 3339 itself.
 */

/** Longer values are no dates. */
const MAX_DATE = 256;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Minutes east of UTC (RFC 5322 §4.3, and the two that Europe writes). */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  cet: 60,
  cest: 120,
  met: 60,
  mest: 120,
  bst: 60,
};

/** What nearly every program writes; a shortcut only. */
const USUAL =
  /^ ?(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? ([+-]\d{4})(?: \([A-Za-z]+\))?$/;

interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Reads a Date field's value as `2026-11-22T08:30:00+01:00` (`Z` for UTC); null where no date can be made out. */
export function readDate(raw: string): string | null {
  const usual = USUAL.exec(raw);
  if (usual !== null) {
    const [, day, month = '', year, hour, minute, second = '0', zone = ''] = usual;
    const clock = { hour: Number(hour), minute: Number(minute), second: Number(second) };
    return printRfc3339(Number(year), monthNumber(month), Number(day), clock, readZone(zone));
  }
  const text = withoutComments(raw.slice(0, MAX_DATE)).trim();
  const iso = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?\s*([Zz]|[+-]\d\d:?\d\d)?$/.exec(text);
  if (iso !== null) {
    const clock = { hour: Number(iso[4]), minute: Number(iso[5]), second: Number(iso[6]) };
    return printRfc3339(Number(iso[1]), Number(iso[2]), Number(iso[3]), clock, readZone(iso[7] ?? ''));
  }
  const words = text
    .split(/[\s,]+/)
    .flatMap((word) => (/^\d{1,2}-[A-Za-z]{3,}-\d{2,4}$/.test(word) ? word.split('-') : [word]));
  const monthAt = words.findIndex((word) => monthNumber(word) > 0);
  const clockAt = words.findIndex((word) => readClock(word) !== null);
  const clock = readClock(words[clockAt] ?? '') ?? { hour: 0, minute: 0, second: 0 };
  if (monthAt < 0) return null;
  const month = monthNumber(words[monthAt] ?? '');
  const before = words[monthAt - 1] ?? '';
  // asctime: Sun Nov 22 01:08:51 2026
  const isAsctime = !/^\d{1,2}$/.test(before);
  const day = isAsctime ? words[monthAt + 1] : before;
  const yearAt = isAsctime
    ? words.findIndex((word, index) => index > monthAt + 1 && /^\d{4}$/.test(word))
    : monthAt + 1;
  const year = words[yearAt] ?? '';
  if (day === undefined || !/^\d{1,2}$/.test(day) || !/^\d{2,4}$/.test(year)) return null;
  const zone =
    words.slice(Math.max(clockAt, isAsctime ? clockAt : yearAt) + 1).find((word) => word !== year || !isAsctime) ?? '';
  return printRfc3339(fullYear(year), month, Number(day), clock, readZone(zone));
}

/**
 * Prints an RFC 3339 date as a Date field (RFC 5322 §3.3), keeping its offset.
 *
 * @returns null where `date` is no RFC 3339 date.
 */
export function printDate(date: string): string | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(date);
  if (parts === null || Number.isNaN(Date.parse(date))) return null;
  const [, year = '', month = '', day = '', clock = '', zone = ''] = parts;
  const weekday = DAY_NAMES[new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDay()] ?? '';
  const offset = zone === 'Z' ? '+0000' : zone.replace(':', '');
  return `${weekday}, ${Number(day)} ${MONTH_NAMES[Number(month) - 1] ?? ''} ${year} ${clock} ${offset}`;
}

function printRfc3339(year: number, month: number, day: number, clock: Clock, zone: number): string | null {
  const { hour, minute } = clock;
  const second = Math.min(clock.second, 59);
  if (year < 1900 || year > 9999 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || clock.second > 60)
    return null;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  const offset =
    zone === 0 ? 'Z' : `${zone < 0 ? '-' : '+'}${two(Math.floor(Math.abs(zone) / 60))}:${two(Math.abs(zone) % 60)}`;
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${offset}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function monthNumber(word: string): number {
  return word.length < 3 ? 0 : MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1;
}

function readClock(word: string): Clock | null {
  const parts = /^(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:\.\d+)?)?$/.exec(word);
  return parts === null ? null : { hour: Number(parts[1]), minute: Number(parts[2]), second: Number(parts[3] ?? 0) };
}

/** RFC 5322 §4.3: two digits are 1950 to 2049, three count from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits.length === 3 ? 1900 + year : year;
}

/** Unknown zones count as UTC, as RFC 5322 §4.3 asks. */
function readZone(word: string): number {
  const numeric = /^(?:GMT|UTC)?([+-])(\d\d):?(\d\d)$/i.exec(word);
  if (numeric === null) return ZONES[word.toLowerCase()] ?? 0;
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3]);
  if (minutes > 24 * 60 || Number(numeric[3]) > 59) return 0;
  return numeric[1] === '-' ? -minutes : minutes;
}

function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  let kept = '';
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) kept += character;
  }
  return kept;
}
