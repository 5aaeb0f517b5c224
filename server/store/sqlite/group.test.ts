/** Groups of writes: what one refuses costs the others nothing, whether it had changed anything or not. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';

import type { Connection, Engine } from '#server/store/connection.ts';
import { openSqlite } from './engine.ts';

let folder: string;
let engine: Engine;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pli-group-'));
  engine = openSqlite(join(folder, 'group.sqlite'));
  await engine.write((connection) => connection.run({ sql: 'create table word (text text primary key)' }, []));
});
after(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const insert = { sql: 'insert into word (text) values (?)' };
const select = { sql: 'select text from word order by text' };
const words = async (): Promise<readonly unknown[]> =>
  (await engine.read((connection) => connection.all(select, []))).map(({ text }) => text);
const runs = new Map<string, number>();

/** Inserts `text`, and counts how often it was run. */
const put = (text: string) => async (connection: Connection) => {
  runs.set(text, (runs.get(text) ?? 0) + 1);
  await connection.run(insert, [text]);
  return text;
};
const refuse = (after: (connection: Connection) => Promise<unknown>) => async (connection: Connection) => {
  await after(connection);
  throw new Error('no');
};
const outcomes = async (...works: readonly ((connection: Connection) => Promise<unknown>)[]) =>
  (await Promise.allSettled(works.map((work) => engine.write(work)))).map(({ status }) => status);

it('a write that refuses before it changed anything makes nobody run again', async () => {
  const seen = await outcomes(
    put('a'),
    refuse((connection) => connection.all(select, [])),
    put('b'),
  );
  assert.deepEqual(seen, ['fulfilled', 'rejected', 'fulfilled']);
  assert.deepEqual(await words(), ['a', 'b']);
  assert.deepEqual([runs.get('a'), runs.get('b')], [1, 1]);
});

it('a write that refuses after a change leaves nothing, and those before and behind it are kept once', async () => {
  const seen = await outcomes(put('c'), refuse(put('d')), put('e'), refuse(put('f')), put('a'), put('g'));
  assert.deepEqual(seen, ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'rejected', 'fulfilled']);
  assert.deepEqual(await words(), ['a', 'b', 'c', 'e', 'g']);
  assert.deepEqual([runs.get('c'), runs.get('e'), runs.get('g')], [2, 1, 1]);
});

it('a write that refuses when it is run again is told so, and the others are kept', async () => {
  // Groups remember a refusal for a while.
  for (let group = 0; group < 40; group += 1) await engine.write((connection) => connection.all(select, []));
  let times = 0;
  const onlyOnce = async (connection: Connection) => {
    await put('h')(connection);
    times += 1;
    if (times > 1) throw new Error('not again');
  };
  const seen = await outcomes(onlyOnce, put('i'), refuse(put('j')), put('k'));
  assert.deepEqual(seen, ['rejected', 'fulfilled', 'rejected', 'fulfilled']);
  assert.deepEqual(await words(), ['a', 'b', 'c', 'e', 'g', 'i', 'k']);
});
