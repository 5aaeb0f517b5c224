/**
 * Readers of values and of a method's arguments (RFC 8620 §3.6.2 invalidArguments). A reader answers undefined for what
 * does not fit; null is a value like others.
 */
import { readDate, readUtcDate, type DateWithOffset } from './date.ts';
import { MethodError } from './errors.ts';
import { isId } from './id.ts';
import { isArray, isObject, type Json, type JsonObject } from './json.ts';

export type Reader<T> = (value: Json) => T | undefined;

export const aString: Reader<string> = (value) => (typeof value === 'string' ? value : undefined);
export const aBoolean: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);
/** Int (RFC 8620 §1.3). */
export const anInt: Reader<number> = (value) => (Number.isSafeInteger(value) ? Number(value) : undefined);
/** UnsignedInt (RFC 8620 §1.3). */
export const anUnsignedInt: Reader<number> = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
/** Id, or a creation id after `#` (RFC 8620 §5.3), not yet resolved. */
export const anId: Reader<string> = (value) =>
  typeof value === 'string' && isId(value.startsWith('#') ? value.slice(1) : value) ? value : undefined;
export const aUtcDate: Reader<number> = (value) => (typeof value === 'string' ? readUtcDate(value) : undefined);
export const aDate: Reader<DateWithOffset> = (value) => (typeof value === 'string' ? readDate(value) : undefined);
export const anObject: Reader<JsonObject> = (value) => (isObject(value) ? value : undefined);
export const anything: Reader<Json> = (value) => value;

export function nullable<T>(read: Reader<T>): Reader<T | null> {
  return (value) => (value === null ? null : read(value));
}

export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (value) => words.find((word) => word === value);
}

export function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value) => {
    if (!isArray(value)) return undefined;
    const items: T[] = [];
    for (const item of value) {
      const one = read(item);
      if (one === undefined) return undefined;
      items.push(one);
    }
    return items;
  };
}

/** `Id[Foo]` and `String[Foo]`. */
export function mapOf<T>(read: Reader<T>, readKey: Reader<string> = aString): Reader<ReadonlyMap<string, T>> {
  return (value) => {
    if (!isObject(value)) return undefined;
    const map = new Map<string, T>();
    for (const [key, item] of Object.entries(value)) {
      const one = read(item);
      if (one === undefined || readKey(key) === undefined) return undefined;
      map.set(key, one);
    }
    return map;
  };
}

/** `String[Boolean]` and `Id[Boolean]` where every value must be true: a set. */
export function setOf(readKey: Reader<string> = aString): Reader<ReadonlySet<string>> {
  return (value) => {
    if (!isObject(value)) return undefined;
    const names = Object.entries(value);
    const fits = names.every(([name, present]) => present === true && readKey(name) !== undefined);
    return fits ? new Set(names.map(([name]) => name)) : undefined;
  };
}

/** One argument: how it is read, and what stands for it when it is absent; without `otherwise` it must be there. */
export interface Argument<T> {
  readonly read: Reader<T>;
  readonly otherwise?: T;
}

export type ArgumentTable = Readonly<Record<string, Argument<unknown>>>;

/** The values of the arguments a table declares. */
export type ArgumentsOf<Table extends ArgumentTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Argument<infer T> ? T : never;
};

export function required<T>(read: Reader<T>): Argument<T> {
  return { read };
}

export function optional<T>(read: Reader<T>, otherwise: T): Argument<T> {
  return { read, otherwise };
}

/** `T|null`, null when absent. */
export function orNull<T>(read: Reader<T>): Argument<T | null> {
  return { read: nullable(read), otherwise: null };
}

/** @throws {MethodError} `invalidArguments` naming the first argument that is missing, unknown or of another shape. */
export function readArguments<Table extends ArgumentTable>(table: Table, args: JsonObject): ArgumentsOf<Table> {
  for (const name of Object.keys(args)) {
    if (!Object.hasOwn(table, name)) throw new MethodError('invalidArguments', `unknown argument ${name}`);
  }
  const values: [string, unknown][] = Object.entries(table).map(([name, argument]) => {
    const given = Object.hasOwn(args, name) ? args[name] : undefined;
    const value = given === undefined ? argument.otherwise : argument.read(given);
    if (value === undefined) {
      throw new MethodError('invalidArguments', given === undefined ? `${name} is missing` : `${name} does not fit`);
    }
    return [name, value];
  });
  // Each value was read by the reader whose type the table gives.
  return Object.fromEntries(values) as ArgumentsOf<Table>;
}

/** Reads the arguments of two tables at once: those every method of a form has, and a type's own. */
export function readBoth<Ours extends ArgumentTable, Own extends ArgumentTable>(
  ours: Ours,
  own: Own | undefined,
  args: JsonObject,
): readonly [ArgumentsOf<Ours>, ArgumentsOf<Own>] {
  const members = Object.entries(args);
  const isOurs = ([name]: readonly [string, Json]): boolean => Object.hasOwn(ours, name);
  const rest = Object.fromEntries(members.filter((member) => !isOurs(member)));
  const none: ArgumentTable = {};
  return [
    readArguments(ours, Object.fromEntries(members.filter(isOurs))),
    // Without a table there are no arguments, which is what its type says then.
    readArguments(own ?? none, rest) as ArgumentsOf<Own>,
  ];
}
