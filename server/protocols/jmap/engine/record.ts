/** Records and patches a client sends, held against the table of their type (RFC 8620 §5.3). */
import { isArray, isObject, isSame, type Json, type JsonObject } from '#formats/jmap/json.ts';
import { applyToProperty, BadPatch, type Patch, type PropertyPatch, readPatch } from '#formats/jmap/patch.ts';

import { type CreatedIds, SetFailure } from './context.ts';
import { isKnownProperty, type Property, type TypeHead } from './type.ts';

/** @throws {SetFailure} `invalidProperties` with all names at fault. */
export function checkRecord<Id>(type: TypeHead<Id>, record: JsonObject, created: CreatedIds): JsonObject {
  const bad: string[] = [];
  const members = new Map<string, Json>();
  for (const [name, given] of Object.entries(record)) {
    const property = propertyOf(type, name);
    if (!property || (property.isServerSet && given !== null)) {
      bad.push(name);
      continue;
    }
    if (property.isServerSet) continue;
    const value = resolveIn(property, given, created);
    if (value === undefined || property.read?.(value) === undefined) {
      if (value === undefined || property.read) {
        bad.push(name);
        continue;
      }
    }
    members.set(name, value);
  }
  for (const [name, property] of Object.entries(type.properties)) {
    if (members.has(name) || bad.includes(name)) continue;
    if (property.isRequired) bad.push(name);
    else if (property.otherwise !== undefined) members.set(name, property.otherwise);
  }
  if (bad.length > 0) throw new SetFailure({ type: 'invalidProperties', properties: bad });
  return Object.fromEntries(members);
}

/** A patch that is checked but for what only the present record can tell. */
export interface CheckedPatch {
  readonly patch: Patch;
  /** Properties whose present value must be known: set by the server or immutable, or patched within. */
  readonly needs: readonly string[];
}

/** @throws {SetFailure} `invalidPatch` or `invalidProperties`. */
export function checkPatch<Id>(type: TypeHead<Id>, value: JsonObject, created: CreatedIds): CheckedPatch {
  const bad: string[] = [];
  const needs: string[] = [];
  const patch = new Map<string, PropertyPatch>();
  for (const [name, given] of patchOf(value)) {
    const property = propertyOf(type, name);
    if (!property) {
      bad.push(name);
      continue;
    }
    const change = resolvePatch(property, given, created);
    if (!change) bad.push(name);
    else {
      patch.set(name, change);
      if (property.isServerSet || property.isImmutable) needs.push(name);
      else if (change.kind === 'replace') {
        if (property.read && property.read(change.value) === undefined) bad.push(name);
      } else if (!property.readEntry) needs.push(name);
      // What stands in a set is true or absent: nothing is below it (RFC 8620 §5.3).
      else if (change.entries.some(({ path }) => path.length > 1))
        throw new SetFailure({ type: 'invalidPatch', description: `nothing is below an entry of ${name}` });
      else if (!change.entries.every((entry) => property.readEntry?.(entry.path, entry.value))) bad.push(name);
    }
  }
  if (bad.length > 0) throw new SetFailure({ type: 'invalidProperties', properties: bad });
  return { patch, needs };
}

/** Finishes a patch with the record as it is. @throws {SetFailure} */
export function completePatch<Id>(type: TypeHead<Id>, { patch, needs }: CheckedPatch, current: JsonObject): Patch {
  const bad: string[] = [];
  const complete = new Map(patch);
  for (const name of needs) {
    const property = propertyOf(type, name);
    const change = patch.get(name);
    if (!property || !change) continue;
    const value = applied(current[name], change) ?? property.otherwise ?? null;
    const isFixed = property.isServerSet || property.isImmutable;
    // What may not change may be sent as it is: clients send back whole records.
    if (isFixed && isSame(value, current[name] ?? null)) complete.delete(name);
    else if (isFixed || (property.read && property.read(value) === undefined)) bad.push(name);
    else complete.set(name, { kind: 'replace', value });
  }
  if (bad.length > 0) throw new SetFailure({ type: 'invalidProperties', properties: bad });
  return complete;
}

