import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { sql } from 'kysely';

import { allScopes, operator } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { ingest } from '#server/mail/ingest.ts';
import { keywordsOf, noKeywords } from '#server/mail/keywords.ts';
import { mailboxFinder, type MailboxTarget } from '#server/mail/mailboxes/path.ts';
import {
  type AccountId,
  asId,
  asMilliseconds,
  type MailboxId,
  type PersonId,
  type TenantId,
} from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { type Appending, appendMany } from './append-many.ts';
import { fileMessage } from './file.ts';

const inbox: MailboxTarget = { kind: 'role', role: 'inbox' };
const trash: MailboxTarget = { kind: 'role', role: 'trash' };
const folder4eB: MailboxTarget = { kind: 'path', path: ['Classes', '4e B'] };

interface Mail {
  readonly text: string;
  readonly mailbox: MailboxTarget;
  readonly keywords: readonly string[];
}

function mail(id: string, subject: string, references: readonly string[], mailbox = inbox, keywords = ['$seen']): Mail {
  const ancestors = references.map((one) => `<${one}@x>`).join(' ');
  const text = `From: Zoé <z@x.example>\r\nTo: a@x.example\r\nSubject: ${subject}\r\nMessage-ID: <${id}@x>\r\n${
    references.length > 0 ? `References: ${ancestors}\r\n` : ''
  }\r\n${id}\r\n`;
  return { text, mailbox, keywords };
}

const mails: readonly Mail[] = [
  mail('1', 'Conseil', []),
  mail('2', 'Re: Conseil', ['1'], inbox, []),
  mail('3', 'Autre', [], folder4eB, ['$flagged', 'urgent']),
  mail('4', 'Re: Conseil', ['1', '2'], trash, []),
  mail('5', 'RE: Autre', ['3'], inbox, ['$draft']),
  // Its parent comes after it: only then are two threads known to be one, and stay two (RFC 8621 §3).
  mail('7', 'Re: Tard', ['6'], inbox),
  mail('6', 'Tard', [], folder4eB),
  mail('1', 'Conseil', [], folder4eB),
];

