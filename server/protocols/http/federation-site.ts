/** What the pages about other identity providers know of this server, and of the request. */
import type { FastifyRequest } from 'fastify';

import type { PersonActor } from '#server/access/actor.ts';
import { leavingOf, type LeaveProvider } from '#server/federation/leave.ts';
import { ProviderFault } from '#server/federation/reach.ts';
import type { Site } from '#server/federation/site.ts';
import type { House } from '#server/protocols/house.ts';
import type { Web } from '#server/protocols/web.ts';

export function siteOf(web: Web, request: FastifyRequest): Site {
  return {
    baseUrl: web.baseUrl(request),
    askOwn: async (url) => {
      const answer = await web.app.inject({ method: 'GET', url, headers: { host: request.host } });
      return new Response(answer.body, { status: answer.statusCode });
    },
  };
}

/** The operator's log hears what the person is told in one sentence. */
export function logFault({ log }: House): (error: Error) => void {
  return (error) => log.warn({ err: error }, 'an identity provider: nobody came in');
}

/** What leaving means at the provider the session came from; nothing where that cannot be asked now. */
export async function leavingAt(
  web: Web,
  request: FastifyRequest,
  actor: PersonActor,
): Promise<LeaveProvider | undefined> {
  try {
    return await leavingOf(web.house.store, actor, siteOf(web, request));
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    web.house.log.warn({ err: error }, 'an identity provider: it could not be left');
    return undefined;
  }
}
