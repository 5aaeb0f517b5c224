import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { sql } from 'kysely';

import { operator } from '#server/access/actor.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { runJobs } from '#server/jobs/run.ts';
import type { AccountId, ImportId, TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type OldMessage, type OldServer, startOldServer } from '#tools/testing/dovecot.ts';

import { listImports, listRefused, type ListedImport } from './list.ts';
import type { ImapSource } from './record.ts';
import { importJobs } from './run.ts';
import { pauseImport, resumeImport, startImport } from './start.ts';

const key = randomBytes(32);
const day = 86_400;
const firstDay = 1_600_000_000;

function message(id: string, body = 'x\n'): string {
  return `From: Zoé <z@old.example>\nTo: a@x.example\nSubject: ${id}\nMessage-ID: <${id}@old>\n\n${body}`;
}

function messages(folder: string, count: number, letters = ''): readonly OldMessage[] {
  return Array.from({ length: count }, (_, n) => ({
    octets: message(`${folder}-${n}`, `${folder} ${n}\n`.repeat(1 + (n % 50))),
    letters: n % 3 === 0 ? letters : '',
    at: firstDay + n * day,
  }));
}

/** 2,000 messages in nested folders, some with accents. */
function fillBig(old: OldServer, user: string): void {
  old.fill(user, [], messages('inbox', 900, 'FS'));
  old.fill(user, ['Éléments envoyés'], messages('sent', 400, 'RS'));
  old.fill(user, ['Corbeille'], messages('trash', 100, 'S'));
  old.fill(user, ['Brouillons'], messages('drafts', 50, 'D'));
  old.fill(user, ['Établissements', 'Collège Jean Moulin', '4e B'], messages('4eb', 500, 'Sa'), ['Urgent', '$label1']);
  old.fill(user, ['Éléments envoyés', '2019'], messages('2019', 50));
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`imports from an old server on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let old: OldServer;
    let count = 0;
    before(async () => {
      old = await startOldServer();
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'x', name: 'X' });
      await addDomain(store, operator, { tenantId, name: 'x.example' });
    });
    after(async () => {
      await store.close();
      await old.stop();
    });

    const newAccount = async (quotaOctets: number | null = null): Promise<AccountId> => {
      count += 1;
      const given = { tenantId, name: `Boîte ${count}`, email: `b${count}@x.example`, quotaOctets };
      return (await addFunctionalAccount(store, operator, given)).accountId;
    };

    const sourceOf = (userName: string, more: Partial<ImapSource> = {}): ImapSource => ({
      kind: 'imap',
      host: '127.0.0.1',
      port: old.port,
      security: 'clear',
      userName,
      login: { kind: 'owner' },
      isTrusted: true,
      acceptsAnyCertificate: false,
      octetsPerSecond: null,
      ...more,
    });

    const start = (accountId: AccountId, source: ImapSource, password = old.password): Promise<ImportId> =>
      startImport(store, operator, accountId, key, { kind: 'imap', source, password });

    /** Runs imports until `isReady` says so of all of them. */
    const work = async (
      accountIds: readonly AccountId[],
      isReady = (one: ListedImport): boolean => ['done', 'failed', 'paused'].includes(one.state),
    ): Promise<readonly ListedImport[]> => {
      const reach = { anyHost: false, insideHosts: [] };
      const policy = { key, atOnce: 3, reach, messageOctets: 1_000_000, octetsPerSecond: 0, isOpen: true };
      const imports = importJobs(store, { ...policy, anyCertificateHosts: [] });
      const faults: unknown[] = [];
      const runner = runJobs(store, imports.kinds, { lookEveryMs: 50, onFault: (_, error) => faults.push(error) });
      const deadline = Date.now() + 60_000;
      for (;;) {
        const lists = await Promise.all(accountIds.map((accountId) => listImports(store, operator, accountId)));
        const newest = lists.flatMap((list) => list.slice(0, 1));
        if (newest.every(isReady)) {
          imports.stop();
          await runner.close();
          assert.deepEqual(faults, []);
          return newest;
        }
        if (faults.length > 0) throw faults[0];
        if (Date.now() > deadline) assert.fail(`not ready: ${JSON.stringify(newest)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };

    const foldersOf = async (accountId: AccountId): Promise<Readonly<Record<string, number>>> => {
      const found = await read(store, (tx) =>
        rows(
          tx,
          sql<{ id: number; parent_id: number | null; name: string; role: string | null; total_emails: number }>`
            select id, parent_id, name, role, total_emails from mailbox where account_id = ${accountId}`,
        ),
      );
      const labelOf = (id: number | null): string => {
        const row = found.find((one) => one.id === id);
        if (!row) return '';
        return row.parent_id === null ? (row.role ?? row.name) : `${labelOf(row.parent_id)}/${row.name}`;
      };
      return Object.fromEntries(
        found.filter((row) => row.total_emails > 0).map((row) => [labelOf(row.id), row.total_emails]),
      );
    };

    it('brings a whole account over, and a second run brings only what is new', async (context) => {
      fillBig(old, 'grande');
      const accountId = await newAccount();
      await start(accountId, sourceOf('grande'));
      const startedAt = performance.now();
      const [first] = await work([accountId]);
      const seconds = (performance.now() - startedAt) / 1000;
      assert.equal(first?.state, 'done', JSON.stringify(first));
      assert.equal(first.hasPassword, false);
      const { imported, duplicates, refused, folders, foldersDone } = first.progress;
      assert.deepEqual({ imported, duplicates, refused }, { imported: 2000, duplicates: 0, refused: 0 });
      assert.equal(folders, foldersDone);
      context.diagnostic(`${Math.round(2000 / seconds)} messages a second`);
      assert.deepEqual(await foldersOf(accountId), {
        inbox: 900,
        sent: 400,
        trash: 100,
        drafts: 50,
        'Établissements/Collège Jean Moulin/4e B': 500,
        'sent/2019': 50,
      });
      const kept = await read(store, (tx) =>
        rows(
          tx,
          sql<{ flags: number; keywords: string; received_at: number; emails: number }>`
            select flags & 7 as flags, keywords, min(received_at) as received_at, count(*) as emails from email
            where account_id = ${accountId} group by flags & 7, keywords`,
        ),
      );
      // Every third message has the letters of its folder: $seen is 1, $flagged 2, $answered 4.
      assert.deepEqual(Object.fromEntries(kept.map((row) => [`${row.flags}${row.keywords}`, row.emails])), {
        '0[]': 1365,
        '1[]': 34,
        '1["urgent"]': 167,
        '3[]': 300,
        '5[]': 134,
      });
      assert.ok(kept.every((row) => row.received_at === firstDay * 1000));

      old.fill('grande', [], messages('later', 7));
      await start(accountId, sourceOf('grande'));
      const [second] = await work([accountId]);
      assert.equal(second?.progress.imported, 7);
      assert.equal(second.progress.duplicates, 2000);
      await start(accountId, sourceOf('grande'));
      const [third] = await work([accountId]);
      assert.equal(third?.progress.imported, 0);
      assert.equal(third.progress.duplicates, 2007);
    });

    it('goes by the octets where the marks say nothing: the same mail under another name is known', async () => {
      old.fill('double', [], messages('double', 20));
      const accountId = await newAccount();
      await start(accountId, sourceOf('double'));
      await work([accountId]);
      await start(accountId, sourceOf('double', { host: 'localhost' }));
      const [second] = await work([accountId]);
      assert.deepEqual(second?.progress.imported, 0);
      assert.deepEqual(second?.progress.duplicates, 20);
    });

    it('pauses, goes on, and takes nothing twice', async () => {
      old.fill('lente', [], messages('lente', 900));
      const accountId = await newAccount();
      const id = await start(accountId, sourceOf('lente', { octetsPerSecond: 150_000 }));
      await work([accountId], ({ progress }) => progress.imported > 0);
      await pauseImport(store, operator, accountId, id);
      const [paused] = await work([accountId]);
      assert.equal(paused?.state, 'paused');
      assert.ok(paused.progress.imported < 900);
      await resumeImport(store, operator, accountId, id, key);
      const [done] = await work([accountId]);
      assert.equal(done?.state, 'done');
      assert.deepEqual(await foldersOf(accountId), { inbox: 900 });
      assert.deepEqual([done.progress.imported, done.progress.duplicates, done.progress.messages], [900, 0, 900]);
    });

    it('stops at a full mailbox, and goes on when there is room', async () => {
      old.fill('pleine', [], messages('pleine', 900));
      const accountId = await newAccount(150_000);
      const id = await start(accountId, sourceOf('pleine'));
      const [full] = await work([accountId]);
      assert.deepEqual([full?.state, full?.problem, full?.hasPassword], ['paused', 'overQuota', true]);
      await store.engine.write((connection) =>
        connection.run({ sql: `update account set quota_octets = null where id = ${accountId}` }, []),
      );
      await resumeImport(store, operator, accountId, id, key);
      const [done] = await work([accountId]);
      assert.equal(done?.state, 'done');
      assert.deepEqual(await foldersOf(accountId), { inbox: 900 });
    });

    it('says a wrong password, erases it, and goes on with the right one', async () => {
      old.fill('erreur', [], messages('erreur', 3));
      const accountId = await newAccount();
      const id = await start(accountId, sourceOf('erreur'), 'faux-mot-de-passe');
      const [wrong] = await work([accountId]);
      assert.deepEqual([wrong?.state, wrong?.problem, wrong?.hasPassword], ['failed', 'badCredentials', false]);
      await resumeImport(store, operator, accountId, id, key, old.password);
      const [done] = await work([accountId]);
      assert.deepEqual([done?.state, done?.progress.imported], ['done', 3]);
    });

    it('opens mailboxes with a master password, in both forms, five at once', async () => {
      const users = ['un', 'deux', 'trois', 'quatre', 'cinq'];
      for (const user of users) old.fill(user, [], messages(user, 30));
      const accountIds = await Promise.all(users.map(() => newAccount()));
      const { name: master, password } = old.master;
      for (const [index, user] of users.entries()) {
        const login =
          index % 2 === 0
            ? ({ kind: 'authzid', master } as const)
            : ({ kind: 'separator', master, separator: '*' } as const);
        const accountId = accountIds[index];
        if (accountId !== undefined) await start(accountId, sourceOf(user, { login }), password);
      }
      const done = await work(accountIds);
      assert.deepEqual(
        done.map(({ state, progress }) => [state, progress.imported]),
        users.map(() => ['done', 30]),
      );
    });

    it('believes no unknown certificate, unless the operator says so of the host', async () => {
      old.fill('sure', [], messages('sure', 3));
      const accountId = await newAccount();
      const secure = { port: old.tlsPort, security: 'tls' } as const;
      await start(accountId, sourceOf('sure', secure));
      const [no] = await work([accountId]);
      assert.deepEqual([no?.state, no?.problem], ['failed', 'badCertificate']);
      await start(accountId, sourceOf('sure', { ...secure, acceptsAnyCertificate: true }));
      assert.equal((await work([accountId]))[0]?.state, 'done');
      await start(accountId, sourceOf('sure', { security: 'starttls', acceptsAnyCertificate: true }));
      assert.equal((await work([accountId]))[0]?.state, 'done');
    });

    it('never leads into the house on somebody’s word', async () => {
      const accountId = await newAccount();
      for (const host of ['127.0.0.1', 'localhost', '169.254.169.254', '::1', '10.0.0.1']) {
        await start(accountId, sourceOf('x', { isTrusted: false, host }));
        const [no] = await work([accountId]);
        assert.deepEqual([host, no?.state, no?.problem], [host, 'failed', 'notAllowed']);
      }
    });

    it('tells of a message beyond the limit, and takes the others', async () => {
      const large = { octets: message('grand', `${'x'.repeat(70)}\n`.repeat(16_000)), at: firstDay };
      old.fill('grosse', [], [...messages('grosse', 2), large, ...messages('suite', 2)]);
      const accountId = await newAccount();
      const id = await start(accountId, sourceOf('grosse'));
      const [done] = await work([accountId]);
      assert.deepEqual([done?.state, done?.progress.imported, done?.progress.refused], ['done', 4, 1]);
      const [refused] = await listRefused(store, operator, accountId, id);
      assert.equal(refused?.reason, 'tooLarge');
    });
  });
});
