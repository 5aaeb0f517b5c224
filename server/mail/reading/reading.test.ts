/** A crowd of messages is read on the thread, and by the loop where the thread does not answer: with the same outcome. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

import { ingest } from '#server/mail/ingest.ts';
import { readSmall } from './read.ts';
import { readElsewhere, startReading } from './start.ts';

let folder: string;
let store: Store;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pli-reading-'));
  store = await openStore({ databaseUrl: `sqlite:${folder}/pli.sqlite`, blobsUrl: `file:${folder}/blobs` });
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const message = (n: number): Buffer =>
  Buffer.from(`From: Élise <e@x.example>\r\nSubject: Réunion ${n}\r\nMessage-ID: <${n}@x>\r\n\r\nBonjour ${n}\r\n`);
const crowd = (from: number, count = 40): Buffer[] => Array.from({ length: count }, (_, at) => message(from + at));

/** Crowds until some message of one was read on the thread; it takes a moment to start. */
async function readOnThread(body: Buffer[]) {
  for (;;) {
    const read = await Promise.all(body.map(async (octets) => readElsewhere(store, octets)));
    if (read.some((each) => each !== undefined)) return read;
    await nextTurn();
  }
}

it('what the thread read of a crowd is what the loop reads', async () => {
  const reading = startReading(store);
  after(() => reading.close());
  const messages = crowd(0);
  const read = await readOnThread(messages);
  for (const [index, octets] of messages.entries()) {
    const own = readSmall(octets);
    assert.ok(own?.staged.stored.kind === 'row');
    const there = read[index];
    if (!there) continue; // more than the thread could take
    assert.ok(there.staged.stored.kind === 'row');
    assert.deepEqual(Buffer.from(there.staged.stored.data), Buffer.from(own.staged.stored.data));
    assert.deepEqual({ ...there, staged: own.staged }, own);
  }
  await reading.close();
});

it('a message that comes alone is left to the loop, and so are large ones', async () => {
  const reading = startReading(store);
  after(() => reading.close());
  await readOnThread(crowd(100));
  assert.equal(await readElsewhere(store, message(1)), undefined);
  assert.equal(readElsewhere(store, Buffer.alloc(65_537)), undefined);
  await reading.close();
  assert.equal(readElsewhere(store, message(1)), undefined);
});

it('a thread that ends under its work costs no message', async () => {
  // Says that it is ready, and dies of the first batch.
  const body = `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', () => process.exit(1));
    parentPort.postMessage({ id: 0, read: [] });`;
  const reading = startReading(store, new URL(`data:text/javascript,${encodeURIComponent(body)}`));
  after(() => reading.close());
  // Long enough for it to start, to be given a batch, and to end.
  for (let round = 0; round < 100; round += 1) {
    const read = await Promise.all(crowd(200).map((octets) => ingest(store, octets)));
    assert.deepEqual(
      read.map(({ subjectKey }) => subjectKey),
      crowd(200).map((_, at) => `reunion ${200 + at}`),
    );
  }
  await reading.close();
});
