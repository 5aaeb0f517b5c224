/** Which attributes of a resource are returned (RFC 7644 §3.9): what was asked for, and what is always there. */
import type { Json, JsonObject } from '#formats/jmap/json.ts';

import { type AttributePath, readAttribute } from './filter.ts';
import { type Attribute, findExtension, isList, isObject, locate, type ResourceSchema } from './schema.ts';

export interface Selection {
  /** Only these, and what is always returned; undefined for the usual ones. */
  readonly only: readonly AttributePath[] | undefined;
  /** Not these. */
  readonly without: readonly AttributePath[];
}

const namesAtMost = 100;

/** @param only, without comma-separated. @throws {ScimError} `invalidPath`. */
export function readSelection(only: string | undefined, without: string | undefined): Selection {
  return { only: only === undefined ? undefined : readNames(only), without: readNames(without ?? '') };
}

function readNames(text: string): readonly AttributePath[] {
  const names = text.split(',', namesAtMost).flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  return names.map(readAttribute);
}

export function select(of: ResourceSchema, resource: JsonObject, selection: Selection): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [key, value] of Object.entries(resource)) {
    const extension = of.extensions.find(({ id }) => id === key);
    if (extension) {
      const parts = isObject(value) ? selectIn(of, extension.attributes, extension.id, value, selection) : {};
      if (Object.keys(parts).length > 0) kept[key] = parts;
    } else if (key === 'schemas') kept[key] = value;
  }
  return { ...kept, ...selectIn(of, [...of.common, ...of.core.attributes], undefined, resource, selection) };
}

function selectIn(
  of: ResourceSchema,
  attributes: readonly Attribute[],
  uri: string | undefined,
  from: JsonObject,
  selection: Selection,
): JsonObject {
  const kept: Record<string, Json> = {};
  for (const attribute of attributes) {
    const value = from[attribute.name];
    const wanted = value === undefined ? 'no' : isWanted(of, selection, attribute, uri);
    if (value === undefined || wanted === 'no') continue;
    kept[attribute.name] = wanted === 'whole' ? value : isList(value) ? value.map(parts(wanted)) : parts(wanted)(value);
  }
  return kept;
}

function parts(names: ReadonlySet<string>): (value: Json) => Json {
  return (value) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).filter(([name]) => names.has(name.toLowerCase())))
      : value;
}

/** Whole, not at all, or these of its parts, in lower case. */
function isWanted(
  of: ResourceSchema,
  { only, without }: Selection,
  attribute: Attribute,
  uri: string | undefined,
): 'whole' | 'no' | ReadonlySet<string> {
  if (attribute.returned === 'never') return 'no';
  if (attribute.returned === 'always') return 'whole';
  const named = (paths: readonly AttributePath[]) => paths.filter((path) => isAbout(of, path, attribute, uri));
  if (only === undefined) {
    if (attribute.returned === 'request') return 'no';
    const gone = named(without);
    if (gone.some(({ sub }) => sub === undefined)) return 'no';
    if (gone.length === 0) return 'whole';
    const names = new Set(attribute.subAttributes?.map(({ name }) => name.toLowerCase()));
    for (const { sub } of gone) names.delete(sub?.toLowerCase() ?? '');
    return names;
  }
  const asked = named(only);
  if (asked.length === 0) return 'no';
  if (asked.some(({ sub }) => sub === undefined)) return 'whole';
  return new Set(asked.map(({ sub }) => sub?.toLowerCase() ?? ''));
}

function isAbout(of: ResourceSchema, path: AttributePath, attribute: Attribute, uri: string | undefined): boolean {
  const extension = findExtension(of, path);
  if (extension) return extension.id === uri;
  const located = locate(of, path);
  return located?.attribute === attribute && located.extension?.id === uri;
}
