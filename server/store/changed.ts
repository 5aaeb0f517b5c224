/**
 * What changed since a state (RFC 8620 §5.2), for any table whose rows carry `created_modseq` and `modseq` and leave a
 * tombstone. Changes come in the order of the clock. Many rows may share one modseq, so a state inside such a group
 * names the last id too: `12` is all of modseq 12, `12.340.7` is what stands up to id 340 of it, told page by page since
 * 7. That beginning must be known: what was made after it and changed again has not been told of yet, however early it
 * was made.
 */
import { sql } from 'kysely';

import type { AccountId } from './ids.ts';
import { rows, type Tx } from './statement.ts';

/** Tables that keep the two modseqs and are numbered by `id`. */
export type ChangingTable =
  | 'email'
  | 'mailbox'
  | 'thread'
  | 'identity'
  | 'submission'
  | 'sieve_script'
  | 'filter_run'
  | 'import'
  | 'conversation'
  | 'conversation_comment'
  | 'share_notification';

export interface Changed {
  readonly created: readonly number[];
  readonly updated: readonly number[];
  readonly destroyed: readonly number[];
  readonly newState: string;
  readonly hasMore: boolean;
}

export interface StatePoint {
  readonly modseq: number;
  /** Ids of `modseq` up to this one are known; undefined: all of them. */
  readonly id: number | undefined;
  /** Where the pages began: what is older the client knows. The same as `modseq` without pages. */
  readonly base: number;
}

const stateForm = /^(0|[1-9]\d{0,15})(?:\.([1-9]\d{0,15})\.(0|[1-9]\d{0,15}))?$/;

export function parseState(state: string): StatePoint | undefined {
  const match = stateForm.exec(state);
  if (!match) return undefined;
  const modseq = Number(match[1]);
  if (match[2] === undefined) return { modseq, id: undefined, base: modseq };
  return { modseq, id: Number(match[2]), base: Math.min(modseq, Number(match[3])) };
}

interface ChangeRow {
  readonly id: number;
  readonly modseq: number;
  readonly created_modseq: number;
  readonly is_gone: number;
}

/**
 * @param type the tombstones' type.
 * @param state the type's current state: what `newState` says when nothing is left.
 * @param maxChanges how many ids at most.
 */
export async function selectChanged(
  tx: Tx,
  accountId: AccountId,
  source: { readonly table: ChangingTable; readonly type: string; readonly modseqs?: readonly string[] },
  since: StatePoint,
  state: number,
  maxChanges: number,
): Promise<Changed> {
  const live = (source.modseqs ?? ['modseq']).map((column) => sql.ref(column));
  const newest = live.length === 1 ? live[0] : sql`case when modseq > counts_modseq then modseq else counts_modseq end`;
  const floor = since.id === undefined ? since.modseq + 1 : since.modseq;
  const inLive = sql.join(
    live.map((column) => sql`${column} >= ${floor}`),
    sql` or `,
  );
  // Within the modseq that was told in part, only what comes after the id told last.
  const isLater =
    since.id === undefined ? sql`1 = 1` : sql`(changed.modseq > ${since.modseq} or changed.id > ${since.id})`;
  const query = sql<ChangeRow>`
    select * from (
      select id, ${newest} as modseq, created_modseq, 0 as is_gone from ${sql.table(source.table)}
        where account_id = ${accountId} and (${inLive})
      union all
      select id, modseq, created_modseq, 1 as is_gone from tombstone
        where account_id = ${accountId} and type = ${source.type} and modseq >= ${floor}
    ) as changed where ${isLater}
    order by modseq, id limit ${maxChanges + 1}`;
  const found = await rows(tx, query);
  const taken = found.slice(0, maxChanges);
  const last = taken.at(-1);
  const hasMore = found.length > taken.length;
  const isNew = (row: ChangeRow) => row.created_modseq > since.base;
  // What an earlier page may have told of must be said to be gone; the client passes over what it never had.
  const mayBeKnown = (row: ChangeRow) => row.created_modseq <= since.modseq;
  return {
    created: taken.filter((row) => row.is_gone === 0 && isNew(row)).map((row) => row.id),
    updated: taken.filter((row) => row.is_gone === 0 && !isNew(row)).map((row) => row.id),
    destroyed: taken.filter((row) => row.is_gone === 1 && mayBeKnown(row)).map((row) => row.id),
    newState: hasMore && last ? `${last.modseq}.${last.id}.${since.base}` : String(state),
    hasMore,
  };
}
