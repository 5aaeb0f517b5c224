/** Columns in memory give the answers of SQL: seeded random emails, filters, sorts and changes, on both databases. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';

import { makeAccounts } from '#server/search/corpus.testing.ts';
import { type AccountId, asId, type MailboxId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { changes, insertRows } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { readEmailsWithKeywords } from './column-queries.ts';
import type { EmailFilter, EmailSort } from './filter.ts';
import { columnsAt } from './kept-columns.ts';
import { keywordsWithoutBit, listIn } from './match.ts';
import { selectList } from './queries.ts';

const account = asId<AccountId>(7);
const mailboxIds = [1, 2, 3].map(asId<MailboxId>);
const mailbox = fc.constantFrom(...mailboxIds);
const keyword = fc.constantFrom('$seen', '$Flagged', 'Urgent', 'classe');
const words = ['one', 'two'].map((query): EmailFilter => ({ kind: 'text', field: 'text', query }));

/** Few values each, so that ties are common. */
const email = fc.record({
  threadId: fc.integer({ min: 1, max: 25 }),
  receivedAt: fc.integer({ min: 1, max: 20 }),
  sentAt: fc.integer({ min: 1, max: 4 }),
  sizeOctets: fc.integer({ min: 0, max: 6 }),
  flags: fc.constantFrom(0, 1, 2, 3, 65_536, 65_537),
  keywords: fc.subarray(['urgent', 'classe']),
  mailboxes: fc.subarray([...mailboxIds]),
  words: fc.subarray(words),
});
type Email = typeof email extends fc.Arbitrary<infer Value> ? Value : never;

const leaf: fc.Arbitrary<EmailFilter> = fc.oneof(
  fc.record({ kind: fc.constant('inMailbox' as const), mailboxId: mailbox }),
  fc.record({ kind: fc.constant('inMailboxOtherThan' as const), mailboxIds: fc.subarray([...mailboxIds]) }),
  fc.record({ kind: fc.constantFrom('before' as const, 'after' as const), at: fc.integer({ min: 0, max: 21 }) }),
  fc.record({ kind: fc.constantFrom('minSize' as const, 'maxSize' as const), octets: fc.integer({ min: 0, max: 7 }) }),
  fc.record({
    kind: fc.constant('threadKeyword' as const),
    which: fc.constantFrom('all' as const, 'some' as const, 'none' as const),
    keyword,
  }),
  fc.record({ kind: fc.constant('keyword' as const), keyword, has: fc.boolean() }),
  fc.record({ kind: fc.constant('hasAttachment' as const), has: fc.boolean() }),
  fc.constantFrom(...words),
);
const { filter } = fc.letrec<{ filter: EmailFilter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const, 'not' as const),
      of: fc.array(tie('filter'), { maxLength: 3 }),
    }),
  ),
}));
const sort: fc.Arbitrary<EmailSort> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('receivedAt' as const, 'sentAt' as const, 'size' as const),
    isAscending: fc.boolean(),
  }),
  fc.record({
    kind: fc.constantFrom('hasKeyword', 'allInThreadHaveKeyword', 'someInThreadHaveKeyword'),
    keyword,
    isAscending: fc.boolean(),
  }),
);
const question = fc.record({
  filter: fc.option(filter),
  sort: fc.array(sort, { maxLength: 3 }),
  collapse: fc.boolean(),
});

