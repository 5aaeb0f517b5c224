/**
 * SCIM 2.0 (RFC 7643, RFC 7644) under /scim/v2: another directory keeps ours up to date. A thin head: each verb goes to the
 * verbs of the directory, so that homonyms, addresses, policies and the trace are those of every other way in.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { type Json, type JsonObject, readJson } from '#formats/jmap/json.ts';
import { printScimError, ScimError } from '#formats/scim/error.ts';
import { readPatch } from '#formats/scim/patch.ts';
import { isObject } from '#formats/scim/schema.ts';
import { select } from '#formats/scim/select.ts';
import type { DirectoryActor } from '#server/access/actor.ts';
import { StoreUnavailable } from '#server/store/connection.ts';
import type { HttpHead, Web } from '#server/protocols/web.ts';

import { bulkOctetsAtMost, runBulk } from './bulk.ts';
import { printConfig, printResourceType, printSchema } from './discovery.ts';
import { openDoor } from './door.ts';
import { type Asked, type Endpoint, namesVersion } from './endpoint.ts';
import { groups } from './groups.ts';
import { listOf, parametersOf, printList, readQuery, requireObject, selectionOf } from './query.ts';
import { scimErrorOf } from './say.ts';
import { resourceTypes, schemas } from './schemas.ts';
import { users } from './users.ts';

const place = '/scim/v2';
const bodyLimit = 1_000_000;
const endpoints: readonly Endpoint[] = [users, groups];

interface WithId {
  readonly Params: { readonly id: string };
}

export const scimHead: HttpHead = (web) => {
  const door = openDoor(web.house);
  const actors = new WeakMap<FastifyRequest, DirectoryActor>();
  const asked = (request: FastifyRequest): Asked => {
    const actor = actors.get(request);
    if (!actor) throw new Error('a route behind the door that has not passed it');
    return { store: web.house.store, actor, base: `${web.baseUrl(request)}${place}` };
  };
  void web.app.register(
    async (scope) => {
      // Before the body is read: who asks is settled, and how fast.
      scope.addHook('onRequest', async (request, reply) => {
        void reply.header('cache-control', 'no-store');
        actors.set(request, await door.enter(request, reply));
      });
      scope.setErrorHandler((error, request, reply) => sayFault(web, error, request, reply));
      discoveryRoutes(scope, asked);
      for (const endpoint of endpoints) resourceRoutes(scope, endpoint, asked);
      scope.post('/Bulk', { bodyLimit: bulkOctetsAtMost }, async (request, reply) =>
        send(reply, 200, await runBulk(asked(request), endpoints, requireObject(bodyOf(request)))),
      );
      // The token is nobody's (RFC 7644 §3.11).
      for (const url of ['/Me', '/.search', '/'])
        scope.all(url, () => Promise.reject(new ScimError(501, undefined, 'not served: name the resources')));
      // The client's pages begin elsewhere.
      scope.all('/*', () => Promise.reject(new ScimError(404, undefined, 'nothing is here')));
    },
    { prefix: place },
  );
};

function resourceRoutes(scope: FastifyInstance, endpoint: Endpoint, asked: (request: FastifyRequest) => Asked): void {
  const { type } = endpoint;
  const { endpoint: url, resource } = type;
  const one = `${url}/:id`;
  const sendOne = (request: FastifyRequest, reply: FastifyReply, status: number, whole: JsonObject): FastifyReply => {
    const meta = isObject(whole['meta']) ? whole['meta'] : {};
    const { version, location } = meta;
    if (typeof version !== 'string' || typeof location !== 'string') throw new Error('a resource without a version');
    void reply.header('etag', version);
    if (status === 201) void reply.header('location', location);
    const { 'if-none-match': ifNoneMatch } = request.headers;
    const isKnown = ifNoneMatch !== undefined && namesVersion(ifNoneMatch, version.replaceAll(/^W\/|"/g, ''));
    if (request.method === 'GET' && isKnown) return reply.code(304).send();
    return send(reply, status, select(resource, whole, selectionOf(parametersOf(request.query))));
  };
  const search = async (request: FastifyRequest, reply: FastifyReply, given: JsonObject): Promise<FastifyReply> => {
    const query = readQuery(given);
    return send(reply, 200, printList(type, query, await endpoint.query(asked(request), query)));
  };
  scope.get(url, (request, reply) => search(request, reply, parametersOf(request.query)));
  scope.post(`${url}/.search`, { bodyLimit }, (request, reply) =>
    search(request, reply, requireObject(bodyOf(request))),
  );
  scope.post(url, { bodyLimit }, async (request, reply) =>
    sendOne(request, reply, 201, await endpoint.create(asked(request), bodyOf(request))),
  );
  scope.get<WithId>(one, async (request, reply) => {
    const selection = selectionOf(parametersOf(request.query));
    return sendOne(request, reply, 200, await endpoint.read(asked(request), request.params.id, selection));
  });
  scope.put<WithId>(one, { bodyLimit }, async (request, reply) => {
    const { id } = request.params;
    const after = await endpoint.replace(asked(request), id, bodyOf(request), request.headers['if-match']);
    return sendOne(request, reply, 200, after);
  });
  scope.patch<WithId>(one, { bodyLimit }, async (request, reply) => {
    const { id } = request.params;
    const operations = readPatch(bodyOf(request));
    return sendOne(
      request,
      reply,
      200,
      await endpoint.patch(asked(request), id, operations, request.headers['if-match']),
    );
  });
  scope.delete<WithId>(one, async (request, reply) => {
    await endpoint.remove(asked(request), request.params.id, request.headers['if-match']);
    return reply.code(204).send();
  });
}

function discoveryRoutes(scope: FastifyInstance, asked: (request: FastifyRequest) => Asked): void {
  scope.get('/ServiceProviderConfig', (request, reply) => send(reply, 200, printConfig(asked(request).base)));
  const list = <T>(
    url: string,
    all: readonly T[],
    nameOf: (one: T) => string,
    print: (one: T, base: string) => JsonObject,
  ): void => {
    scope.get(url, (request, reply) => {
      // Nobody looks for one of three (RFC 7644 §4).
      if (parametersOf(request.query)['filter'] !== undefined) throw new ScimError(403, undefined, 'not filtered');
      const printed = all.map((one) => print(one, asked(request).base));
      return send(reply, 200, listOf(printed, { total: printed.length, startIndex: 1 }));
    });
    scope.get<WithId>(`${url}/:id`, (request, reply) => {
      const found = all.find((one) => nameOf(one) === request.params.id);
      if (!found) throw new ScimError(404, undefined, 'no such one');
      return send(reply, 200, print(found, asked(request).base));
    });
  };
  list('/ResourceTypes', resourceTypes, ({ name }) => name, printResourceType);
  list('/Schemas', schemas, ({ id }) => id, printSchema);
}

/** @throws {RequestError} what is no JSON. */
function bodyOf(request: FastifyRequest): Json {
  const { body } = request;
  return readJson(Buffer.isBuffer(body) ? body : new Uint8Array());
}

function send(reply: FastifyReply, status: number, value: JsonObject): FastifyReply {
  return reply.code(status).type('application/scim+json; charset=utf-8').send(JSON.stringify(value));
}

function sayFault({ house }: Web, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const said = scimErrorOf(error) ?? faultOf(error);
  if (said.status === 500) house.log.error({ err: error, route: request.routeOptions.url }, 'scim: a request failed');
  if (said.status === 503) void reply.header('retry-after', 5);
  return send(reply, said.status, printScimError(said));
}

function faultOf(error: unknown): ScimError {
  if (error instanceof StoreUnavailable) return new ScimError(503, undefined, 'try again later');
  const isFastifys = error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
  const status = isFastifys && Number(error.statusCode) >= 400 ? Number(error.statusCode) : 500;
  return new ScimError(status, undefined, status === 413 ? 'larger than is taken' : '');
}
