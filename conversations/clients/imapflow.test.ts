/** imapflow, the client library of many programs: hears what happens elsewhere while it idles, and comes back by QRESYNC. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { planLab, type LabAccount, type Ready } from '#tools/lab.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { portOf } from '#conversations/hard/house.ts';
import { openJmap, recordOf } from '#conversations/hard/jmap.ts';
import { writeLetter } from '#conversations/hard/letters.ts';
import { LmtpSender } from '#conversations/hard/lmtp-sender.ts';
import { openImap } from './house.ts';

forEachDatabase((_database, databaseUrl, folder) => {
  const lab = planLab({ folder, databaseUrl });
  let ready: Ready;
  let account: LabAccount;
  let lmtp: LmtpSender;
  before(async () => {
    ready = await lab.start();
    account = await lab.addAccount('flo');
    lmtp = await LmtpSender.open(portOf(ready, 'lmtp'));
  });
  after(async () => {
    lmtp.close();
    await lab.kill();
  });
  const deliver = (number: number) =>
    lmtp.deliver('expediteur@ailleurs.example', [account.email], writeLetter(number, 500, [account.email]).octets);

  test('while it idles, it hears a delivery, a flag set by JMAP and a deletion', async () => {
    await deliver(0);
    const client = await openImap(ready, account);
    await client.mailboxOpen('INBOX');
    void client.idle();
    const arrived = once(client, 'exists');
    await deliver(1);
    assert.deepEqual(
      (await arrived).map((heard: unknown) => [recordOf(heard)['count'], recordOf(heard)['prevCount']]),
      [[2, 1]],
    );
    const jmap = await openJmap(ready.url, account);
    const { ids } = await jmap.must('Email/query', { sort: [{ property: 'receivedAt', isAscending: true }] });
    assert.ok(Array.isArray(ids));
    const [first, second] = ids.map(String);
    assert.ok(first !== undefined && second !== undefined);
    const flagged = once(client, 'flags');
    await jmap.must('Email/set', { update: { [first]: { 'keywords/$flagged': true } } });
    const [flags]: readonly unknown[] = await flagged;
    assert.equal(recordOf(flags)['seq'], 1);
    const gone = once(client, 'expunge');
    await jmap.must('Email/set', { destroy: [first] });
    const [expunged]: readonly unknown[] = await gone;
    assert.equal(recordOf(expunged)['seq'], 1);
    await client.logout();
  });

  test('it comes back by QRESYNC and is told only what changed and what is gone', async () => {
    for (let number = 10; number < 20; number += 1) await deliver(number);
    const client = await openImap(ready, account);
    const before = await client.mailboxOpen('INBOX');
    const { uidValidity, highestModseq } = before;
    assert.ok(highestModseq !== undefined);
    const uids = await client.search({ all: true }, { uid: true });
    assert.ok(uids);
    const [one, two, three] = uids;
    await client.messageFlagsAdd(String(one), ['\\Answered'], { uid: true });
    await client.messageDelete(`${two},${three}`, { uid: true });
    await client.logout();

    const back = await openImap(ready, account, { qresync: true });
    const changed: unknown[] = [];
    const vanished: unknown[] = [];
    back.on('flags', (event) => changed.push(event.uid));
    back.on('expunge', (event) => vanished.push(event.uid));
    await back.mailboxOpen('INBOX', { uidValidity, changedSince: highestModseq } as object);
    assert.deepEqual(changed, [one]);
    assert.deepEqual(vanished, [two, three]);
    await back.logout();
  });
});
