/**
 * The kinds of value an option may have. Each says how its text is read (command line, environment) and what a TOML
 * file may hold instead of text; a value that does not fit is a sentence, never a guess.
 */
export interface Option<T> {
  readonly isOption: true;
  /** For the manual: `port`, `octets`, `milliseconds` … */
  readonly kind: string;
  readonly fallback: T;
  /** What the option does and why its default is what it is. */
  readonly reason: string;
  /** @throws {UnfitValue} */
  readonly parse: (value: unknown) => T;
  /** Never shown by `pli doctor` or a log. */
  readonly isSecret: boolean;
}

export class UnfitValue extends Error {
  override readonly name = 'UnfitValue';
}

function option<T>(kind: string, fallback: T, reason: string, parse: (value: unknown) => T): Option<T> {
  return { isOption: true, kind, fallback, reason, parse, isSecret: false };
}

export function text(fallback: string, reason: string): Option<string> {
  return option('text', fallback, reason, asText);
}

/** A URL that may hold a password. */
export function secretUrl(fallback: string, reason: string): Option<string> {
  return { ...option('URL', fallback, reason, asText), isSecret: true };
}

export function path(fallback: string, reason: string): Option<string> {
  return option('path', fallback, reason, asText);
}

export function list(fallback: readonly string[], reason: string): Option<readonly string[]> {
  return option('list, separated by commas', fallback, reason, (value) => {
    if (Array.isArray(value)) return value.map(asText);
    return asText(value)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  });
}

export function flag(fallback: boolean, reason: string): Option<boolean> {
  return option('yes or no', fallback, reason, (value) => {
    if (typeof value === 'boolean') return value;
    const word = asText(value).toLowerCase();
    if (['1', 'true', 'yes', 'on', 'oui'].includes(word)) return true;
    if (['', '0', 'false', 'no', 'off', 'non'].includes(word)) return false;
    throw new UnfitValue('is neither yes nor no');
  });
}

export function choice<T extends string>(choices: readonly T[], fallback: T, reason: string): Option<T> {
  return option(choices.join(' | '), fallback, reason, (value) => {
    const chosen = choices.find((one) => one === value);
    if (chosen === undefined) throw new UnfitValue(`is none of ${choices.join(', ')}`);
    return chosen;
  });
}

export function port(fallback: number, reason: string): Option<number> {
  return option('port', fallback, `${reason} 0 takes a free one.`, (value) => wholeNumber(value, 0, 65_535));
}

/** A port as the world sees it, where something in between maps it. */
export function publicPort(reason: string): Option<number> {
  return option('port', 0, `${reason} 0: the port listened on.`, (value) => wholeNumber(value, 0, 65_535));
}

export function count(fallback: number, reason: string, least = 0): Option<number> {
  return option('number', fallback, reason, (value) => wholeNumber(value, least, Number.MAX_SAFE_INTEGER));
}

const octetUnits: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `50M` is 50 × 1024² octets. */
export function octets(fallback: number, reason: string): Option<number> {
  return option('octets (k, M, G, T)', fallback, reason, (value) => withUnit(value, octetUnits, /(?:i?[Bo])$/));
}

const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `12h`, `5d`; a bare number is milliseconds. */
export function duration(fallback: string, reason: string): Option<number> {
  const parse = (value: unknown): number => withUnit(value, { '': 1, ...timeUnits });
  return option('duration (ms, s, m, h, d)', parse(fallback), reason, parse);
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  throw new UnfitValue('is not text');
}

function wholeNumber(value: unknown, least: number, most: number): number {
  const written = asText(value);
  const number = /^\d{1,16}$/.test(written) ? Number(written) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
  throw new UnfitValue(`is not a whole number from ${least} to ${most}`);
}

function withUnit(value: unknown, units: Readonly<Record<string, number>>, ignored?: RegExp): number {
  const written = ignored ? asText(value).replace(ignored, '') : asText(value);
  const found = /^(\d{1,15})\s*([a-z]*)$/i.exec(written);
  const factor = units[found?.[2]?.toLowerCase() ?? 'none'];
  const number = Number(found?.[1]) * (factor ?? Number.NaN);
  if (!Number.isSafeInteger(number))
    throw new UnfitValue(`is not a number with a unit (${Object.keys(units).join(' ')})`);
  return number;
}
