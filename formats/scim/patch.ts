/**
 * PATCH (RFC 7644 §3.5.2): operations on a resource as a value, one after the other; the first that fails throws, and
 * nothing was done. What clients are known to send beside the RFC is taken where its meaning is plain.
 */
import type { Json, JsonObject } from '#formats/jmap/json.ts';

import { ScimError } from './error.ts';
import { type Filter, printAttributePath, readPath } from './filter.ts';
import { matchesValue } from './match.ts';
import { readOne, readValue, valuesAtMost } from './resource.ts';
import {
  type Attribute,
  findExtension,
  isList,
  isObject,
  type Located,
  locate,
  type ResourceSchema,
  valueAt,
} from './schema.ts';

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string | undefined;
  readonly value: Json | undefined;
}

const operationsAtMost = 1_000;

/** @throws {ScimError} `invalidSyntax`. */
export function readPatch(body: Json): readonly PatchOperation[] {
  const operations = isObject(body) ? member(body, 'Operations') : undefined;
  if (!isList(operations)) throw new ScimError(400, 'invalidSyntax', 'Operations: a list');
  if (operations.length > operationsAtMost)
    throw new ScimError(413, undefined, `at most ${operationsAtMost} operations`);
  return operations.map((one) => {
    if (!isObject(one)) throw new ScimError(400, 'invalidSyntax', 'an operation is an object');
    const { path } = one;
    const given = one['op'];
    // Microsoft Entra ID writes "Add" and "Replace" (2026).
    const op = typeof given === 'string' ? given.toLowerCase() : '';
    if (op !== 'add' && op !== 'remove' && op !== 'replace')
      throw new ScimError(400, 'invalidSyntax', 'op is one of add, remove, replace');
    if (path !== undefined && typeof path !== 'string') throw new ScimError(400, 'invalidPath', 'path: text');
    return { op, path, value: one['value'] };
  });
}

function member(object: JsonObject, name: string): Json | undefined {
  const folded = name.toLowerCase();
  return Object.entries(object).find(([key]) => key.toLowerCase() === folded)?.[1];
}

/** @returns the resource as it is to be. @throws {ScimError} `invalidPath`, `invalidValue`, `noTarget`, `mutability`. */
export function applyPatch(
  of: ResourceSchema,
  resource: JsonObject,
  operations: readonly PatchOperation[],
): JsonObject {
  let now = resource;
  for (const { op, path, value } of operations) {
    if (path !== undefined) now = applyAt(of, now, op, path, value);
    else if (op === 'remove') throw new ScimError(400, 'noTarget', 'remove needs a path');
    else now = applyWhole(of, now, op, value);
  }
  return now;
}

/** Without a path, each member of the value is an attribute, or (Entra ID) a path to one. What is not known is passed over. */
function applyWhole(
  of: ResourceSchema,
  resource: JsonObject,
  op: 'add' | 'replace',
  value: Json | undefined,
): JsonObject {
  if (!isObject(value)) throw new ScimError(400, 'invalidValue', 'without a path, the value is an object');
  let now = resource;
  for (const [key, one] of Object.entries(value)) {
    if (/^(?:schemas|id|meta)$/i.test(key)) continue;
    const { path } = readPath(key);
    const located = locate(of, path);
    if (located?.attribute.mutability === 'readOnly') continue;
    if (located || findExtension(of, path)) now = applyAt(of, now, op, key, one);
  }
  return now;
}

function applyAt(
  of: ResourceSchema,
  resource: JsonObject,
  op: PatchOperation['op'],
  text: string,
  value: Json | undefined,
): JsonObject {
  const { path, filter, sub } = readPath(text);
  const extension = filter ? undefined : findExtension(of, path);
  if (extension) return applyExtension(of, resource, op, extension.id, value);
  const located = locate(of, path);
  if (!located) throw new ScimError(400, 'invalidPath', `no attribute ${printAttributePath(path)}`);
  const { attribute } = located;
  const partName = (sub ?? '').toLowerCase();
  const part =
    located.sub ??
    (sub === undefined ? undefined : attribute.subAttributes?.find((one) => one.name.toLowerCase() === partName));
  if (sub !== undefined && !part) throw new ScimError(400, 'invalidPath', `no attribute ${attribute.name}.${sub}`);
  if (attribute.mutability === 'readOnly' || part?.mutability === 'readOnly')
    throw new ScimError(400, 'mutability', `${attribute.name} is not written by clients`);
  const before = valueAt(resource, located);
  const after = attribute.multiValued
    ? changeMany(attribute, part, filter, op, isList(before) ? before : [], value)
    : changeOne(attribute, part, filter, op, before, value);
  return withValue(resource, located, after);
}

function applyExtension(
  of: ResourceSchema,
  resource: JsonObject,
  op: PatchOperation['op'],
  id: string,
  value: Json | undefined,
): JsonObject {
  if (op === 'remove') return { ...resource, [id]: null };
  if (!isObject(value)) throw new ScimError(400, 'invalidValue', `${id}: an object`);
  let now = resource;
  for (const [name, one] of Object.entries(value))
    if (locate(of, { uri: id, name, sub: undefined })) now = applyAt(of, now, op, `${id}:${name}`, one);
  return now;
}

