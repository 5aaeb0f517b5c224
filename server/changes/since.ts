/**
 * What changed since a state (RFC 8620 §5.2), of any type whose rows keep the clock, read in one transaction with the
 * state itself. Who may ask is for the noun to say.
 */
import { Refusal } from '#server/access/refusal.ts';
import { type Changed, type ChangingTable, parseState, selectChanged, type StatePoint } from '#server/store/changed.ts';
import type { ChangeType } from '#server/store/changes.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { selectClock } from './queries.ts';

export interface ChangingSource {
  readonly table: ChangingTable;
  readonly type: ChangeType;
  /** The columns that tell of a change; `modseq` unless said otherwise. */
  readonly modseqs?: readonly string[];
}

/** @throws {Refusal} `cannotCalculateChanges`. */
export async function changedSince(
  tx: Tx,
  accountId: AccountId,
  source: ChangingSource,
  sinceState: string,
  maxChanges: number,
): Promise<Changed> {
  const { since, state } = await readSince(tx, accountId, source.type, sinceState);
  return selectChanged(tx, accountId, source, since, state, maxChanges);
}

export interface Since {
  readonly since: StatePoint;
  /** The type's state now. */
  readonly state: number;
}

/** The state a client names, and the one that holds. @throws {Refusal} `cannotCalculateChanges`: it never was one. */
export async function readSince(tx: Tx, accountId: AccountId, type: ChangeType, sinceState: string): Promise<Since> {
  const since = parseState(sinceState);
  const state = (await selectClock(tx, accountId))?.states[type] ?? 0;
  if (!since || since.modseq > state) throw new Refusal('cannotCalculateChanges');
  return { since, state };
}
