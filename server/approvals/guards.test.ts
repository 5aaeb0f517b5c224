/** What one administrator could do to everybody at once, or by a door that nobody thinks of, takes two where that is wanted. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { type SecondKind, secondKinds } from '#formats/policies/policies.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { login } from '#server/access/login.ts';
import { grantMandate } from '#server/access/mandate.ts';
import type { RoleKind } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole } from '#server/access/role.ts';
import { actOnPerson } from '#server/administration/act.ts';
import { readSummaries } from '#server/administration/card.ts';
import { openCase } from '#server/administration/compromise/open.ts';
import { giveBack } from '#server/administration/compromise/settle.ts';
import { addHostname, removeHostname } from '#server/brand/hostnames.ts';
import { readBrand } from '#server/brand/brand.ts';
import { addDomain, listDomains, makeDefault, removeDomain } from '#server/directory/domain.ts';
import { changeGroup, createGroup, removeGroup } from '#server/directory/groups/change.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { addUnits } from '#server/directory/unit.ts';
import { changeFederationPolicy, federationPolicy } from '#server/federation/policy.ts';
import { changePolicy, changePopulation, listPopulations, readPolicies } from '#server/policies/policies.ts';
import { type AccountId, type ApprovalId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { listTrace } from '#server/records/trace.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

import { approve } from './decide.ts';
import { listApprovals, readOutcome } from './list.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`guards that take two administrators on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let nord: UnitId;
    let agent: { readonly personId: PersonId; readonly accountId: AccountId };
    const actors = new Map<string, PersonActor>();
    const the = (key: string): PersonActor => {
      const actor = actors.get(key);
      assert.ok(actor, key);
      return actor;
    };
    const addOne = (key: string, unitId: UnitId | null) =>
      addPerson(store, operator, { tenantId, givenName: 'T', familyName: key, unitId, password: null });
    const add = async (key: string, unitId: UnitId | null, kind: RoleKind): Promise<void> => {
      const { personId } = await addOne(key, unitId);
      await grantRole(store, operator, { tenantId, personId, kind, unitId, reason: 'essai' });
      actors.set(key, await openSession(store, { tenantId, personId }));
    };
    const wanting = (acts: readonly SecondKind[]) => changePolicy(store, operator, tenantId, 'approvals', { acts });
    const waitingFor = async (asking: Promise<unknown>): Promise<ApprovalId> => {
      const error: unknown = await asking.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof Refusal && error.reason === 'awaitsApproval', String(error));
      return asId<ApprovalId>(Number(error.details.existingId));
    };
    const agree = (id: ApprovalId, key = 'whole') => approve(store, the(key), tenantId, id);
    const told = async (id: ApprovalId) => {
      const own = await listApprovals(store, operator, tenantId, 'decided');
      return own.find((one) => one.id === id)?.details;
    };

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      const [unit] = await addUnits(store, operator, tenantId, [{ kind: 'dsden', code: 'nord', name: 'Nord' }]);
      assert.ok(unit !== undefined);
      nord = unit;
      agent = await addOne('agent', nord);
      for (const key of ['head', 'whole']) await add(key, null, 'tenant');
      for (const key of ['house', 'platform']) await add(key, null, 'platform');
      for (const key of ['north', 'second']) await add(key, nord, 'unit');
    });
    beforeEach(async () => {
      for (const [key, actor] of actors) actors.set(key, await openSession(store, actor));
      await wanting([]);
    });
    after(() => store.close());

    it('how everybody gets in is changed by two, as it was when it was asked', async () => {
      const { isSamlOpen } = await changeFederationPolicy(store, the('head'), tenantId, { isSamlOpen: true });
      assert.ok(isSamlOpen);
      await wanting(['providers']);
      const change = (isDirectHidden: boolean) =>
        changeFederationPolicy(store, the('head'), tenantId, { isSamlOpen: false, isDirectHidden });
      const late = await waitingFor(change(false));
      const id = await waitingFor(change(true));
      assert.ok((await federationPolicy(store, operator, tenantId)).isSamlOpen);
      await agree(id);
      const now = await federationPolicy(store, operator, tenantId);
      assert.deepEqual([now.isSamlOpen, now.isDirectHidden], [false, true]);
      assert.deepEqual((await told(id))?.['changes'], [
        'federation.isSamlOpen: yes → no',
        'federation.isDirectHidden: no → yes',
      ]);
      await assert.rejects(agree(late), refusedFor('overtaken'));
    });

    it('rules that keep everybody safe are changed by two, others by one', async () => {
      await wanting(['policies']);
      const head = the('head');
      await changePolicy(store, head, tenantId, 'quota', { mostGb: 20 });
      await changePolicy(store, head, tenantId, 'terms', { version: '2' });
      const weaker = { insideNetworks: ['0.0.0.0/0'] };
      const id = await waitingFor(changePolicy(store, head, tenantId, 'factors', weaker));
      assert.deepEqual((await readPolicies(store, operator, tenantId)).get('factors'), {});
      await agree(id);
      assert.deepEqual((await readPolicies(store, operator, tenantId)).get('factors'), weaker);
      assert.deepEqual((await told(id))?.['changes'], ['factors.insideNetworks: default → 0.0.0.0/0']);
      await agree(await waitingFor(changePolicy(store, head, tenantId, 'factors', { insideNetworks: undefined })));
      assert.deepEqual((await readPolicies(store, operator, tenantId)).get('factors'), {});
      for (const group of ['passwords', 'recovery', 'access', 'mandates'] as const)
        await waitingFor(changePolicy(store, head, tenantId, group, {}));
    });

    it('what a population has otherwise is changed by two, and inherited again by two', async () => {
      await wanting(['policies']);
      const profile = async () =>
        (await listPopulations(store, operator, tenantId)).find((one) => one.name === 'pupil')?.profile;
      const set = { hasAppPasswords: false, sessionDays: null };
      await agree(await waitingFor(changePopulation(store, the('head'), tenantId, 'pupil', set)));
      assert.deepEqual(await profile(), set);
      const back = { hasAppPasswords: undefined, sessionDays: undefined };
      await agree(await waitingFor(changePopulation(store, the('head'), tenantId, 'pupil', back)));
      assert.equal(await profile(), undefined);
    });

    it('second factors are taken away by two, of whoever may be helped by both', async () => {
      await wanting(['factors']);
      const given = { tenantId, unitId: nord, givenName: 'T', familyName: 'Perdue', population: 'staff' };
      const { personId } = await addPerson(store, operator, { ...given, password: 'un-mot-de-passe-long' });
      const reset = () =>
        actOnPerson(store, the('north'), { tenantId, personId }, { kind: 'resetFactors' }, 'téléphone perdu');
      const id = await waitingFor(reset());
      await agree(id, 'second');
      assert.equal((await told(id))?.['act'], 'resetFactors');
      const [line] = (await listTrace(store, tenantId)).filter(({ verb }) => verb === 'resetFactors');
      assert.deepEqual(line?.details['reason'], 'téléphone perdu');
      await wanting(['provisional']);
      assert.deepEqual(await reset(), { removed: 0 });
    });

    it('a domain is added by two of the platform, and removed by two', async () => {
      await wanting(['domains']);
      const names = async () => (await listDomains(store, operator, tenantId)).map((one) => one.name);
      const id = await waitingFor(addDomain(store, the('house'), { tenantId, name: 'autre.example' }));
      assert.deepEqual(await names(), ['valmont.example']);
      await assert.rejects(agree(id), refusedFor('mayNot'));
      await agree(id, 'platform');
      assert.deepEqual(await names(), ['valmont.example', 'autre.example']);
      await makeDefault(store, the('head'), tenantId, 'autre.example');
      await makeDefault(store, the('head'), tenantId, 'valmont.example');
      const late = await waitingFor(removeDomain(store, the('head'), tenantId, 'autre.example'));
      const { personId } = await addPerson(store, operator, {
        tenantId,
        givenName: 'T',
        familyName: 'autre',
        email: 'autre@autre.example',
        password: null,
      });
      assert.ok(personId);
      await assert.rejects(agree(late), refusedFor('overtaken'));
      assert.deepEqual(await names(), ['valmont.example', 'autre.example']);
      assert.ok((await removeDomain(store, the('head'), tenantId, 'autre.example')).addresses > 0);
    });

    it('a login host is given and taken by two of the platform', async () => {
      await wanting(['domains']);
      const names = async () => (await readBrand(store, operator, tenantId)).hostnames;
      const host = 'courriel.valmont.example';
      const id = await waitingFor(addHostname(store, the('house'), tenantId, host));
      await assert.rejects(agree(id), refusedFor('mayNot'));
      assert.deepEqual(await names(), []);
      await agree(id, 'platform');
      assert.deepEqual(await names(), [host]);
      await agree(await waitingFor(removeHostname(store, the('house'), tenantId, host)), 'platform');
      assert.deepEqual(await names(), []);
    });

    it('a group is removed by two, where it is, unless it has changed since', async () => {
      await wanting(['groups']);
      const { id: groupId } = await createGroup(store, the('north'), tenantId, { name: 'Équipe', unitId: nord });
      const who = { tenantId, groupId };
      const remove = () => removeGroup(store, the('north'), who, 'doublon');
      const late = await waitingFor(remove());
      await changeGroup(store, the('north'), who, () => ({ name: 'Équipe du nord' }));
      await assert.rejects(agree(late, 'second'), refusedFor('overtaken'));
      await agree(await waitingFor(remove()), 'second');
      await assert.rejects(remove(), refusedFor('noSuchGroup'));
    });

    it('an account is shut by one at once, and given back with a password by two', async () => {
      await wanting(['factors']);
      const who = { tenantId, personId: agent.personId };
      await openCase(store, the('north'), who, { reason: 'signalé' });
      const back = () => giveBack(store, the('north'), who, { rest: 'drop', reason: 'vérifié au téléphone' });
      const first = await waitingFor(back());
      await wanting(['provisional']);
      assert.equal(await waitingFor(back()), first);
      const state = async () => (await readSummaries(store, operator, tenantId, [agent.personId]))[0];
      assert.equal((await state())?.state, 'blocked');
      await agree(first, 'second');
      const { userName = '', state: now } = (await state()) ?? {};
      assert.equal(now, 'active');
      await assert.rejects(readOutcome(store, the('second'), tenantId, first), refusedFor('noSuchJob'));
      const password = await readOutcome(store, the('north'), tenantId, first);
      const begun = await login(store, { userName, password, remoteAddress: '192.0.2.7', userAgent: 'test' });
      assert.equal(begun.steps[0], 'password');
    });

    it('no administrator opens somebody’s mail to anybody, alone or not', async () => {
      await wanting(secondKinds);
      const { accountId } = agent;
      for (const key of ['platform', 'head', 'north']) {
        const given = { tenantId, accountId, personId: the(key).personId, rights: ['read'] } as const;
        await assert.rejects(grantMandate(store, the(key), given), refusedFor('noSuchAccount'), key);
      }
    });
  });
});
