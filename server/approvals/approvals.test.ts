/** Acts that take two administrators: stopped, kept, and done once by both or not at all. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { login } from '#server/access/login.ts';
import type { RoleKind } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole, listRoles, revokeRole } from '#server/access/role.ts';
import { accessKey, setAccessKey } from '#server/access/secret.ts';
import { type Act, actOnPerson } from '#server/administration/act.ts';
import { listBulks } from '#server/administration/bulk/list.ts';
import { startBulk } from '#server/administration/bulk/start.ts';
import { readSummaries } from '#server/administration/card.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { addUnits } from '#server/directory/unit.ts';
import { addProvider, changeProvider, listProviders, removeProvider } from '#server/federation/providers.ts';
import { noticeKind } from '#server/notices/notice.ts';
import { changePolicy } from '#server/policies/policies.ts';
import {
  addClient,
  changeClient,
  isSecretOf,
  listClients,
  removeClient,
  renewClientSecret,
} from '#server/provider/clients.ts';
import { addScimToken, authenticateDirectory, revokeScimToken } from '#server/provisioning/tokens.ts';
import { listTrace } from '#server/records/trace.ts';
import { type ApprovalId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { leaseJobs } from '#server/store/jobs.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

import { approve, refuse, withdraw } from './decide.ts';
import { lapseApprovals } from './lapse.ts';
import { listApprovals, readOutcome } from './list.ts';
import { verifyApprovals } from './verify.ts';

const dayMs = 86_400_000;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`acts that take two administrators on ${name}`, () => {
    let store: Store;
    let now = Date.UTC(2026, 10, 2, 8);
    let tenantId: TenantId;
    let nord: UnitId;
    let sud: UnitId;
    let personId: PersonId;
    let count = 0;
    const actors = new Map<string, PersonActor>();
    const the = (key: string): PersonActor => {
      const actor = actors.get(key);
      assert.ok(actor, key);
      return actor;
    };
    const addOne = async (key: string, unitId: UnitId | null): Promise<PersonId> => {
      const given = { tenantId, givenName: 'T', familyName: key, unitId, password: null };
      const added = await addPerson(store, operator, given);
      return added.personId;
    };
    const add = async (key: string, unitId: UnitId | null, kind: RoleKind, on: UnitId | null): Promise<void> => {
      const who = { tenantId, personId: await addOne(key, unitId) };
      await grantRole(store, operator, { ...who, kind, unitId: on, reason: 'essai' });
      actors.set(key, await openSession(store, who));
    };
    /** What waits now, because this was asked for. */
    const waitingFor = async (asking: Promise<unknown>): Promise<ApprovalId> => {
      const error: unknown = await asking.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof Refusal && error.reason === 'awaitsApproval', String(error));
      return asId<ApprovalId>(Number(error.details.existingId));
    };
    const act = (key: string, kind: 'close' | 'resetPassword' | 'block' | 'reopen') =>
      actOnPerson(store, the(key), { tenantId, personId }, { kind } satisfies Act, 'départ');
    const state = async () => (await readSummaries(store, operator, tenantId, [personId]))[0]?.state;
    const seenBy = async (key: string) =>
      (await listApprovals(store, the(key), tenantId, 'toDecide')).map(({ id }) => id);
    const letters = async () => {
      const jobs = await leaseJobs(store, [noticeKind], { limit: 90, forMs: 1e12, owner: 'test' });
      return jobs.map(({ payload }) => (payload as { notice: { kind: string; state?: string; act?: string } }).notice);
    };
    const became = async (id: ApprovalId) => {
      const own = await listApprovals(store, the('north'), tenantId, 'own');
      const found = own.find((one) => one.id === id);
      return [found?.state, found?.deciderName ?? null, found?.answer ?? null];
    };

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      const ids = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'Nord' },
        { kind: 'dsden', code: 'sud', name: 'Sud' },
      ]);
      assert.ok(ids[0] !== undefined && ids[1] !== undefined);
      [nord, sud] = ids;
      await add('north', nord, 'unit', nord);
      await add('second', nord, 'unit', nord);
      await add('third', nord, 'unit', nord);
      await add('south', ids[1], 'unit', ids[1]);
      await add('helper', nord, 'support', nord);
      await add('head', null, 'tenant', null);
      await add('whole', null, 'tenant', null);
      await changePolicy(store, operator, tenantId, 'approvals', {
        acts: ['close', 'provisional', 'roles', 'bulk'],
        bulkPeople: 2,
        days: 3,
      });
    });
    beforeEach(async () => {
      count += 1;
      personId = await addOne(`agent${count}`, nord);
      for (const [key, actor] of actors) actors.set(key, await openSession(store, actor));
      await letters();
    });
    after(() => store.close());

    it('is kept and told, and done by both names when another administrator agrees', async () => {
      const id = await waitingFor(act('north', 'close'));
      assert.equal(await state(), 'provisioned');
      assert.deepEqual(await seenBy('second'), [id]);
      assert.deepEqual(
        (await letters()).map(({ kind, act: what }) => `${kind} ${what}`),
        ['approvalAsked close', 'approvalAsked close', 'approvalAsked close', 'approvalAsked close'],
      );
      await approve(store, the('second'), tenantId, id, 'vu');
      assert.equal(await state(), 'closed');
      assert.deepEqual(await became(id), ['approved', 'T second', 'vu']);
      assert.ok((await letters()).some(({ kind, state: said }) => kind === 'approvalEnded' && said === 'approved'));
      const lines = await listTrace(store, tenantId, { verbs: ['lockPerson', 'approveAct'], limit: 2 });
      const of = (verb: string) => lines.find((line) => line.verb === verb);
      assert.equal(of('lockPerson')?.personId, the('north').personId);
      assert.equal(of('lockPerson')?.details['second'], the('second').personId);
      assert.equal(of('lockPerson')?.details['reason'], 'départ');
      assert.equal(of('approveAct')?.personId, the('second').personId);
      assert.deepEqual(await Array.fromAsync(verifyApprovals(store)), []);
    });

    it('the same act asked for twice waits once, and what no rule names is done at once', async () => {
      const id = await waitingFor(act('north', 'close'));
      assert.equal(await waitingFor(act('north', 'close')), id);
      await act('north', 'block');
      assert.equal(await state(), 'blocked');
      await withdraw(store, the('north'), tenantId, id);
      assert.deepEqual(await became(id), ['withdrawn', null, null]);
    });

    it('nobody agrees to their own, to one out of reach, without the right, or without a proof', async () => {
      const id = await waitingFor(act('north', 'close'));
      for (const [key, reason] of [
        ['north', 'mayNot'],
        ['south', 'noSuchJob'],
        ['helper', 'noSuchJob'],
      ] as const) {
        await assert.rejects(approve(store, the(key), tenantId, id), refusedFor(reason), key);
        await assert.rejects(refuse(store, the(key), tenantId, id, 'non'), refusedFor(reason), key);
        assert.deepEqual(await seenBy(key), [], key);
      }
      await assert.rejects(approve(store, operator, tenantId, id), refusedFor('mayNot'));
      await assert.rejects(withdraw(store, the('second'), tenantId, id), refusedFor('mayNot'));
      now += 16 * 60_000;
      await assert.rejects(approve(store, the('second'), tenantId, id), refusedFor('stepUpNeeded'));
      await assert.rejects(refuse(store, the('second'), tenantId, id, 'non'), refusedFor('stepUpNeeded'));
      assert.equal(await state(), 'provisioned');
      actors.set('second', await openSession(store, the('second')));
      await assert.rejects(refuse(store, the('second'), tenantId, id, ' '), refusedFor('invalidProperties'));
      await refuse(store, the('second'), tenantId, id, 'pas lui');
      assert.deepEqual(await became(id), ['refused', 'T second', 'pas lui']);
      await assert.rejects(approve(store, the('third'), tenantId, id), refusedFor('overtaken'));
      assert.equal(await state(), 'provisioned');
    });

    it('an administrator about whom it is does not agree to it', async () => {
      const { personId: second } = the('second');
      const asked = actOnPerson(store, the('north'), { tenantId, personId: second }, { kind: 'close' }, 'essai');
      const id = await waitingFor(asked);
      assert.deepEqual(await seenBy('second'), []);
      await assert.rejects(approve(store, the('second'), tenantId, id), refusedFor('mayNot'));
      await withdraw(store, the('north'), tenantId, id);
    });

    it('what has changed since is not done, and its author is told', async () => {
      const id = await waitingFor(act('north', 'close'));
      await act('third', 'block');
      await letters();
      await assert.rejects(approve(store, the('second'), tenantId, id), refusedFor('overtaken'));
      assert.equal(await state(), 'blocked');
      assert.deepEqual(await became(id), ['overtaken', null, 'changed']);
      assert.ok((await letters()).some(({ state: said }) => said === 'overtaken'));
    });

    it('an author who lost the right has asked for nothing; a second one who lost it agrees to nothing', async () => {
      const roleOf = async (key: string) =>
        (await listRoles(store, operator, tenantId)).find((role) => role.personId === the(key).personId);
      const give = async (key: string) => {
        const { personId: whose } = the(key);
        await grantRole(store, operator, { tenantId, personId: whose, kind: 'unit', unitId: nord, reason: 'retour' });
      };
      const id = await waitingFor(act('north', 'close'));
      const second = await roleOf('second');
      assert.ok(second);
      await revokeRole(store, operator, tenantId, second.id, 'mutation');
      await assert.rejects(approve(store, the('second'), tenantId, id), refusedFor('mayNot'));
      const author = await roleOf('north');
      assert.ok(author);
      await revokeRole(store, operator, tenantId, author.id, 'mutation');
      await assert.rejects(approve(store, the('third'), tenantId, id), refusedFor('overtaken'));
      assert.equal(await state(), 'provisioned');
      await give('north');
      await give('second');
      assert.deepEqual(await became(id), ['overtaken', null, 'mayNot']);
    });

    it('two who agree at once do it once', async () => {
      const id = await waitingFor(act('north', 'resetPassword'));
      const outcomes = await Promise.allSettled(
        ['second', 'third'].map((key) => approve(store, the(key), tenantId, id)),
      );
      assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
      const lines = await listTrace(store, tenantId, { verbs: ['resetPassword'] });
      assert.equal(lines.filter(({ details }) => details['approval'] === id).length, 1);
      assert.equal((await became(id))[0], 'approved');
    });

    it('killed before the end of the transaction nothing is done and it waits on; afterwards it is not done again', async () => {
      const id = await waitingFor(act('north', 'close'));
      const dying: Store = {
        ...store,
        engine: Object.assign(Object.create(store.engine) as Store['engine'], {
          write: (work: Parameters<Store['engine']['write']>[0]) =>
            store.engine.write(async (connection) => {
              await work(connection);
              throw new Error('killed');
            }),
        }),
      };
      setAccessKey(dying, accessKey(store));
      await assert.rejects(approve(dying, the('second'), tenantId, id), /killed/);
      assert.equal(await state(), 'provisioned');
      assert.deepEqual(await seenBy('second'), [id]);
      await approve(store, the('second'), tenantId, id);
      await assert.rejects(approve(store, the('second'), tenantId, id), refusedFor('overtaken'));
      assert.equal(await state(), 'closed');
    });

    it('a provisional password is its author’s alone, for a day', async () => {
      const id = await waitingFor(act('helper', 'resetPassword'));
      await approve(store, the('second'), tenantId, id);
      await assert.rejects(readOutcome(store, the('second'), tenantId, id), refusedFor('noSuchJob'));
      const password = await readOutcome(store, the('helper'), tenantId, id);
      const [{ userName } = { userName: '' }] = await readSummaries(store, operator, tenantId, [personId]);
      const begun = await login(store, { userName, password, remoteAddress: '192.0.2.7', userAgent: 'test' });
      assert.equal(begun.steps[0], 'password');
      now += dayMs;
      actors.set('helper', await openSession(store, the('helper')));
      await assert.rejects(readOutcome(store, the('helper'), tenantId, id), refusedFor('noSuchJob'));
    });

    it('what it made is not told to an author who may not do it any more', async () => {
      const { personId: whose } = the('north');
      const onNord = { tenantId, personId: whose, unitId: nord, reason: 'essai' } as const;
      const rolesOf = async () =>
        (await listRoles(store, operator, tenantId)).filter((role) => role.personId === whose);
      const id = await waitingFor(act('north', 'resetPassword'));
      await approve(store, the('second'), tenantId, id);
      for (const { id: role } of await rolesOf()) await revokeRole(store, operator, tenantId, role, 'mutation');
      // Somewhere else they still help.
      await grantRole(store, operator, { ...onNord, unitId: sud, kind: 'support' });
      await assert.rejects(readOutcome(store, the('north'), tenantId, id), refusedFor('noSuchJob'));
      for (const { id: role } of await rolesOf()) await revokeRole(store, operator, tenantId, role, 'retour');
      await grantRole(store, operator, { ...onNord, kind: 'unit' });
      assert.notEqual(await readOutcome(store, the('north'), tenantId, id), '');
    });

    it('a role is given and taken by two, and never more than both have', async () => {
      const given = { tenantId, personId, kind: 'unit', unitId: nord, reason: 'arrivée' } as const;
      const id = await waitingFor(grantRole(store, the('north'), given));
      await assert.rejects(approve(store, the('helper'), tenantId, id), refusedFor('noSuchJob'));
      await approve(store, the('second'), tenantId, id);
      const role = (await listRoles(store, operator, tenantId)).find((one) => one.personId === personId);
      assert.equal(role?.authorName, 'T north');
      assert.ok(role);
      const ending = await waitingFor(revokeRole(store, the('second'), tenantId, role.id, 'départ'));
      await approve(store, the('north'), tenantId, ending);
      assert.ok(!(await listRoles(store, operator, tenantId)).some((one) => one.id === role.id));
    });

    it('an act on more people than the rule says waits as a whole', async () => {
      const names = ['agent1', 'agent2', 'agent3'];
      const bulk = { tenantId, act: { kind: 'signOut' }, personIds: [], reason: 'essai' } as const;
      await startBulk(store, the('north'), { ...bulk, names: names.slice(0, 2) });
      const before = (await listBulks(store, the('north'), tenantId)).length;
      const id = await waitingFor(startBulk(store, the('north'), { ...bulk, names }));
      await assert.rejects(approve(store, the('south'), tenantId, id), refusedFor('noSuchJob'));
      assert.equal((await listBulks(store, the('north'), tenantId)).length, before);
      await approve(store, the('second'), tenantId, id);
      assert.equal((await listBulks(store, the('north'), tenantId)).length, before + 1);
    });

    it('identity providers, services, tokens and these very rules are changed by two', async () => {
      const acts = ['providers', 'clients', 'scim'];
      await changePolicy(store, operator, tenantId, 'approvals', { acts });
      const asked = { kind: 'cas', name: 'Portail', settings: { url: 'https://cas.example' } } as const;
      const service = { name: 'Service', isConfidential: true, redirectUris: ['https://x.example/'] };
      const agree = (id: ApprovalId) => approve(store, the('whole'), tenantId, id);
      await agree(await waitingFor(addProvider(store, the('head'), tenantId, asked)));
      const [provider] = await listProviders(store, operator, tenantId);
      assert.equal(provider?.name, 'Portail');
      const { id: providerId } = provider;
      const renaming = await waitingFor(changeProvider(store, the('head'), tenantId, providerId, { name: 'Autre' }));
      await changeProvider(store, operator, tenantId, providerId, { isEnabled: false });
      await assert.rejects(agree(renaming), refusedFor('overtaken'));
      await agree(await waitingFor(removeProvider(store, the('head'), tenantId, providerId)));
      assert.deepEqual(await listProviders(store, operator, tenantId), []);

      const adding = await waitingFor(addClient(store, the('head'), tenantId, service));
      await agree(adding);
      const secret = await readOutcome(store, the('head'), tenantId, adding);
      const [client] = await listClients(store, operator, tenantId);
      assert.ok(client && isSecretOf(store, client, secret));
      await agree(await waitingFor(changeClient(store, the('head'), client, { name: 'Service renommé' })));
      const renewing = await waitingFor(renewClientSecret(store, the('head'), client));
      await agree(renewing);
      const renewed = await listClients(store, operator, tenantId);
      assert.equal(renewed[0]?.name, 'Service renommé');
      assert.ok(isSecretOf(store, renewed[0], await readOutcome(store, the('head'), tenantId, renewing)));
      await agree(await waitingFor(removeClient(store, the('head'), client)));
      assert.deepEqual(await listClients(store, operator, tenantId), []);

      const making = await waitingFor(addScimToken(store, the('head'), tenantId, { name: 'Annuaire' }));
      await assert.rejects(approve(store, the('second'), tenantId, making), refusedFor('noSuchJob'));
      await agree(making);
      const token = await readOutcome(store, the('head'), tenantId, making);
      const { tokenId } = await authenticateDirectory(store, token, '192.0.2.8');
      await agree(await waitingFor(revokeScimToken(store, the('head'), tenantId, tokenId)));
      await assert.rejects(authenticateDirectory(store, token, '192.0.2.8'), refusedFor('badCredentials'));

      const off = await waitingFor(
        changePolicy(store, the('head'), tenantId, 'approvals', { acts: [], days: undefined }),
      );
      await agree(off);
      await changePolicy(store, the('head'), tenantId, 'approvals', { acts: ['close'], days: 3 });
    });

    it('it lapses by itself after its days, once, and its author is told', async () => {
      const id = await waitingFor(act('north', 'close'));
      now += 3 * dayMs;
      for (const key of ['second', 'north']) actors.set(key, await openSession(store, the(key)));
      assert.deepEqual(await seenBy('second'), []);
      await assert.rejects(approve(store, the('second'), tenantId, id), refusedFor('overtaken'));
      await letters();
      assert.equal(await lapseApprovals(store), 1);
      assert.equal(await lapseApprovals(store), 0);
      assert.deepEqual(await became(id), ['lapsed', null, null]);
      assert.deepEqual(
        (await letters()).map(({ state: said }) => said),
        ['lapsed'],
      );
      assert.equal(await state(), 'provisioned');
    });
  });
});
