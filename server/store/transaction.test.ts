import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';

import { type AccountId, asId, type MailboxId, type TenantId } from './ids.ts';
import { openStore } from './open.ts';
import { insertRows, rows, statement } from './statement.ts';
import { read, type Store, write } from './store.ts';
import { transaction, UnknownAccount } from './transaction.ts';

const account = asId<AccountId>(1);
const tenant = asId<TenantId>(1);

const selectAccount = statement<{ id: number }>()(({ q, p }) =>
  q.selectFrom('account').select(['modseq', 'next_id', 'states', 'used_octets']).where('id', '=', p.id),
);

async function seed(store: Store): Promise<void> {
  await write(store, async (tx) => {
    await insertRows(tx, 'tenant', [{ id: tenant, slug: 't', name: 'T', settings: '{}', created_at: 0 }]);
    const row = {
      tenant_id: tenant,
      kind: 'person',
      unit_id: null,
      name: 'A',
      email: 'a@example.org',
      state: 'active',
      modseq: 0,
      next_id: 1,
      states: '{}',
      quota_octets: null,
      used_octets: 0,
      email_count: 0,
      seen_is_personal: 0,
      settings: '{}',
      created_at: 0,
    };
    await insertRows(tx, 'account', [
      { id: 1, ...row },
      { id: 2, ...row },
    ]);
  });
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`transactions on ${name}`, () => {
    let store: Store;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      await seed(store);
    });
    after(() => store.close());

    it('draws one modseq for all that changes, and tells listeners after the commit', async () => {
      const heard: unknown[] = [];
      const stop = store.changes.listen(account, (change) => heard.push(change.states));
      await transaction(store, account, async (tx) => {
        assert.equal(tx.newId<MailboxId>(), 1);
        tx.changed('Mailbox');
        tx.changed('Email', 'Thread');
        assert.deepEqual(heard, []);
      });
      const row = await read(store, (tx) => selectAccount.first(tx, { id: account }));
      assert.equal(row?.modseq, 1);
      assert.deepEqual(JSON.parse(row.states), { Mailbox: 1, Email: 1, Thread: 1 });
      assert.deepEqual(heard, [{ Mailbox: 1, Email: 1, Thread: 1 }]);
      stop();
    });

    it('keeps nothing of a transaction that throws', async () => {
      const before = await read(store, (tx) => selectAccount.first(tx, { id: account }));
      await assert.rejects(
        transaction(store, account, async (tx) => {
          tx.newId();
          tx.grow(10, 1);
          tx.changed('Email');
          throw new Error('no');
        }),
        /no/,
      );
      assert.deepEqual({ ...(await read(store, (tx) => selectAccount.first(tx, { id: account }))) }, { ...before });
    });

    it('runs concurrent transactions of one account one after the other, each with its own modseq', async () => {
      const drawn = await Promise.all(
        Array.from({ length: 40 }, () =>
          transaction(store, account, async (tx) => {
            tx.changed('Email');
            return tx.modseq();
          }),
        ),
      );
      assert.equal(new Set(drawn).size, 40);
    });

    it('refuses an account that does not exist', async () => {
      await assert.rejects(
        transaction(store, asId<AccountId>(999), async () => undefined),
        UnknownAccount,
      );
    });

    it('binds a list of any length as one parameter', async () => {
      const found = await read(store, (tx) =>
        rows(
          tx,
          tx.q
            .selectFrom('account')
            .select('id')
            .where(tx.anyOf('id', [1, 2, 3])),
        ),
      );
      assert.deepEqual(
        found.map((row) => row.id).toSorted((a, b) => a - b),
        [1, 2],
      );
    });

    it('two servers on one database hear each other', async () => {
      const other = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      const heard = new Promise((resolve) => other.changes.listen(account, (change) => resolve(change.states)));
      // The listening connection is opened when somebody listens; its first announcement may come before that.
      const again = setInterval(() => {
        void transaction(store, account, async (tx) => tx.changed('Identity'));
      }, 100);
      const states = await heard;
      clearInterval(again);
      await other.close();
      assert.ok(typeof states === 'object' && states && 'Identity' in states);
    });
  });
});
