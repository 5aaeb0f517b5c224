/** The API resource (RFC 8620 §3.1): one POST, one response. */
import { RequestError } from '#formats/jmap/errors.ts';
import { readJson } from '#formats/jmap/json.ts';
import { printResponse, readRequest } from '#formats/jmap/request.ts';
import { accountsOf } from '#server/access/accounts.ts';
import type { Web } from '#server/protocols/web.ts';

import { type Engine, runRequest } from '#server/protocols/jmap/engine/run.ts';
import type { Capability } from './capability.ts';
import { type Gate, openGate } from './gate.ts';
import { sessionObject } from './session.ts';

/** @returns the gate, for requests that come another way. */
export function apiRoutes(web: Web, engine: Engine, capabilities: readonly Capability[]): Gate {
  const { app, house } = web;
  const { limits } = engine;
  const gate = openGate(web, { name: 'maxConcurrentRequests', most: limits.maxConcurrentRequests });

  const session = { onRequest: gate.hooks.onRequest, onResponse: gate.hooks.onResponse };
  for (const path of ['/.well-known/jmap', ...(house.isLab ? ['/jmap/api'] : [])]) {
    app.get(path, session, async (request, reply) => {
      const actor = gate.actorOf(request);
      const object = await sessionObject(
        house.store,
        capabilities,
        limits,
        actor,
        await accountsOf(house.store, actor),
        web.baseUrl(request),
      );
      void reply.header('cache-control', 'no-cache, no-store, must-revalidate').type('application/json');
      return reply.send(JSON.stringify(object));
    });
  }

  app.post(
    '/jmap/api',
    {
      ...gate.hooks,
      bodyLimit: limits.maxSizeRequest,
      errorHandler(error, _request, reply) {
        if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
          throw new RequestError('limit', `more than ${limits.maxSizeRequest} octets`, 'maxSizeRequest');
        }
        void reply;
        throw error;
      },
    },
    async (request, reply) => {
      const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
      if (type !== 'application/json' || !Buffer.isBuffer(request.body)) {
        throw new RequestError('notJSON', 'the content type must be application/json');
      }
      const asked = readRequest(readJson(request.body), limits.maxCallsInRequest);
      const response = await runRequest(engine, gate.actorOf(request), asked);
      void reply.header('cache-control', 'no-store').type('application/json');
      return reply.send(JSON.stringify(printResponse(response)));
    },
  );
  return gate;
}