const serverSet: Property = { isServerSet: true };
const unlisted: Property = { isImmutable: true };

function propertyOf<Id>(type: TypeHead<Id>, name: string): Property | undefined {
  if (Object.hasOwn(type.properties, name)) return type.properties[name];
  if (name === 'id') return serverSet;
  return isKnownProperty(type, name) ? unlisted : undefined;
}

function patchOf(value: JsonObject): Patch {
  try {
    return readPatch(value);
  } catch (error) {
    if (error instanceof BadPatch) throw new SetFailure({ type: 'invalidPatch', description: error.message });
    throw error;
  }
}

function applied(current: Json | undefined, change: PropertyPatch): Json | undefined {
  try {
    return applyToProperty(current, change);
  } catch (error) {
    if (error instanceof BadPatch) throw new SetFailure({ type: 'invalidPatch', description: error.message });
    throw error;
  }
}

function resolvePatch(property: Property, change: PropertyPatch, created: CreatedIds): PropertyPatch | undefined {
  if (change.kind === 'replace') {
    const given = change.value === null ? (property.otherwise ?? null) : change.value;
    const value = resolveIn(property, given, created);
    return value === undefined ? undefined : { kind: 'replace', value };
  }
  if (property.refersTo !== 'idSet') return change;
  const entries = change.entries.map(({ path: [first = '', ...rest], value }) => {
    const id = created.resolve(first);
    return id === undefined ? undefined : { path: [id, ...rest], value };
  });
  const known = entries.filter((entry) => entry !== undefined);
  return known.length === entries.length ? { kind: 'entries', entries: known } : undefined;
}

/** The value with its creation ids replaced; undefined where one was never made. */
function resolveIn({ refersTo }: Property, value: Json, created: CreatedIds): Json | undefined {
  if (refersTo === undefined || value === null) return value;
  if (typeof value === 'string') return created.resolve(value);
  if (isArray(value)) {
    const ids = value.map((item) => (typeof item === 'string' ? created.resolve(item) : item));
    const known = ids.filter((id) => id !== undefined);
    return known.length === ids.length ? known : undefined;
  }
  if (!isObject(value)) return value;
  const members: [string, Json][] = [];
  for (const [name, item] of Object.entries(value)) {
    const id = created.resolve(name);
    if (id === undefined) return undefined;
    members.push([id, item]);
  }
  return Object.fromEntries(members);
}

/** The creation ids this record waits for: those of its references that another record of the same /set makes. */
export function dependencies<Id>(type: TypeHead<Id>, record: JsonObject): readonly string[] {
  return Object.entries(record).flatMap(([name, value]) => {
    const refersTo = propertyOf(type, name)?.refersTo;
    if (refersTo === undefined) return [];
    const texts =
      typeof value === 'string' ? [value] : isArray(value) ? value : isObject(value) ? Object.keys(value) : [];
    return texts.flatMap((text) => (typeof text === 'string' && text.startsWith('#') ? [text.slice(1)] : []));
  });
}

/** Records in an order in which each comes after those it refers to; where they go round, as they came. */
export function inOrder<Id>(
  type: TypeHead<Id>,
  records: ReadonlyMap<string, JsonObject>,
): readonly (readonly [string, JsonObject])[] {
  const ordered = new Map<string, JsonObject>();
  const visit = (creationId: string, record: JsonObject, path: ReadonlySet<string>): void => {
    if (ordered.has(creationId) || path.has(creationId)) return;
    const inner = new Set([...path, creationId]);
    for (const needed of dependencies(type, record)) {
      const other = records.get(needed);
      if (other) visit(needed, other, inner);
    }
    ordered.set(creationId, record);
  };
  for (const [creationId, record] of records) visit(creationId, record, new Set());
  return [...ordered];
}
