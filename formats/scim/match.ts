/** Whether a resource fits a filter (RFC 7644 §3.4.2.2). An attribute that is not there fits `ne`, and nothing else. */
import type { Json, JsonObject } from '#formats/jmap/json.ts';

import { ScimError } from './error.ts';
import {
  type AttributePath,
  type CompareOperator,
  type CompareValue,
  type Filter,
  printAttributePath,
} from './filter.ts';
import { type Attribute, isList, isObject, locate, type ResourceSchema, valueAt } from './schema.ts';

/** @throws {ScimError} `invalidFilter` for an attribute that the resource's schemas do not have. */
export function matches(of: ResourceSchema, resource: JsonObject, filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((one) => matches(of, resource, one));
    case 'or':
      return filter.filters.some((one) => matches(of, resource, one));
    case 'not':
      return !matches(of, resource, filter.filter);
    case 'present':
      return valuesAt(of, resource, filter.path).values.some(isPresent);
    case 'compare': {
      const { values, attribute } = valuesAt(of, resource, filter.path);
      return compareAny(values, attribute, filter.operator, filter.value);
    }
    case 'value': {
      const { attribute, values } = valuesAt(of, resource, filter.path, 'whole');
      return values.some((value) => matchesValue(attribute, value, filter.filter));
    }
  }
}

/** Whether one value of a complex attribute fits what stands between brackets. @throws {ScimError} `invalidFilter`. */
export function matchesValue(attribute: Attribute, value: Json, filter: Filter): boolean {
  const part = (path: AttributePath): { readonly values: readonly Json[]; readonly attribute: Attribute } => {
    const folded = path.name.toLowerCase();
    const found = attribute.subAttributes?.find(({ name }) => name.toLowerCase() === folded);
    if (!found || path.sub !== undefined) return unknown(path);
    const given = isObject(value) ? value[found.name] : undefined;
    return { values: given === undefined || given === null ? [] : [given], attribute: found };
  };
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((one) => matchesValue(attribute, value, one));
    case 'or':
      return filter.filters.some((one) => matchesValue(attribute, value, one));
    case 'not':
      return !matchesValue(attribute, value, filter.filter);
    case 'present':
      return part(filter.path).values.some(isPresent);
    case 'compare': {
      const found = part(filter.path);
      return compareAny(found.values, found.attribute, filter.operator, filter.value);
    }
    case 'value':
      return unknown(filter.path);
  }
}

function unknown(path: AttributePath): never {
  throw new ScimError(400, 'invalidFilter', `no attribute ${printAttributePath(path)} to filter by`);
}

function valuesAt(
  of: ResourceSchema,
  resource: JsonObject,
  path: AttributePath,
  what?: 'whole',
): { readonly values: readonly Json[]; readonly attribute: Attribute } {
  const located = locate(of, path);
  if (!located || located.attribute.returned === 'never') return unknown(path);
  const { attribute } = located;
  const found = valueAt(resource, located);
  const all = found === undefined || found === null ? [] : isList(found) ? found : [found];
  // `emails eq "a@b"` is about the value of each (RFC 7643 §2.4).
  const byValue = attribute.multiValued ? attribute.subAttributes?.find(({ name }) => name === 'value') : undefined;
  const part = located.sub ?? (what === 'whole' ? undefined : byValue);
  if (!part) return { values: all, attribute };
  return { values: all.flatMap((one) => (isObject(one) ? (one[part.name] ?? []) : [])), attribute: part };
}

function isPresent(value: Json): boolean {
  if (isList(value)) return value.length > 0;
  if (isObject(value)) return Object.values(value).some(isPresent);
  return value !== null && value !== '';
}

function compareAny(
  values: readonly Json[],
  attribute: Attribute,
  operator: CompareOperator,
  wanted: CompareValue,
): boolean {
  if (operator === 'ne') return !compareAny(values, attribute, 'eq', wanted);
  if (wanted === null) return !values.some(isPresent);
  return values.some((value) => compare(value, attribute, operator, wanted));
}

const dateForm = /^\d{4}-\d\d-\d\d(?:T|$)/;

function compare(
  value: Json,
  { caseExact, type }: Attribute,
  operator: CompareOperator,
  wanted: string | number | boolean,
): boolean {
  if (typeof value === 'string' && typeof wanted === 'string') {
    if (type === 'dateTime' && dateForm.test(wanted)) return order(operator, Date.parse(value) - Date.parse(wanted));
    const [left, right] = caseExact ? [value, wanted] : [fold(value), fold(wanted)];
    if (operator === 'co') return left.includes(right);
    if (operator === 'sw') return left.startsWith(right);
    if (operator === 'ew') return left.endsWith(right);
    return order(operator, left < right ? -1 : left > right ? 1 : 0);
  }
  if (typeof value === 'number' && typeof wanted === 'number') return order(operator, value - wanted);
  return operator === 'eq' && value === wanted;
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function order(operator: CompareOperator, sign: number): boolean {
  switch (operator) {
    case 'eq':
      return sign === 0;
    case 'gt':
      return sign > 0;
    case 'ge':
      return sign >= 0;
    case 'lt':
      return sign < 0;
    case 'le':
      return sign <= 0;
    case 'ne':
    case 'co':
    case 'sw':
    case 'ew':
      return false;
  }
}
