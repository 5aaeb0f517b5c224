/**
 * Whether the search index has everything: the database's own list of emails that are due for it. A bench that measures
 * searching waits for this, as nobody could tell from outside: answers are exact while the index is being made, and slow.
 */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { House } from './house.ts';

const lookEveryMs = 100;
const patienceMs = 10 * 60_000;

/** @returns how long it took until nothing was due, in milliseconds. @throws {Error} when it does not come to that. */
export async function indexed({ databaseUrl }: House): Promise<number> {
  const startedAt = performance.now();
  const list = await openDueList(databaseUrl);
  try {
    while ((await list.count()) > 0) {
      if (performance.now() - startedAt > patienceMs) throw new Error('the search index is not made');
      await sleep(lookEveryMs);
    }
  } finally {
    await list.close();
  }
  return performance.now() - startedAt;
}

const countDue = 'select count(*) as due from search_due';

async function openDueList(databaseUrl: string) {
  if (databaseUrl.startsWith('sqlite:')) {
    const database = new DatabaseSync(databaseUrl.slice('sqlite:'.length), { readOnly: true });
    const statement = database.prepare(countDue);
    return { count: () => Promise.resolve(Number(statement.get()?.['due'])), close: async () => database.close() };
  }
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const count = async () => Number((await client.query<{ due: string }>(countDue)).rows[0]?.due);
  return { count, close: () => client.end() };
}
