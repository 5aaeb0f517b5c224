/**
 * Filters and paths of SCIM (RFC 7644 §3.4.2.2, §3.5.2, figures 1 and 7): text into a tree, and back. Bounded in length,
 * depth and number of conditions, so that no filter costs more to read than to send.
 */
import { ScimError } from './error.ts';

/** `urn:…:User:name.givenName`: names as they were written; case does not count in them. */
export interface AttributePath {
  /** Of the schema; undefined when the attribute stands alone. */
  readonly uri: string | undefined;
  readonly name: string;
  readonly sub: string | undefined;
}

export const compareOperators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type CompareOperator = (typeof compareOperators)[number];
export type CompareValue = string | number | boolean | null;

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'present'; readonly path: AttributePath }
  | {
      readonly kind: 'compare';
      readonly path: AttributePath;
      readonly operator: CompareOperator;
      readonly value: CompareValue;
    }
  /** `emails[type eq "work"]`: one value that fits the whole filter. */
  | { readonly kind: 'value'; readonly path: AttributePath; readonly filter: Filter };

/** What PATCH works on: an attribute, those of its values that fit, a part of them. */
export interface PatchPath {
  readonly path: AttributePath;
  /** Between brackets. */
  readonly filter: Filter | undefined;
  /** After the brackets. */
  readonly sub: string | undefined;
}

export const maxFilterCharacters = 4_000;
const maxDepth = 16;
const maxConditions = 64;

/** @throws {ScimError} `invalidFilter`, saying what does not fit and where. */
export function readFilter(text: string): Filter {
  const cursor = new Cursor(text, 'invalidFilter');
  const filter = readOr(cursor, 0, false);
  cursor.expectEnd();
  return filter;
}

/** RFC 7644 §3.5.2, `PATH`. @throws {ScimError} `invalidPath`. */
export function readPath(text: string): PatchPath {
  const cursor = new Cursor(text, 'invalidPath');
  const path = readAttributePath(cursor);
  const filter = cursor.take('[') ? readOr(cursor, 1, true) : undefined;
  if (filter) cursor.expect(']');
  const sub = filter && cursor.take('.') ? readName(cursor) : undefined;
  cursor.expectEnd();
  return { path, filter, sub };
}

/** Of an attribute alone, as in `attributes` and `sortBy` (RFC 7644 §3.10). @throws {ScimError} `invalidPath`. */
export function readAttribute(text: string): AttributePath {
  const { path, filter } = readPath(text);
  if (filter) throw new ScimError(400, 'invalidPath', 'an attribute, without a filter');
  return path;
}

/** Reads back as the same tree. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters
        .map((one) => (one.kind === 'and' || one.kind === 'or' ? `(${printFilter(one)})` : printFilter(one)))
        .join(` ${filter.kind} `);
    case 'not':
      return `not (${printFilter(filter.filter)})`;
    case 'present':
      return `${printAttributePath(filter.path)} pr`;
    case 'compare':
      return `${printAttributePath(filter.path)} ${filter.operator} ${JSON.stringify(filter.value)}`;
    case 'value':
      return `${printAttributePath(filter.path)}[${printFilter(filter.filter)}]`;
  }
}

export function printAttributePath({ uri, name, sub }: AttributePath): string {
  return `${uri === undefined ? '' : `${uri}:`}${name}${sub === undefined ? '' : `.${sub}`}`;
}

class Cursor {
  readonly text: string;
  readonly #fault: 'invalidFilter' | 'invalidPath';
  at = 0;
  conditions = 0;

  constructor(text: string, fault: 'invalidFilter' | 'invalidPath') {
    this.text = text;
    this.#fault = fault;
    if (text.length > maxFilterCharacters) this.refuse(`longer than ${maxFilterCharacters} characters`);
  }

  refuse(why: string): never {
    throw new ScimError(400, this.#fault, `${why}, at character ${this.at + 1}`);
  }

  take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) this.refuse(`"${text}" is missing`);
  }

  /** @param form sticky. */
  match(form: RegExp): string | undefined {
    form.lastIndex = this.at;
    const found = form.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  spaces(): boolean {
    return this.match(/ +/y) !== undefined;
  }

  expectEnd(): void {
    this.spaces();
    if (this.at < this.text.length) this.refuse('something after the end');
  }
}

