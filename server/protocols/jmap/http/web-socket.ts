/** JMAP over WebSocket (RFC 8887): requests and answers as frames, and push on the same connection. */
import type { FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';

import { printProblem, RequestError } from '#formats/jmap/errors.ts';
import { isArray, isObject, type JsonObject, readJsonText } from '#formats/jmap/json.ts';
import { printResponse, readRequest } from '#formats/jmap/request.ts';
import type { PersonActor } from '#server/access/actor.ts';
import { enterDoor } from '#server/access/doors.ts';
import { type Watching, watchAccounts } from '#server/changes/watch.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Proof, Web } from '#server/protocols/web.ts';

import { type Engine, runRequest } from '#server/protocols/jmap/engine/run.ts';
import type { Gate } from './gate.ts';
import { printPosition, printStateChange, readPosition } from './state-change.ts';

const pingEveryMs = 60_000;
const unsentOctets = 1_000_000;

export function webSocketRoutes(web: Web, engine: Engine, gate: Gate): void {
  const { app, house } = web;
  const actors = new WeakMap<FastifyRequest, PersonActor>();
  app.register(async (scope) => {
    scope.get(
      '/jmap/ws',
      {
        websocket: true,
        async preValidation(request) {
          // Refused with a status, before the protocols are switched.
          actors.set(request, await web.authenticate(request));
        },
      },
      (socket, request) => {
        const actor = actors.get(request);
        // At once: a client speaks as soon as the connection stands.
        if (actor) converse(socket, actor, web.proofOf(request));
        else socket.close(1011);
      },
    );
  });

  function converse(socket: WebSocket, actor: PersonActor, proof: Proof): void {
    if (socket.protocol !== 'jmap') {
      socket.close(1002, 'the sub-protocol is jmap');
      return;
    }
    let watching: Watching | undefined;
    let isAlive = true;
    const send = (message: JsonObject): void => {
      if (socket.bufferedAmount > unsentOctets) socket.terminate();
      else socket.send(JSON.stringify(message));
    };
    const timer = setInterval(() => {
      if (!isAlive) {
        socket.terminate();
        return;
      }
      isAlive = false;
      socket.ping();
      proof()
        .then(() => watching?.refresh())
        .catch(() => socket.close(1008));
    }, pingEveryMs);
    timer.unref();
    const leaveDoor = enterDoor(house.store, actor, () => socket.close(1008));
    socket.on('pong', () => (isAlive = true));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearInterval(timer);
      leaveDoor();
      watching?.close();
    });

    const stopPush = (): void => {
      watching?.close();
      watching = undefined;
    };
    const setPush = async (message: JsonObject): Promise<void> => {
      stopPush();
      if (message['@type'] === 'WebSocketPushDisable') return;
      const { dataTypes, pushState } = message;
      const types = isArray(dataTypes) ? new Set(dataTypes.map(String)) : undefined;
      const started = await watchAccounts(house.store, actor, {
        types,
        hearsNews: true,
        ...(typeof pushState === 'string' && { since: readPosition(pushState) }),
        hear: (changed) => send({ ...printStateChange(changed), pushState: printPosition(started.position()) }),
        onAccount: () => void proof().catch(() => socket.close(1008)),
      });
      // It may have been closed meanwhile, or asked again.
      stopPush();
      if (socket.readyState === socket.OPEN) watching = started;
      else started.close();
    };

    const answer = async (message: JsonObject, requestId: string | undefined): Promise<void> => {
      const asked = readRequest(message, engine.limits.maxCallsInRequest);
      const response = await gate.within(actor, () => runRequest(engine, actor, asked));
      send({ '@type': 'Response', ...(requestId !== undefined && { requestId }), ...printResponse(response) });
    };

    const hear = async (text: string): Promise<void> => {
      let requestId: string | undefined;
      try {
        const message = readJsonText(text);
        if (!isObject(message)) throw new RequestError('notRequest', 'a message must be an object');
        if (typeof message['id'] === 'string') requestId = message['id'];
        const type = message['@type'];
        if (type === 'Request') await answer(message, requestId);
        else if (type === 'WebSocketPushEnable' || type === 'WebSocketPushDisable') await setPush(message);
        else throw new RequestError('notRequest', '@type must be Request, WebSocketPushEnable or WebSocketPushDisable');
      } catch (error) {
        send({ '@type': 'RequestError', requestId: requestId ?? null, ...problemOf(error) });
      }
    };

    const problemOf = (error: unknown): JsonObject => {
      if (error instanceof RequestError) return printProblem(error);
      // A maintenance began while the socket was open.
      if (error instanceof Refusal) return { type: 'about:blank', status: 503, detail: error.message };
      house.log.error({ err: error }, 'a WebSocket request failed');
      return { type: 'about:blank', status: 500 };
    };

    // Requests are answered as they end (RFC 8887 §4.2): ids tell which is which.
    socket.on('message', (data, isBinary) => {
      isAlive = true;
      if (isBinary) socket.close(1003, 'text frames only');
      else void hear(textOf(data));
    });
  }
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
