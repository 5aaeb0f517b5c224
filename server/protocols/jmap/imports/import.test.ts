/** Imports and exports over real HTTP, with an old server of another make beside. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { type Imports, importJobs } from '#server/imports/run.ts';
import { type ImportPolicy, setImportPolicy } from '#server/imports/policy.ts';
import { type JobRunner, runJobs } from '#server/jobs/run.ts';
import { coreCapability, importCapability, mailCapability } from '#server/protocols/jmap/capabilities.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type OldServer, startOldServer } from '#tools/testing/dovecot.ts';
import { type HttpServer, openTestHouse, type TestHouse, type TestPerson } from '#tools/testing/house.ts';

type Args = Record<string, unknown>;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`Import on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    let old: OldServer;
    let imports: Imports;
    let runner: JobRunner;
    const policy: ImportPolicy = {
      key: randomBytes(32),
      isOpen: true,
      atOnce: 2,
      reach: { anyHost: false, insideHosts: ['127.0.0.1'] },
      anyCertificateHosts: ['127.0.0.1'],
      messageOctets: 10_000_000,
      octetsPerSecond: 0,
    };
    before(async () => {
      old = await startOldServer();
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      setImportPolicy(store, policy);
      imports = importJobs(store, policy);
      runner = runJobs(store, imports.kinds, { lookEveryMs: 50, onFault: (_, error) => assert.ifError(error) });
      server = await test.start([jmapHead()]);
      const text = 'From: z@old.example\nSubject: bonjour\n\nx\n';
      old.fill('alice', [], [{ octets: text, letters: 'S', at: 1_600_000_000 }]);
      old.fill('alice', ['Éléments envoyés'], [{ octets: `X-N: 2\n${text}`, at: 1_600_000_000 }]);
    });
    after(async () => {
      imports.stop();
      await runner.close();
      await server.close();
      await store.close();
      await old.stop();
    });

    const ask = async (method: string, args: Args, person: TestPerson = test.alice): Promise<Args> => {
      const answer = await fetch(`${server.url}/jmap/api`, {
        method: 'POST',
        headers: { authorization: person.basic, 'content-type': 'application/json' },
        body: JSON.stringify({
          using: [coreCapability, mailCapability, importCapability],
          methodCalls: [[method, { accountId: person.jmapAccountId, ...args }, '0']],
        }),
      });
      assert.equal(answer.status, 200);
      const { methodResponses }: { methodResponses: [string, Args][] } = JSON.parse(await answer.text());
      return methodResponses[0]?.[1] ?? {};
    };
    const listOf = (answer: Args): readonly Args[] => {
      const list: unknown = answer['list'];
      return Array.isArray(list) ? list : [];
    };
    const member = (value: unknown, ...path: readonly string[]): unknown =>
      path.reduce(
        (at: unknown, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
        value,
      );
    const ended = async (id: string): Promise<Args> => {
      for (let tries = 0; tries < 2_000; tries += 1) {
        const [one] = listOf(await ask('Import/get', { ids: [id] }));
        if (one && ['done', 'failed', 'paused'].includes(String(one['state']))) return one;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      return assert.fail('it does not end');
    };
    const create = async (record: Args, person?: TestPerson): Promise<Args> =>
      ask('Import/set', { create: { a: record } }, person);

    it('fetches mail, tells how far it is, and never gives the password', async () => {
      const { state } = await ask('Import/get', { ids: [] });
      const record = {
        host: '127.0.0.1',
        port: old.port,
        security: 'starttls',
        userName: 'alice',
        password: old.password,
      };
      const id = String(member(await create(record), 'created', 'a', 'id'));
      const one = await ended(id);
      assert.equal(one['state'], 'done');
      assert.deepEqual([member(one, 'progress', 'imported'), one['needsPassword'], one['password']], [2, true, null]);
      assert.ok(!JSON.stringify(await ask('Import/get', { ids: null })).includes(old.password));
      const changes = await ask('Import/changes', { sinceState: state });
      assert.deepEqual(changes['created'], [id]);
      const dump = await read(store, (tx) => tx.connection.all({ sql: 'select * from import' }, []));
      assert.ok(dump.every((row) => row['secret'] === null) && !JSON.stringify(dump).includes(old.password));
      const jobs = await read(store, (tx) => tx.connection.all({ sql: `select * from job where kind = 'import'` }, []));
      assert.deepEqual(jobs, []);
      const gone = await ask('Import/set', { destroy: [id] });
      assert.deepEqual(gone['destroyed'], [id]);
      assert.deepEqual((await ask('Import/changes', { sinceState: changes['newState'] }))['destroyed'], [id]);
    });

    it('says what is wrong: the password, and goes on with the right one', async () => {
      const record = { host: '127.0.0.1', port: old.port, security: 'clear', userName: 'alice', password: 'faux' };
      const id = String(member(await create(record), 'created', 'a', 'id'));
      const one = await ended(id);
      assert.deepEqual([one['state'], one['problem'], one['needsPassword']], ['failed', 'badCredentials', true]);
      const without = await ask('Import/set', { update: { [id]: { state: 'running' } } });
      assert.deepEqual(member(without, 'notUpdated', id, 'properties'), ['password']);
      const again = await ask('Import/set', { update: { [id]: { state: 'running', password: old.password } } });
      assert.deepEqual(again['updated'], { [id]: null });
      const done = await ended(id);
      assert.deepEqual([done['state'], member(done, 'progress', 'duplicates')], ['done', 2]);
    });

    it('reaches no host inside that is not listed, no port but those of IMAP, and nothing in clear', async () => {
      const base = { userName: 'alice', password: 'x' };
      const rows: readonly (readonly [Args, readonly string[]])[] = [
        [{ ...base }, ['host']],
        [{ ...base, host: 'imap.example.org', port: 25 }, ['port']],
        [{ ...base, host: 'imap.example.org', security: 'clear' }, ['security']],
        [{ ...base, host: 'a b' }, ['host']],
        [{ host: 'imap.example.org', userName: 'a\nb', password: 'x' }, ['userName']],
        [{ host: 'imap.example.org', userName: 'a', password: 'x\r\nA1 LOGOUT' }, ['password']],
      ];
      for (const [record, properties] of rows)
        assert.deepEqual(member(await create(record), 'notCreated', 'a', 'properties'), properties);
      const inside = String(member(await create({ ...base, host: 'localhost' }), 'created', 'a', 'id'));
      assert.equal((await ended(inside))['problem'], 'notAllowed');
    });

    it('nobody sees or moves the imports of others', async () => {
      const other = await ask('Import/get', { accountId: test.alice.jmapAccountId, ids: null }, test.bruno);
      assert.equal(other['type'], 'accountNotFound');
      assert.deepEqual(listOf(await ask('Import/get', { ids: null }, test.bruno)), []);
    });

    it('what is downloaded, as ZIP or mbox, can be brought back as a file', async () => {
      for (const [format, type] of [
        ['zip', 'application/zip'],
        ['mbox', 'application/zip'],
      ] as const) {
        const url = `${server.url}/jmap/export/${test.alice.jmapAccountId}?format=${format}`;
        const answer = await fetch(url, { headers: { authorization: test.alice.basic } });
        assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, type]);
        const octets = await answer.bytes();
        const uploaded = await fetch(`${server.url}/jmap/upload/${test.bruno.jmapAccountId}`, {
          method: 'POST',
          headers: { authorization: test.bruno.basic, 'content-type': type },
          body: octets,
        });
        const { blobId }: Args = JSON.parse(await uploaded.text());
        const answered = await create({ blobId, name: 'mes courriels.zip' }, test.bruno);
        const id = String(member(answered, 'created', 'a', 'id'));
        for (let tries = 0; ; tries += 1) {
          const [one] = listOf(await ask('Import/get', { ids: [id] }, test.bruno));
          if (one?.['state'] === 'done') {
            const counts = [member(one, 'progress', 'imported'), member(one, 'progress', 'duplicates')];
            assert.deepEqual(counts, format === 'zip' ? [2, 0] : [0, 2]);
            break;
          }
          assert.ok(tries < 2_000, JSON.stringify(one));
          await new Promise((resolve) => setTimeout(resolve, 25));
        }
      }
    });

    it('one mailbox is one mbox; a stranger gets nothing; what is no mail is told', async () => {
      const [inbox] = listOf(await ask('Mailbox/get', { ids: null })).filter((one) => one['role'] === 'inbox');
      const path = `/jmap/export/${test.alice.jmapAccountId}?format=mbox&mailbox=${String(inbox?.['id'])}`;
      const answer = await fetch(`${server.url}${path}`, { headers: { authorization: test.alice.basic } });
      assert.equal(answer.headers.get('content-type'), 'application/mbox');
      assert.match(await answer.text(), /^From MAILER-DAEMON .*\nStatus: RO\n/);
      const stranger = await fetch(`${server.url}${path}`, { headers: { authorization: test.bruno.basic } });
      assert.equal(stranger.status, 404);
      const uploaded = await fetch(`${server.url}/jmap/upload/${test.alice.jmapAccountId}`, {
        method: 'POST',
        headers: { authorization: test.alice.basic, 'content-type': 'image/png' },
        body: 'PK\u0003\u0004 no mail',
      });
      const { blobId }: Args = JSON.parse(await uploaded.text());
      const id = String(member(await create({ blobId, name: 'x.png' }), 'created', 'a', 'id'));
      const one = await ended(id);
      assert.deepEqual([one['state'], one['problem']], ['failed', 'badFile']);
    });

    it('where the operator has closed it, nobody begins one', async () => {
      setImportPolicy(store, { ...policy, isOpen: false });
      const record = { host: '127.0.0.1', port: old.port, userName: 'alice', password: 'x' };
      assert.equal(member(await create(record), 'notCreated', 'a', 'type'), 'forbidden');
      setImportPolicy(store, policy);
    });
  });
});