/** `or` binds less than `and` (RFC 7644 §3.4.2.2). @param isInside between brackets, where no brackets stand again. */
function readOr(cursor: Cursor, depth: number, isInside: boolean): Filter {
  return readJoined(cursor, 'or', () => readAnd(cursor, depth, isInside));
}

function readAnd(cursor: Cursor, depth: number, isInside: boolean): Filter {
  return readJoined(cursor, 'and', () => readTerm(cursor, depth, isInside));
}

function readJoined(cursor: Cursor, kind: 'and' | 'or', read: () => Filter): Filter {
  const filters = [read()];
  const word = kind === 'and' ? / +and +/iy : / +or +/iy;
  while (cursor.match(word) !== undefined) filters.push(read());
  const [only, ...others] = filters;
  return only && others.length === 0 ? only : { kind, filters };
}

function readTerm(cursor: Cursor, depth: number, isInside: boolean): Filter {
  if (depth >= maxDepth) cursor.refuse(`nested deeper than ${maxDepth}`);
  cursor.spaces();
  const isNot = cursor.match(/not *(?=\()/iy) !== undefined;
  if (cursor.take('(')) {
    const filter = readOr(cursor, depth + 1, isInside);
    cursor.spaces();
    cursor.expect(')');
    return isNot ? { kind: 'not', filter } : filter;
  }
  cursor.conditions += 1;
  if (cursor.conditions > maxConditions) cursor.refuse(`more than ${maxConditions} conditions`);
  const path = readAttributePath(cursor);
  if (!isInside && cursor.take('[')) {
    const filter = readOr(cursor, depth + 1, true);
    cursor.spaces();
    cursor.expect(']');
    return { kind: 'value', path, filter };
  }
  if (!cursor.spaces()) cursor.refuse('an operator is missing');
  return readComparison(cursor, path);
}

function readComparison(cursor: Cursor, path: AttributePath): Filter {
  const word = cursor.match(/[a-z]{2}(?![a-z])/iy)?.toLowerCase();
  if (word === 'pr') return { kind: 'present', path };
  const operator = compareOperators.find((one) => one === word);
  if (operator === undefined) return cursor.refuse('not an operator');
  if (!cursor.spaces()) cursor.refuse('a value is missing');
  const value = readValue(cursor);
  if (!isComparable(operator, value)) cursor.refuse(`${operator} does not go with this value`);
  return { kind: 'compare', path, operator, value };
}

/** JSON's (RFC 7159), as `compValue` says. */
function readValue(cursor: Cursor): CompareValue {
  const found = cursor.match(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null/iy);
  if (found === undefined) return cursor.refuse('not a value');
  try {
    const value: unknown = JSON.parse(found.startsWith('"') ? found : found.toLowerCase());
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value === 'string' && value.isWellFormed()) return value;
  } catch {
    // Told below, like every other value that is none.
  }
  return cursor.refuse('not a value');
}

function isComparable(operator: CompareOperator, value: CompareValue): boolean {
  if (operator === 'eq' || operator === 'ne') return true;
  if (operator === 'co' || operator === 'sw' || operator === 'ew') return typeof value === 'string';
  return typeof value === 'string' || typeof value === 'number';
}

/** `[URI ":"] ATTRNAME *1subAttr`: of a URI, what stands after the last colon is the attribute. */
function readAttributePath(cursor: Cursor): AttributePath {
  const start = cursor.at;
  const uri = cursor.match(/urn:(?:[a-z0-9._-]+:)+/iy)?.slice(0, -1);
  const name = readName(cursor);
  // The dot of a version in the URI ("2.0") stands before the last colon; one after it begins a part.
  const sub = cursor.take('.') ? readName(cursor) : undefined;
  if (cursor.at === start) cursor.refuse('an attribute is missing');
  return { uri, name, sub };
}

function readName(cursor: Cursor): string {
  return cursor.match(/\$?[a-z][a-z0-9_-]*/iy) ?? cursor.refuse('not the name of an attribute');
}
