/** The planner of the embedded database is told of every index, and finds somebody among everybody by one of them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DatabaseSync } from 'node:sqlite';

import { openStore } from '#server/store/open.ts';

describe('statistics of the embedded database', () => {
  let folder: string;
  let database: DatabaseSync;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pli-statistics-'));
    const path = join(folder, 'pli.sqlite');
    const store = await openStore({ databaseUrl: `sqlite:${path}`, blobsUrl: `file:${folder}/blobs` });
    await store.close();
    database = new DatabaseSync(path, { readOnly: true });
  });
  after(async () => {
    database.close();
    await rm(folder, { recursive: true });
  });

  const texts = (sql: string, column: string, ...values: readonly string[]): readonly string[] =>
    database
      .prepare(sql)
      .all(...values)
      .map((row) => String(row[column]));
  const planOf = (sql: string): string => texts(`explain query plan ${sql}`, 'detail').join('; ');

  it('every index has its line, and every line is of an index', () => {
    const tables = database.prepare("select name, sql from sqlite_master where type = 'table'").all();
    const indexes = tables
      .map((row) => ({ table: String(row['name']), isClustered: /without rowid/i.test(String(row['sql'])) }))
      .filter(({ table }) => !table.startsWith('sqlite_'))
      .flatMap(({ table, isClustered }) =>
        database
          .prepare('select name, origin from pragma_index_list(?)')
          .all(table)
          .map(
            // The key of a clustered table goes by the table's name.
            ({ name, origin }) => `${table} ${isClustered && origin === 'pk' ? table : String(name)}`,
          ),
      );
    const told = texts("select tbl || ' ' || idx as line from sqlite_stat1", 'line');
    assert.deepEqual(told.toSorted(), indexes.toSorted());
  });

  it('one row for the whole and one for each column of the index', () => {
    for (const row of database.prepare('select tbl, idx, stat from sqlite_stat1').all()) {
      const index = String(row['idx'] === row['tbl'] ? `sqlite_autoindex_${String(row['tbl'])}_1` : row['idx']);
      const columns = database.prepare('select count(*) as many from pragma_index_info(?)').get(index)?.['many'];
      const figures = String(row['stat']).split(' ').map(Number);
      assert.ok(figures.length - 1 <= Number(columns), `${index}: ${String(row['stat'])}`);
      // Each further column leaves fewer.
      assert.deepEqual(
        figures,
        figures.toSorted((a, b) => b - a),
        index,
      );
    }
  });

  it('somebody is found among everybody by an index that leads to them', () => {
    const plans = [
      [
        "select p.id from tenant as t join person as p on p.tenant_id = t.id where p.user_name = 'x'",
        'person_user_name',
      ],
      [
        "select account_id, address from address where tenant_id = 1 and account_id in (select value from json_each('[1]'))",
        'address_account',
      ],
      [
        "select * from appointment where tenant_id = 1 and person_id in (select value from json_each('[1]')) order by from_day",
        'appointment_person',
      ],
      ['select * from compromise where tenant_id = 1 and person_id = 1 order by id desc limit 1', 'compromise_person'],
      ['select * from session where tenant_id = 1 and person_id = 1', 'session_person'],
    ] as const;
    for (const [sql, index] of plans) assert.match(planOf(sql), new RegExp(`USING (COVERING )?INDEX ${index}\\b`), sql);
  });
});
