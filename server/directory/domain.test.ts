/** Mail domains: who adds them, which one is the main one, and that none goes while addresses are of it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import type { RoleKind } from '#server/access/powers.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole } from '#server/access/role.ts';
import { listTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

import { addDomain, listDomains, makeDefault, removeDomain } from './domain.ts';
import { addPerson } from './person.ts';
import { addTenant } from './tenant.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`domains on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let otherId: TenantId;
    let platform: PersonActor;
    let whole: PersonActor;
    const names = async () => (await listDomains(store, whole, tenantId)).map((domain) => domain.name);
    const add = async (familyName: string, kind: RoleKind): Promise<PersonActor> => {
      const { personId } = await addPerson(store, operator, { tenantId, givenName: 'T', familyName, password: null });
      await grantRole(store, operator, { tenantId, personId, kind, reason: 'essai' });
      return openSession(store, { tenantId, personId });
    };
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      otherId = await addTenant(store, operator, { slug: 'ailleurs', name: 'Ailleurs' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      await addDomain(store, operator, { tenantId: otherId, name: 'ailleurs.example' });
      platform = await add('Platform', 'platform');
      whole = await add('Whole', 'tenant');
    });
    after(() => store.close());

    it('a domain is added by who administers the platform, for whom it is', async () => {
      await assert.rejects(addDomain(store, whole, { tenantId, name: 'gmail.example' }), refusedFor('mayNot'));
      await addDomain(store, platform, { tenantId, name: 'ecoles.example' });
      assert.deepEqual(await names(), ['valmont.example', 'ecoles.example']);
      const taken = { tenantId, name: 'ailleurs.example' };
      await assert.rejects(addDomain(store, platform, taken), refusedFor('alreadyExists'));
    });

    it('planned addresses are of the main domain from then on', async () => {
      await makeDefault(store, whole, tenantId, 'ecoles.example');
      assert.deepEqual(await names(), ['ecoles.example', 'valmont.example']);
      const next = { tenantId, givenName: 'Zoé', familyName: 'Neuve', password: null };
      assert.equal((await addPerson(store, operator, next)).email, 'zoe.neuve@ecoles.example');
      await makeDefault(store, whole, tenantId, 'valmont.example');
    });

    it('none goes while addresses are of it, and it says how many; the main one never', async () => {
      assert.deepEqual(await removeDomain(store, whole, tenantId, 'ecoles.example'), { addresses: 1 });
      assert.equal((await names()).length, 2);
      await addDomain(store, operator, { tenantId, name: 'vide.example' });
      assert.deepEqual(await removeDomain(store, whole, tenantId, 'vide.example'), { addresses: 0 });
      assert.equal((await names()).length, 2);
      await assert.rejects(removeDomain(store, whole, tenantId, 'valmont.example'), refusedFor('invalidProperties'));
      const [line] = await listTrace(store, tenantId, { verbs: ['removeDomain'] });
      assert.equal(line?.details['domain'], 'vide.example');
    });

    it('another institution’s domain is none of theirs', async () => {
      for (const work of [makeDefault, removeDomain])
        await assert.rejects(work(store, whole, tenantId, 'ailleurs.example'), refusedFor('noSuchDomain'));
      await assert.rejects(listDomains(store, whole, otherId), refusedFor('mayNot'));
    });
  });
});
