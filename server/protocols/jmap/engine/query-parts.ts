/** What /query and /queryChanges share: the filter and the sort held against the type's table (RFC 8620 §5.5). */
import { MethodError } from '#formats/jmap/errors.ts';
import { conditionsOf, type Comparator, type Filter, readFilter, readSort } from '#formats/jmap/filter.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';

import type { CreatedIds } from './context.ts';
import type { QueryTable } from './type.ts';

/** @throws {MethodError} `unsupportedFilter`, `invalidArguments`. */
export function filterFor(part: QueryTable, value: Json, created: CreatedIds): Filter | undefined {
  const filter = readFilter(value);
  for (const condition of conditionsOf(filter)) {
    for (const [name, given] of Object.entries(condition)) {
      const read = Object.hasOwn(part.conditions, name) ? part.conditions[name] : undefined;
      if (!read) throw new MethodError('unsupportedFilter', `no condition ${name}`);
      if (read(given) === undefined) throw new MethodError('invalidArguments', `${name} does not fit in the filter`);
    }
  }
  return filter && resolved(filter, new Set(part.idConditions), created);
}

function resolved(filter: Filter, names: ReadonlySet<string>, created: CreatedIds): Filter {
  if (filter.kind === 'operator') {
    return { ...filter, conditions: filter.conditions.map((inner) => resolved(inner, names, created)) };
  }
  const members = Object.entries(filter.condition).map(([name, value]): [string, Json] =>
    names.has(name) ? [name, resolvedIds(value, created)] : [name, value],
  );
  const condition: JsonObject = Object.fromEntries(members);
  return { kind: 'condition', condition };
}

function resolvedIds(value: Json, created: CreatedIds): Json {
  if (typeof value === 'string') return created.resolve(value) ?? value;
  return Array.isArray(value) ? value.map((item: Json) => resolvedIds(item, created)) : value;
}

/** @throws {MethodError} `unsupportedSort`, `invalidArguments`. */
export function sortFor(part: QueryTable, value: Json): readonly Comparator[] {
  const sort = readSort(value);
  for (const { property, collation, more } of sort) {
    if (!part.sorts.includes(property)) throw new MethodError('unsupportedSort', `no sort by ${property}`);
    if (collation !== undefined && !collations.includes(collation)) {
      throw new MethodError('unsupportedSort', `no collation ${collation}`);
    }
    const unknown = Object.keys(more).find((name) => !part.sortMembers?.includes(name));
    if (unknown !== undefined) throw new MethodError('invalidArguments', `unknown member ${unknown} of a comparator`);
  }
  return sort;
}

/** RFC 4790 names of the collations we sort by; the session says them too (RFC 8620 §2). */
export const collations: readonly string[] = ['i;ascii-casemap', 'i;unicode-casemap', 'i;octet', 'i;ascii-numeric'];
