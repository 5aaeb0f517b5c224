/** Statements: failed attempts, counted per key and shared by all processes; and where people usually come from. */
import { rows, statement, type Tx } from '#server/store/statement.ts';

export interface Failures {
  readonly key: string;
  readonly failures: number;
  readonly blockedUntil: number;
}

/** @returns only the keys something is known of. */
export async function selectFailures(tx: Tx, keys: readonly string[]): Promise<readonly Failures[]> {
  const found = await rows(
    tx,
    tx.q.selectFrom('throttle').select(['key', 'failures', 'blocked_until']).where(tx.anyOf('key', keys)),
  );
  return found.map((row) => ({ key: row.key, failures: row.failures, blockedUntil: row.blocked_until }));
}

const addFailure = statement<{ key: string; at: number; forgottenBefore: number }>()(({ q, p }) =>
  q
    .insertInto('throttle')
    .values({ key: p.key, failures: 1, blocked_until: 0, updated_at: p.at })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((eb) => ({
        failures: eb
          .case()
          .when('throttle.updated_at', '<', p.forgottenBefore)
          .then(1)
          .else(eb('throttle.failures', '+', 1))
          .end(),
        updated_at: p.at,
      })),
    )
    .returning('failures'),
);

/** Counts one more; what is older than `forgottenBefore` counts no more. @returns the new count. */
export async function countFailure(tx: Tx, key: string, at: number, forgottenBefore: number): Promise<number> {
  return (await addFailure.first(tx, { key, at, forgottenBefore }))?.failures ?? 1;
}

const setBlocked = statement<{ key: string; until: number }>()(({ q, p }) =>
  q.updateTable('throttle').set({ blocked_until: p.until }).where('key', '=', p.key),
);

export async function updateBlocked(tx: Tx, key: string, until: number): Promise<void> {
  await setBlocked.run(tx, { key, until });
}

const deleteKey = statement<{ key: string }>()(({ q, p }) => q.deleteFrom('throttle').where('key', '=', p.key));

export async function deleteFailures(tx: Tx, keys: readonly string[]): Promise<void> {
  for (const key of keys) await deleteKey.run(tx, { key });
}

const deleteUnder = statement<{ from: string; until: string }>()(({ q, p }) =>
  q.deleteFrom('throttle').where('key', '>=', p.from).where('key', '<', p.until),
);

/** Every key that begins with `prefix`, which ends in a colon. */
export async function deleteFailuresUnder(tx: Tx, prefix: string): Promise<void> {
  // ';' is the character after ':'.
  await deleteUnder.run(tx, { from: prefix, until: `${prefix.slice(0, -1)};` });
}

const deleteOld = statement<{ before: number }>()(({ q, p }) =>
  q.deleteFrom('throttle').where('updated_at', '<', p.before),
);

export function deleteForgotten(tx: Tx, before: number): Promise<number> {
  return deleteOld.run(tx, { before });
}

/** @returns when each of these was last seen, in milliseconds since 1970; only those seen at all. */
export async function selectFamiliar(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = await rows(tx, tx.q.selectFrom('familiar').select(['key', 'seen_at']).where(tx.anyOf('key', keys)));
  return new Map(found.map((row) => [row.key, row.seen_at]));
}

const putFamiliar = statement<{ key: string; at: number }>()(({ q, p }) =>
  q
    .insertInto('familiar')
    .values({ key: p.key, seen_at: p.at })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ seen_at: p.at })),
);

export async function upsertFamiliar(tx: Tx, key: string, at: number): Promise<void> {
  await putFamiliar.run(tx, { key, at });
}

const deleteUnfamiliar = statement<{ before: number }>()(({ q, p }) =>
  q.deleteFrom('familiar').where('seen_at', '<', p.before),
);

export async function deleteLongUnseen(tx: Tx, before: number): Promise<void> {
  await deleteUnfamiliar.run(tx, { before });
}

const deleteFamiliarBetween = statement<{ from: string; until: string }>()(({ q, p }) =>
  q.deleteFrom('familiar').where('key', '>=', p.from).where('key', '<', p.until),
);

/** Every key that begins with `prefix`, which ends in a colon. */
export async function deleteFamiliarUnder(tx: Tx, prefix: string): Promise<void> {
  await deleteFamiliarBetween.run(tx, { from: prefix, until: `${prefix.slice(0, -1)};` });
}
