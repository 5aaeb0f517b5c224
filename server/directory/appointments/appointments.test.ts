/** Appointments: nothing before their day, unit and function on it, and the groups of the unit before are left. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { createGroup } from '#server/directory/groups/change.ts';
import { readGroup } from '#server/directory/groups/read.ts';
import { readPerson } from '#server/directory/people.ts';
import { addPerson } from '#server/directory/person.ts';
import { addUnits } from '#server/directory/unit.ts';
import type { PersonId, UnitId } from '#server/store/ids.ts';
import { quotaRoofOctets } from '#server/quota/change.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { appoint, listAppointments } from './appoint.ts';
import { dayOf } from './day.ts';
import { takeEffect } from './job.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`appointments on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let now = Date.parse('2026-06-15T10:00:00Z');
    let nord: UnitId;
    let sud: UnitId;
    let personId: PersonId;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      test = await openTestHouse(store);
      const { tenantId } = test;
      const units = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'Nord' },
        { kind: 'dsden', code: 'sud', name: 'Sud' },
      ]);
      assert.ok(units[0] && units[1]);
      [nord, sud] = [units[0], units[1]];
      const given = { tenantId, givenName: 'Rose', familyName: 'Noël', unitId: nord, password: null };
      ({ personId } = await addPerson(store, operator, { ...given, functionName: 'Adjointe' }));
    });
    after(() => store.close());
    const place = async (): Promise<readonly unknown[]> => {
      const { unitId, functionName } = await readPerson(store, operator, test.tenantId, personId);
      return [unitId, functionName];
    };

    it('nothing changes before the day; on it unit and function do, and groups of the unit before are left', async () => {
      const { tenantId } = test;
      const who = { tenantId, personId };
      const added = [{ kind: 'person', id: personId }] as const;
      const left = await createGroup(store, operator, tenantId, { name: 'Du nord', unitId: nord, added });
      const kept = await createGroup(store, operator, tenantId, { name: 'De tous', added });
      const from = '2026-09-01';
      await appoint(store, operator, who, { unitId: sud, functionName: 'Principale', from, until: '2027-08-31' });
      assert.equal(await takeEffect(store), 0);
      assert.deepEqual(await place(), [nord, 'Adjointe']);
      // Midnight in Paris, not in Greenwich.
      now = Date.parse('2026-08-31T22:30:00Z');
      assert.equal(dayOf(now), from);
      assert.equal(await takeEffect(store), 1);
      assert.equal(await takeEffect(store), 0, 'once');
      assert.deepEqual(await place(), [sud, 'Principale']);
      const membersOf = async (groupId: typeof left.id) =>
        (await readGroup(store, operator, { tenantId, groupId })).members;
      assert.deepEqual([(await membersOf(left.id)).length, (await membersOf(kept.id)).length], [0, 1]);
      now = Date.parse('2027-09-01T10:00:00Z');
      assert.equal(await takeEffect(store), 1);
      assert.deepEqual(await place(), [sud, 'Principale'], 'whoever has no next place stays');
      assert.deepEqual(
        (await listAppointments(store, operator, who)).map(({ state }) => state),
        ['past'],
      );
    });

    it('what began already is done at once, and takes the place of the one before; what is over changes nothing', async () => {
      const who = { tenantId: test.tenantId, personId };
      const given = { unitId: nord, functionName: null, from: '2027-06-01', until: null };
      assert.equal((await appoint(store, operator, who, given)).state, 'current');
      assert.deepEqual(await place(), [nord, 'Principale']);
      await appoint(store, operator, who, { ...given, unitId: sud, from: '2020-09-01', until: '2021-08-31' });
      assert.deepEqual(await place(), [nord, 'Principale']);
      await appoint(store, operator, who, { ...given, unitId: sud, from: '2027-07-01' });
      assert.deepEqual(
        (await listAppointments(store, operator, who)).map(({ from, state }) => `${from} ${state}`),
        ['2020-09-01 past', '2026-09-01 past', '2027-06-01 past', '2027-07-01 current'],
      );
      for (const wrong of [
        { from: '2027-02-30' },
        { from: 'x' },
        { until: '2027-05-31' },
        { from: '2030-01-01', functionName: 'Proviseur\r\nBcc: x@y.example' },
        { from: '2030-01-01', population: 'staff\n' },
        { from: '2030-01-01', quotaOctets: quotaRoofOctets + 1 },
      ])
        await assert.rejects(appoint(store, operator, who, { ...given, ...wrong }), refusedFor('invalidProperties'));
    });
  });
});
