/**
 * Share notifications (RFC 9670 §3): what a person is told, for programs, of what they may do in another's account now.
 * Written in the transaction that changes their mandates; the newest hundred are kept.
 */
import { changedSince } from '#server/changes/since.ts';
import type { Changed } from '#server/store/changed.ts';
import type { AccountId, PersonId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import type { Actor } from './actor.ts';
import { selectTitlesOn } from './queries/rights.ts';
import {
  deleteShareNotifications,
  insertShareNotification,
  selectShareNotifications,
  type ShareNotification,
  type ShareNotificationId,
} from './queries/shares.ts';
import { selectAccountName } from './queries/members.ts';
import { requireRight } from './require-right.ts';
import { type Right, withBrought } from './rights.ts';

export type { ShareNotification, ShareNotificationId };

interface Share {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  readonly accountId: AccountId;
}

/** What a person may do in an account by mandates, at `at`. */
export async function sharedRights(
  tx: Tx,
  { tenantId, personId, accountId }: Share,
  at: number,
): Promise<readonly Right[]> {
  const titles = await selectTitlesOn(tx, { tenantId, personId }, accountId, at);
  return withBrought(titles?.mandates.flatMap(({ rights }) => rights) ?? []);
}

const keptAtMost = 100;

/** Tells the person, where what they may do is not what it was. @param tx of their own account. */
export async function noteShare(
  tx: AccountTx,
  actor: Actor,
  share: Share,
  oldRights: readonly Right[],
  at: number,
): Promise<void> {
  const newRights = await sharedRights(tx, share, at);
  if (newRights.join() === oldRights.join()) return;
  const all = await selectShareNotifications(tx, tx.accountId);
  await deleteShareNotifications(
    tx,
    all.slice(keptAtMost - 1).map(({ id }) => id),
  );
  const changedById = actor.kind === 'person' ? actor.personId : null;
  const name = await selectAccountName(tx, share.accountId);
  const said = { objectAccountId: share.accountId, name, oldRights, newRights };
  await insertShareNotification(tx, { createdAt: at, changedById, ...said });
  tx.changed('ShareNotification');
}

/** Of one's own account, the newest first. @throws {Refusal} `noSuchAccount`, `mayNot`. */
export function listShareNotifications(
  store: Store,
  actor: Actor,
  accountId: AccountId,
): Promise<readonly ShareNotification[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', store.now());
    return selectShareNotifications(tx, accountId);
  });
}

/** @throws {Refusal} `noSuchAccount`, `mayNot`, `cannotCalculateChanges`. */
export function shareNotificationChanges(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  sinceState: string,
  maxChanges: number,
): Promise<Changed> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', store.now());
    const source = { table: 'share_notification', type: 'ShareNotification' } as const;
    return changedSince(tx, accountId, source, sinceState, maxChanges);
  });
}

/** @returns which there were. @throws {Refusal} `noSuchAccount`, `mayNot`. */
export function dropShareNotifications(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  ids: readonly ShareNotificationId[],
): Promise<readonly ShareNotificationId[]> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', store.now());
    const dropped = await deleteShareNotifications(tx, ids);
    if (dropped.length > 0) tx.changed('ShareNotification');
    return dropped;
  });
}
