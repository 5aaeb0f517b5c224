/** What a browser leaves for the support: by a short code, for a day, and nothing that was not said. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole } from '#server/access/role.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { leaveDiagnosis, readDiagnosis } from './report.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`diagnoses on ${name}`, () => {
    let store: Store;
    let house: TestHouse;
    let agent: PersonActor;
    let now = Date.UTC(2026, 8, 1, 8);
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      house = await openTestHouse(store);
      const { tenantId, alice } = house;
      await grantRole(store, operator, { tenantId, personId: alice.personId, kind: 'support', reason: 'essai' });
      agent = await openSession(store, { tenantId, personId: alice.personId });
    });
    after(() => store.close());

    it('an agent of support reads it by the code however it is typed, for a day, and nobody else', async () => {
      const { tenantId, bruno } = house;
      const given = { cookies: false, answerMs: 12, userAgent: 'x'.repeat(1_000), name: 'Alice', page: { deep: 1 } };
      const code = await leaveDiagnosis(store, given, '192.0.2.1');
      assert.match(code, /^[A-HJ-NP-Z2-9]{7}$/);
      const typed = `${code.slice(0, 3)} ${code.slice(3).toLowerCase()}`;
      const { findings, createdAt } = await readDiagnosis(store, agent, tenantId, typed);
      assert.deepEqual(findings, { cookies: false, answerMs: 12, userAgent: 'x'.repeat(300) });
      assert.equal(createdAt, now);
      const person = await openSession(store, { tenantId, personId: bruno.personId });
      await assert.rejects(readDiagnosis(store, person, tenantId, code), refusedFor('mayNot'));
      await assert.rejects(readDiagnosis(store, agent, tenantId, `${code}A`), refusedFor('noSuchJob'));
      now += 24 * 3_600_000;
      await assert.rejects(readDiagnosis(store, agent, tenantId, code), refusedFor('noSuchJob'));
    });

    it('a network of IPv6 is one address, whichever of its own somebody comes by', async () => {
      for (let n = 0; n < 20; n += 1) await leaveDiagnosis(store, {}, `2001:db8:0:7::${n.toString(16)}`);
      await assert.rejects(leaveDiagnosis(store, {}, '2001:db8:0:7:a:b:c:d'), refusedFor('rateLimited'));
      await leaveDiagnosis(store, {}, '2001:db8:0:8::1');
    });

    it('one address leaves so many, and one agent tries so many', async () => {
      for (let n = 0; n < 20; n += 1) await leaveDiagnosis(store, {}, '192.0.2.2');
      await assert.rejects(leaveDiagnosis(store, {}, '192.0.2.2'), refusedFor('rateLimited'));
      await leaveDiagnosis(store, {}, '192.0.2.3');
      now += 600_001;
      for (let n = 0; n < 60; n += 1)
        await assert.rejects(readDiagnosis(store, agent, house.tenantId, 'AAAAAAA'), refusedFor('noSuchJob'));
      await assert.rejects(readDiagnosis(store, agent, house.tenantId, 'AAAAAAA'), refusedFor('rateLimited'));
    });
  });
});
