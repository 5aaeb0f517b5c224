/** Statements: what a person was told of what they may do in accounts of others. */
import { type AccountId, asId, type Brand, type PersonId } from '#server/store/ids.ts';
import { changes, insertRows, rows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { parseRights, type Right } from '#server/access/rights.ts';

export type ShareNotificationId = Brand<number, 'ShareNotificationId'>;

export interface ShareNotification {
  readonly id: ShareNotificationId;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Who changed it; null for the operator, and for whoever is gone. */
  readonly changedBy: {
    readonly personId: PersonId;
    readonly accountId: AccountId;
    readonly name: string;
    readonly email: string;
  } | null;
  readonly objectAccountId: AccountId;
  readonly name: string;
  /** Null for none. */
  readonly oldRights: readonly Right[] | null;
  readonly newRights: readonly Right[] | null;
}

export interface NewShareNotification {
  readonly createdAt: number;
  readonly changedById: PersonId | null;
  readonly objectAccountId: AccountId;
  readonly name: string;
  readonly oldRights: readonly Right[];
  readonly newRights: readonly Right[];
}

const printRights = (rights: readonly Right[]): string | null => (rights.length === 0 ? null : JSON.stringify(rights));

export async function insertShareNotification(tx: AccountTx, given: NewShareNotification): Promise<void> {
  const modseq = tx.modseq();
  await insertRows(tx, 'share_notification', [
    {
      account_id: tx.accountId,
      id: tx.newId<ShareNotificationId>(),
      created_at: given.createdAt,
      changed_by_person_id: given.changedById,
      object_account_id: given.objectAccountId,
      name: given.name,
      old_rights: printRights(given.oldRights),
      new_rights: printRights(given.newRights),
      created_modseq: modseq,
      modseq,
    },
  ]);
}

const selectAllOf = statement<{ accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('share_notification as s')
    .innerJoin('account as mine', 'mine.id', 's.account_id')
    .leftJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'mine.tenant_id').onRef('person.id', '=', 's.changed_by_person_id'),
    )
    .leftJoin('account as theirs', 'theirs.id', 'person.account_id')
    .select(['s.id', 's.created_at', 's.object_account_id', 's.name', 's.old_rights', 's.new_rights'])
    .select(['person.id as person_id', 'theirs.id as theirs_id', 'theirs.name as theirs_name', 'theirs.email'])
    .where('s.account_id', '=', p.accountId)
    .orderBy('s.id', 'desc'),
);

/** The newest first. */
export async function selectShareNotifications(tx: Tx, accountId: AccountId): Promise<readonly ShareNotification[]> {
  return (await selectAllOf.all(tx, { accountId })).map((row) => ({
    id: asId<ShareNotificationId>(row.id),
    createdAt: row.created_at,
    changedBy:
      row.person_id === null || row.theirs_id === null
        ? null
        : {
            personId: asId<PersonId>(row.person_id),
            accountId: asId<AccountId>(row.theirs_id),
            name: row.theirs_name ?? '',
            email: row.email ?? '',
          },
    objectAccountId: asId<AccountId>(row.object_account_id),
    name: row.name,
    oldRights: row.old_rights === null ? null : parseRights(row.old_rights),
    newRights: row.new_rights === null ? null : parseRights(row.new_rights),
  }));
}

/** Deletes these, leaving tombstones. @returns which there were. */
export async function deleteShareNotifications(
  tx: AccountTx,
  ids: readonly ShareNotificationId[],
): Promise<readonly ShareNotificationId[]> {
  const { accountId } = tx;
  const found = await rows(
    tx,
    tx.q
      .selectFrom('share_notification')
      .select(['id', 'created_modseq'])
      .where('account_id', '=', accountId)
      .where(tx.anyOf('id', ids)),
  );
  if (found.length === 0) return [];
  await changes(
    tx,
    tx.q.deleteFrom('share_notification').where('account_id', '=', accountId).where(tx.anyOf('id', ids)),
  );
  const modseq = tx.modseq();
  const gone = found.map(({ id, created_modseq }) => ({
    account_id: accountId,
    type: 'ShareNotification',
    modseq,
    id,
    uid: 0,
    ref: 0,
    created_modseq,
  }));
  await insertRows(tx, 'tombstone', gone);
  return found.map(({ id }) => asId<ShareNotificationId>(id));
}
