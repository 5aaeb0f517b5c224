/** Where the library keeps what is under way: our store, by the verbs of server/provider. Clients are read, never written. */
import type { Adapter, AdapterPayload } from 'oidc-provider';

import {
  consumeArtefact,
  endArtefact,
  endArtefactsOfGrant,
  findArtefact,
  findSession,
  keepArtefact,
} from '#server/provider/artefacts.ts';
import { type Client, findClient, isNative } from '#server/provider/clients.ts';
import type { Store } from '#server/store/store.ts';

/** What of the request that is being answered the store must know. */
export interface Current {
  /** The session of ours that the person at hand answered in. */
  sessionId(): string | undefined;
  /** Whether a client is logging somebody out: its session is then ended by the job that tells all clients. */
  isLoggingOut(): boolean;
}

const yearSeconds = 366 * 86_400;

export function adapterOf(store: Store, kind: string, current: Current): Adapter {
  return {
    async upsert(id, payload, expiresIn = yearSeconds) {
      const sessionId = kind === 'Session' ? current.sessionId() : undefined;
      await keepArtefact(store, kind, id, { payload: { ...payload }, expiresIn, sessionId });
    },
    async find(id) {
      if (kind === 'Client') return printClient(await findClient(store, id));
      return (await findArtefact(store, kind, id))?.payload;
    },
    async findByUid(uid) {
      return (await findSession(store, uid))?.payload;
    },
    // Nothing is known by a user code: the flow of devices without a keyboard is not offered.
    findByUserCode: () => Promise.resolve(undefined),
    consume: (id) => consumeArtefact(store, kind, id),
    async destroy(id) {
      if (kind === 'Session' && current.isLoggingOut()) return;
      await endArtefact(store, kind, id);
    },
    revokeByGrantId: (grantId) => endArtefactsOfGrant(store, kind, grantId),
  };
}

/** OpenID Connect Registration §2. */
function printClient(client: Client | undefined): AdapterPayload | undefined {
  if (!client) return undefined;
  const isPublic = client.secretHash === null;
  return {
    client_id: client.id,
    client_name: client.name,
    // The hash of it: see compareClientSecret in provider.ts.
    ...(client.secretHash !== null && { client_secret: client.secretHash }),
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
    application_type: isPublic && isNative(client) ? 'native' : 'web',
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutUris],
    ...(client.logoutUri !== null && {
      backchannel_logout_uri: client.logoutUri,
      backchannel_logout_session_required: true,
    }),
    scope: client.scopes.join(' '),
    grant_types: client.scopes.includes('offline_access')
      ? ['authorization_code', 'refresh_token']
      : ['authorization_code'],
    response_types: ['code'],
    id_token_signed_response_alg: 'RS256',
  };
}
