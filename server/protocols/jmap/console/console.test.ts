/** The console over real HTTP by those who may: people found and shown, actions in the states that allow them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';
import { operator } from '#server/access/actor.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { grantRole } from '#server/access/role.ts';
import { bulkJob } from '#server/administration/bulk/run.ts';
import { bulkKind } from '#server/administration/bulk/start.ts';
import { addPerson, type AddedPerson } from '#server/directory/person.ts';
import { addUnits } from '#server/directory/unit.ts';
import { runJobs } from '#server/jobs/run.ts';
import { consoleCapability, coreCapability } from '#server/protocols/jmap/capabilities.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import type { UnitId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

type Args = Record<string, unknown>;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`the console on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    let cookie = '';
    let nord: UnitId;
    const added: AddedPerson[] = [];
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      server = await test.start([jmapHead()]);
      const { tenantId, alice } = test;
      const units = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'DSDEN Nord' },
        { kind: 'college', code: '0961234a', name: 'Collège', parentCode: 'nord' },
      ]);
      assert.ok(units[0] && units[1]);
      [nord] = units;
      await grantRole(store, operator, { tenantId, personId: alice.personId, kind: 'tenant', reason: 'essai' });
      for (let n = 0; n < 120; n += 1) {
        const unitId = n % 3 === 0 ? units[1] : units[0];
        const givenName = n % 2 === 0 ? 'Zoé' : 'Zacharie';
        added.push(
          await addPerson(store, operator, { tenantId, givenName, familyName: 'Durand', unitId, password: null }),
        );
      }
      const answer = await fetch(`${server.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userName: alice.userName, password: alice.password }),
      });
      cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const ask = async (method: string, args: Args): Promise<Args> => {
      const answer = await fetch(`${server.url}/jmap/api`, {
        method: 'POST',
        headers: { cookie, 'x-pli-client': 'web', 'content-type': 'application/json' },
        body: JSON.stringify({
          using: [coreCapability, consoleCapability],
          methodCalls: [[method, { accountId: test.alice.jmapAccountId, ...args }, '0']],
        }),
      });
      const { methodResponses }: { methodResponses: [string, Args, string][] } = JSON.parse(await answer.text());
      const [response] = methodResponses;
      assert.ok(response);
      return response[1];
    };
    const query = async (filter: Args, more: Args = {}): Promise<readonly string[]> =>
      ((await ask('Person/query', { filter, ...more }))['ids'] ?? []) as string[];
    const first = (): AddedPerson => {
      const [one] = added;
      assert.ok(one);
      return one;
    };

    it('the session says who has a role, and of nobody else', async () => {
      const session = async (headers: Record<string, string>): Promise<string> =>
        (await fetch(`${server.url}/.well-known/jmap`, { headers })).text();
      assert.match(await session({ cookie, 'x-pli-client': 'web' }), /"powers":\["look","help","administer"/);
      assert.doesNotMatch(await session({ authorization: test.alice.basic }), /"powers"/, 'a program has none');
      assert.doesNotMatch(await session({ authorization: test.bruno.basic }), /"powers"/);
    });

    it('people are found by every way of naming them, each once, page by page', async () => {
      for (const [filter, count] of [
        [{ text: 'durand' }, 120],
        [{ text: 'ZOE dur' }, 60],
        [{ text: 'zoé DURAND' }, 60],
        [{ text: 'durand personne' }, 0],
        [{ text: first().email }, 1],
        [{ text: 'zacharie.' }, 60],
        [{ text: 'zdurand' }, 120],
        [{ text: '0961234A' }, 40],
        [{ unitId: `u${nord}` }, 120],
        [{ unitId: `u${nord}`, text: 'zac' }, 60],
        [{ state: 'provisioned' }, 120],
        [{ state: 'provisioned', text: 'zoe' }, 60],
        [{ state: 'locked', text: 'zoe' }, 0],
        [{}, 122],
      ] as const) {
        const whole = await query(filter);
        assert.equal(whole.length, count, JSON.stringify(filter));
        const turned: string[] = [];
        for (let anchor: string | undefined; ;) {
          const page = await query(filter, { limit: 50, ...(anchor !== undefined && { anchor, anchorOffset: 1 }) });
          turned.push(...page);
          anchor = page.at(-1);
          if (page.length < 50) break;
        }
        assert.deepEqual(turned, whole, JSON.stringify(filter));
        assert.equal(new Set(whole).size, whole.length);
      }
      assert.equal((await ask('Person/query', { position: 50 }))['type'], 'invalidArguments');
      assert.equal(
        (await ask('Person/query', { filter: { text: 'zoe' }, anchor: 'p1', anchorOffset: 1 }))['type'],
        'anchorNotFound',
      );
    });

    it('the card tells state, sessions, mandates and what may be done, and no contents', async () => {
      const { tenantId, alice, bruno } = test;
      const rights = ['read'] as const;
      await grantMandate(store, operator, { tenantId, accountId: bruno.accountId, personId: alice.personId, rights });
      const { list } = await ask('Person/get', {
        ids: [`p${bruno.personId}`],
        properties: [
          'state',
          'mandates',
          'acts',
          'sessions',
          'logins',
          'deliveries',
          'sent',
          'unitNames',
          'roles',
          'powers',
          'blockedUntil',
          'lastChange',
          'appPasswords',
          'failures',
          'factors',
          'devices',
          'compromisedAt',
        ],
      });
      const [card] = list as Args[];
      assert.deepEqual(card?.['acts'], [
        'unlock',
        'resetPassword',
        'resetFactors',
        'signOut',
        'changeQuota',
        'suspend',
        'block',
        'close',
      ]);
      assert.deepEqual(
        ((card?.['mandates'] ?? []) as Args[]).map(({ kind, name: who }) => [kind, who]),
        [['given', 'Alice Martin']],
      );
      assert.deepEqual([card?.['sessions'], card?.['deliveries'], card?.['failures']], [[], [], 0]);
      assert.deepEqual([card?.['factors'], card?.['devices'], card?.['compromisedAt']], [[], [], null]);
      const own = await ask('Person/get', { ids: [`p${alice.personId}`], properties: ['acts', 'sessions', 'roles'] });
      const [mine] = own['list'] as Args[];
      assert.deepEqual(mine?.['acts'], [], 'nothing about oneself');
      assert.equal(((mine?.['sessions'] ?? []) as Args[]).length, 1);
    });

    it('an action on many people is started, followed, and taken along as a file', async () => {
      const runner = runJobs(
        store,
        { [bulkKind]: bulkJob(store) },
        { lookEveryMs: 20, onFault: (_, error) => assert.ifError(error) },
      );
      try {
        const personIds = added.slice(1, 6).map(({ personId }) => `p${personId}`);
        const { created } = await ask('BulkAction/set', {
          create: { a: { action: 'suspend', reason: 'essai', personIds, names: ['personne@academie.example'] } },
        });
        const { id } = (created as Record<string, Args>)['a'] ?? {};
        let bulk: Args = {};
        do {
          const { list } = await ask('BulkAction/get', {
            ids: [id],
            properties: ['finishedAt', 'done', 'unknown', 'notDone'],
          });
          bulk = (list as Args[])[0] ?? assert.fail('it is not there');
        } while (bulk['finishedAt'] === null);
        assert.deepEqual([bulk['done'], bulk['unknown']], [5, 1]);
        assert.deepEqual(bulk['notDone'], [
          { n: 5, text: 'personne@academie.example', name: '', outcome: 'unknown', why: null },
        ]);
        const file = await fetch(`${server.url}/jmap/console/bulk?id=${String(id)}`, {
          headers: { cookie, 'x-pli-client': 'web' },
        });
        assert.deepEqual([file.status, (await file.text()).trimEnd().split('\r\n').length], [200, 7]);
        const stopped = await ask('BulkAction/set', { update: { [String(id)]: { isStopped: true } } });
        assert.ok(Object.hasOwn(stopped['updated'] ?? {}, String(id)), 'one that is over stays as it ended');
        assert.deepEqual((await ask('BulkAction/get', { ids: ['b999'] }))['notFound'], ['b999']);
        const all = await ask('BulkAction/get', { ids: null });
        assert.deepEqual(
          (all['list'] as Args[]).map((one) => one['id']),
          [id],
          'of all of them the client is told which is which',
        );
      } finally {
        await runner.close();
      }
    });

    it('an action is done where the state allows it, and the next card says so', async () => {
      const personId = `p${first().personId}`;
      const act = (action: string, more: Args = {}) =>
        ask('Person/act', { personId, action, reason: 'essai', ...more });
      const state = async (): Promise<unknown> => {
        const { list } = await ask('Person/get', { ids: [personId], properties: ['state', 'stateReason'] });
        return (list as Args[])[0];
      };
      assert.equal((await act('reopen'))['type'], 'invalidArguments');
      await act('suspend');
      assert.deepEqual(await state(), { id: personId, state: 'suspended', stateReason: 'essai' });
      assert.equal((await act('suspend'))['type'], 'invalidArguments');
      await act('reopen');
      assert.deepEqual(
        await state(),
        { id: personId, state: 'provisioned', stateReason: null },
        'it never had a password',
      );
      assert.match(String((await act('resetPassword'))['provisionalPassword']), /^[a-z]{4}-/);
      await act('close');
      await act('reopen');
      assert.deepEqual(await state(), { id: personId, state: 'active', stateReason: null });
      assert.equal((await ask('Person/act', { personId, action: 'block', reason: ' ' }))['type'], 'invalidArguments');
    });
  });
});