forEachDatabase((name, databaseUrl, folder) => {
  describe(`appending many emails on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let count = 0;
    const newAccount = async (): Promise<AccountId> => {
      count += 1;
      const given = { tenantId, name: `Boîte ${count}`, email: `b${count}@x.example` };
      return (await addFunctionalAccount(store, operator, given)).accountId;
    };
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'x', name: 'X' });
      await addDomain(store, operator, { tenantId, name: 'x.example' });
    });
    after(() => store.close());

    const appendings = async (
      accountIds: readonly AccountId[],
      given: readonly Mail[],
    ): Promise<readonly Appending[]> => {
      const items: Appending[] = [];
      for (const [index, { text, mailbox, keywords }] of given.entries()) {
        const placed = { mailbox, keywords: keywordsOf(keywords), receivedAt: asMilliseconds(1_000_000 + index) };
        items.push({
          message: await ingest(store, Buffer.from(text)),
          placements: accountIds.map((accountId) => ({ accountId, ...placed })),
        });
      }
      return items;
    };

    /** All that an account shows, but its clock and its uids' validity. */
    const shown = (accountId: AccountId) =>
      read(store, async (tx) => ({
        boxes: await rows(
          tx,
          sql`select id, name, role, parent_id, uid_next, total_emails, unread_emails, total_threads, unread_threads,
            size_octets from mailbox where account_id = ${accountId} order by id`,
        ),
        places: await rows(
          tx,
          sql`select mailbox_id, uid, email_id, thread_id, received_at, flags from mailbox_email
            where account_id = ${accountId} order by mailbox_id, uid`,
        ),
        threads: await rows(
          tx,
          sql`select mailbox_id, thread_id, received_at, email_id, emails, unread from mailbox_thread
            where account_id = ${accountId} order by mailbox_id, thread_id`,
        ),
        emails: await rows(
          tx,
          sql`select id, thread_id, hash, sent_at, subject_key, from_key, to_key, flags, keywords from email
            where account_id = ${accountId} order by id`,
        ),
        keys: await rows(
          tx,
          sql`select key, thread_id, email_id from thread_key where account_id = ${accountId} order by key, email_id`,
        ),
        fields: (
          await rows(
            tx,
            sql<{ readonly header_fields: Uint8Array }>`select header_fields from message where hash in
              (select hash from email where account_id = ${accountId}) order by hash`,
          )
        ).map((row) => Buffer.from(row.header_fields).toString()),
        account: await rows(tx, sql`select used_octets, email_count, next_id from account where id = ${accountId}`),
      }));

    it('files them as one by one would, in one account and in several', async () => {
      const accountIds = [await newAccount(), await newAccount()];
      const reference = await newAccount();
      const before = await appendings(accountIds, mails.slice(0, 3));
      const later = await appendings(accountIds, mails.slice(3));
      assert.equal(await appendMany(store, operator, before), 6);
      assert.equal(await appendMany(store, operator, later), 10);
      for (const half of [before, later]) {
        // One by one, but with the mailboxes made beforehand, so that the numbers fall the same.
        const ids: readonly MailboxId[] = await transaction(store, reference, async (tx) => {
          const find = await mailboxFinder(tx, store.now());
          const found: MailboxId[] = [];
          for (const { placements } of half) found.push(await find(placements[0]?.mailbox ?? inbox));
          return found;
        });
        for (const [index, { message, placements }] of half.entries()) {
          const [placement] = placements;
          const mailboxId = ids[index];
          assert.ok(placement && mailboxId !== undefined);
          const { keywords, receivedAt } = placement;
          await transaction(store, reference, (tx) =>
            fileMessage(tx, message, {
              mailboxIds: [mailboxId],
              keywords,
              receivedAt,
              arrivalId: null,
              savedAt: asMilliseconds(store.now()),
              isDelivery: false,
            }),
          );
        }
      }
      const wanted = await shown(reference);
      for (const accountId of accountIds) assert.deepEqual(await shown(accountId), wanted);
    });

    it('keeps the header fields that lists show as they stand', async () => {
      const accountId = await newAccount();
      await appendMany(store, operator, await appendings([accountId], mails.slice(0, 1)));
      const { fields } = await shown(accountId);
      assert.deepEqual(fields, [
        'From: Zoé <z@x.example>\r\nTo: a@x.example\r\nSubject: Conseil\r\nMessage-ID: <1@x>\r\n',
      ]);
    });

    it('files all or none, and tells nobody that mail was delivered', async () => {
      const accountId = await newAccount();
      const items = await appendings([accountId], mails.slice(0, 2));
      const fail = (): Promise<void> => Promise.reject(new Error('no'));
      await assert.rejects(appendMany(store, operator, items, fail), /no/);
      const heard: unknown[] = [];
      const stop = store.changes.listen(accountId, ({ states }) => heard.push(Object.keys(states).sort()));
      assert.equal(await appendMany(store, operator, items), 2);
      stop();
      assert.deepEqual(heard, [['Email', 'Mailbox', 'Quota', 'Thread']]);
    });

    it('keeps a large message once, however often it is staged', async () => {
      const text = `Subject: grand\r\n\r\n${randomBytes(400_000).toString('base64')}\r\n`;
      const given = [{ text, mailbox: inbox, keywords: [] }];
      await appendMany(store, operator, await appendings([await newAccount(), await newAccount()], given));
      await appendMany(store, operator, await appendings([await newAccount()], [...given, ...given]));
      const shelves = await readdir(join(folder, 'blobs'), { recursive: true, withFileTypes: true });
      assert.equal(shelves.filter((entry) => entry.isFile()).length, 1);
    });

    it('refuses a name no mailbox may have, and anybody but the house', async () => {
      const accountId = await newAccount();
      const [item] = await appendings([accountId], mails.slice(0, 1));
      assert.ok(item);
      const odd = { accountId, mailbox: { kind: 'path', path: ['a/b'] }, keywords: noKeywords } as const;
      const placements = [{ ...odd, receivedAt: asMilliseconds(1) }];
      await assert.rejects(appendMany(store, operator, [{ ...item, placements }]), Refusal);
      const person = { kind: 'person', tenantId, personId: asId<PersonId>(1), by: 'session', from: '' } as const;
      await assert.rejects(appendMany(store, { ...person, scopes: allScopes }, [item]), Refusal);
    });
  });
});
