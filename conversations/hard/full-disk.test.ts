/**
 * The disk is full while mail comes in. The sender is told to come again later and loses nothing; who reads goes on
 * reading; and when there is room again, everything goes on by itself.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { planLab, type Lab, type LabAccount, type Ready } from '#tools/lab.ts';
import { assertSound, portOf, until } from './house.ts';
import { openJmap } from './jmap.ts';
import { digestOf, writeLetter } from './letters.ts';
import { LmtpSender } from './lmtp-sender.ts';
import { makeTightDisk, type TightDisk } from './tight-disk.ts';

const from = 'expediteur@ailleurs.example';

let disk: TightDisk;
let lab: Lab;
let ready: Ready;
let account: LabAccount;
const acknowledged = new Set<string>();
let written = 0;

before(async () => {
  disk = makeTightDisk(96);
  lab = planLab({
    folder: disk.folder,
    databaseUrl: `sqlite:${disk.folder}/pli.sqlite`,
    env: { PLI_LOG_LEVEL: 'fatal' },
  });
  ready = await lab.start();
  account = await lab.addAccount('anne');
});
after(async () => {
  await lab.kill();
  disk.remove();
});

/** Small ones for the database, large ones for the folder of blobs, and those that wait in the spool folder. */
const sizes = [3_000, 3_000, 40_000, 300_000, 3_000, 1_500_000];

/** Sends one letter more. @returns the code of the refusal, or 250. */
async function sendOne(sender: LmtpSender): Promise<number> {
  const letter = writeLetter(written, sizes[written % sizes.length] ?? 3_000, [account.email]);
  written += 1;
  const [fate] = await sender.deliver(from, [account.email], letter.octets);
  if (fate?.kind === 'delivered') acknowledged.add(letter.digest);
  assert.ok(fate?.kind === 'delivered' || fate?.kind === 'refused', 'the server hung up');
  return fate.kind === 'refused' ? fate.code : 250;
}

async function assertAllThere(): Promise<void> {
  const jmap = await openJmap(ready.url, account);
  const there = new Set<string>();
  for (const { blobId } of await jmap.everything()) there.add(digestOf(await jmap.download(blobId)));
  const lost = [...acknowledged].filter((digest) => !there.has(digest));
  assert.deepEqual(lost, [], 'acknowledged, and lost');
}

test('with a full disk mail is put off, reading goes on, and all heals by itself', async () => {
  const pid = lab.pid();
  const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
  for (let at = 0; at < 30; at++) assert.equal(await sendOne(sender), 250);
  const jmap = await openJmap(ready.url, account);
  const [first] = await jmap.everything();
  assert.ok(first);

  for (let round = 1; round <= 3; round++) {
    disk.fill(pid);
    const codes: number[] = [];
    for (let at = 0; at < 24; at++) codes.push(await sendOne(sender));
    const putOff = codes.filter((code) => code !== 250);
    assert.ok(putOff.length > 0, `the disk was not full: ${codes.join(' ')}`);
    for (const code of putOff) assert.ok(code >= 400 && code < 500, `refused for good: ${codes.join(' ')}`);

    assert.deepEqual((await jmap.must('Email/get', { ids: [first.id] }))['notFound'], []);
    const flag = { update: { [first.id]: { 'keywords/$flagged': true } } };
    const set = await jmap.ask('Email/set', flag);
    // Where a page was still free it may have been kept: what is said is what is true.
    if (set.name === 'error') assert.equal(set.values['type'], 'serverUnavailable', JSON.stringify(set.values));
    // A log folded meanwhile makes room again, and then an upload is right to succeed: until the disk is full once more.
    await until(async () => {
      disk.fill(pid);
      const { status } = await jmap.upload(Buffer.from(writeLetter(1_000_000 + round, 2_000_000, []).octets));
      assert.ok(status === 201 || status === 503 || status === 507, `the upload answered ${status}`);
      return status !== 201;
    }, 20_000);
    assert.equal((await fetch(new URL('/healthz', ready.url))).status, 200);

    disk.free(pid);
    await until(async () => (await sendOne(sender)) === 250, 20_000);
    for (let at = 0; at < 6; at++) assert.equal(await sendOne(sender), 250, 'it has not healed');
    await jmap.must('Email/set', flag);
    await assertAllThere();
  }
  assert.equal(lab.pid(), pid);
  sender.close();

  const last = `lettre ${written - 1}`;
  await until(async () => {
    const { ids } = await jmap.must('Email/query', { filter: { subject: last } });
    return Array.isArray(ids) && ids.length > 0;
  }, 20_000);

  await lab.kill();
  ready = await lab.start();
  await assertAllThere();
  await assertSound(lab);
  console.error(`full disk (${disk.kind}): ${acknowledged.size} of ${written} letters acknowledged, all there`);
});
