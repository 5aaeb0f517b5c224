/** Support contacts: inherited down the tree, written by who administers the unit, and what is missing. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole } from '#server/access/role.ts';
import type { TenantId, UnitId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { changeContact, contactOf, listContacts, publicContacts, type SupportContact } from './contact.ts';
import { addDomain } from './domain.ts';
import { addPerson } from './person.ts';
import { addTenant } from './tenant.ts';
import { addUnits } from './unit.ts';

const nobody: SupportContact = { name: '', phone: '', email: '', hours: '', web: '' };

forEachDatabase((name, databaseUrl, folder) => {
  describe(`support contacts on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let nord: UnitId;
    let college: UnitId;
    let sud: UnitId;
    let chef: PersonActor;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'ici', name: 'Ici' });
      await addDomain(store, operator, { tenantId, name: 'ici.example' });
      const units = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'Nord' },
        { kind: 'college', code: 'nord-1', name: 'Collège', parentCode: 'nord' },
        { kind: 'dsden', code: 'sud', name: 'Sud' },
      ]);
      const [one, two, three] = units;
      assert.ok(one && two && three);
      [nord, college, sud] = [one, two, three];
      const person = { tenantId, givenName: 'Chef', familyName: 'Nord', password: 'mot-de-passe-long-de-chef' };
      const { personId } = await addPerson(store, operator, { ...person, unitId: nord });
      await grantRole(store, operator, { tenantId, personId, kind: 'unit', unitId: nord, reason: 'essai' });
      chef = await openSession(store, { tenantId, personId });
    });
    after(() => store.close());

    const shownAt = (unitId: UnitId | null) => read(store, (tx) => contactOf(tx, tenantId, unitId));
    const lackingOf = async () =>
      (await listContacts(store, operator, tenantId)).map(({ unitName, lacks }) => [unitName, lacks.join(' ')]);

    it('a unit shows its own, or the nearest above, or that of the institution', async () => {
      assert.deepEqual(await lackingOf(), [
        ['', 'phone email'],
        ['Nord', 'phone email'],
        ['Collège', 'phone email'],
        ['Sud', 'phone email'],
      ]);
      await changeContact(store, operator, tenantId, null, { ...nobody, email: 'aide@ici.example' });
      await changeContact(store, chef, tenantId, nord, { ...nobody, phone: '03 80 00 00 00', email: 'n@ici.example' });
      assert.equal((await shownAt(college))?.phone, '03 80 00 00 00');
      assert.equal((await shownAt(college))?.name, 'Nord');
      assert.equal((await shownAt(sud))?.email, 'aide@ici.example');
      assert.deepEqual(await lackingOf(), [
        ['', 'phone'],
        ['Nord', ''],
        ['Collège', ''],
        ['Sud', 'phone'],
      ]);
      const own = (await publicContacts(store, tenantId)).map(({ unitName }) => unitName);
      assert.deepEqual(own, ['', 'Nord']);
      await changeContact(store, chef, tenantId, nord, null);
      assert.equal((await shownAt(college))?.email, 'aide@ici.example');
    });

    it('it is written by who administers the unit, and must be something to call by', async () => {
      const good = { ...nobody, phone: '+33 3 80 00 00 00' };
      await assert.rejects(changeContact(store, chef, tenantId, sud, good), refusedFor('noSuchUnit'));
      await assert.rejects(changeContact(store, chef, tenantId, null, good), refusedFor('mayNot'));
      assert.deepEqual(
        (await listContacts(store, chef, tenantId)).map(({ unitName }) => unitName),
        ['Nord', 'Collège'],
      );
      for (const wrong of [
        nobody,
        { ...good, phone: 'appelez-nous' },
        { ...good, email: 'pas une adresse' },
        { ...good, web: 'javascript:alert(1)' },
        { ...good, hours: 'x'.repeat(201) },
      ])
        await assert.rejects(
          changeContact(store, chef, tenantId, college, wrong),
          refusedFor('invalidProperties'),
          JSON.stringify(wrong),
        );
      await changeContact(store, chef, tenantId, college, good);
      assert.equal((await shownAt(college))?.name, 'Collège');
    });
  });
});