function changeOne(
  attribute: Attribute,
  part: Attribute | undefined,
  filter: Filter | undefined,
  op: PatchOperation['op'],
  before: Json | undefined,
  value: Json | undefined,
): Json {
  if (filter) throw new ScimError(400, 'invalidPath', `${attribute.name} has one value: nothing to filter`);
  const known = isObject(before) ? before : {};
  if (part) {
    if (op !== 'remove') return { ...known, [part.name]: readValue(part, given(part, value)) };
    return Object.fromEntries(Object.entries(known).filter(([name]) => name !== part.name));
  }
  if (op === 'remove') return null;
  const read = readValue(attribute, given(attribute, value));
  return op === 'add' && isObject(read) ? { ...known, ...read } : read;
}

function given({ name }: Attribute, value: Json | undefined): Json {
  if (value === undefined) throw new ScimError(400, 'invalidValue', `${name}: a value is missing`);
  return value;
}

function changeMany(
  attribute: Attribute,
  part: Attribute | undefined,
  filter: Filter | undefined,
  op: PatchOperation['op'],
  before: readonly Json[],
  value: Json | undefined,
): Json {
  if (!filter) return changeAll(attribute, part, op, before, value);
  const isChosen = before.map((one) => matchesValue(attribute, one, filter));
  if (op === 'remove') {
    if (!isChosen.includes(true)) throw new ScimError(400, 'noTarget', `no ${attribute.name} fits the filter`);
    if (!part) return before.filter((_, index) => isChosen[index] !== true);
    return before.map((one, index) => (isChosen[index] === true ? without(one, part) : one));
  }
  const change = part
    ? { [part.name]: readValue(part, given(part, value)) }
    : readOne(attribute, given(attribute, value));
  if (!isChosen.includes(true)) {
    if (op === 'replace' && !part) throw new ScimError(400, 'noTarget', `no ${attribute.name} fits the filter`);
    // "emails[type eq "work"].value" of somebody who has none (Entra ID): what the filter asks for is made.
    return oneFirst([...before, { ...askedFor(filter), ...(isObject(change) ? change : {}) }], before.length);
  }
  const last = isChosen.lastIndexOf(true);
  const after = before.map((one, index) =>
    isChosen[index] === true && isObject(one) && isObject(change) ? { ...one, ...change } : one,
  );
  return isObject(change) && change['primary'] === true ? oneFirst(after, last) : after;
}

function changeAll(
  attribute: Attribute,
  part: Attribute | undefined,
  op: PatchOperation['op'],
  before: readonly Json[],
  value: Json | undefined,
): Json {
  if (part) {
    if (op === 'remove') return before.map((one) => without(one, part));
    const read = readValue(part, given(part, value));
    return before.map((one) => (isObject(one) ? { ...one, [part.name]: read } : one));
  }
  if (op === 'remove') {
    // Entra ID names what to take away in the value, where the RFC has a filter.
    if (!isList(value)) return [];
    const gone = new Set(value.map(keyOf));
    return before.filter((one) => !gone.has(keyOf(one)));
  }
  const listed = isList(value) ? value : [given(attribute, value)];
  const read = listed.map((one) => readOne(attribute, one));
  if (op === 'replace') return bounded(attribute, read);
  const known = new Map(before.map((one, index) => [keyOf(one), index]));
  const after = [...before];
  for (const one of read) {
    const at = known.get(keyOf(one));
    if (at === undefined) after.push(one);
    else {
      const there = after[at];
      after[at] = isObject(one) && isObject(there) ? { ...there, ...one } : one;
    }
  }
  const first = read.findLast((one) => isObject(one) && one['primary'] === true);
  return bounded(
    attribute,
    first === undefined
      ? after
      : oneFirst(
          after,
          after.findLastIndex((one) => keyOf(one) === keyOf(first)),
        ),
  );
}

function bounded({ name }: Attribute, values: readonly Json[]): readonly Json[] {
  if (values.length > valuesAtMost) throw new ScimError(400, 'invalidValue', `${name}: at most ${valuesAtMost} values`);
  return values;
}

/** What tells values of one attribute apart (RFC 7643 §2.4): their `value`. */
function keyOf(value: Json): string {
  const key = isObject(value) ? value['value'] : value;
  return typeof key === 'string' ? key : JSON.stringify(key ?? value);
}

/** There is one primary value at most: the one set last. */
function oneFirst(values: readonly Json[], at: number): readonly Json[] {
  const isFirst = values[at];
  if (!isObject(isFirst) || isFirst['primary'] !== true) return values;
  return values.map((one, index) =>
    index !== at && isObject(one) && one['primary'] === true ? { ...one, primary: false } : one,
  );
}

function without(value: Json, { name }: Attribute): Json {
  return isObject(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)) : value;
}

/** The values a filter compares for equality, all of which hold in what it chooses. */
function askedFor(filter: Filter): JsonObject {
  if (filter.kind === 'and') return Object.assign({}, ...filter.filters.map(askedFor));
  return filter.kind === 'compare' && filter.operator === 'eq' ? { [filter.path.name]: filter.value } : {};
}

function withValue(resource: JsonObject, { extension, attribute }: Located, value: Json): JsonObject {
  if (!extension) return { ...resource, [attribute.name]: value };
  const of = resource[extension.id];
  return { ...resource, [extension.id]: { ...(isObject(of) ? of : {}), [attribute.name]: value } };
}
