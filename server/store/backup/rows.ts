/**
 * Rows out of a snapshot and into an empty database, the same on both engines. A row crosses as the values of its
 * columns in order: numbers, texts, nulls, octets.
 */
import { sql } from 'kysely';

import type { Bindable, Row } from '#server/store/connection.ts';
import { changes, rows, type Tx } from '#server/store/statement.ts';
import { type KeptTable, keptTables, keysOf } from './tables.ts';

const rowsPerPage = 2000;
/** A row of `blob` holds up to a hundred thousand octets. */
const blobsPerPage = 100;

/** All rows of a table by its key, a page at a time; columns in the order of the rows. */
export async function* readTable(tx: Tx, table: KeptTable): AsyncGenerator<readonly Row[]> {
  const keys: readonly string[] = keysOf[table];
  const limit = table === 'blob' ? blobsPerPage : rowsPerPage;
  const columns = sql.join(keys.map((key) => sql.ref(key)));
  for (let after: readonly unknown[] | undefined; ;) {
    const isLater = after === undefined ? sql`1 = 1` : sql`(${columns}) > (${sql.join(after)})`;
    const page: readonly Row[] = await rows(
      tx,
      sql<Row>`select * from ${sql.table(table)} where ${isLater} order by ${columns} limit ${limit}`,
    );
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    after = keys.map((key) => last[key]);
  }
}

/** Below the number of parameters that PostgreSQL takes in one statement. */
const parametersAtMost = 30_000;

/** Inserts rows whose values stand in the order of `columns`. @throws {TypeError} for a column the table has not. */
export async function insertInto(
  tx: Tx,
  table: KeptTable,
  columns: readonly string[],
  values: readonly (readonly Bindable[])[],
): Promise<void> {
  const atOnce = tx.connection.dialect === 'sqlite' ? 1 : Math.max(1, Math.floor(parametersAtMost / columns.length));
  const names = columns.map((column) => `"${column.replaceAll('"', '')}"`).join(',');
  for (let first = 0; first < values.length; first += atOnce) {
    const chunk = values.slice(first, first + atOnce);
    const tuples = chunk.map(
      (_, index) =>
        `(${columns.map((__, at) => (atOnce === 1 ? '?' : `$${index * columns.length + at + 1}`)).join(',')})`,
    );
    await tx.connection.run({ sql: `insert into ${table} (${names}) values ${tuples.join(',')}` }, chunk.flat());
  }
}

/** Whether nothing is kept here yet, but what a server leaves by starting. */
export async function isEmpty(tx: Tx): Promise<boolean> {
  const found = await rows(
    tx,
    sql<{
      readonly found: number;
    }>`select 1 as found from tenant union all select 1 from account union all select 1 from blob limit 1`,
  );
  return found.length === 0;
}

/** Takes away what starting made (jobs, counters), so that the backup's own rows have their place. */
export async function clear(tx: Tx): Promise<void> {
  for (const table of keptTables.toReversed()) await changes(tx, sql`delete from ${sql.table(table)}`);
}

/** Every email waits for the search index, which begins anew. */
export async function makeSearchDue(tx: Tx): Promise<void> {
  await changes(
    tx,
    sql`insert into search_due (account_id, email_id, modseq) select account_id, id, modseq from email`,
  );
}

/** The names of the migrations that made the schema, in order. */
export async function selectMigrations(tx: Tx): Promise<readonly string[]> {
  const found = await rows(tx, sql<{ readonly name: string }>`select name from migration order by name`);
  return found.map(({ name }) => name);
}
