/**
 * The PatchObject of a /set's update (RFC 8620 §5.3): paths into a record, each with its new value or null. Read into
 * one change a property, since that is how records are kept.
 */
import { isObject, type Json, type JsonObject } from './json.ts';
import { unescapeToken } from './reference.ts';

/** What happens to one property: it is given whole, or some of its entries are. null removes (or brings the default). */
export type PropertyPatch =
  | { readonly kind: 'replace'; readonly value: Json }
  | { readonly kind: 'entries'; readonly entries: readonly PatchEntry[] };

export interface PatchEntry {
  /** Below the property; never empty. */
  readonly path: readonly string[];
  readonly value: Json;
}

export type Patch = ReadonlyMap<string, PropertyPatch>;

/** The patch contradicts itself or points where it may not (the SetError `invalidPatch`). */
export class BadPatch extends Error {
  override readonly name = 'BadPatch';
}

/** @throws {BadPatch} where one path is the beginning of another. */
export function readPatch(value: JsonObject): Patch {
  const patch = new Map<string, PropertyPatch>();
  for (const [pointer, given] of Object.entries(value)) {
    const [property = '', ...path] = pointer.split('/').map(unescapeToken);
    const known = patch.get(property);
    if (path.length === 0) {
      if (known) throw new BadPatch(`${property} and a path below it`);
      patch.set(property, { kind: 'replace', value: given });
      continue;
    }
    const entries = known?.kind === 'entries' ? known.entries : [];
    if (known?.kind === 'replace' || entries.some((entry) => overlaps(entry.path, path))) {
      throw new BadPatch(`${pointer} and another path above or below it`);
    }
    patch.set(property, { kind: 'entries', entries: [...entries, { path, value: given }] });
  }
  return patch;
}

function overlaps(one: readonly string[], other: readonly string[]): boolean {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index += 1) if (one[index] !== other[index]) return false;
  return true;
}

/**
 * The property's value after the patch; undefined when it is removed.
 * @throws {BadPatch} where a path goes through something that is not an object, or into an array.
 */
export function applyToProperty(current: Json | undefined, patch: PropertyPatch): Json | undefined {
  if (patch.kind === 'replace') return patch.value === null ? undefined : patch.value;
  let result = current;
  for (const { path, value } of patch.entries) result = setAt(result, path, value);
  return result;
}

/** The whole record after the patch. @throws {BadPatch} */
export function applyPatch(record: JsonObject, patch: Patch): JsonObject {
  const members = new Map<string, Json>(Object.entries(record));
  for (const [property, change] of patch) {
    const value = applyToProperty(members.get(property), change);
    if (value === undefined) members.delete(property);
    else members.set(property, value);
  }
  return Object.fromEntries(members);
}

function setAt(current: Json | undefined, path: readonly string[], value: Json): Json {
  const [name, ...rest] = path;
  if (!isObject(current) || name === undefined) throw new BadPatch('a path leads through what is no object');
  const members = new Map<string, Json>(Object.entries(current));
  if (rest.length > 0) members.set(name, setAt(members.get(name), rest, value));
  else if (value === null) members.delete(name);
  else members.set(name, value);
  // fromEntries defines members: a name like __proto__ is only a name.
  return Object.fromEntries(members);
}
