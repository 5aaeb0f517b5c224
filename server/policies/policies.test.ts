/** The rules of an institution: changed by who administers all of it, held at once, told to the log, set back. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { authenticateBasic } from '#server/access/authenticate.ts';
import { addCredential } from '#server/access/credential.ts';
import { login } from '#server/access/login.ts';
import { passwordPolicyOf } from '#server/access/password-policy.ts';
import { Refusal } from '#server/access/refusal.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole } from '#server/access/role.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson, type AddedPerson } from '#server/directory/person.ts';
import { readTenantSettings } from '#server/directory/settings.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { addUnits } from '#server/directory/unit.ts';
import { ownQuota } from '#server/quota/ask.ts';
import { listTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';

import { changePolicy, changePopulation, listPopulations, readPolicies } from './policies.ts';

const password = 'mot-de-passe-long';
const dayMs = 86_400_000;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`rules on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let whole: PersonActor;
    let part: PersonActor;
    let pupil: AddedPerson;
    let teacher: AddedPerson;
    const add = (familyName: string, population: string): Promise<AddedPerson> =>
      addPerson(store, operator, { tenantId, givenName: 'T', familyName, population, password });
    const wrongIn = (property: string) => (error: unknown) =>
      error instanceof Refusal && error.details.properties?.includes(property) === true;
    const comesBy = (who: AddedPerson, program: 'imap' | 'submission', secret = password) =>
      authenticateBasic(store, { userName: who.userName, password: secret, remoteAddress: '192.0.2.1', program });

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      const [nord] = await addUnits(store, operator, tenantId, [{ kind: 'dsden', code: 'nord', name: 'Nord' }]);
      assert.ok(nord !== undefined);
      pupil = await add('Pupil', 'pupil');
      teacher = await add('Teacher', 'teacher');
      const chief = await add('Chief', 'staff');
      const lesser = await add('Lesser', 'staff');
      const why = { tenantId, reason: 'essai' };
      await grantRole(store, operator, { ...why, personId: chief.personId, kind: 'tenant' });
      await grantRole(store, operator, { ...why, personId: lesser.personId, kind: 'unit', unitId: nord });
      whole = await openSession(store, { tenantId, personId: chief.personId });
      part = await openSession(store, { tenantId, personId: lesser.personId });
    });
    after(() => store.close());

    it('a rule is changed by who administers everything, told as it was and is, and set back', async () => {
      const given = { minCharacters: 14, needsSpecial: false };
      assert.deepEqual(await changePolicy(store, whole, tenantId, 'passwords', given), given);
      const policy = await read(store, (tx) => passwordPolicyOf(tx, tenantId));
      assert.deepEqual([policy.minCharacters, policy.needsSpecial, policy.needsDigit], [14, false, true]);
      const [line] = await listTrace(store, tenantId, { verbs: ['changePolicy'], limit: 1 });
      assert.deepEqual(line?.details, {
        group: 'passwords',
        minCharacters: 'default → 14',
        needsSpecial: 'default → no',
      });
      await changePolicy(store, whole, tenantId, 'passwords', { minCharacters: undefined });
      assert.deepEqual((await readPolicies(store, whole, tenantId)).get('passwords'), { needsSpecial: false });
      await assert.rejects(changePolicy(store, part, tenantId, 'passwords', given), refusedFor('mayNot'));
      await assert.rejects(readPolicies(store, part, tenantId), refusedFor('mayNot'));
    });

    it('what makes no sense is refused by its name, and nothing of the change is kept', async () => {
      for (const [group, change, property] of [
        ['passwords', { minCharacters: 7, history: 3 }, 'minCharacters'],
        ['passwords', { minCharacters: '9' }, 'minCharacters'],
        ['passwords', { colour: true }, 'colour'],
        ['passwords', JSON.parse('{"__proto__": true, "x": 1}'), 'x'],
        ['factors', { insideNetworks: ['10.0.0.0/33'] }, 'insideNetworks'],
        ['factors', { insideNetworks: ['10.0.0/8'] }, 'insideNetworks'],
        ['factors', { roles: ['king'] }, 'roles'],
        ['access', { programs: ['pop'] }, 'programs'],
        ['nothing', {}, 'group'],
      ] as const)
        await assert.rejects(changePolicy(store, whole, tenantId, group, change), wrongIn(property), property);
      assert.equal((await readPolicies(store, whole, tenantId)).get('passwords')?.['history'], undefined);
    });

    it('none is a value of its own, and no default', async () => {
      await changePolicy(store, whole, tenantId, 'quota', { mostGb: null });
      const session = await openSession(store, { tenantId, personId: pupil.personId });
      assert.equal((await ownQuota(store, session)).rules.mostGb, null);
    });

    it('programs are closed to one population at their next connection, and opened again', async () => {
      await comesBy(pupil, 'imap');
      await changePopulation(store, whole, tenantId, 'pupil', { programs: ['submission'] });
      await assert.rejects(comesBy(pupil, 'imap'), refusedFor('mayNot'));
      await comesBy(pupil, 'submission');
      await comesBy(teacher, 'imap');
      await assert.rejects(comesBy(pupil, 'imap', 'faux'), refusedFor('badCredentials'), 'strangers learn nothing');
      await changePopulation(store, whole, tenantId, 'pupil', { programs: undefined });
      await comesBy(pupil, 'imap');
    });

    it('app passwords are neither made nor taken where they are closed', async () => {
      const own = { tenantId, personId: teacher.personId };
      const session = await openSession(store, own);
      const key = { ...own, kind: 'appPassword', name: 'Thunderbird' } as const;
      const { secret } = await addCredential(store, session, key);
      await comesBy(teacher, 'imap', secret);
      await changePolicy(store, whole, tenantId, 'access', { hasAppPasswords: false });
      await assert.rejects(comesBy(teacher, 'imap', secret), refusedFor('mayNot'));
      await assert.rejects(addCredential(store, session, key), refusedFor('mayNot'));
      await changePopulation(store, whole, tenantId, 'teacher', { hasAppPasswords: true });
      await comesBy(teacher, 'imap', secret);
    });

    it('sessions end as early as the shortest rule says', async () => {
      const lasts = async (who: AddedPerson): Promise<number> => {
        const browser = { remoteAddress: '192.0.2.1', userAgent: 'test' };
        const { expiresAt } = await login(store, { userName: who.userName, password, ...browser });
        return Math.round((expiresAt - store.now()) / dayMs);
      };
      await changePopulation(store, whole, tenantId, 'pupil', { sessionDays: 2 });
      assert.equal(await lasts(pupil), 2);
      await changePolicy(store, whole, tenantId, 'access', { sessionDays: 365 });
      assert.equal(await lasts(teacher), 30, 'never longer than the operator allows');
    });

    it('an account made without a quota has that of its population', async () => {
      await changePolicy(store, whole, tenantId, 'access', { quotaGb: 10 });
      await changePopulation(store, whole, tenantId, 'pupil', { quotaGb: 1 });
      const roomOf = async (population: string): Promise<number | null> => {
        const { personId } = await add(`New ${population}`, population);
        return (await ownQuota(store, await openSession(store, { tenantId, personId }))).quotaOctets;
      };
      assert.deepEqual([await roomOf('pupil'), await roomOf('teacher')], [1e9, 10e9]);
    });

    it('populations are those people have and those that have rules, with how many people', async () => {
      await changePopulation(store, whole, tenantId, 'researcher', { quotaGb: 50 });
      const all = await listPopulations(store, whole, tenantId);
      assert.deepEqual(
        all.map(({ name: population, people }) => [population, people]),
        [
          ['pupil', 2],
          ['researcher', 0],
          ['staff', 2],
          ['teacher', 2],
        ],
      );
      assert.deepEqual(all[0]?.profile, { sessionDays: 2, quotaGb: 1 });
      await changePopulation(store, whole, tenantId, 'researcher', { quotaGb: undefined });
      assert.equal((await listPopulations(store, whole, tenantId)).length, 3);
      await assert.rejects(changePopulation(store, whole, tenantId, 'a,b', {}), wrongIn('name'));
      await assert.rejects(changePopulation(store, part, tenantId, 'pupil', {}), refusedFor('mayNot'));
    });

    it('what another noun keeps beside the rules stays', async () => {
      const { changeTenantSettings } = await import('#server/directory/settings.ts');
      const { write } = await import('#server/store/store.ts');
      await write(store, (tx) => changeTenantSettings(tx, tenantId, { recovery: { note: 'à nous' } }));
      await changePolicy(store, whole, tenantId, 'recovery', { isOpen: false });
      const { recovery } = await read(store, (tx) => readTenantSettings(tx, tenantId));
      assert.deepEqual(recovery, { note: 'à nous', isOpen: false });
    });
  });
});
