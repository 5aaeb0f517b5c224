import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { login } from '#server/access/login.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { type DemoOptions, loadDemo } from './load.ts';

const options: DemoOptions = {
  people: 60,
  messages: 600,
  seed: 7,
  now: Date.UTC(2026, 2, 12, 9),
  password: 'ouvre-toi',
};

/** Everything a person could see: who holds what, where, in which state, in which conversation. */
async function contents(store: Store): Promise<readonly string[]> {
  const found = await read(store, (tx) =>
    rows(
      tx,
      tx.q
        .selectFrom('mailbox_email')
        .innerJoin('account', 'account.id', 'mailbox_email.account_id')
        .innerJoin('mailbox', (join) =>
          join
            .onRef('mailbox.account_id', '=', 'mailbox_email.account_id')
            .onRef('mailbox.id', '=', 'mailbox_email.mailbox_id'),
        )
        .innerJoin('email', (join) =>
          join
            .onRef('email.account_id', '=', 'mailbox_email.account_id')
            .onRef('email.id', '=', 'mailbox_email.email_id'),
        )
        .innerJoin('email as first', (join) =>
          join.onRef('first.account_id', '=', 'email.account_id').onRef('first.thread_id', '=', 'email.thread_id'),
        )
        .select(({ fn }) => [
          'account.email',
          'mailbox.name',
          'email.hash',
          'email.flags',
          fn.min('first.hash').as('thread'),
        ])
        .groupBy(['account.email', 'mailbox.name', 'email.hash', 'email.flags', 'email.id']),
    ),
  );
  return found.map((row) => `${row.email} ${row.name} ${row.hash} ${row.flags} ${row.thread}`).sort();
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`the demonstration on ${name}`, () => {
    const open = () => openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
    let store: Store;

    it('is interrupted, goes on where it was, and ends the same as in one go', async () => {
      store = await open();
      let batches = 0;
      const stop = (progress: { readonly stage: string }): void => {
        if (progress.stage === 'mail') batches += 1;
        if (batches === 2) throw new Error('killed');
      };
      await assert.rejects(loadDemo(store, { ...options, onProgress: stop }), /killed/);
      // What is asked for now does not count: the load that was begun is ended.
      const loaded = await loadDemo(store, { people: 500, seed: 1 });
      assert.equal(loaded.people, 60);
      assert.equal(loaded.wasThere, false);
      const whole = await openStore({ databaseUrl: `sqlite:${folder}/whole.sqlite`, blobsUrl: `file:${folder}/whole` });
      const once = await loadDemo(whole, options);
      assert.equal(once.emails, loaded.emails);
      assert.deepEqual(await contents(store), await contents(whole));
      await whole.close();
    });

    it('is left as it is when it is there', async () => {
      const before = await contents(store);
      const again = await loadDemo(store, options);
      assert.equal(again.wasThere, true);
      assert.deepEqual(await contents(store), before);
      assert.deepEqual(
        again.accounts.map(({ userName, displayName }) => [userName, displayName]),
        [
          ['cdupont', 'Claire Dupont'],
          ['mlefevre', 'Marc Lefèvre'],
          ['nbenali', 'Nadia Benali'],
          ['cdupont1', 'Claude Dupont'],
        ],
      );
    });

    it('lets in those whose passwords are printed, and everybody when one was given for all', async () => {
      const asked = { remoteAddress: '127.0.0.1', userAgent: 'test' };
      await login(store, { userName: 'claire.dupont@ac-valmont.example', password: 'ouvre-toi', ...asked });
      await login(store, { userName: 'hgarnier', password: 'ouvre-toi', ...asked });
    });

    it('opens the mailbox of the school to its secretary, by mandate', async () => {
      const found = await read(store, (tx) =>
        rows(
          tx,
          tx.q
            .selectFrom('mandate')
            .innerJoin('person', 'person.id', 'mandate.person_id')
            .innerJoin('account', 'account.id', 'mandate.account_id')
            .select(['account.email', 'mandate.reason', 'mandate.rights'])
            .where('person.user_name', '=', 'mlefevre'),
        ),
      );
      assert.ok(found.some(({ email, rights }) => email.startsWith('ce.') && rights.includes('sendAs')));
      assert.ok(found.some(({ reason }) => reason === 'Secrétariat de la principale'));
      await store.close();
    });
  });
});
