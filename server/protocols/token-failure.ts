/** Why a token does not let anybody in, in the words of SASL (RFC 7628 §3.2.2): where one for it can be had. */
import type { Scope } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { insufficientScope } from '#server/provider/authenticate.ts';
import { hasClients } from '#server/provider/clients.ts';
import { issuerOf } from '#server/provider/issuer.ts';
import type { Store } from '#server/store/store.ts';

/** @param scope what a token must be for to be taken here. */
export async function printTokenFailure(store: Store, error: unknown, scope: Scope): Promise<string> {
  const isTooLittle = error instanceof Refusal && error.details.description === insufficientScope;
  const issuer = issuerOf(store);
  const hasProvider = issuer !== undefined && (await hasClients(store));
  return JSON.stringify({
    status: isTooLittle ? insufficientScope : 'invalid_token',
    scope,
    ...(hasProvider && { 'openid-configuration': `${issuer}/.well-known/openid-configuration` }),
  });
}