forEachDatabase((name, databaseUrl, folder) => {
  let store: Store;
  const stored = new Map<number, Email>();

  before(async () => {
    store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
    await makeAccounts(store, [account]);
  });
  after(() => store.close());

  test(`${name}: every list is what SQL says, also after emails came, changed and went`, async () => {
    let modseq = 0;
    let made = 100;
    for (const [round, batch] of fc
      .sample(fc.array(email, { minLength: 60, maxLength: 90 }), {
        numRuns: 3,
        seed: 11,
      })
      .entries()) {
      modseq += 1;
      for (const [index, one] of batch.entries()) {
        // Later batches also rewrite and remove what earlier ones made.
        const old = [...stored.keys()][index * 2];
        if (round > 0 && index % 3 === 0 && old !== undefined) await put(old, one);
        else if (round > 0 && index % 3 === 1 && old !== undefined) await remove(old);
        else await put((made += 1), one);
      }
      for (const asked of fc.sample(question, { numRuns: 250, seed: round })) await compare(asked, modseq);
    }

    async function put(id: number, one: Email): Promise<void> {
      const before = stored.get(id);
      await write(store, async (tx) => {
        const bits = { account_id: account, thread_id: before?.threadId ?? one.threadId, flags: one.flags, modseq };
        // What never changes in an email's life stays as it was.
        const at = before?.receivedAt ?? one.receivedAt;
        await changes(tx, tx.q.deleteFrom('email').where('account_id', '=', account).where('id', '=', id));
        await changes(
          tx,
          tx.q.deleteFrom('mailbox_email').where('account_id', '=', account).where('email_id', '=', id),
        );
        await changes(
          tx,
          tx.q.deleteFrom('email_keyword').where('account_id', '=', account).where('email_id', '=', id),
        );
        const row = { id, hash: '', received_at: at, sent_at: one.sentAt, size_octets: one.sizeOctets, saved_at: 0 };
        const texts = { subject_key: '', from_key: '', to_key: '', keywords: '[]', arrival_id: null };
        await insertRows(tx, 'email', [{ ...bits, ...row, ...texts, created_modseq: 1 }]);
        const place = { email_id: id, uid: id, received_at: at, size_octets: one.sizeOctets, created_modseq: 1 };
        const places = one.mailboxes.map((mailboxId) => ({ ...bits, ...place, mailbox_id: mailboxId }));
        for (const each of places) await insertRows(tx, 'mailbox_email', [each]);
        for (const each of one.keywords)
          await insertRows(tx, 'email_keyword', [{ account_id: account, keyword: each, email_id: id }]);
      });
      stored.set(id, {
        ...one,
        receivedAt: before?.receivedAt ?? one.receivedAt,
        threadId: before?.threadId ?? one.threadId,
      });
    }

    async function remove(id: number): Promise<void> {
      await write(store, async (tx) => {
        await changes(tx, tx.q.deleteFrom('email').where('account_id', '=', account).where('id', '=', id));
        await changes(
          tx,
          tx.q.deleteFrom('mailbox_email').where('account_id', '=', account).where('email_id', '=', id),
        );
        await changes(
          tx,
          tx.q.deleteFrom('email_keyword').where('account_id', '=', account).where('email_id', '=', id),
        );
        const row = { account_id: account, type: 'Email', modseq, id, uid: 0, ref: 0, created_modseq: 1 };
        await insertRows(tx, 'tombstone', [row]);
      });
      stored.delete(id);
    }
  });

  async function compare(asked: typeof question extends fc.Arbitrary<infer Value> ? Value : never, state: number) {
    const columns = await columnsAt(store, account, state);
    assert.equal(columns?.ids.length, stored.size);
    const outside = new Map(
      words.map((word) => {
        const ids = [...stored].flatMap(([id, one]) => (one.words.includes(word) ? [id] : []));
        // Found by the index and not in the columns yet: must do no harm.
        return [word, Uint32Array.from([...ids, 1_000_000])] as const;
      }),
    );
    const keywords = await readEmailsWithKeywords(store, account, keywordsWithoutBit(asked.filter, asked.sort));
    const list = listIn(columns, asked, { outside, keywords });
    const { ids, threadIds } = await selectList(store, account, asked.filter, asked.sort, outside);
    const seen = new Set<number>();
    const expected = [...ids].filter((_, index) => {
      const threadId = threadIds[index] ?? 0;
      return !asked.collapse || (!seen.has(threadId) && seen.add(threadId));
    });
    assert.deepEqual([...(list ?? [])], expected, JSON.stringify(asked));
  }

  test(`${name}: a list sorted by a text is left to SQL`, async () => {
    const columns = await columnsAt(store, account, 3);
    const asked = { filter: null, sort: [{ kind: 'subject', isAscending: true }] as const, collapse: false };
    assert.ok(columns);
    assert.equal(listIn(columns, asked, { outside: new Map(), keywords: new Map() }), undefined);
  });
});
