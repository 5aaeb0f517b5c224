/** Who asks is settled, and their share of the house counted, before the body of a request is read. */
import type {
  FastifyRequest,
  onRequestAbortAsyncHookHandler,
  onRequestAsyncHookHandler,
  onResponseAsyncHookHandler,
} from 'fastify';

import { RequestError } from '#formats/jmap/errors.ts';
import type { PersonActor } from '#server/access/actor.ts';
import type { Web } from '#server/protocols/web.ts';

export interface Gate {
  readonly hooks: {
    readonly onRequest: onRequestAsyncHookHandler;
    readonly onResponse: onResponseAsyncHookHandler;
    readonly onRequestAbort: onRequestAbortAsyncHookHandler;
  };
  actorOf(request: FastifyRequest): PersonActor;
  /** For work that is not one HTTP request (a WebSocket's). @throws {RequestError} `limit`. */
  within<T>(actor: PersonActor, work: () => Promise<T>): Promise<T>;
}

/** @param limit the name of the limit (RFC 8620 §2), and how many at a time one person may have. */
export function openGate(web: Web, limit: { readonly name: string; readonly most: number }): Gate {
  const actors = new WeakMap<FastifyRequest, PersonActor>();
  const running = new Map<string, number>();
  const keyOf = ({ tenantId, personId }: PersonActor) => `${tenantId}.${personId}`;
  const enter = (actor: PersonActor): void => {
    const count = running.get(keyOf(actor)) ?? 0;
    if (count >= limit.most && !web.house.isLab) {
      throw new RequestError('limit', `more than ${limit.most} at a time`, limit.name);
    }
    running.set(keyOf(actor), count + 1);
  };
  const leave = (actor: PersonActor): void => {
    const left = (running.get(keyOf(actor)) ?? 1) - 1;
    if (left > 0) running.set(keyOf(actor), left);
    else running.delete(keyOf(actor));
  };
  const done = async (request: FastifyRequest): Promise<void> => {
    const actor = actors.get(request);
    if (!actor) return;
    actors.delete(request);
    leave(actor);
  };
  return {
    hooks: {
      async onRequest(request) {
        const actor = await web.authenticate(request);
        enter(actor);
        actors.set(request, actor);
      },
      onResponse: done,
      onRequestAbort: done,
    },
    actorOf(request) {
      const actor = actors.get(request);
      if (!actor) throw new Error('a route behind the gate that has not passed it');
      return actor;
    },
    async within(actor, work) {
      enter(actor);
      try {
        return await work();
      } finally {
        leave(actor);
      }
    },
  };
}
