import assert from 'node:assert/strict';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { type RawBuilder, sql } from 'kysely';

import { operator } from '#server/access/actor.ts';
import { loadDemo } from '#server/demo/load.ts';
import { changeEmails } from '#server/mail/emails/change.ts';
import { destroyEmails } from '#server/mail/emails/destroy.ts';
import { emptyMailbox } from '#server/mail/mailboxes/change.ts';
import { stageBlob, linkBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asId, type EmailId, type MailboxId, type TenantId } from '#server/store/ids.ts';
import { openStore, type StoreOptions } from '#server/store/open.ts';
import { changes, rows } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';
import { dispatchIn } from '#server/submission/dispatch.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { verifyStore } from './verify.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`pli verify on ${name}`, () => {
    const options: StoreOptions = { databaseUrl, blobsUrl: `file:${folder}/blobs` };
    let store: Store;
    let claire: AccountId;
    let largeFile = '';

    /** All of them, or up to the first that is looked for. */
    const findings = async (wanted?: RegExp): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const { kind, sentence } of verifyStore(store, options)) {
        found.push(`${kind}: ${sentence}`);
        if (wanted?.test(sentence)) break;
      }
      return found;
    };
    const damage = (...statements: readonly RawBuilder<unknown>[]): Promise<void> =>
      write(store, async (tx) => {
        for (const statement of statements) await changes(tx, statement);
      });

    before(async () => {
      store = await openStore(options);
      await loadDemo(store, { people: 60, messages: 0, seed: 3, now: Date.UTC(2026, 2, 12, 9) });
      const [account] = await read(store, (tx) =>
        rows(tx, tx.q.selectFrom('account').select(['id', 'tenant_id']).where('email', 'like', 'claire.dupont@%')),
      );
      claire = asId<AccountId>(account?.id ?? 0);
      const staged = await stageBlob(store, crypto.getRandomValues(new Uint8Array(60_000)));
      const large = await stageBlob(
        store,
        Buffer.concat(Array.from({ length: 5 }, () => crypto.getRandomValues(new Uint8Array(60_000)))),
      );
      assert.ok(large.stored.kind === 'file');
      largeFile = join(folder, 'blobs', large.stored.location.slice(0, 2), large.stored.location);
      const owner = {
        accountId: claire,
        tenantId: asId<TenantId>(account?.tenant_id ?? 0),
        kind: 'upload',
        owner: 'x',
        expiresAt: null,
      } as const;
      await write(store, async (tx) => {
        await linkBlob(tx, staged, owner, store.now());
        await linkBlob(tx, large, owner, store.now());
      });
    });
    after(() => store.close());

    it('finds nothing wrong with a demonstration that was loaded, read, moved and thrown away in part', async () => {
      assert.deepEqual(await findings(), []);
      const emails = await read(store, (tx) =>
        rows(tx, tx.q.selectFrom('email').select('id').where('account_id', '=', claire).orderBy('id')),
      );
      const ids = emails.map(({ id }) => asId<EmailId>(id));
      const boxes = await read(store, (tx) =>
        rows(tx, tx.q.selectFrom('mailbox').select(['id', 'role']).where('account_id', '=', claire)),
      );
      const box = (role: string): MailboxId => asId<MailboxId>(boxes.find((one) => one.role === role)?.id ?? 0);
      await changeEmails(store, operator, claire, [
        ...ids
          .slice(0, 10)
          .map((emailId) => ({ emailId, keywords: { kind: 'replace', by: ['$flagged', 'urgent'] } as const })),
        ...ids.slice(10, 20).map((emailId) => ({
          emailId,
          mailboxIds: { kind: 'replace', by: [box('trash'), box('archive')] } as const,
        })),
        ...ids
          .slice(20, 30)
          .map((emailId) => ({ emailId, mailboxIds: { kind: 'patch', add: [box('trash')], remove: [] } as const })),
      ]);
      await destroyEmails(store, operator, claire, ids.slice(25, 40));
      await emptyMailbox(store, operator, claire, box('junk'));
      assert.deepEqual(await findings(), []);
    });

    it('finds nothing wrong with mail on its way that no list of submissions shows', async () => {
      const staged = await stageBlob(store, Buffer.from('Subject: over SMTP\r\n\r\n'));
      const recipients = [{ email: 'someone@elsewhere.example', parameters: null }];
      const mailFrom = { email: 'claire.dupont@elsewhere.example', parameters: null };
      await transaction(store, claire, (tx) => dispatchIn(store, tx, { staged, mailFrom, recipients }, store.now()));
      assert.deepEqual(await findings(), []);
    });

    const cases: readonly { readonly because: RegExp; readonly damage: () => readonly RawBuilder<unknown>[] }[] = [
      {
        because: /mailbox \d+ \(Inbox\) says \d+ unread emails, there are/,
        damage: () => [
          sql`update mailbox set unread_emails = unread_emails + 1 where account_id = ${claire} and role = 'inbox'`,
        ],
      },
      {
        because: /mailbox \d+ \(Inbox\) would give uid 1 next/,
        damage: () => [sql`update mailbox set uid_next = 1 where account_id = ${claire} and role = 'inbox'`],
      },
      {
        because: /conversation \d+ in mailbox \d+ is not listed/,
        damage: () => [
          sql`delete from mailbox_thread where account_id = ${claire} and thread_id = (
          select max(thread_id) from mailbox_thread where account_id = ${claire})`,
        ],
      },
      {
        because: /is listed as email 1 of/,
        damage: () => [
          sql`update mailbox_thread set email_id = 1 where account_id = ${claire} and thread_id = (
          select max(thread_id) from mailbox_thread where account_id = ${claire})`,
        ],
      },
      {
        because: /is of a thread that is not there/,
        damage: () => [sql`delete from thread where account_id = ${claire}`],
      },
      {
        because: /does not hold its blob/,
        damage: () => [sql`delete from blob_link where account_id = ${claire} and kind = 'email'`],
      },
      { because: /has no message row/, damage: () => [sql`delete from message`] },
      {
        because: /a row of thread_key belongs to \d+, which is gone/,
        damage: () => [
          sql`insert into thread_key (account_id, key, thread_id, email_id) values (${claire}, 1, 1, 999999)`,
        ],
      },
      {
        because: /conversation \d+ is given to person 999999, who never was a member/,
        damage: () => [
          sql`insert into conversation (account_id, id, assignee_person_id, is_closed, created_modseq, modseq)
            select account_id, min(id), 999999, 0, 1, 1 from thread where account_id = ${claire} group by account_id`,
        ],
      },
      {
        because: /a row of conversation_comment belongs to 999999, which is gone/,
        damage: () => [
          sql`insert into conversation_comment (account_id, id, thread_id, author_person_id, text, mentions, created_at,
              created_modseq, modseq) values (${claire}, 1, 999999, 1, 'x', '[]', 1, 1, 1)`,
        ],
      },
      {
        because: /1 rows of email_personal, and one \$seen for all/,
        damage: () => [
          sql`insert into email_personal (account_id, person_id, email_id, flags, modseq)
            select account_id, 1, min(id), 1, 1 from email where account_id = ${claire} group by account_id`,
        ],
      },
      {
        because: /says it uses \d+ octets/,
        damage: () => [sql`update account set used_octets = used_octets + 5 where id = ${claire}`],
      },
      {
        because: /the state of Email is \d+, beyond the account's clock 1/,
        damage: () => [sql`update account set modseq = 1 where id = ${claire}`],
      },
      {
        because: /the state of Mailbox is 0, but one changed at/,
        damage: () => [sql`update account set states = '{}' where id = ${claire}`],
      },
      {
        because: /would give the number 2 next/,
        damage: () => [sql`update account set next_id = 2 where id = ${claire}`],
      },
      {
        because: /is known as claire\.dupont@.*, which does not lead to it/,
        damage: () => [sql`delete from address where account_id = ${claire}`],
      },
      {
        because: /is a person's, and nobody's/,
        damage: () => [sql`delete from person where account_id = ${claire}`],
      },
      {
        because: /blob .* cannot be read|has other octets|octets, its row says/,
        damage: () => [sql`update blob set size_octets = size_octets + 1 where place = 'row'`],
      },
      {
        because: /is found by no search/,
        damage: () => [sql`delete from search_due where account_id = ${claire}`],
      },
    ];
    for (const { because, damage: statements } of cases) {
      it(`says so when ${because.source}`, async () => {
        const putBack = await keepRows(store);
        await damage(...statements());
        const found = await findings(because);
        await putBack();
        assert.ok(
          found.some((sentence) => because.test(sentence)),
          `not said: ${because.source}; said: ${found.slice(0, 5).join('; ')}`,
        );
      });
    }

    it('says so when a file is cut short', async () => {
      await truncate(largeFile, 100);
      const found = await findings();
      assert.equal(found.length, 1);
      assert.match(found[0] ?? '', /blob .* cannot be read: MissingObject/);
    });
  });
});

const tables = [
  'account',
  'address',
  'person',
  'mailbox',
  'mailbox_thread',
  'thread',
  'thread_key',
  'blob_link',
  'message',
  'blob',
  'search_due',
  'email_personal',
  'conversation',
  'conversation_comment',
] as const;

/** @returns puts the tables back as they are now. */
async function keepRows(store: Store): Promise<() => Promise<void>> {
  await write(store, async (tx) => {
    for (const table of tables)
      await changes(tx, sql`create table ${sql.table(`kept_${table}`)} as select * from ${sql.table(table)}`);
  });
  return () =>
    write(store, async (tx) => {
      for (const table of ['blob_link', ...tables.filter((one) => one !== 'blob_link')])
        await changes(tx, sql`delete from ${sql.table(table)}`);
      for (const table of tables.toSorted((a, b) => Number(a === 'blob_link') - Number(b === 'blob_link'))) {
        await changes(tx, sql`insert into ${sql.table(table)} select * from ${sql.table(`kept_${table}`)}`);
        await changes(tx, sql`drop table ${sql.table(`kept_${table}`)}`);
      }
    });
}
