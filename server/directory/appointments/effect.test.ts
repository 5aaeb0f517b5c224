/** What the day of an appointment brings: mandates of the unit before end, addresses follow the rule, leaves come back. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { grantMandate, listMandates } from '#server/access/mandate.ts';
import { changeUnitDomain, planDomain } from '#server/directory/address-rule.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { createGroup } from '#server/directory/groups/change.ts';
import { readGroup } from '#server/directory/groups/read.ts';
import { readPerson } from '#server/directory/people.ts';
import { addPerson, type AddedPerson } from '#server/directory/person.ts';
import { selectProfile } from '#server/directory/queries/change.ts';
import { addUnits } from '#server/directory/unit.ts';
import { listTrace } from '#server/records/trace.ts';
import type { AccountId, UnitId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { appoint, cancelAppointment, listAppointments } from './appoint.ts';
import { takeEffect } from './job.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`the day of an appointment on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let now = Date.parse('2026-06-15T10:00:00Z');
    let nord: UnitId;
    let ecole: UnitId;
    let sud: UnitId;
    let rose: AddedPerson;
    let luc: AddedPerson;
    let ofNord: AccountId;
    let ofSud: AccountId;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      test = await openTestHouse(store);
      const { tenantId } = test;
      const units = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'Nord' },
        { kind: 'dsden', code: 'sud', name: 'Sud' },
        { kind: 'service', code: 'ecole', name: 'École', parentCode: 'nord' },
      ]);
      assert.ok(units[0] && units[1] && units[2]);
      [nord, sud, ecole] = [units[0], units[1], units[2]];
      const given = { tenantId, unitId: nord, password: null };
      rose = await addPerson(store, operator, {
        ...given,
        givenName: 'Rose',
        familyName: 'Noël',
        functionName: 'Cheffe',
      });
      luc = await addPerson(store, operator, { ...given, givenName: 'Luc', familyName: 'Roy' });
      ofNord = (await addFunctionalAccount(store, operator, { tenantId, name: 'École du nord', unitId: ecole }))
        .accountId;
      ofSud = (await addFunctionalAccount(store, operator, { tenantId, name: 'Bureau du sud', unitId: sud })).accountId;
    });
    after(() => store.close());
    const profileOf = async ({ personId }: AddedPerson) => {
      const profile = await read(store, (tx) => selectProfile(tx, { tenantId: test.tenantId, personId }));
      assert.ok(profile);
      return profile;
    };
    const addressesOf = async ({ personId }: AddedPerson) =>
      (await readPerson(store, operator, test.tenantId, personId)).addresses.map(
        ({ address, kind }) => `${kind} ${address}`,
      );
    const standing = async (accountId: AccountId) =>
      (await listMandates(store, operator, test.tenantId, accountId))
        .filter(({ revokedAt }) => revokedAt === null)
        .map(({ personId }) => personId);
    const grant = (accountId: AccountId, { personId }: AddedPerson) =>
      grantMandate(store, operator, { tenantId: test.tenantId, accountId, personId, rights: ['read'] });

    it('mandates of the unit left end, both ways, and both sides have a letter; those of other units stay', async () => {
      const { tenantId, alice } = test;
      await grant(ofNord, rose);
      await grant(ofSud, rose);
      await grant(rose.accountId, luc);
      await grant(rose.accountId, alice);
      const who = { tenantId, personId: rose.personId };
      await appoint(store, operator, who, { unitId: sud, functionName: null, from: '2026-09-01', until: null });
      assert.deepEqual(await standing(ofNord), [rose.personId]);
      now = Date.parse('2026-09-01T10:00:00Z');
      assert.equal(await takeEffect(store), 1);
      assert.deepEqual(await standing(ofNord), []);
      assert.deepEqual(await standing(ofSud), [rose.personId]);
      assert.deepEqual(await standing(rose.accountId), [alice.personId]);
      const letters = await read(store, (tx) =>
        rows(tx, tx.q.selectFrom('job').select(['account_id', 'payload']).where('kind', '=', 'notice')),
      );
      const ended = letters.filter(({ payload }) => payload.includes('mandateEnded')).map((one) => one.account_id);
      const told = [ofNord, rose.accountId, rose.accountId, luc.accountId].map(Number);
      assert.deepEqual(
        ended.toSorted((a, b) => Number(a) - Number(b)),
        told.toSorted((a, b) => a - b),
      );
      const [line] = await listTrace(store, tenantId, { verbs: ['leaveUnit'] });
      assert.deepEqual([line?.details['of'], line?.details['unit']], [rose.personId, nord]);
    });

    it('the first address is in the domain of the unit somebody comes to, and the former stays', async () => {
      const { tenantId } = test;
      await addDomain(store, operator, { tenantId, name: 'sud.example' });
      await changeUnitDomain(store, operator, tenantId, sud, 'Sud.example');
      const who = { tenantId, personId: luc.personId };
      const given = { functionName: null, from: '2026-09-01', until: null };
      await appoint(store, operator, who, { ...given, unitId: sud });
      assert.deepEqual(
        await addressesOf(luc),
        ['primary luc.roy@sud.example', 'alias luc.roy@academie.example'].toSorted((a, b) =>
          a.slice(a.indexOf(' ')) < b.slice(b.indexOf(' ')) ? -1 : 1,
        ),
      );
      await appoint(store, operator, who, { ...given, unitId: ecole });
      assert.equal((await readPerson(store, operator, tenantId, luc.personId)).email, 'luc.roy@academie.example');
      await appoint(store, operator, who, { ...given, unitId: sud });
      assert.equal((await addressesOf(luc)).length, 2, 'what was theirs is theirs again');
      const rule = new Map([
        [Number(sud), 'sud.example'],
        [Number(nord), 'gone.example'],
      ]);
      assert.equal(planDomain(rule, `/${nord}/`, 'academie.example', ['academie.example', 'sud.example']), undefined);
    });

    it('a leave gives back what was before, but for what was changed meanwhile', async () => {
      const { tenantId } = test;
      const who = { tenantId, personId: rose.personId };
      const added = [{ kind: 'person', id: rose.personId }] as const;
      const group = await createGroup(store, operator, tenantId, { name: 'Du sud', unitId: sud, added });
      const leave = {
        unitId: ecole,
        functionName: 'En mission',
        population: 'teacher',
        quotaOctets: 5_000,
        from: '2026-10-01',
      };
      await appoint(store, operator, who, { ...leave, until: '2026-10-31', isLeave: true });
      now = Date.parse('2026-10-01T10:00:00Z');
      await takeEffect(store);
      const place = async () => {
        const { unitId, functionName, population, quotaOctets } = await profileOf(rose);
        const { members } = await readGroup(store, operator, { tenantId, groupId: group.id });
        return [unitId, functionName, population, quotaOctets, members.length];
      };
      assert.deepEqual(await place(), [ecole, 'En mission', 'teacher', 5_000, 0]);
      now = Date.parse('2026-11-01T10:00:00Z');
      await takeEffect(store);
      assert.deepEqual(await place(), [sud, 'Cheffe', 'staff', null, 1]);
      assert.equal((await readPerson(store, operator, tenantId, rose.personId)).email, 'rose.noel@sud.example');
      const [line] = await listTrace(store, tenantId, { verbs: ['comeBack'] });
      assert.deepEqual(line?.details['unit'], sud);
      assert.deepEqual(
        (await listAppointments(store, operator, who)).map(({ state }) => state),
        ['current', 'past'],
      );
    });

    it('one that is planned is taken back', async () => {
      const who = { tenantId: test.tenantId, personId: rose.personId };
      const { id } = await appoint(store, operator, who, {
        unitId: nord,
        functionName: null,
        from: '2027-01-01',
        until: null,
      });
      await cancelAppointment(store, operator, who, id);
      now = Date.parse('2027-01-02T10:00:00Z');
      assert.equal(await takeEffect(store), 0);
      assert.equal((await profileOf(rose)).unitId, sud);
    });
  });
});
