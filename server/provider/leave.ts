/** Logging out at a client's is logging out here: the session of ours that let its person in there ends. */
import { logout } from '#server/access/login.ts';
import { asUuid } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { findSession } from './artefacts.ts';

/** @param uid of the client's session. @param from the remote address. Nothing happens where it is of none of ours. */
export async function leaveHouse(store: Store, uid: string, from: string): Promise<void> {
  const row = (await findSession(store, uid))?.row;
  if (!row || row.tenantId === null || row.personId === null || row.sessionId === null) return;
  const { tenantId, personId, sessionId } = row;
  const credentialId = asUuid(sessionId);
  await logout(store, { kind: 'person', tenantId, personId, by: 'session', credentialId, scopes: [], from });
}
