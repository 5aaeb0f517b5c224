/** One's own links: which providers know one, and as whom; each can be undone, by oneself alone. */
import type { PersonActor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { Refusal } from '#server/access/refusal.ts';
import { holderOf } from '#server/access/verify.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { ProviderId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { deleteLink, type IdentityLink, selectLinks } from './queries.ts';

export type { IdentityLink };

/** @throws {Refusal} `mayNot` for whoever is not in a session of their own. */
export async function listLinks(store: Store, actor: PersonActor): Promise<readonly IdentityLink[]> {
  if (actor.by !== 'session') throw new Refusal('mayNot');
  return read(store, (tx) => selectLinks(tx, actor));
}

/**
 * Undoes a link: the next login by that provider is compared anew, as its setting says. Sessions go on.
 * @returns whether there was one. @throws {Refusal} `mayNot`, `stepUpNeeded`.
 */
export async function removeLink(store: Store, actor: PersonActor, providerId: ProviderId): Promise<boolean> {
  if (actor.by !== 'session') throw new Refusal('mayNot');
  const holder = await holderOf(store, actor);
  if (!holder) throw new Refusal('mayNot');
  const { tenantId } = actor;
  const { accountId } = holder;
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    await requireFresh(tx, actor, at);
    const link = (await selectLinks(tx, actor)).find((one) => one.providerId === providerId);
    if (!link || !(await deleteLink(tx, actor, providerId))) return false;
    tx.changed('Account');
    const details = { name: link.providerName, subject: link.subject };
    await recordTrace(tx, { tenantId, actor, verb: 'unlinkIdentity', at, accountId, details });
    return true;
  });
}
