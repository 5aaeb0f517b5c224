/** What one may look at and change about one's own account: in a session of one's own, and in no program. */
import type { PersonActor } from '#server/access/actor.ts';
import { type Holder, selectHolder } from '#server/access/queries/people.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

/** @throws {Refusal} `mayNot` for whoever is not in a session of their own; `noSuchPerson`. */
export async function ownHolder(store: Store, actor: PersonActor): Promise<Holder> {
  if (actor.by !== 'session') throw new Refusal('mayNot');
  const holder = await read(store, (tx) => selectHolder(tx, actor.tenantId, actor.personId));
  if (!holder) throw new Refusal('noSuchPerson');
  return holder;
}

/** @throws {Refusal} as `ownHolder`. */
export async function ownAccount(store: Store, actor: PersonActor): Promise<AccountId> {
  return (await ownHolder(store, actor)).accountId;
}
