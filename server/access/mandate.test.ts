import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { addDomain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { type AddedPerson, addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { type AccountId, asId, type TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { accountsOf } from './accounts.ts';
import { allScopes, operator, type PersonActor } from './actor.ts';
import { authenticateBasic, authenticateBearer } from './authenticate.ts';
import { addCredential, listCredentials, revokeCredential } from './credential.ts';
import { authenticateSession, login } from './login.ts';
import { answerMandate, grantMandate, listMandates, revokeMandate } from './mandate.ts';
import { lockPerson, setPassword, unlockPerson } from './person-state.ts';
import { Refusal } from './refusal.ts';
import { requireRight } from './require-right.ts';
import type { Right } from './rights.ts';

const refusedWith = (reason: string) => (error: unknown) => error instanceof Refusal && error.reason === reason;
const remoteAddress = '192.0.2.1';
const password = 'Été-2026!';
const day = 86_400_000;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`who may do what on ${name}`, () => {
    let store: Store;
    let now = Date.now();
    let tenantId: TenantId;
    let claire: AddedPerson;
    let marc: AddedPerson;
    let stranger: AddedPerson;
    let strangerTenant: TenantId;
    let school: AccountId;

    const actorOf = (person: AddedPerson, tenant = tenantId): PersonActor => ({
      kind: 'person',
      tenantId: tenant,
      personId: person.personId,
      by: 'session',
      scopes: allScopes,
      from: remoteAddress,
    });
    const require = (actor: PersonActor, accountId: AccountId, right: Right) =>
      read(store, (tx) => requireRight(tx, actor, accountId, right, now));

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      const people = [];
      for (const slug of ['valmont', 'rives']) {
        const tenant = await addTenant(store, operator, { slug, name: slug });
        await addDomain(store, operator, { tenantId: tenant, name: `${slug}.example` });
        for (const givenName of ['Claire', 'Marc'])
          people.push({
            tenant,
            ...(await addPerson(store, operator, { tenantId: tenant, givenName, familyName: 'Roy', password })),
          });
      }
      const [one, two, three] = people;
      assert.ok(one && two && three);
      [claire, marc, stranger] = [one, two, three];
      tenantId = one.tenant;
      strangerTenant = three.tenant;
      school = (await addFunctionalAccount(store, operator, { tenantId, name: 'Collège Jean-Moulin' })).accountId;
    });
    after(() => store.close());

    it('a person holds every right on their own account and knows of no other', async () => {
      const granted = await require(actorOf(claire), claire.accountId, 'manage');
      assert.equal(granted.isOwn, true);
      assert.equal(granted.mandateId, undefined);
      for (const accountId of [marc.accountId, school, stranger.accountId, asId<AccountId>(999_999)])
        await assert.rejects(require(actorOf(claire), accountId, 'read'), refusedWith('noSuchAccount'));
      assert.deepEqual(
        (await accountsOf(store, actorOf(claire))).map((one) => one.accountId),
        [claire.accountId],
      );
    });

    it('a mandate opens an account from its first day to its last, with its rights and no other', async () => {
      const dates = { startsAt: now + day, endsAt: now + 3 * day };
      const to = { tenantId, accountId: school, personId: claire.personId };
      const mandateId = await grantMandate(store, operator, { ...to, rights: ['sendOnBehalf'], ...dates });
      await assert.rejects(require(actorOf(claire), school, 'read'), refusedWith('noSuchAccount'));
      now += 2 * day;
      const granted = await require(actorOf(claire), school, 'read');
      assert.deepEqual(granted, {
        accountId: school,
        mandateId,
        isOwn: false,
        reader: undefined,
        rights: ['read', 'draft', 'sendOnBehalf'],
      });
      await assert.rejects(require(actorOf(claire), school, 'write'), refusedWith('mayNot'));
      const reachable = await accountsOf(store, actorOf(claire));
      assert.deepEqual(
        reachable.map((one) => [one.accountId, one.isOwn, one.endsAt]),
        [
          [claire.accountId, true, null],
          [school, false, dates.endsAt],
        ],
      );
      now += 2 * day;
      await assert.rejects(require(actorOf(claire), school, 'read'), refusedWith('noSuchAccount'));
      assert.equal((await accountsOf(store, actorOf(claire))).length, 1);
    });

    it('two mandates on one account add up, and each verb knows under which it acts', async () => {
      const to = { tenantId, accountId: school, personId: marc.personId };
      const first = await grantMandate(store, operator, { ...to, rights: ['read'] });
      const second = await grantMandate(store, operator, { ...to, rights: ['write'] });
      assert.equal((await require(actorOf(marc), school, 'read')).mandateId, first);
      assert.equal((await require(actorOf(marc), school, 'write')).mandateId, second);
      assert.deepEqual((await accountsOf(store, actorOf(marc)))[1]?.rights, ['read', 'write']);
      await revokeMandate(store, operator, tenantId, second);
      await assert.rejects(require(actorOf(marc), school, 'write'), refusedWith('mayNot'));
    });

    it('who holds an account may open it, but gives no more than they have', async () => {
      const heard = new Promise((resolve) => store.changes.listen(marc.accountId, resolve));
      const to = { tenantId, accountId: claire.accountId, personId: marc.personId };
      const mandateId = await grantMandate(store, actorOf(claire), { ...to, rights: ['read'], endsAt: now + day });
      await heard;
      await assert.rejects(require(actorOf(marc), claire.accountId, 'read'), refusedWith('noSuchAccount'));
      await answerMandate(store, actorOf(marc), tenantId, mandateId, 'accept');
      await require(actorOf(marc), claire.accountId, 'read');
      await assert.rejects(grantMandate(store, actorOf(marc), { ...to, rights: ['sendAs'] }), refusedWith('mayNot'));
      await assert.rejects(listMandates(store, actorOf(marc), tenantId, claire.accountId), refusedWith('mayNot'));
      assert.equal(
        (await listMandates(store, actorOf(claire), tenantId, claire.accountId))[0]?.authorPersonId,
        claire.personId,
      );
      await revokeMandate(store, actorOf(marc), tenantId, mandateId);
      await assert.rejects(require(actorOf(marc), claire.accountId, 'read'), refusedWith('noSuchAccount'));
    });

    it('nothing crosses from one tenant to another', async () => {
      const actor = actorOf(stranger, strangerTenant);
      const given = { tenantId, accountId: claire.accountId, personId: marc.personId, rights: ['read' as const] };
      await assert.rejects(require(actor, claire.accountId, 'read'), refusedWith('noSuchAccount'));
      await assert.rejects(grantMandate(store, actor, given), refusedWith('noSuchAccount'));
      await assert.rejects(
        grantMandate(store, operator, { ...given, accountId: stranger.accountId }),
        refusedWith('noSuchAccount'),
      );
      await assert.rejects(
        grantMandate(store, operator, { ...given, personId: stranger.personId }),
        refusedWith('noSuchPerson'),
      );
      await assert.rejects(
        listCredentials(store, actor, { tenantId, personId: claire.personId }),
        refusedWith('noSuchPerson'),
      );
      // The same user name in two tenants is nobody without the tenant, and one person with it.
      const asked = { userName: 'croy', password, remoteAddress };
      await assert.rejects(authenticateBasic(store, asked), refusedWith('badCredentials'));
      assert.equal(
        (await authenticateBasic(store, { ...asked, tenantId: strangerTenant })).actor.personId,
        stranger.personId,
      );
      await authenticateBasic(store, { ...asked, userName: 'claire.roy@rives.example' });
    });

    it('an app password opens what it is for, until it is revoked', async () => {
      const request = { userName: 'claire.roy@valmont.example', password, remoteAddress, userAgent: '' };
      const { actor } = await login(store, request);
      const who = { tenantId, personId: claire.personId };
      const made = await addCredential(store, actor, {
        ...who,
        kind: 'appPassword',
        name: 'Thunderbird',
        scopes: ['mail'],
      });
      assert.match(made.secret, /^[a-z]{4}(-[a-z]{4}){3}$/);
      const asked = { userName: 'claire.roy@valmont.example', password: made.secret, remoteAddress };
      const { actor: program } = await authenticateBasic(store, { ...asked, scope: 'mail' });
      assert.deepEqual([program.by, program.credentialId, program.scopes], ['appPassword', made.id, ['mail']]);
      await authenticateBasic(store, { ...asked, password: made.secret.replaceAll('-', ' ').toUpperCase() });
      await assert.rejects(authenticateBasic(store, { ...asked, scope: 'contacts' }), refusedWith('badCredentials'));
      // It is hers, not anybody's.
      await assert.rejects(
        authenticateBasic(store, { ...asked, userName: 'marc.roy@valmont.example' }),
        refusedWith('badCredentials'),
      );
      await assert.rejects(addCredential(store, program, { ...who, kind: 'bearer', name: 'x' }), refusedWith('mayNot'));
      assert.equal((await listCredentials(store, actor, who))[0]?.lastUsedFrom, remoteAddress);
      assert.equal(await revokeCredential(store, actor, who, made.id), true);
      await assert.rejects(authenticateBasic(store, asked), refusedWith('badCredentials'));
    });

    it('a bearer token opens until it expires', async () => {
      const who = { tenantId, personId: marc.personId };
      const { secret } = await addCredential(store, operator, {
        ...who,
        kind: 'bearer',
        name: 'script',
        expiresAt: now + day,
      });
      assert.equal((await authenticateBearer(store, { token: secret, remoteAddress })).accountId, marc.accountId);
      now += 2 * day;
      for (const token of [secret, '', 'pli_1_x', `${secret}x`])
        await assert.rejects(authenticateBearer(store, { token, remoteAddress }), refusedWith('badCredentials'));
    });

    it('a locked person does nothing more, in a session or by mandate, and comes back when unlocked', async () => {
      const who = { tenantId, personId: marc.personId };
      const request = { userName: 'marc.roy@valmont.example', password, remoteAddress, userAgent: '' };
      const { sessionToken, actor } = await login(store, request);
      await authenticateBasic(store, request);
      await lockPerson(store, operator, who, { state: 'blocked', reason: 'seen sending spam' });
      await assert.rejects(authenticateSession(store, sessionToken, remoteAddress), refusedWith('badCredentials'));
      await assert.rejects(require(actor, marc.accountId, 'read'), refusedWith('accountLocked'));
      await assert.rejects(require(actor, school, 'read'), refusedWith('accountLocked'));
      // Only who knows the password learns of the lock.
      await assert.rejects(authenticateBasic(store, request), refusedWith('accountLocked'));
      await assert.rejects(authenticateBasic(store, { ...request, password: 'wrong' }), refusedWith('badCredentials'));
      await assert.rejects(lockPerson(store, actor, who, { state: 'locked', reason: 'x' }), refusedWith('mayNot'));
      await unlockPerson(store, operator, who);
      await authenticateBasic(store, request);
    });

    it('a new password voids the old one at once, and all sessions but the one it was set in', async () => {
      const who = { tenantId, personId: claire.personId };
      const request = { userName: 'claire.roy@valmont.example', password, remoteAddress, userAgent: '' };
      await authenticateBasic(store, request);
      const here = await login(store, request);
      const elsewhere = await login(store, request);
      const wanted = { password: '7-Loutres-au-lac?', current: 'wrong' };
      await assert.rejects(setPassword(store, here.actor, who, wanted), refusedWith('badCredentials'));
      await setPassword(store, here.actor, who, { ...wanted, current: password });
      await assert.rejects(authenticateBasic(store, request), refusedWith('badCredentials'));
      await authenticateBasic(store, { ...request, password: '7-Loutres-au-lac?' });
      await authenticateSession(store, here.sessionToken, remoteAddress);
      await assert.rejects(
        authenticateSession(store, elsewhere.sessionToken, remoteAddress),
        refusedWith('badCredentials'),
      );
      await assert.rejects(setPassword(store, operator, who, { password: '' }), refusedWith('weakPassword'));
    });
  });
});
