import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { type AccountId, asId, type EmailId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { changes, insertRows, rows } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { dropEmail, type Letter, makeAccounts, putEmail } from './corpus.testing.ts';
import type { SearchExpression, SearchField } from './expression.ts';
import { rebuildSearch } from './rebuild.ts';
import { searchEmails } from './search-emails.ts';
import { type Search, startSearch } from './start.ts';
import { searchSnippets } from './snippets.ts';
import { verifySearch } from './verify.ts';

const alice = asId<AccountId>(1);
const bob = asId<AccountId>(2);
const email = (id: number) => asId<EmailId>(id);

const letters: readonly Letter[] = [
  {
    subject: 'Réunions annulées',
    from: 'Jean Dupont <jean.dupont@ac-lyon.fr>',
    body: 'Le conseil d’école est reporté.',
  },
  {
    subject: "L'été arrive",
    from: 'Martine Cœur <martine.coeur@example.org>',
    body: "Aujourd'hui, rendez-vous à 14h30",
  },
  {
    subject: 'Annuler la commande',
    to: 'Élodie Lefèvre <elodie@ac-lyon.fr>',
    body: 'UAI 0690123X, NUMEN 13E9912345ABC',
  },
  { subject: 'JOURNAUX', cc: 'martin@example.org', body: 'école du conseil', attachment: 'convocation_2026.pdf' },
  { subject: 'お知らせ', body: '日本語のメール' },
  { subject: 'Vide', body: '' },
];

const everyId = letters.map((_, index) => index + 1);

const q = (field: SearchField, text: string): SearchExpression => ({ kind: 'query', field, text });

const table: readonly {
  readonly find: SearchExpression;
  readonly ids: readonly number[];
  readonly because?: string;
}[] = [
  { find: q('text', 'annuler'), ids: [1, 3], because: 'one stem' },
  { find: q('text', 'annulees'), ids: [1], because: 'without accents' },
  { find: q('text', 'ANNULÉE'), ids: [1, 3] },
  { find: q('subject', 'ete'), ids: [2], because: 'elided article' },
  { find: q('text', "l'été"), ids: [2] },
  { find: q('text', 'aujourd’hui'), ids: [2] },
  { find: q('text', 'aujourdhui'), ids: [2] },
  { find: q('text', 'rendezvous'), ids: [2] },
  { find: q('text', 'rendez-vous'), ids: [2] },
  { find: q('text', 'coeur'), ids: [2] },
  { find: q('text', 'cœur'), ids: [2] },
  { find: q('text', '13e9912345abc'), ids: [3], because: 'a NUMEN' },
  { find: q('text', '0690123x'), ids: [3], because: 'a UAI' },
  { find: q('from', 'dupont'), ids: [1] },
  { find: q('from', 'DUPONT jean'), ids: [1] },
  { find: q('from', 'jean.dupont@ac-lyon.fr'), ids: [1] },
  { find: q('from', 'ac-lyon.fr'), ids: [1] },
  { find: q('text', 'ac-lyon.fr'), ids: [1, 3] },
  { find: q('from', 'martin'), ids: [], because: 'names have no stems' },
  { find: q('from', 'martine'), ids: [2] },
  { find: q('to', 'elodie lefevre'), ids: [3] },
  { find: q('cc', 'martin'), ids: [4] },
  { find: q('text', 'journal'), ids: [4] },
  { find: q('subject', 'conseil'), ids: [] },
  { find: q('body', 'conseil'), ids: [1, 4] },
  { find: q('text', 'conseil ecole'), ids: [1, 4] },
  { find: q('text', '"conseil d’école"'), ids: [1], because: 'a phrase is in order' },
  { find: q('body', '"école du conseil"'), ids: [4] },
  { find: { kind: 'phrase', field: 'from', text: 'jean dupont' }, ids: [1] },
  { find: q('attachmentName', 'convocation'), ids: [4] },
  { find: q('text', 'convocation_2026.pdf'), ids: [4] },
  { find: { kind: 'prefix', field: 'text', text: 'conv' }, ids: [4] },
  { find: { kind: 'prefix', field: 'from', text: 'd' }, ids: [1], because: 'short beginnings are for short fields' },
  { find: { kind: 'prefix', field: 'text', text: 'jean.dup' }, ids: [1] },
  { find: q('text', 'réun*'), ids: [1] },
  { find: q('text', '日本'), ids: [5] },
  { find: q('text', '本'), ids: [5], because: 'one character begins a pair' },
  { find: q('text', '日語'), ids: [] },
  { find: q('text', '***'), ids: [], because: 'signs alone find nothing' },
  { find: q('text', '  '), ids: everyId, because: 'no text is no condition' },
  { find: { kind: 'not', of: q('text', 'annuler') }, ids: [2, 4, 5, 6] },
  { find: { kind: 'and', of: [q('body', 'conseil'), { kind: 'not', of: q('subject', 'journaux') }] }, ids: [1] },
  { find: { kind: 'or', of: [q('subject', 'vide'), q('from', 'dupont')] }, ids: [1, 6] },
  { find: { kind: 'and', of: [] }, ids: everyId },
  { find: { kind: 'or', of: [] }, ids: [] },
  { find: q('text', `"' OR 1=1 -- \\ : * & | ! ( )`), ids: [], because: 'no engine’s query language is reachable' },
];

async function found(store: Store, accountId: AccountId, expression: SearchExpression): Promise<number[]> {
  return [...(await searchEmails(store, accountId, expression))];
}

async function problems(store: Store): Promise<unknown[]> {
  return Array.fromAsync(verifySearch(store));
}

async function countDue(store: Store): Promise<number> {
  const due = await read(store, (tx) => rows(tx, tx.q.selectFrom('search_due').select('email_id')));
  return due.length;
}

async function untilDone(store: Store): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while ((await countDue(store)) > 0) {
    assert.ok(Date.now() < giveUpAt, 'the indexer did not finish');
    await pause(20);
  }
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`search on ${name}`, () => {
    const options = { databaseUrl, blobsUrl: `file:${folder}/blobs` };
    const heard: string[] = [];
    let store: Store;
    let search: Search;
    const start = (): Search =>
      startSearch(store, options, { isIndexing: true, onProblem: (text) => heard.push(text) });

    before(async () => {
      store = await openStore(options);
      await makeAccounts(store, [alice, bob]);
      for (const [index, letter] of letters.entries()) await putEmail(store, alice, email(index + 1), letter);
      await putEmail(store, bob, email(1), { subject: 'Annuler aussi', body: 'secret de bob, réunion' });
      search = start();
      await untilDone(store);
    });
    after(async () => {
      await search.close();
      await store.close();
      assert.deepEqual(heard, []);
    });

    for (const { find, ids, because } of table) {
      it(`${JSON.stringify(find)} finds ${ids.join(' ')} ${because ?? ''}`, async () => {
        assert.deepEqual(await found(store, alice, find), ids);
      });
    }

    it('one account never finds what is another’s, and a negation stays within its own', async () => {
      assert.deepEqual(await found(store, alice, q('text', 'secret')), []);
      assert.deepEqual(await found(store, bob, q('text', 'annuler')), [1]);
      assert.deepEqual(await found(store, bob, { kind: 'not', of: q('text', 'secret') }), []);
      assert.deepEqual(await found(store, asId<AccountId>(3), { kind: 'not', of: q('text', 'x') }), []);
    });

    it('snippets show the words that were looked for, of emails the account has', async () => {
      const asked = q('text', 'annuler "conseil d’école"');
      const snippets = await searchSnippets(store, alice, [email(1), email(6), email(99)], asked);
      assert.deepEqual(
        [...snippets],
        [
          [1, { subject: 'Réunions <mark>annulées</mark>', preview: 'Le <mark>conseil d’école</mark> est reporté.' }],
          [6, { subject: null, preview: null }],
        ],
      );
      assert.equal((await searchSnippets(store, bob, [email(3)], asked)).size, 0);
    });

    it('a search finds what was stored just before it', async () => {
      await putEmail(store, bob, email(2), { subject: 'Tout frais', body: 'à l’instant' });
      assert.deepEqual(await found(store, bob, q('text', 'instant')), [2]);
    });

    it('a destroyed email leaves the index', async () => {
      await dropEmail(store, bob, email(2), 5);
      assert.deepEqual(await found(store, bob, q('text', 'instant')), []);
      assert.deepEqual(await problems(store), []);
    });

    it('hostile messages are indexed within bounds and hold up nobody', async () => {
      const words = Array.from({ length: 60_000 }, (_, index) => `${'é'.repeat(90)}${index.toString(36)}`);
      const hostile = [
        `Subject: ${'a'.repeat(900)}\r\n\r\n${'x'.repeat(1_000_000)}`,
        `Subject: nul\r\n\r\na\0b\0c ${'\u0301'.repeat(10_000)} \u202eabc שלום`,
        `Subject: words\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${words.join(' ')}`,
        `Subject: same\r\n\r\n${'meme mot '.repeat(50_000)}fin`,
        `To: ${Array.from({ length: 2_000 }, (_, index) => `Nom${index} <n${index}@ac-lyon.fr>`).join(', ')}\r\nSubject: liste\r\n\r\n`,
        '',
        `Subject: quote ' \\ " :* & |\r\n\r\nl'apostrophe \\' 'x':1,2 <-> !`,
      ];
      for (const [index, text] of hostile.entries()) await putEmail(store, bob, email(100 + index), Buffer.from(text));
      await untilDone(store);
      assert.deepEqual(await found(store, bob, q('text', 'שלום')), [101]);
      assert.deepEqual(await found(store, bob, q('text', 'words')), [102]);
      assert.deepEqual(await found(store, bob, q('text', '"meme mot meme"')), [103]);
      assert.deepEqual(await found(store, bob, q('to', 'n1999@ac-lyon.fr')), [104]);
      assert.deepEqual(await found(store, bob, q('text', 'apostrophe')), [106]);
      assert.deepEqual(await problems(store), []);
    });

    it('a query of a thousand words is refused or answered, never a fault', async () => {
      const many = Array.from({ length: 1_000 }, (_, index) => `mot${index}`).join(' ');
      assert.deepEqual(await found(store, alice, q('text', many)), []);
      let deep: SearchExpression = q('text', 'x');
      for (let depth = 0; depth < 100; depth += 1) deep = { kind: 'not', of: { kind: 'and', of: [deep, deep] } };
      await assert.rejects(found(store, alice, deep), { name: 'Refusal' });
    });

    it('an indexer that ends and begins again loses nothing', async () => {
      await search.close();
      for (let id = 200; id < 300; id += 1) await putEmail(store, bob, email(id), { subject: `Suite ${id}` });
      search = start();
      await pause(30);
      await search.close();
      search = start();
      await untilDone(store);
      assert.equal((await found(store, bob, q('subject', 'suite'))).length, 100);
      assert.deepEqual(await problems(store), []);
    });

    it('work that was done but not yet struck off is done again without harm', async () => {
      await write(store, (tx) => insertRows(tx, 'search_due', [{ account_id: alice, email_id: 1, modseq: 9 }]));
      await untilDone(store);
      assert.deepEqual(await found(store, alice, q('text', 'annuler')), [1, 3]);
    });

    it('an index gone wrong is seen, and made right for one account', async () => {
      await write(store, (tx) =>
        changes(tx, tx.q.deleteFrom('email').where('account_id', '=', alice).where('id', '=', 6)),
      );
      assert.deepEqual(await problems(store), [{ kind: 'stray', accountId: alice, emailId: 6 }]);
      await rebuildSearch(store, alice);
      await untilDone(store);
      assert.deepEqual(await problems(store), []);
      assert.deepEqual(await found(store, alice, q('text', 'vide')), []);
    });

    it('an index can be dropped and is made anew', async () => {
      const before = await found(store, bob, q('text', 'suite'));
      await rebuildSearch(store);
      await untilDone(store);
      assert.deepEqual(await found(store, bob, q('text', 'suite')), before);
      assert.deepEqual(await problems(store), []);
    });

    it('an indexer killed at any instant loses nothing and leaves nothing twice', async () => {
      await search.close();
      for (let id = 600; id < 900; id += 1) await putEmail(store, bob, email(id), { subject: `Brutal ${id}` });
      for (const afterMs of [150, 220, 300]) {
        const child = spawn(process.execPath, [
          fileURLToPath(new URL('killed.testing.ts', import.meta.url)),
          databaseUrl,
          options.blobsUrl,
        ]);
        await once(child.stdout, 'data');
        await pause(afterMs);
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      search = start();
      await untilDone(store);
      assert.equal((await found(store, bob, q('subject', 'brutal'))).length, 300);
      assert.deepEqual(await problems(store), []);
    });

    if (name === 'sqlite') {
      it('an index file that was lost is made anew at the next start', async () => {
        await search.close();
        for (const end of ['', '-wal', '-shm']) rmSync(`${folder}/pli.search.sqlite${end}`, { force: true });
        search = start();
        const giveUpAt = Date.now() + 60_000;
        // Until its tables are there again, the new file cannot be read.
        const isEmpty = async () => (await search.reader.documents(alice).catch(() => [])).length === 0;
        while ((await isEmpty()) && Date.now() < giveUpAt) await pause(50);
        await untilDone(store);
        assert.deepEqual(await found(store, alice, q('text', 'annuler')), [1, 3]);
        assert.deepEqual(await problems(store), []);
      });
    } else {
      it('two indexers share the work', async () => {
        const other = await openStore(options);
        const second = startSearch(other, options, { isIndexing: true, onProblem: (text) => heard.push(text) });
        for (let id = 400; id < 500; id += 1) await putEmail(store, bob, email(id), { subject: `Partage ${id}` });
        await untilDone(store);
        assert.equal((await found(other, bob, q('subject', 'partage'))).length, 100);
        assert.deepEqual(await problems(store), []);
        await second.close();
        await other.close();
      });
    }
  });
});
