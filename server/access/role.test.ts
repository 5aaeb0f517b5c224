/** Roles: over whom they hold, what they let one do, and that nobody rises by them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { addUnits } from '#server/directory/unit.ts';
import { changeQuota } from '#server/quota/change.ts';
import { readUsage } from '#server/quota/read.ts';
import { listTrace } from '#server/records/trace.ts';
import type { AccountId, PersonId, TenantId, UnitId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

import { operator, type PersonActor } from './actor.ts';
import { openSession, proveNow } from './actor.testing.ts';
import type { PersonRef } from './credential.ts';
import { login } from './login.ts';
import { lockPerson, resetPassword, setPassword, signOutPerson, unlockPerson } from './person-state.ts';
import type { Reason } from './refusal.ts';
import { Refusal } from './refusal.ts';
import { refusedFor } from './refusal.testing.ts';
import { grantRole, listRoles, type NewRole, ownRoles, revokeRole } from './role.ts';

interface Someone extends PersonRef {
  readonly accountId: AccountId;
  readonly userName: string;
  readonly actor: PersonActor;
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`roles on ${name}`, () => {
    let store: Store;
    let now = Date.UTC(2026, 8, 1, 8);
    let tenantId: TenantId;
    let otherTenantId: TenantId;
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

    const add = async (key: string, unitId: UnitId | null, tenant = tenantId): Promise<void> => {
      const password = `mot-de-passe-long-de-${key}`;
      const added = await addPerson(store, operator, {
        tenantId: tenant,
        givenName: 'Test',
        familyName: key,
        unitId,
        password,
      });
      const { personId, accountId, userName } = added;
      const actor = await openSession(store, { tenantId: tenant, personId });
      people.set(key, { tenantId: tenant, personId, accountId, userName, actor });
    };
    const grant = (
      given: Omit<NewRole, 'tenantId' | 'personId'>,
      to: string,
      by = operator as typeof operator | PersonActor,
    ) => grantRole(store, by, { tenantId: the(to).tenantId, personId: the(to).personId, reason: 'essai', ...given });

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      otherTenantId = await addTenant(store, operator, { slug: 'ailleurs', name: 'Ailleurs' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      await addDomain(store, operator, { tenantId: otherTenantId, name: 'ailleurs.example' });
      units = await addUnits(store, operator, tenantId, [
        { kind: 'academy', code: 'valmont', name: 'Académie' },
        { kind: 'dsden', code: 'nord', name: 'DSDEN Nord', parentCode: 'valmont' },
        { kind: 'dsden', code: 'sud', name: 'DSDEN Sud', parentCode: 'valmont' },
        { kind: 'college', code: 'college', name: 'Collège', parentCode: 'nord' },
      ]);
      for (const [key, place] of [
        ['tenantAdmin', 0],
        ['nordAdmin', 1],
        ['sudAdmin', 2],
        ['collegeAdmin', 3],
        ['support', 1],
        ['teacher', 3],
        ['sudTeacher', 2],
      ] as const)
        await add(key, unit(place));
      await add('nowhere', null);
      await add('stranger', null, otherTenantId);
      await grant({ kind: 'tenant' }, 'tenantAdmin');
      await grant({ kind: 'unit', unitId: unit(1) }, 'nordAdmin');
      await grant({ kind: 'unit', unitId: unit(2) }, 'sudAdmin');
      await grant({ kind: 'unit', unitId: unit(3) }, 'collegeAdmin');
      await grant({ kind: 'support', unitId: unit(1) }, 'support');
    });
    after(() => store.close());

    it('an administrator acts within the subtree, and outside it nobody is there', async () => {
      const { actor } = the('nordAdmin');
      await lockPerson(store, actor, the('teacher'), { state: 'suspended', reason: 'enquête' });
      await unlockPerson(store, actor, the('teacher'), 'fin de l’enquête');
      for (const key of ['sudTeacher', 'nowhere', 'stranger'])
        await assert.rejects(
          lockPerson(store, actor, the(key), { state: 'suspended', reason: 'x' }),
          refusedFor('noSuchPerson'),
          key,
        );
      await assert.rejects(unlockPerson(store, the('stranger').actor, the('teacher'), 'x'), refusedFor('mayNot'));
      await assert.rejects(
        lockPerson(store, the('tenantAdmin').actor, the('stranger'), { state: 'suspended', reason: 'x' }),
        refusedFor('noSuchPerson'),
      );
    });

    it('a reason is asked for, and stands in the trace with who did it', async () => {
      const { actor, personId } = the('nordAdmin');
      for (const reason of [undefined, '', '   ', 'x'.repeat(501)])
        await assert.rejects(signOutPerson(store, actor, the('teacher'), reason), refusedFor('invalidProperties'));
      await signOutPerson(store, actor, the('teacher'), ' ordinateur perdu ');
      const [line] = await listTrace(store, tenantId, { accountId: the('teacher').accountId });
      assert.equal(line?.verb, 'signOutPerson');
      assert.equal(line.personId, personId);
      assert.equal(line.details['reason'], 'ordinateur perdu');
    });

    it('support unlocks and resets, and does nothing else', async () => {
      const { actor } = the('support');
      const teacher = the('teacher');
      await lockPerson(store, operator, teacher, { state: 'locked' });
      await unlockPerson(store, actor, teacher, 'appel au 1234');
      const { provisionalPassword } = await resetPassword(store, actor, teacher, 'appel au 1234');
      const remote = { remoteAddress: '127.0.0.1', userAgent: 'test' };
      const begun = await login(store, { userName: teacher.userName, password: provisionalPassword, ...remote });
      assert.deepEqual(begun.steps, ['password'], 'it opens the page where it is replaced');
      await lockPerson(store, operator, teacher, { state: 'blocked', reason: 'détournement' });
      await assert.rejects(
        unlockPerson(store, actor, teacher, 'x'),
        refusedFor('mayNot'),
        'blocked by an administrator',
      );
      await unlockPerson(store, operator, teacher);
      await assert.rejects(
        lockPerson(store, actor, teacher, { state: 'suspended', reason: 'x' }),
        refusedFor('mayNot'),
      );
      await assert.rejects(changeQuota(store, actor, teacher, 1_000, 'x'), refusedFor('mayNot'));
      await assert.rejects(grant({ kind: 'support', unitId: unit(1) }, 'teacher', actor), refusedFor('mayNot'));
      await assert.rejects(listRoles(store, actor, tenantId), refusedFor('mayNot'));
      await assert.rejects(readUsage(store, actor, teacher.accountId), refusedFor('noSuchAccount'), 'nor reads mail');
    });

    it('nobody acts upon who is higher, upon a colleague with a wider subtree, or upon themselves', async () => {
      const { actor } = the('nordAdmin');
      await grant({ kind: 'tenant' }, 'nowhere');
      await assert.rejects(resetPassword(store, the('support').actor, the('nordAdmin'), 'x'), refusedFor('mayNot'));
      await assert.rejects(resetPassword(store, actor, the('nordAdmin'), 'x'), refusedFor('mayNot'));
      // In the subtree, of the same rank, and over another subtree besides: their password would be a way there.
      const wide = await grant({ kind: 'unit', unitId: unit(2) }, 'collegeAdmin');
      await assert.rejects(resetPassword(store, actor, the('collegeAdmin'), 'x'), refusedFor('mayNot'));
      await revokeRole(store, operator, tenantId, wide);
      await resetPassword(store, actor, the('collegeAdmin'), 'oubli');
      await assert.rejects(
        resetPassword(store, the('collegeAdmin').actor, the('nordAdmin'), 'x'),
        refusedFor('noSuchPerson'),
      );
    });

    it('nobody grants more than they hold, in kind or in place, nor twice', async () => {
      const { actor } = the('nordAdmin');
      const refused: readonly (readonly [Omit<NewRole, 'tenantId' | 'personId'>, Reason])[] = [
        [{ kind: 'platform' }, 'mayNot'],
        [{ kind: 'tenant' }, 'mayNot'],
        [{ kind: 'support' }, 'mayNot'],
        [{ kind: 'unit', unitId: unit(0) }, 'noSuchUnit'],
        [{ kind: 'unit', unitId: unit(2) }, 'noSuchUnit'],
        [{ kind: 'unit' }, 'invalidProperties'],
        [{ kind: 'tenant', unitId: unit(1) }, 'invalidProperties'],
        [{ kind: 'unit', unitId: unit(3), reason: ' ' }, 'invalidProperties'],
        [{ kind: 'unit', unitId: unit(3), endsAt: now - 1 }, 'invalidProperties'],
      ];
      for (const [given, reason] of refused)
        await assert.rejects(grant(given, 'teacher', actor), refusedFor(reason), JSON.stringify(given));
      const id = await grant({ kind: 'unit', unitId: unit(3) }, 'teacher', actor);
      await assert.rejects(grant({ kind: 'unit', unitId: unit(3) }, 'teacher', actor), refusedFor('alreadyExists'));
      assert.deepEqual(
        (await ownRoles(store, the('teacher').actor)).roles.map(({ kind, path }) => [kind, path]),
        [['unit', `/${unit(0)}/${unit(1)}/${unit(3)}/`]],
      );
      await assert.rejects(revokeRole(store, the('sudAdmin').actor, tenantId, id, 'x'), refusedFor('noSuchPerson'));
      await assert.rejects(revokeRole(store, the('support').actor, tenantId, id, 'x'), refusedFor('mayNot'));
      now += 16 * 60_000;
      await assert.rejects(revokeRole(store, actor, tenantId, id, 'erreur'), refusedFor('stepUpNeeded'));
      await assert.rejects(grant({ kind: 'support', unitId: unit(3) }, 'teacher', actor), refusedFor('stepUpNeeded'));
      await proveNow(store, actor);
      await revokeRole(store, actor, tenantId, id, 'erreur');
      assert.deepEqual((await ownRoles(store, the('teacher').actor)).powers, []);
      const listed = (await listRoles(store, actor, tenantId)).map(({ holderName }) => holderName);
      assert.deepEqual(listed.toSorted(), ['Test collegeAdmin', 'Test nordAdmin', 'Test support']);
    });

    it('a role counts from its first day to its last, in a browser session of somebody who may work', async () => {
      const day = 86_400_000;
      await grant({ kind: 'support', unitId: unit(2), startsAt: now + day, endsAt: now + 2 * day }, 'sudTeacher');
      const { actor, ...who } = the('sudTeacher');
      const can = async (as: PersonActor): Promise<boolean> =>
        signOutPerson(store, as, the('sudAdmin'), 'x').then(
          () => true,
          (error: unknown) => {
            assert.ok(error instanceof Refusal && error.reason === 'mayNot');
            return error.details.description === 'somebody with a higher role';
          },
        );
      assert.equal(await can(actor), false);
      now += day + 1;
      assert.equal(await can(actor), true, 'the role counts, and the other one is higher');
      for (const by of ['password', 'appPassword', 'bearer'] as const) assert.equal(await can({ ...actor, by }), false);
      await lockPerson(store, operator, who, { state: 'suspended' });
      assert.equal(await can(actor), false);
      await unlockPerson(store, operator, who);
      now += day;
      assert.equal(await can(actor), false);
    });

    it('an administrator is no owner: setting a password still takes the current one', async () => {
      const given = { password: 'un-autre-mot-de-passe-long', current: 'x' };
      await assert.rejects(
        setPassword(store, the('tenantAdmin').actor, the('teacher'), given),
        refusedFor('noSuchPerson'),
      );
    });

    it('a quota is changed with what it was in the trace', async () => {
      const teacher = the('teacher');
      await changeQuota(store, the('nordAdmin').actor, teacher, 5_000_000_000, 'thèse');
      assert.equal((await readUsage(store, operator, teacher.accountId)).quotaOctets, 5_000_000_000);
      const [line] = await listTrace(store, tenantId, { accountId: teacher.accountId });
      assert.deepEqual([line?.details['before'], line?.details['quotaOctets']], [null, 5_000_000_000]);
      for (const octets of [-1, 1.5, Number.NaN, 1e15])
        await assert.rejects(changeQuota(store, operator, teacher, octets, 'x'), refusedFor('invalidProperties'));
    });

    it('somebody of another tenant is nobody, whatever role they have there', async () => {
      await grant({ kind: 'tenant' }, 'stranger');
      await assert.rejects(
        signOutPerson(store, the('stranger').actor, the('teacher'), 'x'),
        refusedFor('noSuchPerson'),
      );
      const everyone: PersonId[] = [...people.values()].map(({ personId }) => personId);
      assert.ok(everyone.length > 5);
      await grant({ kind: 'platform' }, 'stranger');
      await signOutPerson(store, the('stranger').actor, the('teacher'), 'la plateforme est au-dessus');
    });
  });
});
