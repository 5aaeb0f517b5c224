/** The tree of units as administrators see and arrange it: who may what, where, and what is refused. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession, proveNow } from '#server/access/actor.testing.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { Refusal } from '#server/access/refusal.ts';
import { grantRole } from '#server/access/role.ts';
import type { RoleKind } from '#server/access/powers.ts';
import { changeUnit, closeUnit, createUnit, moveUnit } from '#server/directory/arrange-unit.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { addUnits } from '#server/directory/unit.ts';
import { listTrace } from '#server/records/trace.ts';
import type { TenantId, UnitId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

import { countPeople, readUnits, searchUnits } from './units.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`units on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let units: Readonly<Record<string, UnitId>> = {};
    const actors = new Map<string, PersonActor>();
    const the = (key: string): PersonActor => {
      const actor = actors.get(key);
      assert.ok(actor, key);
      return actor;
    };
    const unit = (code: string): UnitId => {
      const id = units[code];
      assert.ok(id !== undefined, code);
      return id;
    };
    const plain = { kind: 'service', code: null, isPublic: true, department: null } as const;
    const namesOf = async (actor: PersonActor, search: Parameters<typeof searchUnits>[3]) => {
      const ids = await searchUnits(store, actor, tenantId, search);
      const cards = new Map((await readUnits(store, actor, tenantId, ids)).map((card) => [card.id, card]));
      return ids.map((id) => cards.get(id)?.name);
    };
    const add = async (key: string, unitId: UnitId | null, kind?: RoleKind, on?: UnitId): Promise<void> => {
      const added = await addPerson(store, operator, {
        tenantId,
        givenName: 'T',
        familyName: key,
        unitId,
        password: null,
      });
      if (kind) {
        const role = { tenantId, personId: added.personId, kind, unitId: on ?? null, reason: 'essai' };
        await grantRole(store, operator, role);
      }
      actors.set(key, await openSession(store, { tenantId, personId: added.personId }));
    };
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      const ids = await addUnits(store, operator, tenantId, [
        { kind: 'academy', code: 'academie', name: 'Académie' },
        { kind: 'dsden', code: 'nord', name: 'DSDEN Nord', parentCode: 'academie' },
        { kind: 'dsden', code: 'sud', name: 'DSDEN Sud', parentCode: 'academie' },
        { kind: 'college', code: '0750655e', name: 'École des Tilleuls', parentCode: 'nord' },
        { kind: 'college', code: '0750656f', name: 'Zola', parentCode: 'nord' },
        { kind: 'college', code: '0750657g', name: 'Collège 10', parentCode: 'nord' },
        { kind: 'college', code: '0750658h', name: 'Collège 9', parentCode: 'nord' },
      ]);
      const codes = ['academie', 'nord', 'sud', 'tilleuls', 'zola', 'ten', 'nine'];
      units = Object.fromEntries(codes.flatMap((code, n) => (ids[n] === undefined ? [] : [[code, ids[n]]])));
      await add('whole', null, 'tenant');
      await add('north', unit('nord'), 'unit', unit('nord'));
      await add('helper', unit('nord'), 'support', unit('nord'));
      await add('pupil', unit('zola'));
    });
    after(() => store.close());

    it('a tree is unfolded level by level, by name as people sort names, from the tops of what one sees', async () => {
      assert.deepEqual(await namesOf(the('whole'), { parentId: null }), ['Académie']);
      assert.deepEqual(await namesOf(the('north'), { parentId: null }), ['DSDEN Nord']);
      const level = ['Collège 9', 'Collège 10', 'École des Tilleuls', 'Zola'];
      assert.deepEqual(await namesOf(the('north'), { parentId: unit('nord') }), level);
      assert.deepEqual(await namesOf(the('helper'), { parentId: unit('sud') }), []);
      await assert.rejects(searchUnits(store, the('pupil'), tenantId, {}), refusedFor('mayNot'));
    });

    it('a unit is found by the beginnings of its words and by its code, however deep', async () => {
      assert.deepEqual(await namesOf(the('whole'), { text: 'ecole til' }), ['École des Tilleuls']);
      assert.deepEqual(await namesOf(the('whole'), { text: '0750656F' }), ['Zola']);
      assert.deepEqual(await namesOf(the('north'), { text: 'sud' }), []);
    });

    it('a card says what is above and below, how many people, and what one may do', async () => {
      const [card] = await readUnits(store, the('north'), tenantId, [unit('nord')]);
      assert.ok(card);
      const { aboveNames, below, people, mayChange, mayMove } = card;
      assert.deepEqual({ aboveNames, below, people }, { aboveNames: ['Académie'], below: 4, people: 2 });
      assert.deepEqual([mayChange, mayMove], [true, false], 'one’s own top is described, and moved by who is above');
      const [seen] = await readUnits(store, the('helper'), tenantId, [unit('zola')]);
      assert.deepEqual([seen?.mayChange, seen?.mayMove], [false, false]);
      assert.equal(await countPeople(store, the('whole'), tenantId, unit('academie')), 3);
      await assert.rejects(countPeople(store, the('north'), tenantId, unit('sud')), refusedFor('noSuchUnit'));
      assert.deepEqual(await readUnits(store, the('north'), tenantId, [unit('sud')]), []);
    });

    it('a unit is made below one’s own, with a code whose letter is checked', async () => {
      const made = { ...plain, parentId: unit('nord') };
      const id = await createUnit(store, the('north'), tenantId, {
        ...made,
        name: ' Service social ',
        department: '34',
      });
      const [card] = await readUnits(store, the('north'), tenantId, [id]);
      assert.deepEqual([card?.name, card?.department, card?.code], ['Service social', '34', null]);
      for (const [given, property] of [
        [{ name: ' ' }, 'name'],
        [{ name: 'x', kind: 'no kind' }, 'kind'],
        [{ name: 'x', department: '99' }, 'department'],
        [{ name: 'x', code: '0750660z' }, 'code'],
        [{ name: 'x', kind: 'college', code: null }, 'code'],
        [{ name: 'x', kind: 'college', code: 'dsi' }, 'code'],
        [{ name: 'x', code: 'pas un code' }, 'code'],
      ] as const)
        await assert.rejects(
          createUnit(store, the('north'), tenantId, { ...made, ...given }),
          (error) => error instanceof Refusal && error.details.properties?.[0] === property,
          JSON.stringify(given),
        );
      await assert.rejects(
        createUnit(store, the('whole'), tenantId, { ...made, name: 'x', kind: 'college', code: '0750655E' }),
        refusedFor('alreadyExists'),
      );
      for (const [key, parentId, reason] of [
        ['north', unit('sud'), 'noSuchUnit'],
        ['north', null, 'mayNot'],
        ['helper', unit('nord'), 'mayNot'],
        ['pupil', unit('nord'), 'mayNot'],
      ] as const)
        await assert.rejects(
          createUnit(store, the(key), tenantId, { ...plain, name: 'x', parentId }),
          refusedFor(reason),
          `${key} ${reason}`,
        );
    });

    it('what is said of a unit is changed in words the log keeps, and a code of before checks stays', async () => {
      const [old] = await addUnits(store, operator, tenantId, [
        { kind: 'college', code: '0750655a', name: 'Ancien', parentCode: 'nord' },
      ]);
      assert.ok(old !== undefined);
      await changeUnit(store, the('north'), tenantId, old, { name: 'Nouveau', department: '2a' });
      const [line] = await listTrace(store, tenantId, { verbs: ['changeUnit'], limit: 1 });
      assert.equal(line?.details['name'], 'Ancien → Nouveau');
      assert.equal(line?.details['department'], 'null → 2A');
      await assert.rejects(
        changeUnit(store, the('north'), tenantId, old, { code: '0750655b' }),
        refusedFor('invalidProperties'),
      );
      await assert.rejects(
        changeUnit(store, the('north'), tenantId, unit('sud'), { name: 'x' }),
        refusedFor('noSuchUnit'),
      );
    });

    it('a unit moves from below one’s own to below one’s own, never below itself, after a proof', async () => {
      const move = { unitId: unit('zola'), parentId: unit('tilleuls') };
      await moveUnit(store, the('north'), tenantId, move);
      assert.deepEqual(await namesOf(the('north'), { parentId: unit('tilleuls') }), ['Zola']);
      await assert.rejects(
        moveUnit(store, the('whole'), tenantId, { unitId: unit('nord'), parentId: unit('zola') }),
        refusedFor('wouldLoop'),
      );
      for (const [given, reason] of [
        [{ unitId: unit('zola'), parentId: unit('sud') }, 'noSuchUnit'],
        [{ unitId: unit('nord'), parentId: unit('tilleuls') }, 'noSuchUnit'],
        [{ unitId: unit('zola'), parentId: null }, 'mayNot'],
      ] as const)
        await assert.rejects(moveUnit(store, the('north'), tenantId, given), refusedFor(reason));
      await moveUnit(store, the('whole'), tenantId, { unitId: unit('zola'), parentId: unit('nord') });
    });

    it('a closed unit keeps its people and takes nobody else; units below are closed before', async () => {
      await assert.rejects(
        closeUnit(store, the('whole'), tenantId, unit('nord'), true),
        (error) => error instanceof Refusal && error.details.properties?.[0] === 'isClosed',
      );
      await proveNow(store, the('north'));
      await closeUnit(store, the('north'), tenantId, unit('zola'), true);
      const newcomer = { tenantId, givenName: 'T', familyName: 'Late', unitId: unit('zola'), password: null };
      await assert.rejects(addPerson(store, operator, newcomer), refusedFor('noSuchUnit'));
      await assert.rejects(
        createUnit(store, the('whole'), tenantId, { ...plain, name: 'x', parentId: unit('zola') }),
        refusedFor('invalidProperties'),
      );
      const [card] = await readUnits(store, the('north'), tenantId, [unit('zola')]);
      assert.equal(card?.people, 1);
      assert.ok(!(await namesOf(the('north'), { isClosed: false })).includes('Zola'));
      await closeUnit(store, the('north'), tenantId, unit('zola'), false);
      await addPerson(store, operator, newcomer);
    });
  });
});
