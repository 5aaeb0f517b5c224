/** Statements: the keys identity tokens are signed with. */
import type { OpenidKeyTable } from '#server/store/schema-provider.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

const selectFrom = statement<{ at: number }>()(({ q, p }) =>
  q
    .selectFrom('openid_key')
    .selectAll()
    .where((eb) => eb.or([eb('retired_at', 'is', null), eb('retired_at', '>', p.at)]))
    .orderBy('created_at', 'desc')
    .orderBy('kid'),
);

/** Those that sign, and those that were retired after `since` (milliseconds since 1970); the newest first. */
export async function selectKeys(tx: Tx, since: number): Promise<readonly OpenidKeyTable[]> {
  return selectFrom.all(tx, { at: since });
}

export async function insertKey(tx: Tx, row: OpenidKeyTable): Promise<void> {
  await insertRows(tx, 'openid_key', [row]);
}

const retire = statement<{ at: number }>()(({ q, p }) =>
  q.updateTable('openid_key').set({ retired_at: p.at }).where('retired_at', 'is', null),
);

export async function updateRetired(tx: Tx, at: number): Promise<void> {
  await retire.run(tx, { at });
}

const deleteOld = statement<{ at: number }>()(({ q, p }) => q.deleteFrom('openid_key').where('retired_at', '<=', p.at));

export async function deleteRetired(tx: Tx, at: number): Promise<void> {
  await deleteOld.run(tx, { at });
}
