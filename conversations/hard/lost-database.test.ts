/**
 * PostgreSQL is gone in the middle of everything, and comes back. Meanwhile mail is put off and clients are told to come
 * again; afterwards everything goes on by itself, and whoever listened for changes hears of them again.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { planLab, type Lab, type LabAccount, type Ready } from '#tools/lab.ts';
import { makePlace, planPlace, type Place } from '#tools/testing/places.ts';
import { assertSound, portOf, until } from './house.ts';
import { openJmap } from './jmap.ts';
import { digestOf, writeLetter } from './letters.ts';
import { LmtpSender } from './lmtp-sender.ts';
import { startMortalCluster, type MortalCluster } from './mortal-cluster.ts';

const rounds = 3;

let cluster: MortalCluster;
let place: Place;
let lab: Lab;
let ready: Ready;
let account: LabAccount;

before(async () => {
  cluster = await startMortalCluster();
  place = planPlace('postgres', cluster.url);
  await makePlace(place);
  lab = planLab({ folder: place.folder, databaseUrl: place.databaseUrl, env: { PLI_LOG_LEVEL: 'fatal' } });
  ready = await lab.start();
  account = await lab.addAccount('anne');
});
after(async () => {
  await lab.kill();
  rmSync(place.folder, { recursive: true, force: true });
  await cluster.remove();
});

test('a database that goes and comes back loses nothing and needs nobody', async () => {
  const pid = lab.pid();
  const jmap = await openJmap(ready.url, account);
  const listener = await jmap.listen();
  const acknowledged = new Set<string>();
  let putOff = 0;
  let written = 0;
  const over = new AbortController();

  /** One connection that never breaks: the server stays, whatever becomes of its database. */
  const send = async (): Promise<void> => {
    const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
    while (!over.signal.aborted) {
      const number = written++;
      const letter = writeLetter(number, number % 9 === 4 ? 200_000 : 2_000, [account.email]);
      const [fate] = await sender.deliver('expediteur@ailleurs.example', [account.email], letter.octets);
      assert.ok(fate?.kind === 'delivered' || fate?.kind === 'refused', 'the server hung up');
      if (fate.kind === 'delivered') acknowledged.add(letter.digest);
      else {
        assert.ok(fate.code >= 400 && fate.code < 500, fate.line);
        putOff += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    sender.close();
  };
  const senders = [send(), send(), send(), send()];

  const play = async (): Promise<void> => {
    for (let round = 1; round <= rounds; round++) {
      const before = acknowledged.size;
      await until(() => acknowledged.size >= before + 40);
      await cluster.kill();
      const seen = putOff;
      await until(() => putOff >= seen + 8);
      assert.equal((await fetch(new URL('/healthz', ready.url))).status, 503);
      const { status } = await jmap.post(JSON.stringify({ using: ['urn:ietf:params:jmap:core'], methodCalls: [] }));
      assert.equal(status, 503);
      await cluster.start();
      const heard = listener.heard.length;
      const kept = acknowledged.size;
      await until(() => acknowledged.size > kept, 30_000);
      await listener.next(heard, 10_000);
      assert.equal((await fetch(new URL('/healthz', ready.url))).status, 200);
      await jmap.must('Email/query', { limit: 1 });
    }
  };
  await play().finally(() => over.abort());
  await Promise.all(senders);
  assert.equal(lab.pid(), pid);
  listener.close();

  const there = new Map<string, number>();
  for (const { blobId } of await jmap.everything()) {
    const digest = digestOf(await jmap.download(blobId));
    there.set(digest, (there.get(digest) ?? 0) + 1);
  }
  for (const digest of acknowledged) assert.equal(there.get(digest), 1, 'acknowledged, and lost or doubled');
  const unknown = [...there.keys()].filter((digest) => !acknowledged.has(digest)).length;
  await assertSound(lab);
  console.error(
    `lost database: ${rounds} times, ${acknowledged.size} acknowledged, ${putOff} put off, ${unknown} of those kept all the same`,
  );
});
