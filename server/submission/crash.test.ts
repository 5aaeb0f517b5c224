/** The power is cut while mail goes out: a process of its own sends, is killed at any instant, and another takes over. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';

import { rows } from '#server/store/statement.ts';
import { read } from '#server/store/store.ts';
import { openStore } from '#server/store/open.ts';
import { runJobs } from '#server/jobs/run.ts';
import { giveUpAfterMs, warnAfterMs } from '#server/delivery/outbound/schedule.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { startSink } from '#tools/testing/mail-sink.ts';

import { submissionJobs } from './run.ts';
import { letter, openAcademy } from './sender.testing.ts';

const child = process.env['PLI_CRASH_CHILD'];
const letters = 40;
/** What a test can wait for: the child's leases, where a dead process left them. */
const leaseMs = 1_500;

if (child !== undefined) await send(JSON.parse(child) as Sending);
else forEachDatabase((_name, databaseUrl, folder) => crash(databaseUrl, folder));

interface Sending {
  readonly databaseUrl: string;
  readonly folder: string;
  readonly port: number;
}

/** The child: runs jobs until it is killed. */
async function send({ databaseUrl, folder, port }: Sending): Promise<void> {
  const store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
  const kinds = submissionJobs({
    store,
    outbound: {
      hostName: 'mail.here.example',
      road: { kind: 'mx' },
      resolver: {
        mx: async () => ({ kind: 'found', records: [{ exchange: 'mx.elsewhere.example', priority: 1 }] }),
        addresses: async () => ({ kind: 'found', addresses: ['127.0.0.2'] }),
        resolve: () => Promise.reject(new Error('no')),
      },
      tlsPolicy: async () => undefined,
      connectionsPerHost: 4,
      isOwnAddress: () => false,
      portOf: () => port,
      ca: undefined,
      timeouts: { connectMs: 2_000, commandMs: 5_000, endOfDataMs: 5_000 },
    },
    connections: 4,
    patience: { giveUpAfterMs, warnAfterMs },
    timeZone: 'Europe/Paris',
    onEvent: () => undefined,
  });
  const hasty = { submit: { ...kinds.submit, leaseMs }, relay: { ...kinds.relay, leaseMs } };
  runJobs(store, hasty, { lookEveryMs: 50, onFault: (_job, error) => console.error(error) });
  process.send?.('ready');
}

function crash(databaseUrl: string, folder: string): void {
  test('whoever is killed while sending, nothing is lost and nobody of ours gets it twice', async () => {
    const sink = await startSink('127.0.0.2');
    const academy = await openAcademy(databaseUrl, folder);
    // By the child's clock all of it is due.
    academy.turnClock(Date.now() - academy.now());
    let sender: ChildProcess | undefined;
    let kills = 0;
    try {
      for (let index = 0; index < letters; index += 1) {
        await academy.send(letter(academy.alice.email, `${academy.bruno.email}, r${index}@elsewhere.example`));
      }
      for (let rounds = 0; rounds < 12; rounds += 1) {
        sender = await start({ databaseUrl, folder, port: sink.port });
        const isLast = kills >= 4;
        for (let waited = 0; waited < (isLast ? 30_000 : 30 + Math.random() * 250); waited += 20) {
          if (await isDone(academy.store)) break;
          await new Promise((resolve) => void setTimeout(resolve, 20));
        }
        sender.kill('SIGKILL');
        await once(sender, 'exit');
        if (await isDone(academy.store)) break;
        kills += 1;
      }
      assert.ok(await isDone(academy.store), 'the queue is empty');
      assert.ok(kills > 0, 'somebody was killed');
      const received = await academy.inbox(academy.bruno.accountId);
      assert.equal(received.length, letters);
      assert.equal(new Set(received).size, letters);
      const sunk = sink.taken.flatMap(({ recipients }) => recipients.map(({ address }) => address));
      assert.equal(new Set(sunk).size, letters);
      // Only what the other server had taken when we died, before we could write that down (RFC 5321 §6.1).
      assert.ok(sunk.length - letters <= kills * 4, `${sunk.length - letters} twice after ${kills} kills`);
      const states = await read(academy.store, (tx) =>
        rows(tx, tx.q.selectFrom('submission_recipient').select('delivered')),
      );
      assert.deepEqual([...new Set(states.map(({ delivered }) => delivered))].toSorted(), ['unknown', 'yes']);
    } finally {
      sender?.kill('SIGKILL');
      await sink.close();
      await academy.store.close();
    }
  });
}

async function start(sending: Sending): Promise<ChildProcess> {
  const sender = spawn(process.execPath, [import.meta.filename], {
    env: { ...process.env, PLI_CRASH_CHILD: JSON.stringify(sending), NODE_TEST_CONTEXT: undefined },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(sender, 'message');
  return sender;
}

async function isDone(store: Parameters<typeof read>[0]): Promise<boolean> {
  const jobs = await read(store, (tx) => rows(tx, tx.q.selectFrom('job').select('id')));
  return jobs.length === 0;
}
