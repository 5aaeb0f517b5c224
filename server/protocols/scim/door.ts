/** Who may come in to /scim/v2: another directory with a token of its own, over TLS, and not faster than bounds allow. */
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ScimError } from '#formats/scim/error.ts';
import type { DirectoryActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { isLoopback } from '#server/protocols/address.ts';
import type { House } from '#server/protocols/house.ts';
import { requireOpen, requireWritable } from '#server/maintenance/require.ts';
import { authenticateDirectory } from '#server/provisioning/tokens.ts';

/** Requests of one token: so many at once, then so many a second. A bulk request counts as one. */
const burst = 600;
const perSecond = 60;

export interface Door {
  /** @throws {ScimError} 401, 403, 429. */
  enter(request: FastifyRequest, reply: FastifyReply): Promise<DirectoryActor>;
}

export function openDoor({ store, isLab }: House): Door {
  const requests = openBuckets(burst, perSecond);
  return {
    async enter(request, reply) {
      if (request.protocol !== 'https' && !isLab && !isLoopback(request.ip))
        throw new ScimError(403, undefined, 'tokens are taken over TLS only');
      const [, token = ''] = /^bearer +(\S{1,200}) *$/i.exec(request.headers.authorization ?? '') ?? [];
      const actor = await authenticateDirectory(store, token, request.ip).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        // RFC 6750 §3.
        void reply.header('www-authenticate', 'Bearer realm="Pli SCIM"');
        throw new ScimError(401, undefined, 'a token of this house is needed');
      });
      if (!isLab && !requests.take(actor.tokenId)) {
        void reply.header('retry-after', 1);
        throw new ScimError(429, undefined, 'too many requests');
      }
      // Whatever another directory says waits with it; what it asks is answered unless the house is closed.
      await requireOpen(store, actor);
      if (!isReading(request)) await requireWritable(store, actor, 'work');
      return actor;
    },
  };
}

/** A search may come by POST (RFC 7644 §3.4.3). */
function isReading({ method, routeOptions }: FastifyRequest): boolean {
  return (
    method === 'GET' || method === 'HEAD' || (method === 'POST' && routeOptions.url?.endsWith('/.search') === true)
  );
}

/** Of the tokens that were used last. */
const bucketsAtMost = 10_000;

/** Each key has `most`, and gets `perSecondBack` again. */
function openBuckets(most: number, perSecondBack: number): { take(key: string): boolean } {
  const kept = new Map<string, { readonly left: number; readonly at: number }>();
  return {
    /** @returns whether there was something to take. */
    take(key) {
      const now = performance.now();
      const known = kept.get(key);
      const left = known ? Math.min(most, known.left + ((now - known.at) / 1000) * perSecondBack) : most;
      if (left < 1) return false;
      kept.delete(key);
      kept.set(key, { left: left - 1, at: now });
      const [oldest] = kept.keys();
      if (kept.size > bucketsAtMost && oldest !== undefined) kept.delete(oldest);
      return true;
    },
  };
}
