/** Nothing is told before it is on the disk: fdatasync is held back by hand, and so is everybody who waits for it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import type { Connection, Engine } from '#server/store/connection.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { openSqlite } from './engine.ts';

const given = fs.fdatasync;
let held: (() => void)[] = [];
afterEach(() => {
  letGo();
  fs.fdatasync = given;
  syncBuiltinESMExports();
});

/** From now on a sync does not end before `letGo`. */
function hold(): void {
  const later = (descriptor: number, done: fs.NoParamCallback) =>
    given(descriptor, (error) => held.push(() => done(error)));
  fs.fdatasync = later as typeof fs.fdatasync;
  syncBuiltinESMExports();
}

function letGo(): void {
  for (const end of held.splice(0)) end();
}

/** Until that many syncs have come to their end and are held there. */
async function areHeld(count: number): Promise<void> {
  while (held.length < count) await pause(1);
}

const insert = (value: number) => (connection: Connection) =>
  connection.run({ sql: 'insert into note values (?)' }, [value]);
const count = (connection: Connection) => connection.all({ sql: 'select count(*) as many from note' }, []);

async function openEmpty(): Promise<Engine> {
  const engine = openSqlite(join(temporaryFolder(), 'test.sqlite'));
  await engine.write((connection) => connection.run({ sql: 'create table note (value integer)' }, []));
  return engine;
}

/** Whether it has ended a moment from now. */
async function hasEnded(work: Promise<unknown>): Promise<boolean> {
  return (await Promise.race([work, pause(50, pause)])) !== pause;
}

test('a write is not acknowledged before the log that holds it is on the disk', async () => {
  const engine = await openEmpty();
  hold();
  const written = engine.write(insert(1));
  await areHeld(1);
  assert.equal(await hasEnded(written), false);
  letGo();
  await written;
  await engine.close();
});

test('a reader who sees a commit on its way to the disk waits for it too, unless it was a glance', async () => {
  const engine = await openEmpty();
  hold();
  const written = engine.write(insert(1));
  await areHeld(1);
  const seen = engine.read(count);
  assert.equal(await hasEnded(seen), false);
  assert.deepEqual({ ...(await engine.glance(count))[0] }, { many: 1 });
  letGo();
  assert.deepEqual({ ...(await seen)[0] }, { many: 1 });
  await written;
  await engine.close();
});

test('what is written while a sync is under way needs one that begins later', async () => {
  const engine = await openEmpty();
  hold();
  const first = engine.write(insert(1));
  await areHeld(1);
  const second = engine.write(insert(2));
  await pause(20);
  letGo();
  await first;
  assert.equal(await hasEnded(second), false);
  await areHeld(1);
  letGo();
  await second;
  assert.deepEqual({ ...(await engine.read(count))[0] }, { many: 2 });
  await engine.close();
});
