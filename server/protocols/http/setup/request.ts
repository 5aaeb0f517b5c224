/** What every route of set-up reads off a request. */
import type { FastifyRequest } from 'fastify';

import { accountsOf } from '#server/access/accounts.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Web } from '#server/protocols/web.ts';
import type { Reach } from '#server/setup/services.ts';

export type ReachOf = (request: FastifyRequest) => Reach;

/** A parameter of the query, whatever the case of its name: Outlook and its imitators write `Email` and `email`. */
export function parameter(request: FastifyRequest, ...names: readonly string[]): string | undefined {
  const { query } = request;
  if (typeof query !== 'object' || query === null) return undefined;
  for (const [key, value] of Object.entries(query) as [string, unknown][]) {
    if (typeof value === 'string' && names.includes(key.toLowerCase())) return value;
  }
  return undefined;
}

/** The address of the person who asks. @throws {Refusal} as `authenticate` does. */
export async function ownAddress({ authenticate, house }: Web, request: FastifyRequest): Promise<string> {
  const own = (await accountsOf(house.store, await authenticate(request))).find(({ isOwn }) => isOwn);
  if (!own) throw new Refusal('noSuchAccount');
  return own.email;
}
