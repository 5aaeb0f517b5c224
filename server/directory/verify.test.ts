/** What verification says of what stands around people: nothing of what is right, a sentence for each thing that is not. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { sql } from 'kysely';

import { operator } from '#server/access/actor.ts';
import { openStore } from '#server/store/open.ts';
import { changes } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { appoint } from './appointments/appoint.ts';
import { createGroup } from './groups/change.ts';
import { addUnits } from './unit.ts';
import { verifyDirectory } from './verify.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`verifying the directory on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
    });
    after(() => store.close());

    it('finds nothing wrong with a unit in a group, or with an appointment', async () => {
      const { tenantId, alice } = test;
      const [unitId] = await addUnits(store, operator, tenantId, [{ kind: 'dsden', code: 'nord', name: 'Nord' }]);
      assert.ok(unitId !== undefined);
      await createGroup(store, operator, tenantId, { name: 'Le nord', added: [{ kind: 'unit', id: unitId }] });
      const who = { tenantId, personId: alice.personId };
      await appoint(store, operator, who, { unitId, functionName: null, from: '2999-09-01', until: null });
      assert.deepEqual(await Array.fromAsync(verifyDirectory(store)), []);
    });

    it('says what hangs on somebody who is gone, what does not add up, and what is held for no reason', async () => {
      const { tenantId, alice } = test;
      const rows = [
        sql`insert into group_member (tenant_id, group_id, kind, member_id, added_at)
          select tenant_id, id, 'unit', 999, 0 from directory_group`,
        sql`insert into appointment (tenant_id, id, person_id, from_day, state, created_at)
          values (${tenantId}, 999, 999, '2026-09-01', 'planned', 0)`,
        sql`insert into identity_link (tenant_id, provider_id, subject, person_id, created_at, used_at)
          values (${tenantId}, 999, 'x', 999, 0, 0)`,
        sql`insert into openid_consent (tenant_id, person_id, client_id, scopes, created_at)
          values (${tenantId}, 999, 'abc', '[]', 0)`,
        sql`insert into bulk_action (tenant_id, id, author_person_id, act, reason, next, created_at, total, from_address)
          values (${tenantId}, 999, 0, '{}', '', 0, 0, 3, '')`,
        sql`insert into job (tenant_id, id, kind, key, payload, state, run_at, attempts, created_at)
          values (${tenantId}, 'x', 'submit', ${`${alice.accountId}:7`}, '{}', 'held', 0, 0, 0)`,
      ];
      await write(store, async (tx) => {
        for (const row of rows) await changes(tx, row);
      });
      const said = await Array.fromAsync(verifyDirectory(store));
      const expected = [
        /group \d+ has unit 999 as a member/,
        /appointment 999 of person 999/,
        /provider 999 lets in person 999/,
        /person 999 agreed to service abc/,
        /lines of bulk act 999 are not the 3/,
        new RegExp(`message ${alice.accountId}:7 is held, and its account is not`),
      ];
      for (const one of expected)
        assert.ok(
          said.some((sentence) => one.test(sentence)),
          `${one.source}: ${said.join('; ')}`,
        );
      assert.equal(said.length, expected.length);
    });
  });
});
