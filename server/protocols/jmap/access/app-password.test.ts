/** App passwords over real HTTP: made in a session of one's own, shown once, ended at once. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse, type TestPerson } from '#tools/testing/house.ts';
import { operator } from '#server/access/actor.ts';
import { addCredential, listCredentials } from '#server/access/credential.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { accessCapability, coreCapability } from '#server/protocols/jmap/capabilities.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

type Args = Record<string, unknown>;
type Proof = Readonly<Record<string, string>>;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`app passwords on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    let cookie: Proof;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      server = await test.start([jmapHead()]);
      cookie = await sessionOf(test.alice);
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const sessionOf = async ({ userName, password }: TestPerson): Promise<Proof> => {
      const answer = await fetch(`${server.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userName, password }),
      });
      assert.equal(answer.status, 200);
      return { cookie: answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '', 'x-pli-client': 'web' };
    };
    const basic = (userName: string, password: string): Proof => ({
      authorization: `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`,
    });
    const ask = async (method: string, args: Args, proof: Proof = cookie): Promise<readonly [string, Args]> => {
      const answer = await fetch(`${server.url}/jmap/api`, {
        method: 'POST',
        headers: { ...proof, 'content-type': 'application/json' },
        body: JSON.stringify({ using: [coreCapability, accessCapability], methodCalls: [[method, args, '0']] }),
      });
      assert.equal(answer.status, 200);
      const { methodResponses }: { methodResponses: [string, Args, string][] } = JSON.parse(await answer.text());
      const [response] = methodResponses;
      assert.ok(response);
      return [response[0], response[1]];
    };
    const mine = (args: Args = {}): Args => ({ accountId: test.alice.jmapAccountId, ...args });
    const jmapSession = async (proof: Proof): Promise<Args> => {
      const value: Args = JSON.parse(await (await fetch(`${server.url}/.well-known/jmap`, { headers: proof })).text());
      return value;
    };

    it('one is made with what it may do, works, tells its last use, and ends', async () => {
      const create = { phone: { name: ' Téléphone ', scopes: ['mail'] }, desk: { name: 'Thunderbird' } };
      const [, made] = await ask('AppPassword/set', mine({ create }));
      assert.equal(made['notCreated'], null);
      const { phone, desk } = made['created'] as Record<'phone' | 'desk', Record<string, string>>;
      assert.match(phone['password'] ?? '', /^[a-z]{4}(?:-[a-z]{4}){3}$/);
      assert.deepEqual(desk['scopes'], ['mail', 'submission'], 'a default is told');

      const proof = basic(test.alice.email, phone['password'] ?? '');
      const open = Object.keys((await jmapSession(proof))['capabilities'] as Args);
      assert.ok(open.includes('urn:ietf:params:jmap:mail'));
      assert.ok(!open.includes('urn:ietf:params:jmap:submission'), 'it may not send');

      const [, all] = await ask('AppPassword/get', mine({ ids: null }));
      const list = all['list'] as Args[];
      assert.deepEqual(
        list.map((one) => [one['name'], one['scopes'], one['lastUsedFrom']]),
        [
          ['Téléphone', ['mail'], '127.0.0.1'],
          ['Thunderbird', ['mail', 'submission'], null],
        ],
      );
      assert.match(String(list[0]?.['lastUsedAt']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      assert.ok(!JSON.stringify(all).includes(phone['password'] ?? ''), 'the password is shown once');

      const [, gone] = await ask('AppPassword/set', mine({ destroy: [phone['id'], 'nothing'] }));
      assert.deepEqual(gone['destroyed'], [phone['id']]);
      assert.deepEqual(gone['notDestroyed'], { nothing: { type: 'notFound' } });
      const refused = await fetch(`${server.url}/.well-known/jmap`, { headers: proof });
      assert.equal(refused.status, 401);
      const [, again] = await ask('AppPassword/set', mine({ destroy: [phone['id']] }));
      assert.deepEqual(again['notDestroyed'], { [phone['id'] ?? '']: { type: 'notFound' } });
    });

    it('only a session of one’s own may look, make or end one: no password, app password or token', async () => {
      const ref = { tenantId: test.tenantId, personId: test.alice.personId };
      const app = await addCredential(store, operator, { ...ref, kind: 'appPassword', name: 'all scopes' });
      const bearer = await addCredential(store, operator, { ...ref, kind: 'bearer', name: 'token' });
      const before = (await listCredentials(store, operator, ref)).length;
      const proofs = [
        { authorization: test.alice.basic },
        basic(test.alice.email, app.secret),
        { authorization: `Bearer ${bearer.secret}` },
      ];
      for (const proof of proofs) {
        assert.deepEqual((await ask('AppPassword/get', mine({ ids: null }), proof))[1]['type'], 'forbidden');
        const [, set] = await ask('AppPassword/set', mine({ create: { a: { name: 'x' } } }), proof);
        assert.deepEqual((set['notCreated'] as Args)['a'], { type: 'forbidden' });
        const [method, destroyed] = await ask('AppPassword/set', mine({ destroy: [app.id] }), proof);
        assert.ok(method === 'error' || destroyed['destroyed'] === null);
      }
      assert.equal((await listCredentials(store, operator, ref)).length, before);
    });

    it('a token is no app password, and is neither listed nor ended as one', async () => {
      const ref = { tenantId: test.tenantId, personId: test.alice.personId };
      const { id } = await addCredential(store, operator, { ...ref, kind: 'bearer', name: 'script' });
      const [, all] = await ask('AppPassword/get', mine({ ids: [id] }));
      assert.deepEqual(all['notFound'], [id]);
      const [, set] = await ask('AppPassword/set', mine({ destroy: [id] }));
      assert.equal(set['destroyed'], null);
    });

    it('refuses what makes no sense: no name, no scope, a scope that is not offered, a change', async () => {
      const rows: readonly (readonly [Args, readonly string[]])[] = [
        [{}, ['name']],
        [{ name: '  ' }, ['name']],
        [{ name: 'x'.repeat(201) }, ['name']],
        [{ name: 'x', scopes: [] }, ['scopes']],
        [{ name: 'x', scopes: ['account'] }, ['scopes']],
        [{ name: 'x', scopes: 'mail' }, ['scopes']],
        [{ name: 'x', createdAt: '2026-01-01T00:00:00Z' }, ['createdAt']],
      ];
      for (const [record, properties] of rows) {
        const [, set] = await ask('AppPassword/set', mine({ create: { a: record } }));
        assert.deepEqual((set['notCreated'] as Args)['a'], { type: 'invalidProperties', properties });
      }
      const [, all] = await ask('AppPassword/get', mine({ ids: null, properties: ['name'] }));
      const [one] = all['list'] as Args[];
      const id = String(one?.['id']);
      assert.deepEqual(Object.keys(one ?? {}), ['id', 'name']);
      const [, set] = await ask('AppPassword/set', mine({ update: { [id]: { name: 'other' } } }));
      assert.deepEqual((set['notUpdated'] as Args)[id], { type: 'forbidden' });
    });

    it('stops at a hundred, in words a client knows', async () => {
      const create = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`k${index}`, { name: 'x' }]));
      const bruno = await sessionOf(test.bruno);
      const [, set] = await ask('AppPassword/set', { accountId: test.bruno.jmapAccountId, create }, bruno);
      assert.equal(Object.keys(set['created'] as Args).length, 100);
      assert.deepEqual(Object.values(set['notCreated'] as Args), [{ type: 'overQuota' }]);
    });

    it('a shared mailbox has none, and the session says so', async () => {
      await grantMandate(store, operator, {
        tenantId: test.tenantId,
        accountId: test.bruno.accountId,
        personId: test.alice.personId,
        rights: ['read', 'write'],
        reason: 'test',
      });
      const [method, error] = await ask('AppPassword/get', { accountId: test.bruno.jmapAccountId, ids: null });
      assert.deepEqual([method, error['type']], ['error', 'accountNotSupportedByMethod']);
      const session = await jmapSession(cookie);
      const accounts = session['accounts'] as Record<string, { accountCapabilities: Args }>;
      const said = (id: string) => accounts[id]?.accountCapabilities[accessCapability];
      assert.deepEqual(said(test.alice.jmapAccountId), { appPasswordScopes: ['mail', 'submission'] });
      assert.equal(said(test.bruno.jmapAccountId), undefined);
    });
  });
});
