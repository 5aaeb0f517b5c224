/** Reads `unknown` values at the border with the server. What does not fit throws ShapeError; nothing inside checks again. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

export function object(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new ShapeError('an object was expected');
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new ShapeError('a string was expected');
  return value;
}

export function textOr<F>(value: unknown, fallback: F): string | F {
  return typeof value === 'string' ? value : fallback;
}

export function number(value: unknown): number {
  if (typeof value !== 'number') throw new ShapeError('a number was expected');
  return value;
}

export function numberOr<F>(value: unknown, fallback: F): number | F {
  return typeof value === 'number' ? value : fallback;
}

export function list<T>(value: unknown, read: (item: unknown) => T): readonly T[] {
  if (!Array.isArray(value)) throw new ShapeError('an array was expected');
  return value.map((item) => read(item));
}

export function listOr<T>(value: unknown, read: (item: unknown) => T): readonly T[] {
  return Array.isArray(value) ? value.map((item) => read(item)) : [];
}

/** A JMAP set: `{ name: true, … }`. Names whose value is not true are left out. */
export type NameSet = Readonly<Record<string, true>>;

export function nameSet(value: unknown): NameSet {
  const names: Record<string, true> = {};
  for (const [name, present] of Object.entries(isObject(value) ? value : {})) if (present === true) names[name] = true;
  return names;
}
