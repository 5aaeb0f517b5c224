/** Every row of every table, so that a test can say that nothing at all was written. */
import { type KeptTable, keptTables } from '#server/store/backup/tables.ts';
import type { Store } from '#server/store/store.ts';

export type Snapshot = ReadonlyMap<KeptTable, ReadonlySet<string>>;

/** For small databases: all of it is read. */
export function snapshotOf({ engine }: Store): Promise<Snapshot> {
  return engine.read(async (connection) => {
    const found = new Map<KeptTable, ReadonlySet<string>>();
    for (const table of keptTables) {
      const rows = await connection.all({ sql: `select * from "${table}"` }, []);
      found.set(table, new Set(rows.map((row) => JSON.stringify(row))));
    }
    return found;
  });
}

const nothing: ReadonlySet<string> = new Set();

/** `+ trace {…}` for each row that is new or other than it was, `- …` for each that is gone. */
export function differences(before: Snapshot, after: Snapshot, but: readonly KeptTable[] = []): readonly string[] {
  return keptTables.flatMap((table) => {
    if (but.includes(table)) return [];
    const had = before.get(table) ?? nothing;
    const has = after.get(table) ?? nothing;
    return [
      ...[...has].flatMap((row) => (had.has(row) ? [] : [`+ ${table} ${row}`])),
      ...[...had].flatMap((row) => (has.has(row) ? [] : [`- ${table} ${row}`])),
    ];
  });
}
