/** For tests of verbs: somebody in a browser session of their own, who proved a moment ago who they are. */
import { randomUUIDv7 } from 'node:crypto';

import { asUuid } from '#server/store/ids.ts';
import { type Store, write } from '#server/store/store.ts';

import { allScopes, type PersonActor } from './actor.ts';
import type { PersonRef } from './credential.ts';
import { insertSession, updateSessionProof } from './queries/sessions.ts';

/** Writes the session; it is as old as the store's clock says. */
export async function openSession(store: Store, { tenantId, personId }: PersonRef): Promise<PersonActor> {
  const id = asUuid(randomUUIDv7());
  const from = '192.0.2.1';
  const at = store.now();
  const dates = { createdAt: at, seenAt: at, expiresAt: at + 30 * 86_400_000, provedAt: at };
  const browser = { remoteAddress: from, userAgent: 'test', proof: 'password', deviceHash: '', steps: [] };
  await write(store, (tx) => insertSession(tx, { id, tenantId, personId, ...dates, ...browser }, `hash of ${id}`));
  return { kind: 'person', tenantId, personId, by: 'session', credentialId: id, scopes: allScopes, from };
}

/** The holder of the session proves again who they are. */
export async function proveNow(store: Store, actor: PersonActor): Promise<void> {
  const { credentialId = '' } = actor;
  await write(store, (tx) => updateSessionProof(tx, actor, credentialId, { proof: 'password', at: store.now() }));
}
