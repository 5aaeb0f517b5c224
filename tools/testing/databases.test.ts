import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import pg from 'pg';
import { clusterUrl, forEachDatabase } from './databases.ts';
import { makePlace, planPlace, removePlace } from './places.ts';

forEachDatabase((name, databaseUrl, folder) => {
  test('the place exists while the tests run', async () => {
    assert.ok(existsSync(folder));
    if (name === 'sqlite') return;
    const place = new URL(databaseUrl).pathname.slice(1);
    assert.deepEqual(await ask(databaseUrl, 'select current_database() as place'), [{ place }]);
  });
});

test('a removed PostgreSQL place is gone, even with a session left open', async () => {
  const place = planPlace('postgres', clusterUrl);
  await makePlace(place);
  const left = new pg.Client({ connectionString: place.databaseUrl });
  left.on('error', () => {}); // the server ends the session, which is what we are here to see
  await left.connect();
  await removePlace(place);
  await assert.rejects(ask(place.databaseUrl, 'select 1'), /does not exist/);
  assert.ok(!existsSync(place.folder));
});

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
