/**
 * Who a program is by a token: a bearer token of the person's own (access/credential.ts), or an access token that the
 * OpenID provider gave out for them. It does what its scopes say and nothing else, and is asked for again as long as a
 * connection is open: a grant that was taken back ends there too.
 */
import {
  type Authenticated,
  authenticateBearer,
  type BearerRequest,
  type Granted,
  isKeyStanding,
} from '#server/access/authenticate.ts';
import type { Actor, Scope } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { findHolder } from '#server/access/verify.ts';
import { asUuid } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectStanding, selectStandingSession } from './artefacts.ts';
import { noteUsed } from './consent.ts';
import { programScopes } from './scopes.ts';

export interface TokenRequest extends Pick<BearerRequest, 'program'> {
  readonly token: string;
  readonly remoteAddress: string;
  /** What the program wants to do; without it, anything that a program may. */
  readonly scope?: Scope;
  /** As whom, where the exchange says so (RFC 7628 §3.1): somebody else than the token's is refused. */
  readonly userName?: string;
}

/**
 * @throws {Refusal} `tryLater`, `accountLocked`; `badCredentials`, described as below for a token that is right, but not
 * for this.
 */
export async function authenticateToken(store: Store, request: TokenRequest): Promise<Authenticated> {
  const { userName = '', scope } = request;
  const authenticated = await authenticateBearer(store, request, () => findGranted(store, request));
  const { actor } = authenticated;
  if (userName !== '') {
    const named = await findHolder(store, { userName, tenantId: actor.tenantId });
    if (named?.tenantId !== actor.tenantId || named.personId !== actor.personId) throw new Refusal('badCredentials');
  }
  if (actor.by === 'token' && (scope === undefined ? actor.scopes.length === 0 : !actor.scopes.includes(scope)))
    throw new Refusal('badCredentials', { description: insufficientScope });
  return authenticated;
}

/** RFC 6750 §3.1. */
export const insufficientScope = 'insufficient_scope';

/** As the provider makes them. */
const tokenForm = /^[A-Za-z0-9_-]{43}$/;

async function findGranted(store: Store, { token, remoteAddress }: TokenRequest): Promise<Granted | undefined> {
  if (!tokenForm.test(token)) return undefined;
  const found = await read(store, async (tx) => {
    const kept = await selectStanding(store, tx, 'AccessToken', token);
    if (!kept) return undefined;
    const { row, payload } = kept;
    const { tenantId, personId, grantId, clientId } = row;
    if (tenantId === null || personId === null || grantId === null || clientId === null) return undefined;
    if (!(await selectStanding(store, tx, 'Grant', grantId))) return undefined;
    const { expiresWithSession, sessionUid, scope } = payload;
    if (expiresWithSession === true) {
      if (typeof sessionUid !== 'string' || !(await selectStandingSession(store, tx, sessionUid))) return undefined;
    }
    const scopes = programScopes(typeof scope === 'string' ? scope.split(' ') : []);
    return { clientId, granted: { tenantId, personId, credentialId: asUuid(grantId), scopes } };
  });
  if (!found) return undefined;
  await noteUsed(store, found.granted, found.clientId, remoteAddress);
  return found.granted;
}

/**
 * Whether whoever is in an open connection may still be there: the person works, and the key they came by stands. A token
 * that expired meanwhile ends nothing; its grant taken back does.
 */
export async function isStanding(store: Store, actor: Actor): Promise<boolean> {
  if (actor.kind !== 'person') return true;
  if (!(await isKeyStanding(store, actor))) return false;
  const { by, credentialId } = actor;
  if (by !== 'token') return true;
  if (credentialId === undefined) return false;
  return (await read(store, (tx) => selectStanding(store, tx, 'Grant', credentialId))) !== undefined;
}
