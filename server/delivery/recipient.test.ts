import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { grantRole, revokeRole } from '#server/access/role.ts';
import { addPerson } from '#server/directory/person.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { findPostmaster, findRecipient } from './recipient.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`who receives on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
    });
    after(() => store.close());

    const accountOf = async (address: string): Promise<unknown> => {
      const found = await findRecipient(store, address, 0);
      return found.kind === 'here' ? found.accountId : found.kind;
    };

    it('is for the postmaster whoever administers the institution, until a mailbox has the address', async () => {
      const address = 'Postmaster@academie.example';
      await assert.rejects(accountOf(address), { reason: 'noSuchRecipient' });
      await assert.rejects(findPostmaster(store, 'postmaster@host', 0), { reason: 'noSuchRecipient' });
      const { tenantId, alice, bruno } = test;
      const first = await grantRole(store, operator, { tenantId, personId: alice.personId, kind: 'tenant' });
      await grantRole(store, operator, { tenantId, personId: bruno.personId, kind: 'tenant' });
      assert.equal(await accountOf(address), alice.accountId);
      const here = await findPostmaster(store, 'postmaster@host', 0);
      assert.ok(here.kind === 'here' && here.accountId === alice.accountId);
      await revokeRole(store, operator, tenantId, first, 'left');
      assert.equal(await accountOf(address), bruno.accountId);
      await assert.rejects(accountOf('nobody@academie.example'), { reason: 'noSuchRecipient' });
      const own = await addPerson(store, operator, {
        tenantId,
        givenName: 'P',
        familyName: 'M',
        email: address,
        password: null,
      });
      assert.equal(await accountOf(address), own.accountId);
    });
  });
});
