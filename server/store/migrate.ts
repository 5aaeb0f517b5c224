/**
 * Migrations: forward, numbered, each in one transaction, under a lock so that two processes starting at once apply
 * each one once. A migration never loses a row.
 */
import type { Connection, Dialect } from './connection.ts';
import * as foundations from './migrations/0001-foundations.ts';
import * as imap from './migrations/0002-imap.ts';
import * as filters from './migrations/0003-filters.ts';
import * as imports from './migrations/0004-imports.ts';
import * as gettingIn from './migrations/0005-getting-in.ts';
import * as consoleTables from './migrations/0006-console.ts';
import * as passwords from './migrations/0007-passwords.ts';
import * as factors from './migrations/0008-factors.ts';
import * as mandates from './migrations/0009-mandates.ts';
import * as federation from './migrations/0010-federation.ts';
import * as consoleActs from './migrations/0012-console-acts.ts';
import * as shared from './migrations/0013-shared.ts';
import * as familiar from './migrations/0014-familiar.ts';
import * as approvals from './migrations/0020-approvals.ts';
import * as tenantry from './migrations/0018-tenantry.ts';
import * as announcements from './migrations/0017-announcements.ts';
import * as provider from './migrations/0011-provider.ts';
import * as peopleRuns from './migrations/0015-imports.ts';
import * as groups from './migrations/0016-groups.ts';
import * as brand from './migrations/0019-brand.ts';
import * as appointments from './migrations/0021-appointments.ts';

/** How the dialect writes what the schema needs. */
export interface ColumnTypes {
  /** Text that compares by its octets on every engine. */
  readonly text: string;
  readonly bytes: string;
  /** Ends a table that is stored in the order of its key. */
  readonly clustered: string;
}

interface Migration {
  readonly name: string;
  readonly statements: (types: ColumnTypes) => readonly string[];
}

const migrations: readonly Migration[] = [
  foundations,
  imap,
  filters,
  imports,
  gettingIn,
  consoleTables,
  passwords,
  factors,
  mandates,
  federation,
  consoleActs,
  shared,
  familiar,
  provider,
  peopleRuns,
  tenantry,
  groups,
  announcements,
  brand,
  approvals,
  appointments,
];

const columnTypes: Readonly<Record<Dialect, ColumnTypes>> = {
  sqlite: { text: 'text', bytes: 'blob', clustered: ' without rowid' },
  postgres: { text: 'text collate "C"', bytes: 'bytea', clustered: '' },
};

/** Any number that no other program is likely to lock in the same database. */
const migrationLock = 7_054_301;

/**
 * Applies what is missing; runs inside one write transaction of the engine.
 * @returns the names of the migrations applied now, in order.
 */
export async function migrate(connection: Connection): Promise<readonly string[]> {
  const { dialect } = connection;
  if (dialect === 'postgres') await connection.all({ sql: `select pg_advisory_xact_lock(${migrationLock})` }, []);
  await connection.run(
    { sql: 'create table if not exists migration (name text not null primary key, applied_at bigint not null)' },
    [],
  );
  const applied = new Set((await connection.all({ sql: 'select name from migration' }, [])).map((row) => row['name']));
  const missing = migrations.filter((migration) => !applied.has(migration.name));
  const mark = dialect === 'sqlite' ? 'values (?, ?)' : 'values ($1, $2)';
  for (const migration of missing) {
    for (const sql of migration.statements(columnTypes[dialect])) await connection.run({ sql }, []);
    await connection.run({ sql: `insert into migration (name, applied_at) ${mark}` }, [migration.name, Date.now()]);
  }
  return missing.map((migration) => migration.name);
}
