/** Announcements: who is told what, who may publish, and who has read it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { type Actor, operator, type PersonActor } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole } from '#server/access/role.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { addUnits } from '#server/directory/unit.ts';
import { lookAtMaintenance } from '#server/maintenance/watch.ts';
import { listTrace } from '#server/records/trace.ts';
import type { AccountId, TenantId, UnitId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import {
  acknowledgedByUnit,
  changeAnnouncement,
  listAnnouncements,
  type NewAnnouncement,
  publishAnnouncement,
  withdrawAnnouncement,
} from './publish.ts';
import { acknowledgeAnnouncement, announcementsAtTheDoor, visibleAnnouncements } from './visible.ts';

interface Someone {
  readonly actor: PersonActor;
  readonly accountId: AccountId;
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`announcements on ${name}`, () => {
    let store: Store;
    let now = Date.UTC(2026, 8, 1, 8);
    let tenantId: TenantId;
    let otherId: TenantId;
    let units: readonly UnitId[];
    const people = new Map<string, Someone>();
    const the = (key: string): Someone => {
      const one = people.get(key);
      assert.ok(one, key);
      return one;
    };
    const unit = (index: number): UnitId => {
      const id = units[index];
      assert.ok(id);
      return id;
    };
    const add = async (key: string, of: TenantId, unitId: UnitId | null, population: string): Promise<void> => {
      const added = await addPerson(store, operator, {
        tenantId: of,
        givenName: 'Test',
        familyName: key,
        unitId,
        population,
        password: `mot-de-passe-long-de-${key}`,
      });
      const actor = await openSession(store, { tenantId: of, personId: added.personId });
      people.set(key, { actor, accountId: added.accountId });
    };
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      tenantId = await addTenant(store, operator, { slug: 'ici', name: 'Ici' });
      otherId = await addTenant(store, operator, { slug: 'la', name: 'Là' });
      await addDomain(store, operator, { tenantId, name: 'ici.example' });
      await addDomain(store, operator, { tenantId: otherId, name: 'la.example' });
      units = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'Nord' },
        { kind: 'college', code: 'nord-1', name: 'Collège du Nord', parentCode: 'nord' },
        { kind: 'dsden', code: 'sud', name: 'Sud' },
      ]);
      await add('chef', tenantId, null, 'staff');
      await add('nord', tenantId, unit(0), 'staff');
      await add('prof', tenantId, unit(1), 'teacher');
      await add('sud', tenantId, unit(2), 'teacher');
      await add('ailleurs', otherId, null, 'teacher');
      const roles = { tenantId, reason: 'essai' };
      await grantRole(store, operator, { ...roles, personId: the('chef').actor.personId, kind: 'tenant' });
      await grantRole(store, operator, {
        ...roles,
        personId: the('nord').actor.personId,
        kind: 'unit',
        unitId: unit(0),
      });
      await lookAtMaintenance(store);
    });
    after(() => store.close());

    const publish = (text: string, given: Partial<NewAnnouncement> = {}, by: Actor = operator) =>
      publishAnnouncement(store, by, {
        tenantId,
        isPlatform: false,
        level: 'info',
        audience: { kind: 'everybody' },
        textFr: text,
        ...given,
      });
    const seenBy = async (key: string): Promise<readonly string[]> =>
      (await visibleAnnouncements(store, the(key).actor)).list.map(({ announcement }) => announcement.textFr);
    const withdraw = async (): Promise<void> => {
      for (const { id } of await listAnnouncements(store, operator, tenantId))
        await withdrawAnnouncement(store, operator, tenantId, id);
    };

    it('each person is told what is for them, the gravest first', async () => {
      await publish('tous');
      await publish('plateforme', { isPlatform: true, level: 'urgent' });
      await publish('enseignants', { audience: { kind: 'population', population: 'teacher' } });
      await publish('nord', { audience: { kind: 'unit', unitId: unit(0) }, level: 'warning' });
      const table = {
        chef: ['plateforme', 'tous'],
        nord: ['plateforme', 'nord', 'tous'],
        prof: ['plateforme', 'nord', 'enseignants', 'tous'],
        sud: ['plateforme', 'enseignants', 'tous'],
        ailleurs: ['plateforme'],
      };
      for (const [key, expected] of Object.entries(table)) assert.deepEqual(await seenBy(key), expected, key);
      await withdraw();
      assert.deepEqual(await seenBy('prof'), []);
    });

    it('one is shown from its beginning to its end, and says when to look again', async () => {
      const startsAt = now + 1_000;
      await publish('plus tard', { startsAt, endsAt: startsAt + 1_000 });
      const before = await visibleAnnouncements(store, the('prof').actor);
      assert.deepEqual(before, { list: [], changesAt: startsAt });
      now += 1_500;
      assert.deepEqual(await seenBy('prof'), ['plus tard']);
      now += 1_000;
      assert.deepEqual(await visibleAnnouncements(store, the('prof').actor), { list: [], changesAt: null });
      await withdraw();
    });

    it('whoever publishes administers all of the place it is for', async () => {
      const nord = the('nord').actor;
      const inNord = { audience: { kind: 'unit', unitId: unit(1) } } as const;
      await assert.rejects(publish('x', {}, nord), refusedFor('mayNot'));
      await assert.rejects(publish('x', inNord, the('prof').actor), refusedFor('mayNot'));
      const inSud = { audience: { kind: 'unit', unitId: unit(2) } } as const;
      await assert.rejects(publish('x', inSud, nord), refusedFor('noSuchUnit'));
      await assert.rejects(publish('x', { isPlatform: true }, the('chef').actor), refusedFor('mayNot'));
      const own = await publish('collège', inNord, nord);
      const ofAll = await publish('tous', {}, the('chef').actor);
      const listed = (await listAnnouncements(store, nord, tenantId)).filter(({ withdrawnAt }) => withdrawnAt === null);
      assert.deepEqual(
        listed.map(({ id }) => id),
        [own.id],
      );
      await assert.rejects(withdrawAnnouncement(store, nord, tenantId, ofAll.id), refusedFor('noSuchJob'));
      await withdrawAnnouncement(store, nord, tenantId, own.id);
      const [line] = await listTrace(store, tenantId, { verbs: ['withdrawAnnouncement'] });
      assert.equal(line?.personId, nord.personId);
      await withdraw();
    });

    it('one that must be read is shown until that is said, and again once its text is another', async () => {
      const { id } = await publish('à lire', { mustAcknowledge: true });
      const prof = the('prof').actor;
      assert.deepEqual(await seenBy('prof'), ['à lire']);
      await acknowledgeAnnouncement(store, prof, id);
      assert.deepEqual(await seenBy('prof'), []);
      assert.deepEqual(await seenBy('sud'), ['à lire']);
      const counted = await acknowledgedByUnit(store, the('chef').actor, tenantId, id);
      const ofCollege = counted.find(({ unitName }) => unitName === 'Collège du Nord');
      assert.deepEqual(ofCollege, { unitName: 'Collège du Nord', people: 1, acknowledged: 1 });
      assert.equal(counted.at(-1), ofCollege);
      assert.equal(
        counted.reduce((sum, { people: some }) => sum + some, 0),
        4,
      );
      now += 1;
      await changeAnnouncement(store, operator, tenantId, id, { level: 'urgent' });
      assert.deepEqual(await seenBy('prof'), []);
      await changeAnnouncement(store, operator, tenantId, id, { textFr: 'à relire' });
      assert.deepEqual(await seenBy('prof'), ['à relire']);
      await assert.rejects(acknowledgeAnnouncement(store, the('ailleurs').actor, id), refusedFor('noSuchJob'));
      await withdraw();
    });

    it('at the door stands what is public, and only what is for everybody may be', async () => {
      await publish('dedans');
      await publish('dehors', { isPublic: true });
      await publish('partout', { isPublic: true, isPlatform: true });
      const texts = async (of: TenantId | undefined) =>
        (await announcementsAtTheDoor(store, of)).map(({ textFr }) => textFr).toSorted();
      assert.deepEqual(await texts(tenantId), ['dehors', 'partout']);
      assert.deepEqual(await texts(otherId), ['partout']);
      assert.deepEqual(await texts(undefined), ['partout']);
      for (const wrong of [
        { isPublic: true, audience: { kind: 'population', population: 'teacher' } },
        { endsAt: now - 1 },
        { textFr: '  ' },
        { textFr: 'x'.repeat(2_001) },
      ] as const)
        await assert.rejects(publish('x', wrong), refusedFor('invalidProperties'));
      await withdraw();
    });

    it('whoever has a page open is told at once', async () => {
      const told = Promise.withResolvers<void>();
      const stop = store.changes.listen(the('prof').accountId, ({ states }) => {
        if (states.Announcement !== undefined) told.resolve();
      });
      await publish('maintenant');
      await told.promise;
      stop();
    });
  });
});
