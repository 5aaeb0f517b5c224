/** Filters and comparators of /query and /queryChanges (RFC 8620 §5.5), up to a size no honest client reaches. */
import { MethodError } from './errors.ts';
import { isArray, isObject, type Json, type JsonObject } from './json.ts';

export type Filter =
  | { readonly kind: 'condition'; readonly condition: JsonObject }
  | { readonly kind: 'operator'; readonly operator: 'AND' | 'OR' | 'NOT'; readonly conditions: readonly Filter[] };

export interface Comparator {
  readonly property: string;
  readonly isAscending: boolean;
  readonly collation: string | undefined;
  /** Members beyond RFC 8620's, such as `keyword` (RFC 8621 §4.4.2). */
  readonly more: JsonObject;
}

const maxFilterDepth = 10;
const maxFilterConditions = 200;
const maxComparators = 10;

/** @throws {MethodError} `invalidArguments` by shape, `unsupportedFilter` by size. */
export function readFilter(value: Json): Filter | undefined {
  if (value === null) return undefined;
  let conditions = 0;
  const readNode = (node: Json, depth: number): Filter => {
    conditions += 1;
    if (depth > maxFilterDepth || conditions > maxFilterConditions) {
      throw new MethodError(
        'unsupportedFilter',
        `more than ${maxFilterConditions} conditions or ${maxFilterDepth} deep`,
      );
    }
    if (!isObject(node)) throw new MethodError('invalidArguments', 'a filter must be an object');
    const { operator, conditions: inner, ...rest } = node;
    if (operator === undefined) return { kind: 'condition', condition: node };
    if (operator !== 'AND' && operator !== 'OR' && operator !== 'NOT') {
      throw new MethodError('invalidArguments', 'an operator is AND, OR or NOT');
    }
    if (!isArray(inner) || Object.keys(rest).length > 0) {
      throw new MethodError('invalidArguments', 'an operator has conditions, and nothing else');
    }
    return { kind: 'operator', operator, conditions: inner.map((one) => readNode(one, depth + 1)) };
  };
  return readNode(value, 1);
}

/** Every condition of the filter, whatever the operators around it. */
export function conditionsOf(filter: Filter | undefined): readonly JsonObject[] {
  if (!filter) return [];
  return filter.kind === 'condition' ? [filter.condition] : filter.conditions.flatMap(conditionsOf);
}

/** @throws {MethodError} `invalidArguments` by shape, `unsupportedSort` by number. */
export function readSort(value: Json): readonly Comparator[] {
  if (value === null) return [];
  if (!isArray(value)) throw new MethodError('invalidArguments', 'sort must be an array');
  if (value.length > maxComparators)
    throw new MethodError('unsupportedSort', `more than ${maxComparators} comparators`);
  return value.map((item) => {
    if (!isObject(item)) throw new MethodError('invalidArguments', 'a comparator must be an object');
    const { property, isAscending = true, collation = null, ...more } = item;
    if (typeof property !== 'string' || typeof isAscending !== 'boolean') {
      throw new MethodError('invalidArguments', 'a comparator has a property, and isAscending is a boolean');
    }
    if (collation !== null && typeof collation !== 'string') {
      throw new MethodError('invalidArguments', 'a collation is a string');
    }
    return { property, isAscending, collation: collation ?? undefined, more };
  });
}
