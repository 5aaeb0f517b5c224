/**
 * Many operations in one request (RFC 7644 §3.7). Each is done for itself, in its order; one that names by `bulkId` what
 * another makes waits for that one. What was done stays done when a later one fails.
 */
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { printScimError, ScimError } from '#formats/scim/error.ts';
import { readPatch } from '#formats/scim/patch.ts';
import { isList, isObject } from '#formats/scim/schema.ts';

import type { Asked, Endpoint } from './endpoint.ts';
import { scimErrorOf } from './say.ts';

const responseSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';
export const bulkOperationsAtMost = 1_000;
export const bulkOctetsAtMost = 2_000_000;

interface Operation {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly bulkId: string | undefined;
  readonly version: string | undefined;
  readonly data: Json;
}

/** @throws {ScimError} when the request as a whole cannot be read. */
export async function runBulk(asked: Asked, endpoints: readonly Endpoint[], body: JsonObject): Promise<JsonObject> {
  const operations = readOperations(body);
  const failOnErrors = body['failOnErrors'];
  const made = new Map<string, string>();
  const awaited = new Set(operations.flatMap(({ bulkId }) => bulkId ?? []));
  const answers: JsonObject[] = [];
  let errors = 0;
  const mayGoOn = (): boolean => typeof failOnErrors !== 'number' || failOnErrors < 1 || errors < failOnErrors;
  const run = async (operation: Operation): Promise<void> => {
    const answer = await runOne(asked, endpoints, operation, made);
    if (operation.bulkId !== undefined) awaited.delete(operation.bulkId);
    if (answer.isError) errors += 1;
    answers.push(answer.printed);
  };
  for (let waiting = operations; waiting.length > 0 && mayGoOn();) {
    const later: Operation[] = [];
    for (const operation of waiting) {
      if (!mayGoOn()) break;
      if (waits(operation, made, awaited)) later.push(operation);
      else await run(operation);
    }
    // Those that wait for each other never begin: each is told what it lacks.
    if (later.length === waiting.length) awaited.clear();
    waiting = later;
  }
  return { schemas: [responseSchema], Operations: answers };
}

function waits({ data, path }: Operation, made: ReadonlyMap<string, string>, awaited: ReadonlySet<string>): boolean {
  return [...namedIn(data), ...namedIn(path)].some((name) => !made.has(name) && awaited.has(name));
}

const methods = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

function readOperations(body: JsonObject): readonly Operation[] {
  const given = body['Operations'];
  if (!isList(given)) throw new ScimError(400, 'invalidSyntax', 'Operations: a list');
  if (given.length > bulkOperationsAtMost)
    throw new ScimError(413, undefined, `at most ${bulkOperationsAtMost} operations`);
  const seen = new Set<string>();
  return given.map((one) => {
    if (!isObject(one)) throw new ScimError(400, 'invalidSyntax', 'an operation is an object');
    const text = (name: string): string | undefined => {
      const value = one[name];
      return typeof value === 'string' ? value : undefined;
    };
    const method = methods.find((known) => known === text('method')?.toUpperCase());
    const path = text('path');
    const bulkId = text('bulkId');
    if (method === undefined || path === undefined)
      throw new ScimError(400, 'invalidSyntax', 'an operation has a method and a path');
    if (bulkId !== undefined && seen.has(bulkId))
      throw new ScimError(400, 'invalidValue', `bulkId ${bulkId} stands twice`);
    if (bulkId !== undefined) seen.add(bulkId);
    return { method, path, bulkId, version: text('version'), data: one['data'] ?? null };
  });
}

async function runOne(
  asked: Asked,
  endpoints: readonly Endpoint[],
  operation: Operation,
  made: Map<string, string>,
): Promise<{ readonly isError: boolean; readonly printed: JsonObject }> {
  const { method, bulkId } = operation;
  const of = { method, ...(bulkId !== undefined && { bulkId }) };
  try {
    const { status, resource, location } = await perform(asked, endpoints, operation, made);
    const version = resource && isObject(resource['meta']) ? resource['meta']['version'] : undefined;
    return {
      isError: false,
      printed: { ...of, location, ...(version !== undefined && { version }), status: String(status) },
    };
  } catch (error) {
    const said = scimErrorOf(error);
    if (!said) throw error;
    const path = operation.path.replace(/^\/*/, '/');
    const location = method === 'POST' ? {} : { location: `${asked.base}${path}` };
    return {
      isError: true,
      printed: { ...of, ...location, status: String(said.status), response: printScimError(said) },
    };
  }
}

async function perform(
  asked: Asked,
  endpoints: readonly Endpoint[],
  { method, path: givenPath, bulkId, version, data: given }: Operation,
  made: Map<string, string>,
): Promise<{ readonly status: number; readonly resource: JsonObject | undefined; readonly location: string }> {
  const path = resolveText(givenPath, made);
  const data = resolve(given, made);
  const [, kind = '', id] = /^\/?([A-Za-z]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  const endpoint = endpoints.find(({ type }) => type.endpoint.toLowerCase() === `/${kind.toLowerCase()}`);
  if (!endpoint) throw new ScimError(400, 'invalidPath', `no resources at ${path.slice(0, 100)}`);
  const locate = (name: string): string => `${asked.base}${endpoint.type.endpoint}/${name}`;
  if (method === 'POST') {
    if (id !== undefined) throw new ScimError(400, 'invalidPath', 'POST makes what has no id yet');
    const resource = await endpoint.create(asked, data);
    const name = typeof resource['id'] === 'string' ? resource['id'] : '';
    if (bulkId !== undefined) made.set(bulkId, name);
    return { status: 201, resource, location: locate(name) };
  }
  if (id === undefined) throw new ScimError(400, 'invalidPath', `${method} needs an id`);
  if (method === 'DELETE') {
    await endpoint.remove(asked, id, version);
    return { status: 204, resource: undefined, location: locate(id) };
  }
  const resource =
    method === 'PUT'
      ? await endpoint.replace(asked, id, data, version)
      : await endpoint.patch(asked, id, readPatch(data), version);
  return { status: 200, resource, location: locate(id) };
}

const reference = /bulkId:([A-Za-z0-9._~-]{1,200})/g;

function namedIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [...value.matchAll(reference)].map(([, name = '']) => name);
  if (isList(value)) return value.flatMap(namedIn);
  return isObject(value) ? Object.values(value).flatMap(namedIn) : [];
}

/** @throws {ScimError} 409 for what no operation made. */
function resolve(value: Json, made: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return resolveText(value, made);
  if (isList(value)) return value.map((one) => resolve(one, made));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolve(one, made)]));
}

function resolveText(text: string, made: ReadonlyMap<string, string>): string {
  return text.replaceAll(reference, (_, name: string) => {
    const id = made.get(name);
    if (id === undefined) throw new ScimError(409, 'invalidValue', `bulkId ${name} was not made`);
    return id;
  });
}
