/**
 * Holding collection back while a backup copies files: what the snapshot names must still be there when its turn comes.
 * The hold ends by itself, so that a backup which was killed holds nothing for long.
 */
import { sql } from 'kysely';

import { changes, rows, type Tx } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';

/** A row of `counter`, whose value is the end of the hold in milliseconds since 1970. */
const name = 'collectionHeldUntil';

/** Once this resolves, no blob is taken before `until`; what was being taken is gone. */
export async function holdCollection(store: Store, until: number): Promise<void> {
  await prepareHold(store);
  await write(store, (tx) => changes(tx, tx.q.updateTable('counter').set({ value: until }).where('name', '=', name)));
}

/** Before anything asks: there must be a row to lock. */
export async function prepareHold(store: Store): Promise<void> {
  await write(store, (tx) =>
    changes(tx, sql`insert into counter (name, value) values (${name}, 0) on conflict do nothing`),
  );
}

/**
 * Whether collection must wait. On PostgreSQL the row stays locked until this transaction ends, and a hold that comes
 * meanwhile waits for it: so a hold that was had sees every deletion that was not held back.
 */
export async function isCollectionHeld(tx: Tx, now: number): Promise<boolean> {
  const lock = tx.connection.dialect === 'postgres' ? sql`for share` : sql``;
  const [row] = await rows(tx, sql<{ readonly value: number }>`select value from counter where name = ${name} ${lock}`);
  return row !== undefined && row.value > now;
}
