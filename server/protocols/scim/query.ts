/** What a search asks (RFC 7644 §3.4.2, §3.4.3), from the address or from a body, and its answer. */
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { ScimError } from '#formats/scim/error.ts';
import { readFilter } from '#formats/scim/filter.ts';
import { isList, isObject } from '#formats/scim/schema.ts';
import { readSelection, select, type Selection } from '#formats/scim/select.ts';
import { peoplePerPage } from '#server/provisioning/find.ts';

import type { Page, Query } from './endpoint.ts';
import type { ResourceType } from './schemas.ts';

const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const usualCount = 100;
const startAtMost = 100_000_000;

/** @param given parameters of the address, or members of a SearchRequest. @throws {ScimError}. */
export function readQuery(given: JsonObject): Query {
  const filter = textOf(given, 'filter');
  const order = textOf(given, 'sortOrder')?.toLowerCase() ?? 'ascending';
  if (order !== 'ascending' && order !== 'descending')
    throw new ScimError(400, 'invalidValue', 'sortOrder: ascending or descending');
  return {
    filter: filter === undefined ? undefined : readFilter(filter),
    sortBy: textOf(given, 'sortBy'),
    isDescending: order === 'descending',
    // Less than 1 is 1, less than 0 is 0 (RFC 7644 §3.4.2.4).
    startIndex: Math.min(Math.max(numberOf(given, 'startIndex') ?? 1, 1), startAtMost),
    count: Math.min(Math.max(numberOf(given, 'count') ?? usualCount, 0), peoplePerPage),
    selection: selectionOf(given),
  };
}

export function selectionOf(given: JsonObject): Selection {
  return readSelection(textOf(given, 'attributes'), textOf(given, 'excludedAttributes'));
}

export function printList({ resource }: ResourceType, { startIndex, selection }: Query, page: Page): JsonObject {
  return listOf(
    page.resources.map((one) => select(resource, one, selection)),
    { total: page.total, startIndex },
  );
}

export function listOf(
  resources: readonly JsonObject[],
  { total, startIndex }: { readonly total: number; readonly startIndex: number },
): JsonObject {
  return {
    schemas: [listSchema],
    totalResults: total,
    startIndex,
    itemsPerPage: resources.length,
    Resources: [...resources],
  };
}

/** Parameters of an address: of one that stands twice, the first. */
export function parametersOf(query: unknown): JsonObject {
  if (typeof query !== 'object' || query === null) return {};
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]: [string, unknown]): [string, Json][] => {
      const first: unknown = Array.isArray(value) ? value[0] : value;
      return typeof first === 'string' ? [[name, first]] : [];
    }),
  );
}

/** @throws {ScimError} `invalidSyntax`. */
export function requireObject(body: Json): JsonObject {
  if (!isObject(body)) throw new ScimError(400, 'invalidSyntax', 'an object');
  return body;
}

function textOf(given: JsonObject, name: string): string | undefined {
  const value = given[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (isList(value)) return value.filter((one) => typeof one === 'string').join(',');
  throw new ScimError(400, 'invalidValue', `${name}: text`);
}

function numberOf(given: JsonObject, name: string): number | undefined {
  const value = given[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new ScimError(400, 'invalidValue', `${name}: a whole number`);
  return number;
}
