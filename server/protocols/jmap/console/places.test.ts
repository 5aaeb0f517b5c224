/** What administrators change about people and services: with a role over them, and a proof that is fresh where it is dangerous. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse } from '#tools/testing/house.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession, proveNow } from '#server/access/actor.testing.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole } from '#server/access/role.ts';
import { appoint, listAppointments } from '#server/directory/appointments/appoint.ts';
import { cancelAppointment } from '#server/directory/appointments/cancel.ts';
import { listAddresses, replaceAddressOf } from '#server/directory/person-address.ts';
import { addUnits } from '#server/directory/unit.ts';
import { addClient, changeClient, removeClient, renewClientSecret } from '#server/provider/clients.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`places and proofs on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let now = Date.parse('2026-06-15T10:00:00Z');
    let chief: PersonActor;
    const grow = (minutes: number): void => {
      now += minutes * 60_000;
    };
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      test = await openTestHouse(store);
      const { tenantId, alice } = test;
      await grantRole(store, operator, { tenantId, personId: alice.personId, kind: 'tenant', reason: 'essai' });
      chief = await openSession(store, { tenantId, personId: alice.personId });
    });
    after(() => store.close());

    it('a first address is replaced by an administrator who just proved who they are, and never their own', async () => {
      const { tenantId, bruno } = test;
      const who = { tenantId, personId: bruno.personId };
      const theirs = await openSession(store, who);
      const wanted = 'bruno.neuf@academie.example';
      await assert.rejects(replaceAddressOf(store, theirs, who, wanted, 'x'), refusedFor('mayNot'));
      const own = { tenantId, personId: chief.personId };
      await assert.rejects(replaceAddressOf(store, chief, own, wanted, 'x'), refusedFor('mayNot'));
      await assert.rejects(replaceAddressOf(store, chief, who, wanted, ' '), refusedFor('invalidProperties'));
      await assert.rejects(replaceAddressOf(store, chief, who, test.alice.email, 'x'), refusedFor('alreadyExists'));
      grow(16);
      await assert.rejects(replaceAddressOf(store, chief, who, wanted, 'x'), refusedFor('stepUpNeeded'));
      await proveNow(store, chief);
      await replaceAddressOf(store, chief, who, wanted, 'mariage');
      assert.deepEqual(await listAddresses(store, chief, who), [
        { address: wanted, kind: 'primary' },
        { address: bruno.email, kind: 'alias' },
      ]);
    });

    it('an appointment is called off as long as it has not begun, for the person it is of', async () => {
      const { tenantId, alice, bruno } = test;
      const who = { tenantId, personId: bruno.personId };
      const [unitId] = await addUnits(store, operator, tenantId, [{ kind: 'dsden', code: 'nord', name: 'Nord' }]);
      assert.ok(unitId);
      const given = { unitId, functionName: null, until: null };
      const { id } = await appoint(store, chief, who, { ...given, from: '2026-09-01' });
      const begun = await appoint(store, chief, who, { ...given, from: '2026-06-01' });
      const elsewhere = { tenantId, personId: alice.personId };
      await assert.rejects(cancelAppointment(store, operator, elsewhere, id), refusedFor('noSuchJob'));
      await assert.rejects(cancelAppointment(store, chief, who, begun.id), refusedFor('noSuchJob'));
      await cancelAppointment(store, chief, who, id);
      assert.deepEqual(
        (await listAppointments(store, chief, who)).map((one) => one.id),
        [begun.id],
      );
    });

    it('services are added, changed, given another secret and removed by whoever just proved who they are', async () => {
      const { tenantId } = test;
      const given = { name: 'Cahier', isConfidential: true, redirectUris: ['https://cahier.example/'] };
      const { id } = await addClient(store, chief, tenantId, given);
      grow(16);
      const who = { tenantId, id };
      for (const refused of [
        () => addClient(store, chief, tenantId, given),
        () => changeClient(store, chief, who, { name: 'Autre' }),
        () => renewClientSecret(store, chief, who),
        () => removeClient(store, chief, who),
      ])
        await assert.rejects(refused(), refusedFor('stepUpNeeded'));
      await proveNow(store, chief);
      await changeClient(store, chief, who, { name: 'Autre' });
      await removeClient(store, chief, who);
    });
  });
});
