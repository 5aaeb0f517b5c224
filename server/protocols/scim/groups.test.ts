/** Groups of the directory, by the verbs and over SCIM: who is in them, who may change them, and that none is in itself. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { isList } from '#formats/scim/schema.ts';
import { type Actor, operator } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole } from '#server/access/role.ts';
import { changeGroup, createGroup, type GroupChange, removeGroup } from '#server/directory/groups/change.ts';
import { findGroups, type Group, membersAtMost, readGroup } from '#server/directory/groups/read.ts';
import { addPerson } from '#server/directory/person.ts';
import { addUnits } from '#server/directory/unit.ts';
import { addScimToken } from '#server/provisioning/tokens.ts';
import { listTrace } from '#server/records/trace.ts';
import { openStore } from '#server/store/open.ts';
import { asId, type PersonId, type UnitId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { scimHead } from './head.ts';
import { academyGroupSchemaId } from './schemas.ts';

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

forEachDatabase((name, databaseUrl, folder) => {
  describe(`groups on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    let token = '';
    let foreign = '';
    let nord: UnitId;
    let alice = '';
    let bruno = '';
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      const other = await openTestHouse(store, 'ailleurs');
      server = await test.start([scimHead]);
      const [unit] = await addUnits(store, operator, test.tenantId, [{ kind: 'dsden', code: 'nord', name: 'Nord' }]);
      assert.ok(unit);
      nord = unit;
      token = (await addScimToken(store, operator, test.tenantId, { name: 'Annuaire' })).secret;
      foreign = (await addScimToken(store, operator, other.tenantId, { name: 'Ailleurs' })).secret;
      alice = `p${test.alice.personId}`;
      bruno = `p${test.bruno.personId}`;
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const ask = async (
      method: string,
      path: string,
      body?: JsonObject,
      headers: Record<string, string> = {},
    ): Promise<{ readonly status: number; readonly body: JsonObject; readonly etag: string }> => {
      const answer = await fetch(`${server.url}/scim/v2${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json', ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      const printed = await answer.text();
      const { status, headers: got } = answer;
      return { status, etag: got.get('etag') ?? '', body: printed === '' ? {} : JSON.parse(printed) };
    };
    const namesIn = (list: unknown, member: string): readonly unknown[] =>
      Array.isArray(list) ? list.map((one: JsonObject) => one[member]) : [];
    const patch = (id: Json | undefined, ...Operations: JsonObject[]) =>
      ask('PATCH', `/Groups/${text(id)}`, { Operations });

    it('a group is made, found by name, member and number, changed and removed', async () => {
      const made = await ask('POST', '/Groups', {
        displayName: 'Équipe Numérique',
        externalId: 'g-1',
        members: [{ value: alice }],
        [academyGroupSchemaId]: { email: 'numerique@academie.example' },
      });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      const { id } = made.body;
      assert.deepEqual(namesIn(made.body['members'], 'display'), ['Alice Martin']);
      for (const [filter, isFound] of [
        ['displayName eq "équipe numérique"', true],
        ['displayName eq "Equipe Numerique"', false],
        ['displayName sw "ÉQUIPE"', true],
        ['externalId eq "g-1"', true],
        [`members.value eq "${alice}"`, true],
        [`members[value eq "${bruno}"]`, false],
        [`members eq "${alice}" and displayName co "num"`, true],
        [`id eq "${text(id)}"`, true],
        ['displayName co "zzz"', false],
      ] as const) {
        const { body } = await ask('GET', `/Groups?filter=${encodeURIComponent(filter)}&excludedAttributes=members`);
        assert.equal(body['totalResults'], isFound ? 1 : 0, `${filter} ${JSON.stringify(body)}`);
        assert.ok(!JSON.stringify(body).includes('"members"'));
      }
      const added = await patch(id, { op: 'Add', path: 'members', value: [{ value: bruno }, { value: alice }] });
      assert.deepEqual(namesIn(added.body['members'], 'value'), [alice, bruno]);
      const user = await ask('GET', `/Users/${bruno}`);
      assert.deepEqual(namesIn(user.body['groups'], 'display'), ['Équipe Numérique']);
      const removed = await patch(id, { op: 'remove', path: `members[value eq "${alice}"]` });
      assert.deepEqual(namesIn(removed.body['members'], 'value'), [bruno]);
      assert.notEqual(removed.etag, added.etag);
      const stale = await ask('PATCH', `/Groups/${text(id)}`, { Operations: [] }, { 'if-match': added.etag });
      assert.equal(stale.status, 412);
      const replaced = await ask('PUT', `/Groups/${text(id)}`, {
        displayName: 'Numérique',
        members: [{ value: alice }],
      });
      assert.deepEqual(
        [replaced.body['displayName'], namesIn(replaced.body['members'], 'value')],
        ['Numérique', [alice]],
      );
      for (const value of ['p999999', 'g999999', 'x'])
        assert.deepEqual(
          [(await patch(id, { op: 'add', path: 'members', value: [{ value }] })).body['scimType']],
          ['invalidValue'],
          value,
        );
      assert.equal((await ask('DELETE', `/Groups/${text(id)}`)).status, 204);
      assert.equal((await ask('GET', `/Groups/${text(id)}`)).status, 404);
      const again = await ask('POST', '/Groups', {
        displayName: 'Numérique',
        [academyGroupSchemaId]: { email: 'numerique@academie.example' },
      });
      assert.equal(again.body['scimType'], 'uniqueness', 'its address is given to nobody else');
      const lines = await listTrace(store, test.tenantId, { verbs: ['createGroup', 'changeGroup', 'removeGroup'] });
      assert.deepEqual(
        lines.map(({ verb, details }) => [verb, details['token']]),
        ['removeGroup', 'changeGroup', 'changeGroup', 'changeGroup', 'createGroup'].map((verb) => [verb, 'Annuaire']),
      );
    });

    it('people and the group they come into are made by one request', async () => {
      const { body } = await ask('POST', '/Bulk', {
        Operations: [
          {
            method: 'POST',
            path: '/Groups',
            bulkId: 'g',
            data: { displayName: 'Lot', members: [{ value: 'bulkId:u' }] },
          },
          { method: 'POST', path: '/Users', bulkId: 'u', data: { userName: 'lot1', name: { familyName: 'Lot' } } },
        ],
      });
      assert.deepEqual(namesIn(body['Operations'], 'status'), ['201', '201']);
      const { body: found } = await ask('GET', '/Groups?sortBy=displayName&sortOrder=descending&count=1');
      const [lot] = isList(found['Resources']) ? found['Resources'] : [];
      assert.match(JSON.stringify(lot), /"display":"Lot"/);
    });

    it('a group is in no group that is in it, and eight deep at most', async () => {
      const { tenantId } = test;
      const chain: Group[] = [];
      for (let n = 0; n < 9; n += 1) chain.push(await createGroup(store, operator, tenantId, { name: `Niveau ${n}` }));
      const put = (above: number, below: number) =>
        changeGroup(store, operator, { tenantId, groupId: chain[above]?.id ?? assert.fail() }, () => ({
          added: [{ kind: 'group', id: chain[below]?.id ?? assert.fail() }],
        }));
      for (let n = 0; n < 7; n += 1) await put(n, n + 1);
      await assert.rejects(put(0, 0), refusedFor('wouldLoop'));
      await assert.rejects(put(5, 0), refusedFor('wouldLoop'));
      await assert.rejects(put(7, 8), refusedFor('wouldLoop'), 'the ninth');
    });

    it('an administrator of a unit has the groups of that unit alone, and its people', async () => {
      const { tenantId } = test;
      const here = await addPerson(store, operator, {
        tenantId,
        givenName: 'Ici',
        familyName: 'Même',
        unitId: nord,
        password: null,
      });
      const { personId } = here;
      await grantRole(store, operator, { tenantId, personId, kind: 'unit', unitId: nord });
      const actor = await openSession(store, { tenantId, personId });
      await assert.rejects(createGroup(store, actor, tenantId, { name: 'De tous' }), refusedFor('mayNot'));
      const own = await createGroup(store, actor, tenantId, {
        name: 'Du nord',
        unitId: nord,
        added: [{ kind: 'person', id: personId }],
      });
      const page = { sortBy: 'name', isDescending: false, skip: 0, limit: 50 } as const;
      const { groups, total } = await findGroups(store, actor, { tenantId }, page);
      assert.deepEqual([groups.map(({ id }) => id), total], [[own.id], 1]);
      const who = { tenantId, groupId: own.id };
      const outside = [{ kind: 'person', id: test.alice.personId }] as const;
      await assert.rejects(
        changeGroup(store, actor, who, () => ({ added: outside })),
        refusedFor('invalidProperties'),
      );
      const whole = await createGroup(store, operator, tenantId, { name: 'De toute l’académie' });
      await assert.rejects(readGroup(store, actor, { tenantId, groupId: whole.id }), refusedFor('noSuchGroup'));
      await assert.rejects(removeGroup(store, actor, who), refusedFor('invalidProperties'), 'a reason is asked');
      await removeGroup(store, actor, who, 'doublon');
      const nobody: Actor = { ...actor, personId: test.bruno.personId };
      await assert.rejects(findGroups(store, nobody, { tenantId }, page), refusedFor('mayNot'));
    });

    it('more than a list may have are not looked for one by one, nor may more write to it', async () => {
      const { tenantId } = test;
      const many = Array.from({ length: membersAtMost + 1 }, (_, n) => n + 1_000_000);
      const units = many.map((id) => ({ kind: 'unit', id }) as const);
      const made = (given: Pick<GroupChange, 'added' | 'addedWriters'>) =>
        createGroup(store, operator, tenantId, { name: 'Tout', ...given });
      await assert.rejects(made({ added: units }), refusedFor('tooMany'));
      await assert.rejects(made({ addedWriters: many.map((id) => asId<PersonId>(id)) }), refusedFor('tooMany'));
    });

    it('a token of another institution finds no group of ours, nor adds anybody of ours to its own', async () => {
      const headers = { authorization: `Bearer ${foreign}` };
      const { body } = await ask('POST', '/Groups', { displayName: 'À nous' });
      const path = `/Groups/${text(body['id'])}`;
      for (const [method, given] of [
        ['GET', undefined],
        ['PUT', { displayName: 'x' }],
        ['PATCH', { Operations: [] }],
        ['DELETE', undefined],
      ] as const)
        assert.equal((await ask(method, path, given, headers)).status, 404, method);
      assert.equal((await ask('GET', '/Groups', undefined, headers)).body['totalResults'], 0);
      for (const value of [alice, text(body['id'])]) {
        const made = await ask('POST', '/Groups', { displayName: 'À eux', members: [{ value }] }, headers);
        assert.equal(made.status, 400);
      }
      assert.equal((await ask('GET', path)).status, 200);
    });
  });
});
