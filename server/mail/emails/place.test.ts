/** Emails by their uids on both databases: marking, copying, moving, expunging, and the view that follows. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { type Actor, operator } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { ingest } from '#server/mail/ingest.ts';
import { deletedBit, flagBits } from '#server/mail/keywords.ts';
import { createMailbox } from '#server/mail/mailboxes/change.ts';
import { listMailboxes } from '#server/mail/mailboxes/list.ts';
import { verifyMail } from '#server/mail/verify/verify.ts';
import { findUid } from '#server/mail/view/columns.ts';
import { countMarks } from '#server/mail/view/marks.ts';
import { openView } from '#server/mail/view/open.ts';
import { readVanished } from '#server/mail/view/vanished.ts';
import { type AccountId, asId, type MailboxId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { appendMessages } from './append.ts';
import { expunge } from './expunge.ts';
import { copyByUid, moveByUid } from './place.ts';
import { type FlagChange, storeFlags } from './store-flags.ts';

const actor: Actor = operator;

forEachDatabase((_name, databaseUrl, folder) => {
  let store: Store;
  let accountId: AccountId;
  let otherId: AccountId;

  before(async () => {
    store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
    const tenantId = await addTenant(store, operator, { slug: 'academie', name: 'Académie' });
    await addDomain(store, operator, { tenantId, name: 'academie.example' });
    ({ accountId } = await addFunctionalAccount(store, operator, { tenantId, name: 'Collège' }));
    ({ accountId: otherId } = await addFunctionalAccount(store, operator, { tenantId, name: 'Lycée' }));
  });
  after(() => store.close());

  const sound = async (): Promise<void> => {
    const problems: string[] = [];
    for await (const problem of verifyMail(store)) problems.push(problem);
    assert.deepEqual(problems, []);
  };

  let made = 0;
  const newMailbox = (of = accountId): Promise<MailboxId> =>
    createMailbox(store, actor, of, { name: `Dossier ${(made += 1)}` });

  const fill = async (mailboxId: MailboxId, count: number): Promise<readonly number[]> => {
    const messages = await Promise.all(
      Array.from({ length: count }, async (_, n) => ({
        message: await ingest(store, Buffer.from(`Subject: s${n}\r\nMessage-ID: <${(made += 1)}@x>\r\n\r\n${n}\r\n`)),
        keywords: [],
        isDeleted: false,
        receivedAt: 1000 * n,
      })),
    );
    return (await appendMessages(store, actor, accountId, { mailboxId }, messages)).uids;
  };

  const see = async (mailboxId: MailboxId, of = accountId) => {
    const { columns, modseq } = await openView(store, actor, of, mailboxId);
    const emails = Array.from({ length: columns.length }, (_, at) => ({
      uid: columns.uids[at] ?? 0,
      flags: columns.flags[at] ?? 0,
      keywords: columns.keywordSets[columns.keywordSet[at] ?? 0] ?? [],
      emailId: columns.emailIds[at] ?? 0,
    }));
    return { emails, modseq, columns };
  };

  const mark = (mailboxId: MailboxId, uids: readonly number[], change: Partial<FlagChange>) =>
    storeFlags(store, actor, {
      accountId,
      mailboxId,
      uids: Uint32Array.from(uids),
      action: 'add',
      keywords: [],
      isDeleted: false,
      unchangedSince: undefined,
      ...change,
    });

  it('keywords are set, added and removed, and what changed since a modseq is left alone', async () => {
    const mailboxId = await newMailbox();
    const uids = await fill(mailboxId, 4);
    const { modseq: first } = await mark(mailboxId, uids, { keywords: ['$seen', 'projet', 'urgent'] });
    const late = await mark(mailboxId, [1], { action: 'remove', keywords: ['urgent'] });
    assert.ok(first !== undefined && late.modseq !== undefined && late.modseq > first);
    assert.deepEqual(late.emails, [
      {
        uid: 1,
        keywords: { flags: flagBits.$seen, others: ['projet'] },
        isDeleted: false,
        modseq: late.modseq,
      },
    ]);
    const guarded = await mark(mailboxId, [1, 2, 99], {
      action: 'replace',
      keywords: ['$flagged'],
      unchangedSince: first,
    });
    assert.deepEqual(guarded.modified, [1]);
    assert.deepEqual(
      (await see(mailboxId)).emails.map(({ flags, keywords }) => [flags, keywords]),
      [
        [flagBits.$seen, ['projet']],
        [flagBits.$flagged, []],
        [flagBits.$seen, ['projet', 'urgent']],
        [flagBits.$seen, ['projet', 'urgent']],
      ],
    );
    const again = await mark(mailboxId, [3], { keywords: ['$seen'] });
    assert.equal(again.modseq, undefined, 'nothing changed');
    await assert.rejects(mark(mailboxId, [3], { keywords: ['no keyword'] }), Refusal);
    await sound();
  });

  it('the mark for removal holds in one mailbox, and outlives other marks', async () => {
    const [one, two] = [await newMailbox(), await newMailbox()];
    await fill(one, 3);
    await copyByUid(store, actor, { accountId, mailboxId: one }, Uint32Array.of(1, 2, 3), {
      accountId,
      mailboxId: two,
    });
    await mark(one, [1, 2], { isDeleted: true });
    await mark(two, [1, 2, 3], { keywords: ['$seen'] });
    await mark(two, [1], { keywords: ['$answered', 'x'] });
    const bits = flagBits.$seen | flagBits.$answered | deletedBit;
    assert.deepEqual((await see(one)).emails[0], {
      uid: 1,
      flags: bits,
      keywords: ['x'],
      emailId: (await see(two)).emails[0]?.emailId ?? 0,
    });
    assert.equal((await see(two)).emails[0]?.flags, bits & ~deletedBit);
    const { mailboxes } = await listMailboxes(store, actor, accountId);
    const mailbox = mailboxes.find(({ id }) => id === one);
    assert.ok(mailbox);
    const marks = await countMarks(store, actor, { accountId, mailbox, reader: undefined });
    assert.equal(marks.deleted, 2);
    assert.equal(marks.unseen, 0);
    await mark(one, [2], { action: 'remove', isDeleted: true });
    const since = (await see(one)).modseq;
    const { uids } = await expunge(store, actor, accountId, one, Uint32Array.of(1, 2, 3));
    assert.deepEqual(uids, [1]);
    assert.deepEqual(
      (await see(one)).emails.map(({ uid }) => uid),
      [2, 3],
    );
    assert.equal((await see(two)).emails.length, 3, 'filed elsewhere, it stays there');
    assert.deepEqual(await readVanished(store, actor, accountId, one, { since, below: 100 }), [1]);
    await sound();
  });

  it('a copy into a mailbox that holds the email already is an email of its own', async () => {
    const mailboxId = await newMailbox();
    await fill(mailboxId, 2);
    await mark(mailboxId, [1], { keywords: ['$seen', 'projet'] });
    const from = { accountId, mailboxId };
    const placed = await copyByUid(store, actor, from, Uint32Array.of(1, 2), from);
    assert.deepEqual(
      [placed.from, placed.to],
      [
        [1, 2],
        [3, 4],
      ],
    );
    const { emails } = await see(mailboxId);
    assert.equal(new Set(emails.map(({ emailId }) => emailId)).size, 4);
    assert.deepEqual(emails[2]?.keywords, ['projet']);
    await mark(mailboxId, [3], { action: 'remove', keywords: ['$seen'] });
    assert.equal((await see(mailboxId)).emails[0]?.flags, flagBits.$seen);
    await sound();
  });

  it('moved emails keep their ids and get new uids, in their order', async () => {
    const [one, two] = [await newMailbox(), await newMailbox()];
    await fill(one, 3);
    const ids = (await see(one)).emails.map(({ emailId }) => emailId);
    await copyByUid(store, actor, { accountId, mailboxId: one }, Uint32Array.of(2), { accountId, mailboxId: two });
    const moved = await moveByUid(store, actor, { accountId, mailboxId: one }, Uint32Array.of(1, 2, 3), {
      accountId,
      mailboxId: two,
    });
    assert.deepEqual(
      [moved.from, moved.to],
      [
        [1, 2, 3],
        [2, 1, 3],
      ],
      'one was there: it has the uid it had',
    );
    assert.deepEqual((await see(one)).emails, []);
    const there = await see(two);
    assert.deepEqual(
      [2, 1, 3].map((uid) => there.emails[findUid(there.columns, uid)]?.emailId),
      ids,
    );
    const again = await moveByUid(store, actor, { accountId, mailboxId: two }, Uint32Array.of(1), {
      accountId,
      mailboxId: two,
    });
    assert.deepEqual([again.from, again.to], [[1], [4]]);
    await sound();
  });

  it('from one account to another an email is carried with its keywords', async () => {
    const [here, there] = [await newMailbox(), await newMailbox(otherId)];
    await fill(here, 2);
    await mark(here, [1], { keywords: ['$seen', 'projet'], isDeleted: true });
    const to = { accountId: otherId, mailboxId: there };
    const copied = await copyByUid(store, actor, { accountId, mailboxId: here }, Uint32Array.of(1, 2), to);
    assert.deepEqual(copied.to, [1, 2]);
    const moved = await moveByUid(store, actor, { accountId, mailboxId: here }, Uint32Array.of(1), to);
    assert.deepEqual(moved.to, [3]);
    assert.deepEqual(
      (await see(there, otherId)).emails.map(({ uid, flags, keywords }) => [uid, flags, keywords]),
      [
        [1, flagBits.$seen, ['projet']],
        [2, 0, []],
        [3, flagBits.$seen, ['projet']],
      ],
    );
    assert.deepEqual(
      (await see(here)).emails.map(({ uid }) => uid),
      [2],
    );
    await assert.rejects(
      moveByUid(store, actor, { accountId, mailboxId: here }, Uint32Array.of(2), {
        accountId,
        mailboxId: asId<MailboxId>(99_999),
      }),
      refusedFor('noSuchMailbox'),
    );
    await sound();
  });

  it('a view follows thousands of changes as it follows one', async () => {
    const mailboxId = await newMailbox();
    await fill(mailboxId, 30);
    const before = await see(mailboxId);
    for (let times = 0; times < 7; times += 1) await fill(mailboxId, 600);
    await mark(
      mailboxId,
      before.emails.map(({ uid }) => uid),
      { keywords: ['projet'] },
    );
    const after = await see(mailboxId);
    assert.equal(after.emails.length, 4230);
    assert.ok(after.emails.every(({ uid, keywords }, at) => uid === at + 1 && keywords.length === (uid <= 30 ? 1 : 0)));
    await mark(
      mailboxId,
      after.emails.map(({ uid }) => uid),
      { isDeleted: true },
    );
    const { uids } = await expunge(
      store,
      actor,
      accountId,
      mailboxId,
      Uint32Array.from(after.emails.slice(5), ({ uid }) => uid),
    );
    assert.equal(uids.length, 4225);
    assert.deepEqual(
      (await see(mailboxId)).emails.map(({ uid }) => uid),
      [1, 2, 3, 4, 5],
    );
    await sound();
  });
});
