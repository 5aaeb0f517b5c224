/**
 * PostgreSQL 15 or later, through a pool. A write is one transaction, tried again when the server says that two of
 * them crossed (serialisation, deadlock, a blob collected while it was being linked). Announcements go by
 * LISTEN/NOTIFY on one connection of its own, which is opened again when it is lost.
 */
import pg from 'pg';

import { type Connection, type Engine, type Row, StoreUnavailable } from '#server/store/connection.ts';

const channel = 'pli';
const poolSize = 10;
const acquireTimeoutMs = 10_000;
const attempts = 6;
const relistenMs = 500;

// int8 comes as text: every number of ours is a safe integer, and must say so.
const wide: ReadonlySet<number> = new Set([20, 1700]);

export function openPostgres(url: string): Engine {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (oid, format) => (wide.has(oid) ? safeInteger : pg.types.getTypeParser(oid, format)),
  };
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: acquireTimeoutMs,
    keepAlive: true,
    types,
    application_name: 'pli',
  });
  // A connection that breaks while idle is simply left by the pool; the next work opens another.
  pool.on('error', () => undefined);
  const ears = listener(url);

  const within = async <T>(begin: string, work: (connection: Connection) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw new StoreUnavailable('no connection', { cause: error });
    });
    let broken: Error | undefined;
    // A backend that is ended while we hold it must not end us.
    const onError = (error: Error) => (broken = error);
    client.on('error', onError);
    try {
      await client.query(begin);
      const result = await work(connectionOver(client));
      const { command } = await client.query('commit');
      // A transaction in which a statement failed, however quietly, ends without a word and keeps nothing.
      if (command !== 'COMMIT') throw new Error('the transaction had failed before its commit');
      return result;
    } catch (error) {
      if (isConnectionLoss(error)) broken ??= error;
      else await client.query('rollback').catch((failure: Error) => (broken = failure));
      if (broken) throw new StoreUnavailable('the connection was lost', { cause: broken });
      if (isStorageFailure(error)) throw new StoreUnavailable('the database refused', { cause: error });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  };

  return {
    dialect: 'postgres',
    read: (work) => within('begin isolation level repeatable read read only', work),
    // Nothing is seen here before it is on the disk.
    glance: (work) => within('begin isolation level repeatable read read only', work),
    async write(work) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await within('begin', work);
        } catch (error) {
          if (attempt >= attempts || !mayTryAgain(error)) throw error;
        }
      }
    },
    heavy: async (statement, values) =>
      within('begin isolation level repeatable read read only', (connection) => connection.all(statement, values)),
    async heavyColumns({ sql }, values, names) {
      const gathered = names.map((name) => `string_agg(float8send("${name}"::float8), '') as "${name}"`);
      const statement = { sql: `select ${gathered.join(', ')} from (${sql}) as listed` };
      const [row] = await within('begin isolation level repeatable read read only', (connection) =>
        connection.all(statement, values),
      );
      return names.map((name) => numbersIn(row?.[name]));
    },
    async announce(connection, payload) {
      await connection.all({ sql: 'select pg_notify($1, $2)', name: 'pli_announce' }, [channel, payload]);
    },
    onAnnouncement: (hear) => ears.add(hear),
    settle: () => undefined,
    async close() {
      await ears.close();
      await pool.end();
    },
  };
}

/** Numbers as `float8send` prints them; null where there was no row. */
function numbersIn(octets: unknown): Float64Array {
  if (!Buffer.isBuffer(octets)) return new Float64Array();
  const numbers = new Float64Array(octets.length / 8);
  Buffer.from(numbers.buffer).set(octets.swap64());
  return numbers;
}

function connectionOver(client: pg.PoolClient): Connection {
  const query = (sql: string, name: string | undefined, values: readonly unknown[]) =>
    client.query(name === undefined ? { text: sql, values: [...values] } : { text: sql, name, values: [...values] });
  return {
    dialect: 'postgres',
    all: async (statement, values): Promise<readonly Row[]> =>
      (await query(statement.sql, statement.name, values.map(bindable))).rows,
    run: async (statement, values) => (await query(statement.sql, statement.name, values.map(bindable))).rowCount ?? 0,
  };
}

function bindable(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${text}`);
  return value;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * serialization_failure, deadlock_detected; unique_violation: somebody else took that name since we looked, and the next
 * look will see it; foreign_key_violation of a blob link: it was collected meanwhile.
 */
function mayTryAgain(error: unknown): boolean {
  const code = codeOf(error);
  if (code === '40001' || code === '40P01' || code === '23505') return true;
  return code === '23503' && error instanceof Error && 'constraint' in error && error.constraint === 'blob_link_blob';
}

/** Disk full and its like (class 53), system errors (58), operator intervention (57): not the statement's fault. */
function isStorageFailure(error: unknown): boolean {
  const code = codeOf(error);
  return /^(53|58|57)/.test(code) || code === '25006';
}

function isConnectionLoss(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return (
    /^(08|57P0)/.test(code) ||
    ['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'ETIMEDOUT'].includes(code) ||
    /Connection terminated|not queryable/.test(error.message)
  );
}

/** One listening connection, opened when somebody first listens, and again whenever it is lost. */
function listener(url: string) {
  const listeners: ((payload: string | undefined) => void)[] = [];
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const tell = (payload: string | undefined) => {
    for (const hear of listeners) hear(payload);
  };
  const open = async (isAgain: boolean): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: acquireTimeoutMs,
      keepAlive: true,
      application_name: 'pli listener',
    });
    const lost = () => {
      if (client !== fresh) return;
      client = undefined;
      if (!isClosed) timer = setTimeout(() => void open(true), relistenMs);
    };
    client = fresh;
    fresh.on('error', lost);
    fresh.on('end', lost);
    fresh.on('notification', (message) => tell(message.payload));
    try {
      await fresh.connect();
      await fresh.query(`listen ${channel}`);
      if (isAgain) tell(undefined);
    } catch {
      await fresh.end().catch(() => undefined);
      lost();
    }
  };
  return {
    add(hear: (payload: string | undefined) => void): void {
      listeners.push(hear);
      if (!client && !timer) void open(false);
    },
    async close(): Promise<void> {
      isClosed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
