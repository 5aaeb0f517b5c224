/**
 * One account and many clients at once: mail comes in over several connections while others flag, move and destroy. In the
 * end what the server counts is what is there, and every client that follows the changes has the same.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { planLab, type LabAccount, type Ready } from '#tools/lab.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { assertSound, isLong, portOf, seededRandom } from './house.ts';
import { listOf, openJmap, recordOf, textOf, type Jmap, type Values } from './jmap.ts';
import { writeLetter } from './letters.ts';
import { LmtpSender } from './lmtp-sender.ts';

const lastsMs = isLong ? 60_000 : 4_000;
const from = 'expediteur@ailleurs.example';

forEachDatabase((name, databaseUrl, folder) => {
  const lab = planLab({ folder, databaseUrl });
  let ready: Ready;
  let account: LabAccount;
  before(async () => {
    ready = await lab.start();
    account = await lab.addAccount('anne');
  });
  after(() => lab.kill());

  test('eight clients of one account leave counts that are true', async () => {
    const over = new AbortController();
    setTimeout(() => over.abort(), lastsMs);
    const jmap = await openJmap(ready.url, account);
    const begin = textOf((await jmap.must('Email/get', { ids: [] }))['state']);
    const { list } = await jmap.must('Mailbox/get');
    const mailboxIds = listOf(list).map((each) => textOf(recordOf(each)['id']));
    let delivered = 0;
    let changed = 0;

    const deliver = async (seed: number): Promise<void> => {
      const random = seededRandom(seed);
      const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
      for (let at = 0; !over.signal.aborted; at++) {
        // Half of them answer an earlier one: conversations grow and shrink too.
        const letter = writeLetter(seed * 100_000 + at, 500, [account.email]).octets;
        const parent = seed * 100_000 + Math.floor(random() * at);
        const answer = Buffer.concat([Buffer.from(`In-Reply-To: <lettre.${parent}@ailleurs.example>\r\n`), letter]);
        const [fate] = await sender.deliver(from, [account.email], at % 2 === 0 ? letter : answer);
        assert.equal(fate?.kind, 'delivered');
        delivered += 1;
      }
      sender.close();
    };

    const change = async (seed: number): Promise<void> => {
      const random = seededRandom(seed);
      const own = await openJmap(ready.url, account);
      const any = <T>(those: readonly T[]): T | undefined => those[Math.floor(random() * those.length)];
      while (!over.signal.aborted) {
        const limit = 30;
        const { ids } = await own.must('Email/query', { limit, position: Math.floor(random() * 100) });
        const some = listOf(ids)
          .map(textOf)
          .filter(() => random() < 0.4);
        const update: Record<string, Values> = {};
        const destroy: string[] = [];
        for (const id of some) {
          const kind = random();
          if (kind < 0.4) update[id] = { 'keywords/$seen': random() < 0.7 ? true : null };
          else if (kind < 0.6) update[id] = { 'keywords/$flagged': true, 'keywords/projet': true };
          else if (kind < 0.85)
            update[id] = { mailboxIds: { [any(mailboxIds) ?? '']: true, [any(mailboxIds) ?? '']: true } };
          else destroy.push(id);
        }
        // Somebody else may have destroyed it meanwhile: then it is not found, and nothing worse.
        const set = await own.must('Email/set', { update, destroy });
        for (const refused of ['notUpdated', 'notDestroyed'])
          for (const error of Object.values(recordOf(set[refused] ?? {})))
            assert.equal(recordOf(error)['type'], 'notFound', JSON.stringify(error));
        changed += some.length;
      }
    };
    const tasks = [deliver(1), deliver(2), deliver(3), change(4), change(5), change(6), change(7), change(8)];
    // Whoever fails stops the others.
    await Promise.all(tasks).finally(() => over.abort());

    const followed = await follow(jmap, begin);
    const all = await readAll(jmap);
    assert.deepEqual(
      [...followed].toSorted(),
      [...all.keys()].toSorted(),
      'who follows the changes has the same emails',
    );
    await assertCounts(jmap, all);
    await assertSound(lab);
    console.error(`${name}: ${delivered} delivered, ${changed} changed, ${all.size} left, all counts true`);
  });
});

/** The ids of all emails, as a client knows them that has heard of every change since `state`. */
async function follow(jmap: Jmap, state: string): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (let since = state; ;) {
    const changes = await jmap.must('Email/changes', { sinceState: since, maxChanges: 100 });
    for (const id of listOf(changes['created'])) known.add(textOf(id));
    for (const id of listOf(changes['updated'])) assert.ok(known.has(textOf(id)), 'updated, and never created');
    for (const id of listOf(changes['destroyed'])) known.delete(textOf(id));
    since = textOf(changes['newState']);
    if (changes['hasMoreChanges'] !== true) return known;
  }
}

async function readAll(jmap: Jmap): Promise<ReadonlyMap<string, Values>> {
  const ids = (await jmap.everything()).map(({ id }) => id);
  const all = new Map<string, Values>();
  for (let at = 0; at < ids.length; at += 500) {
    const properties = ['id', 'threadId', 'mailboxIds', 'keywords'];
    const { list } = await jmap.must('Email/get', { ids: ids.slice(at, at + 500), properties });
    for (const email of listOf(list).map(recordOf)) all.set(textOf(email['id']), email);
  }
  return all;
}

/** RFC 8621 §2: what a mailbox counts, counted again from its emails. */
async function assertCounts(jmap: Jmap, all: ReadonlyMap<string, Values>): Promise<void> {
  const { list } = await jmap.must('Mailbox/get');
  const mailboxes = listOf(list).map(recordOf);
  const trash = mailboxes.find((each) => each['role'] === 'trash')?.['id'];
  const isUnread = (email: Values): boolean => recordOf(email['keywords'])['$seen'] !== true;
  const isIn = (email: Values, mailboxId: unknown): boolean =>
    Object.hasOwn(recordOf(email['mailboxIds']), textOf(mailboxId));
  const isOnlyInTrash = (email: Values): boolean =>
    Object.keys(recordOf(email['mailboxIds'])).every((id) => id === trash);
  for (const mailbox of mailboxes) {
    const here = [...all.values()].filter((email) => isIn(email, mailbox['id']));
    const threads = new Set(here.map((email) => email['threadId']));
    // An unread email counts for its conversation wherever it lies, but trash and the rest are two worlds.
    const unread = [...all.values()].filter((email) => isUnread(email) && threads.has(email['threadId']));
    const counting = unread.filter((email) => (mailbox['id'] === trash ? isIn(email, trash) : !isOnlyInTrash(email)));
    const counted = {
      totalEmails: here.length,
      unreadEmails: here.filter(isUnread).length,
      totalThreads: threads.size,
      unreadThreads: new Set(counting.map((email) => email['threadId'])).size,
    };
    const { totalEmails, unreadEmails, totalThreads, unreadThreads } = mailbox;
    assert.deepEqual(
      { totalEmails, unreadEmails, totalThreads, unreadThreads },
      counted,
      `counts of ${String(mailbox['name'])}`,
    );
  }
}
