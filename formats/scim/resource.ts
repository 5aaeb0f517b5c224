/**
 * Resources as clients send them, read by their schemas: names in the schema's own case, values of the right type, what
 * clients may not write left out. What no schema knows is passed over (RFC 7644 §3.3), so that a client may send all it has.
 */
import type { Json, JsonObject } from '#formats/jmap/json.ts';

import { ScimError } from './error.ts';
import { readPath } from './filter.ts';
import { type Attribute, findExtension, isList, isObject, locate, type ResourceSchema } from './schema.ts';

/** More values of one attribute are refused. */
export const valuesAtMost = 10_000;
const textCharacters = 4_000;

/** @throws {ScimError} `invalidSyntax` for what is no object; `invalidValue` naming the attribute. */
export function readResource(of: ResourceSchema, given: Json): JsonObject {
  if (!isObject(given)) throw new ScimError(400, 'invalidSyntax', 'a resource is an object');
  const read: Record<string, Json> = {};
  const parts = new Map<string, Record<string, Json>>();
  for (const [key, value] of Object.entries(given)) {
    const path = pathOfKey(key);
    const whole = path && findExtension(of, path);
    if (whole && isObject(value)) {
      for (const [name, one] of Object.entries(value)) put(whole.attributes, name, one, partOf(parts, whole.id));
      continue;
    }
    const located = path && locate(of, path);
    if (!located || located.sub) continue;
    if (located.extension) put([located.attribute], located.attribute.name, value, partOf(parts, located.extension.id));
    else put([located.attribute], located.attribute.name, value, read);
  }
  return { ...read, ...Object.fromEntries(parts) };
}

function pathOfKey(key: string) {
  try {
    return readPath(key).path;
  } catch (error) {
    // A name that is none is one no schema has.
    if (error instanceof ScimError) return undefined;
    throw error;
  }
}

function partOf(parts: Map<string, Record<string, Json>>, id: string): Record<string, Json> {
  const known = parts.get(id) ?? {};
  parts.set(id, known);
  return known;
}

function put(attributes: readonly Attribute[], name: string, value: Json, into: Record<string, Json>): void {
  const folded = name.toLowerCase();
  const attribute = attributes.find((one) => one.name.toLowerCase() === folded);
  if (!attribute || attribute.mutability === 'readOnly') return;
  const read = readValue(attribute, value);
  if (read !== undefined) into[attribute.name] = read;
}

/**
 * A value of an attribute as it is kept; null for none, which unassigns (RFC 7643 §2.5).
 * @throws {ScimError} `invalidValue`.
 */
export function readValue(attribute: Attribute, value: Json): Json {
  if (value === null) return null;
  if (!attribute.multiValued) return readOne(attribute, value);
  if (!isList(value)) throw wrong(attribute, 'a list');
  if (value.length > valuesAtMost) throw wrong(attribute, `at most ${valuesAtMost} values`);
  return value.map((one) => readOne(attribute, one));
}

/** One value of an attribute, of many or alone. @throws {ScimError} `invalidValue`. */
export function readOne(attribute: Attribute, value: Json): Json {
  switch (attribute.type) {
    case 'string':
    case 'reference':
    case 'dateTime':
      if (typeof value !== 'string') throw wrong(attribute, 'text');
      if (value.length > textCharacters) throw wrong(attribute, `at most ${textCharacters} characters`);
      return value;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      // Microsoft Entra ID sends "True" and "False" unless it is told not to (2026).
      if (typeof value === 'string' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
      throw wrong(attribute, 'true or false');
    case 'integer':
      if (!Number.isSafeInteger(value)) throw wrong(attribute, 'a whole number');
      return value;
    case 'complex': {
      if (!isObject(value)) throw wrong(attribute, 'an object');
      const read: Record<string, Json> = {};
      for (const [name, one] of Object.entries(value)) {
        const folded = name.toLowerCase();
        const part = attribute.subAttributes?.find((each) => each.name.toLowerCase() === folded);
        if (part && part.mutability !== 'readOnly' && one !== null) read[part.name] = readValue(part, one);
      }
      return read;
    }
  }
}

function wrong({ name }: Attribute, what: string): ScimError {
  return new ScimError(400, 'invalidValue', `${name}: ${what}`);
}
