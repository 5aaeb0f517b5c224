/**
 * The power is cut (kill -9) again and again while mail comes in by LMTP. The sender keeps what was not acknowledged
 * and sends it again, as every mail server does. In the end each letter is there; twice only where the answer to its
 * last octet was lost (RFC 5321 §4.5.4.2 calls that window unavoidable).
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { planLab, type LabAccount, type Ready } from '#tools/lab.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { assertSound, isLong, portOf, seededRandom, until } from './house.ts';
import { openJmap } from './jmap.ts';
import { digestOf, writeLetter, type Letter } from './letters.ts';
import { LmtpSender } from './lmtp-sender.ts';

const letterCount = isLong ? 10_000 : 600;
const killCount = isLong ? 60 : 4;
const connectionCount = 6;

/** One letter for one recipient, until it is acknowledged. */
interface Due {
  readonly letter: Letter;
  readonly to: readonly number[];
}

forEachDatabase((name, databaseUrl, folder) => {
  const lab = planLab({ folder, databaseUrl });
  const accounts: LabAccount[] = [];
  let ready: Ready | undefined;
  before(async () => {
    ready = await lab.start();
    for (const userName of ['anne', 'benoit', 'chloe']) accounts.push(await lab.addAccount(userName));
  });
  after(() => lab.kill());

  test(`${letterCount} letters survive ${killCount} cuts of power`, async () => {
    const random = seededRandom(2026);
    const queue: Due[] = Array.from({ length: letterCount }, (_, at) => {
      const size = at % 40 === 7 ? 400_000 : at % 10 === 3 ? 120_000 : 1_000 + Math.floor(random() * 6_000);
      const to = at % 5 === 0 ? [0, 1, 2] : [at % 3];
      return { letter: writeLetter(at, size, addresses(to)), to };
    });
    const expected = new Map(queue.map(({ letter, to }) => [letter.digest, { letter, to }]));
    /** By digest and recipient: how often the answer was lost. */
    const windows = new Map<string, number>();
    let acknowledged = 0;
    let atWork = 0;
    let isUp = true;

    const send = async (): Promise<void> => {
      let sender: LmtpSender | undefined;
      while (queue.length > 0 || atWork > 0) {
        if (!isUp || !ready) {
          await sleep(20);
          continue;
        }
        sender =
          sender?.isGone === false ? sender : await LmtpSender.open(portOf(ready, 'lmtp')).catch(() => undefined);
        const due = sender && queue.shift();
        if (!sender || !due) {
          await sleep(20);
          continue;
        }
        atWork += 1;
        const fates = await sender.deliver('expediteur@ailleurs.example', addresses(due.to), due.letter.octets);
        const again: number[] = [];
        for (const [index, fate] of fates.entries()) {
          const recipient = due.to[index] ?? -1;
          const key = `${due.letter.digest} ${recipient}`;
          if (fate.kind === 'delivered') acknowledged += 1;
          else again.push(recipient);
          if (fate.kind === 'unknown') windows.set(key, (windows.get(key) ?? 0) + 1);
          if (fate.kind === 'refused') assert.ok(fate.code >= 400 && fate.code < 500, fate.line);
        }
        if (again.length > 0) queue.push({ letter: due.letter, to: again });
        atWork -= 1;
      }
      sender?.close();
    };

    const total = queue.reduce((sum, { to }) => sum + to.length, 0);
    const cut = async (): Promise<void> => {
      for (let kill = 1; kill <= killCount; kill++) {
        const mark = Math.floor((total * kill) / (killCount + 1));
        await until(() => acknowledged >= mark, 200_000);
        await sleep(random() * 40);
        isUp = false;
        await lab.kill();
        ready = await lab.start();
        isUp = true;
      }
    };
    await Promise.all([cut(), ...Array.from({ length: connectionCount }, send)]);
    assert.equal(acknowledged, total);

    assert.ok(ready);
    let doubled = 0;
    for (const [index, account] of accounts.entries()) {
      const jmap = await openJmap(ready.url, account);
      const copies = new Map<string, number>();
      for (const { blobId, sizeOctets } of await jmap.everything()) {
        const octets = await jmap.download(blobId);
        assert.equal(octets.length, sizeOctets);
        const digest = digestOf(octets);
        assert.ok(expected.has(digest), `a message nobody sent is in the account ${account.userName}: ${blobId}`);
        copies.set(digest, (copies.get(digest) ?? 0) + 1);
      }
      for (const { letter, to } of expected.values()) {
        const count = copies.get(letter.digest) ?? 0;
        const most = to.includes(index) ? 1 + (windows.get(`${letter.digest} ${index}`) ?? 0) : 0;
        assert.ok(count >= Math.min(1, most), `letter ${letter.number} is lost for ${account.userName}`);
        assert.ok(count <= most, `letter ${letter.number} is there ${count} times, where ${most} is the most`);
        doubled += Math.max(0, count - 1);
      }
    }
    const lost = [...windows.values()].reduce((sum, count) => sum + count, 0);
    console.error(`${name}: ${total} deliveries, ${killCount} kills, ${lost} answers lost, ${doubled} doubled`);
    await assertSound(lab);
  });

  const addresses = (to: readonly number[]): readonly string[] => to.map((index) => accounts[index]?.email ?? '');
});
