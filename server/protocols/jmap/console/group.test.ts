/** Groups and tokens of other directories in the console, over real HTTP: by who looks after everything, and after one unit. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';
import { operator } from '#server/access/actor.ts';
import { grantRole } from '#server/access/role.ts';
import { actOnPerson } from '#server/administration/act.ts';
import { addPerson, type AddedPerson } from '#server/directory/person.ts';
import { addUnits } from '#server/directory/unit.ts';
import { authenticateDirectory } from '#server/provisioning/tokens.ts';
import { consoleCapability, coreCapability } from '#server/protocols/jmap/capabilities.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import type { UnitId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { changes } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';

type Args = Record<string, unknown>;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`groups in the console on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    const cookies = new Map<string, string>();
    let zoe: AddedPerson;
    let nord = '';
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      server = await test.start([jmapHead()]);
      const { tenantId, alice, bruno } = test;
      const [unit] = await addUnits(store, operator, tenantId, [{ kind: 'dsden', code: 'nord', name: 'Nord' }]);
      assert.ok(unit);
      nord = `u${unit}`;
      zoe = await addPerson(store, operator, {
        tenantId,
        givenName: 'Zoé',
        familyName: 'Durand',
        unitId: unit,
        password: null,
      });
      const why = { reason: 'essai' };
      await grantRole(store, operator, { tenantId, personId: alice.personId, kind: 'tenant', ...why });
      await grantRole(store, operator, { tenantId, personId: bruno.personId, kind: 'unit', unitId: unit, ...why });
      for (const who of [alice, bruno]) {
        const answer = await fetch(`${server.url}/auth/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ userName: who.userName, password: who.password }),
        });
        cookies.set(who.jmapAccountId, answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '');
      }
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const askAs = async (accountId: string, method: string, args: Args): Promise<Args> => {
      const answer = await fetch(`${server.url}/jmap/api`, {
        method: 'POST',
        headers: {
          cookie: cookies.get(accountId) ?? '',
          'x-pli-client': 'web',
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          using: [coreCapability, consoleCapability],
          methodCalls: [[method, { accountId, ...args }, '0']],
        }),
      });
      const { methodResponses }: { methodResponses: [string, Args, string][] } = JSON.parse(await answer.text());
      return methodResponses[0]?.[1] ?? assert.fail('no answer');
    };
    const ask = (method: string, args: Args) => askAs(test.alice.jmapAccountId, method, args);
    const record = (said: Args, member: string, key: string): Args =>
      (said[member] as Record<string, Args> | null)?.[key] ?? assert.fail(JSON.stringify(said));
    const made = async (fields: Args): Promise<string> =>
      String(record(await ask('Group/set', { create: { a: fields } }), 'created', 'a')['id']);
    const read = async (id: string): Promise<Args> => {
      const properties = ['name', 'email', 'senders', 'memberIds', 'writers', 'everyone', 'everyoneCount', 'mayChange'];
      const { list } = await ask('Group/get', { ids: [id], properties });
      return (list as Args[])[0] ?? assert.fail('it is not there');
    };
    const update = (id: string, patch: Args) => ask('Group/set', { update: { [id]: patch } });
    /** As if everybody had logged in an hour ago, or just now. */
    const proveAll = (isFresh: boolean) =>
      write(store, (tx) =>
        changes(tx, tx.q.updateTable('session').set({ proved_at: store.now() - (isFresh ? 0 : 3_600_000) })),
      );

    it('members come and go one by one, and everybody is counted once through the groups within', async () => {
      const [alice, bruno] = [`p${test.alice.personId}`, `p${test.bruno.personId}`];
      const inner = await made({ name: 'Équipe Ébène', memberIds: { [alice]: true, [bruno]: true } });
      const outer = await made({ name: 'Tous', planEmail: true, memberIds: { [inner]: true, [alice]: true } });
      assert.deepEqual(await read(outer), {
        id: outer,
        name: 'Tous',
        email: 'tous@academie.example',
        senders: 'tenant',
        memberIds: { [inner]: true, [alice]: true },
        writers: [],
        everyone: [
          { id: alice, kind: 'person', name: 'Alice Martin', email: test.alice.email },
          { id: bruno, kind: 'person', name: 'Bruno Petit', email: test.bruno.email },
        ],
        everyoneCount: 2,
        mayChange: true,
      });
      await update(outer, { [`memberIds/p${zoe.personId}`]: true, [`memberIds/${alice}`]: null, senders: 'named' });
      await update(outer, { writerIds: { [bruno]: true }, name: 'Tout le monde' });
      const after = await read(outer);
      assert.deepEqual(after['memberIds'], { [inner]: true, [`p${zoe.personId}`]: true });
      assert.deepEqual(
        [after['name'], after['senders'], after['everyoneCount'], (after['writers'] as Args[]).map(({ id }) => id)],
        ['Tout le monde', 'named', 3, [bruno]],
      );
      await update(outer, { writerIds: {}, memberIds: { [inner]: true } });
      assert.deepEqual([(await read(outer))['writers'], (await read(outer))['everyoneCount']], [[], 2]);
      const loop = record(await update(inner, { [`memberIds/${outer}`]: true }), 'notUpdated', inner);
      assert.equal(loop['type'], 'invalidProperties');
      const nobody = record(await update(inner, { 'memberIds/x1': true }), 'notUpdated', inner);
      assert.deepEqual([nobody['type'], nobody['properties']], ['invalidProperties', ['memberIds']]);
    });

    it('a unit is a member: everybody of it and below, each once, whoever that is on the day; and no writer', async () => {
      const { tenantId, bruno } = test;
      const alice = `p${test.alice.personId}`;
      const [college, sud] = await addUnits(store, operator, tenantId, [
        { kind: 'college', code: '0961234a', name: 'Collège', parentCode: 'nord' },
        { kind: 'dsden', code: 'sud', name: 'Sud' },
      ]);
      assert.ok(college && sud);
      const person = (familyName: string, unitId: UnitId) =>
        addPerson(store, operator, { tenantId, givenName: 'T', familyName, unitId, password: null });
      const below = await person('Noël', college);
      const gone = await person('Parti', college);
      await person('Ailleurs', sud);
      await actOnPerson(store, operator, { tenantId, personId: gone.personId }, { kind: 'close' });
      const unit = { id: nord, kind: 'unit', name: 'Nord', email: null };
      const group = await made({ name: 'Équipe du nord', unitId: nord, memberIds: { [nord]: true, [alice]: true } });
      const properties = ['members', 'memberCount', 'everyone', 'everyoneCount'];
      const everybody = async (id: string, who = test.alice.jmapAccountId) => {
        const { list } = await askAs(who, 'Group/get', { ids: [id], properties });
        const [one] = list as { members: Args[]; memberCount: number; everyone: Args[]; everyoneCount: number }[];
        assert.ok(one);
        return { ...one, everyone: one.everyone.map(({ id: each }) => String(each)).toSorted() };
      };
      const [z, n] = [`p${zoe.personId}`, `p${below.personId}`];
      const first = await everybody(group, bruno.jmapAccountId);
      assert.deepEqual([first.members[0], first.memberCount], [unit, 2]);
      assert.deepEqual([first.everyoneCount, first.everyone], [3, [alice, n, z].toSorted()]);

      // Named themselves too, and by a group that holds the group: still once.
      await update(group, { [`memberIds/${z}`]: true, [`memberIds/u${college}`]: true });
      const outer = await made({ name: 'Autour', memberIds: { [group]: true, [nord]: true } });
      assert.equal((await everybody(outer)).everyoneCount, 3);
      const newcomer = await person('Nouvelle', college);
      assert.ok((await everybody(outer)).everyone.includes(`p${newcomer.personId}`));
      await update(outer, { [`memberIds/${nord}`]: null });
      await update(group, { [`memberIds/${nord}`]: null });
      assert.deepEqual((await everybody(outer)).everyoneCount, 4);
      await update(group, { [`memberIds/u${college}`]: null });
      assert.deepEqual((await everybody(outer)).everyone, [alice, z].toSorted());

      for (const patch of [{ [`writerIds/${nord}`]: true }, { writerIds: { [group]: true } }]) {
        const refused = record(await update(outer, patch), 'notUpdated', outer);
        assert.deepEqual(
          [refused['type'], refused['properties'], refused['description']],
          ['invalidProperties', ['writerIds'], 'only people write'],
        );
      }
      const theirs = { update: { [group]: { [`memberIds/u${sud}`]: true } } };
      const outside = record(await askAs(bruno.jmapAccountId, 'Group/set', theirs), 'notUpdated', group);
      assert.equal(outside['type'], 'invalidProperties');
      assert.equal((await everybody(group)).memberCount, 2);
    });

    it('lists are turned page by page, found by words in any order and by address, and end at one’s units', async () => {
      for (let n = 0; n < 7; n += 1) await made({ name: `Club échecs ${n}`, ...(n % 2 === 0 && { unitId: nord }) });
      const query = async (filter: Args, more: Args = {}, who = test.alice.jmapAccountId) =>
        ((await askAs(who, 'Group/query', { filter, ...more }))['ids'] ?? []) as string[];
      const whole = await query({ text: 'echecs CLUB' });
      assert.equal(whole.length, 7);
      const turned: string[] = [];
      for (let anchor: string | undefined; ;) {
        const page = await query({ text: 'club' }, { limit: 3, ...(anchor && { anchor, anchorOffset: 1 }) });
        turned.push(...page);
        anchor = page.at(-1);
        if (page.length < 3) break;
      }
      assert.deepEqual(turned, whole);
      assert.equal((await query({ text: 'club', unitId: nord })).length, 4);
      assert.equal((await query({ text: 'tous@' })).length, 1);
      assert.deepEqual(await query({ text: '%' }), []);
      const { jmapAccountId: bruno } = test.bruno;
      assert.equal((await query({ text: 'club' }, {}, bruno)).length, 4, 'those of the unit');
      const outside = whole.find((_, index) => index % 2 === 1);
      const gone = await askAs(bruno, 'Group/query', { anchor: outside, anchorOffset: 1 });
      assert.equal(gone['type'], 'anchorNotFound');
    });

    it('a group is removed with a reason and a fresh proof, and its address stays refused', async () => {
      const id = await made({ name: 'Éphémère', email: 'ephemere@academie.example' });
      const destroy = (more: Args) => ask('Group/set', { destroy: [id], ...more });
      assert.equal(record(await destroy({}), 'notDestroyed', id)['type'], 'invalidProperties');
      await proveAll(false);
      assert.equal(record(await destroy({ reason: 'fini' }), 'notDestroyed', id)['type'], 'stepUpNeeded');
      await proveAll(true);
      assert.deepEqual((await destroy({ reason: 'fini' }))['destroyed'], [id]);
      const again = await ask('Group/set', { create: { a: { name: 'Encore', email: 'ephemere@academie.example' } } });
      assert.equal(record(again, 'notCreated', 'a')['type'], 'alreadyExists');
    });

    it('a token is shown once, over one unit, tells its use, and ends; each asks for a fresh proof', async () => {
      const create = (more: Args = {}) =>
        ask('ScimToken/set', { create: { a: { name: 'IA Nord', unitId: nord, ...more } } });
      await proveAll(false);
      assert.equal(record(await create(), 'notCreated', 'a')['type'], 'stepUpNeeded');
      await proveAll(true);
      const { id, secret } = record(await create(), 'created', 'a');
      await authenticateDirectory(store, String(secret), '198.51.100.7');
      const { list } = await ask('ScimToken/get', { ids: null });
      assert.ok(!JSON.stringify(list).includes(String(secret)));
      const [token] = list as Args[];
      assert.deepEqual(
        [token?.['name'], token?.['unitName'], token?.['lastUsedFrom'], typeof token?.['lastUsedAt']],
        ['IA Nord', 'Nord', '198.51.100.7', 'string'],
      );
      const past = record(await create({ expiresAt: '2020-01-01T00:00:00Z' }), 'notCreated', 'a');
      assert.deepEqual([past['type'], past['properties']], ['invalidProperties', ['expiresAt']]);
      const revoke = () => ask('ScimToken/set', { destroy: [id] });
      await proveAll(false);
      assert.equal(record(await revoke(), 'notDestroyed', String(id))['type'], 'stepUpNeeded');
      await proveAll(true);
      assert.deepEqual((await revoke())['destroyed'], [id]);
      assert.deepEqual((await ask('ScimToken/get', { ids: null }))['list'], []);
    });
  });
});
