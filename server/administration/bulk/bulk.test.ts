/** One act on many people: judged person by person, once each whatever happens, told line by line. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { login } from '#server/access/login.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole, listRoles, revokeRole } from '#server/access/role.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson, type AddedPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { addUnits } from '#server/directory/unit.ts';
import { verifyDirectory } from '#server/directory/verify.ts';
import { listTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { type Job, leaseJobs } from '#server/store/jobs.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

import { readSummaries } from '#server/administration/card.ts';
import { exportBulk, type ExportedLine, listBulks, readBulk, readNotDone, stopBulk } from './list.ts';
import { bulkJob } from './run.ts';
import { bulkKind, type NewBulk, startBulk } from './start.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`an act on many people on ${name}`, () => {
    let store: Store;
    let now = Date.UTC(2026, 8, 1, 8);
    let tenantId: TenantId;
    let chief: PersonActor;
    let support: PersonActor;
    let whole: PersonActor;
    const nord: AddedPerson[] = [];
    const sud: AddedPerson[] = [];
    const ref = ({ personId }: { personId: AddedPerson['personId'] }): PersonRef => ({ tenantId, personId });
    const one = (people: readonly AddedPerson[], index = 0): AddedPerson => people[index] ?? assert.fail();

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      const [nordId, sudId] = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'Nord' },
        { kind: 'dsden', code: 'sud', name: 'Sud' },
      ]);
      assert.ok(nordId && sudId);
      const add = (familyName: string, unitId: typeof nordId, password: string | null = null) =>
        addPerson(store, operator, { tenantId, givenName: 'Test', familyName, unitId, password });
      for (let n = 0; n < 8; n += 1) nord.push(await add(`Nord${n}`, nordId));
      for (let n = 0; n < 2; n += 1) sud.push(await add(`Sud${n}`, sudId));
      const [administrator, agent, head] = [
        await add('Chef', nordId, 'Mot-2026-passe!'),
        await add('Aide', nordId, 'Mot-2026-passe!'),
        await add('Tout', nordId, 'Mot-2026-passe!'),
      ];
      const reason = 'essai';
      await grantRole(store, operator, { ...ref(administrator), kind: 'unit', unitId: nordId, reason });
      await grantRole(store, operator, { ...ref(agent), kind: 'support', unitId: nordId, reason });
      await grantRole(store, operator, { ...ref(head), kind: 'tenant', reason });
      chief = await openSession(store, ref(administrator));
      support = await openSession(store, ref(agent));
      whole = await openSession(store, ref(head));
    });
    after(() => store.close());

    const jobs = async (): Promise<readonly Job[]> =>
      leaseJobs(store, [bulkKind], { limit: 10, forMs: 60_000, owner: 'test' });
    const runAll = async (): Promise<void> => {
      for (const job of await jobs()) await bulkJob(store).run(job);
    };
    const start = (actor: typeof chief | typeof operator, given: Partial<NewBulk>) =>
      startBulk(store, actor, {
        tenantId,
        act: { kind: 'block' },
        personIds: [],
        names: [],
        reason: 'campagne de phishing',
        ...given,
      });
    const states = async (people: readonly AddedPerson[]) => {
      const ids = people.map(({ personId }) => personId);
      return (await readSummaries(store, operator, tenantId, ids)).map(({ state }) => state);
    };
    const linesOf = async (actor: PersonActor, id: Awaited<ReturnType<typeof start>>) => {
      const all: ExportedLine[] = [];
      for await (const page of await exportBulk(store, actor, tenantId, id)) all.push(...page);
      return all;
    };

    it('is done to each one in reach, and says of each other line why not', async () => {
      const id = await start(chief, {
        personIds: [one(nord).personId, one(sud).personId, chief.personId],
        names: [one(nord, 1).userName, one(nord, 1).email, one(sud, 1).email, 'personne', one(nord, 2).email],
      });
      await runAll();
      assert.deepEqual(await states([...nord.slice(0, 4), ...sud]), [
        'blocked',
        'blocked',
        'blocked',
        'provisioned',
        'provisioned',
        'provisioned',
      ]);
      const { counts, next, total, finishedAt } = await readBulk(store, chief, tenantId, id);
      assert.deepEqual([counts, next, total], [{ done: 3, refused: 2, unknown: 3 }, 8, 8]);
      assert.equal(finishedAt, now);
      assert.deepEqual(
        (await linesOf(chief, id)).map(({ text, outcome, why }) => [text, outcome, why]),
        [
          [one(nord).userName, 'done', null],
          ['', 'unknown', null],
          [(await readSummaries(store, operator, tenantId, [chief.personId]))[0]?.userName, 'refused', 'mayNot'],
          [one(nord, 1).userName, 'done', null],
          [one(nord, 1).email, 'refused', 'twice'],
          [one(sud, 1).email, 'unknown', null],
          ['personne', 'unknown', null],
          [one(nord, 2).email, 'done', null],
        ],
      );
      const [line] = await listTrace(store, tenantId, { accountId: one(nord).accountId, verbs: ['lockPerson'] });
      assert.deepEqual(
        [line?.personId, line?.details['reason'], line?.details['bulk']],
        [chief.personId, 'campagne de phishing', id],
      );
    });

    it('a lost lease and two runners at once meet nobody twice', async () => {
      await start(chief, { personIds: nord.map(({ personId }) => personId), act: { kind: 'signOut' } });
      const [job] = await jobs();
      assert.ok(job);
      await Promise.all([bulkJob(store).run(job), bulkJob(store).run(job), bulkJob(store).run(job)]);
      for (const { accountId } of nord)
        assert.equal((await listTrace(store, tenantId, { accountId, verbs: ['signOutPerson'] })).length, 1);
    });

    it('goes on from where it was when it was killed', async () => {
      const id = await start(chief, { personIds: nord.map(({ personId }) => personId), act: { kind: 'signOut' } });
      const [job] = await jobs();
      assert.ok(job);
      let left = 3;
      // The process is gone in the middle of the fourth person's transaction.
      const dying: Store = {
        ...store,
        engine: Object.assign(Object.create(store.engine) as Store['engine'], {
          write: (work: Parameters<Store['engine']['write']>[0]) =>
            store.engine.write(async (connection) => {
              const result = await work(connection);
              left -= 1;
              if (left < 0) throw new Error('killed');
              return result;
            }),
        }),
      };
      await assert.rejects(bulkJob(dying).run(job), /killed/);
      assert.equal((await readBulk(store, chief, tenantId, id)).next, 3);
      now += 61_000;
      await runAll();
      assert.deepEqual((await readBulk(store, chief, tenantId, id)).counts, { done: 8, refused: 0, unknown: 0 });
      for (const { accountId } of nord)
        assert.equal((await listTrace(store, tenantId, { accountId, verbs: ['signOutPerson'] })).length, 2);
    });

    it('is stopped between two people, by its author and by who administers the whole', async () => {
      const id = await start(chief, { personIds: nord.map(({ personId }) => personId), act: { kind: 'signOut' } });
      await assert.rejects(stopBulk(store, support, tenantId, id), refusedFor('noSuchJob'));
      await stopBulk(store, whole, tenantId, id);
      await runAll();
      const { next, stoppedAt } = await readBulk(store, chief, tenantId, id);
      assert.deepEqual([next, stoppedAt], [0, now]);
      assert.ok((await listBulks(store, whole, tenantId)).some((bulk) => bulk.id === id && !bulk.isOwn));
      assert.deepEqual(await listBulks(store, support, tenantId), []);
      await assert.rejects(readBulk(store, support, tenantId, id), refusedFor('noSuchJob'));
    });

    it('a role that ends in the middle ends what it could do', async () => {
      const id = await start(chief, { personIds: [one(nord, 4).personId, one(nord, 5).personId] });
      const role = (await listRoles(store, operator, tenantId)).find(({ personId }) => personId === chief.personId);
      assert.ok(role);
      await revokeRole(store, operator, tenantId, role.id, 'mutation');
      await runAll();
      assert.deepEqual((await readBulk(store, operator, tenantId, id)).counts, { done: 0, refused: 2, unknown: 0 });
      assert.deepEqual(
        (await readNotDone(store, whole, tenantId, id, 10)).map(({ why }) => why),
        ['mayNot', 'mayNot'],
      );
      const { unitId, personId } = role;
      await grantRole(store, operator, { tenantId, personId, kind: 'unit', unitId, reason: 'retour' });
    });

    it('asks for a role that may, a proof, a reason, and somebody to do it to', async () => {
      const personIds = [one(nord, 6).personId];
      await assert.rejects(start(support, { personIds }), refusedFor('mayNot'));
      await assert.rejects(start(await openSession(store, ref(one(nord, 6))), { personIds }), refusedFor('mayNot'));
      await assert.rejects(start(chief, { personIds, reason: ' ' }), refusedFor('invalidProperties'));
      await assert.rejects(start(chief, {}), refusedFor('invalidProperties'));
      const names = Array.from({ length: 20_001 }, (_, n) => `a${n}`);
      await assert.rejects(start(chief, { names }), refusedFor('tooMany'));
      now += 16 * 60_000;
      await assert.rejects(start(chief, { personIds }), refusedFor('stepUpNeeded'));
      chief = await openSession(store, chief);
    });

    it('a provisional password is in the file of its author for a day, as long as it is not replaced', async () => {
      const people = [one(nord, 6), one(nord, 7)];
      const personIds = people.map(({ personId }) => personId);
      const id = await start(chief, { personIds, act: { kind: 'resendActivation' } });
      await runAll();
      const given = (await linesOf(chief, id)).map(({ provisionalPassword }) => provisionalPassword);
      assert.ok(given.every((password) => /^[a-z]{4}-[a-z]{4}-[a-z]{4}-\d\d$/.test(password)) && given[0] !== given[1]);
      const remote = { remoteAddress: '192.0.2.7', userAgent: 'test' };
      const begun = await login(store, { userName: one(nord, 6).userName, password: given[0] ?? '', ...remote });
      assert.equal(begun.steps[0], 'password');
      assert.deepEqual((await linesOf(whole, id).catch(() => [])).map((line) => line.provisionalPassword).join(''), '');
      await start(chief, { personIds: personIds.slice(0, 1), act: { kind: 'resetPassword' } });
      now += 1;
      await runAll();
      assert.equal((await linesOf(chief, id))[0]?.provisionalPassword, '', 'another one was given since');
      now += 24 * 3_600_000;
      assert.ok((await linesOf(await openSession(store, chief), id)).every((line) => line.provisionalPassword === ''));
    });

    it('the operator may, from the command line', async () => {
      const id = await start(operator, {
        names: sud.map(({ email }) => email),
        act: { kind: 'changeQuota', quotaOctets: 5 },
      });
      await runAll();
      assert.deepEqual((await readBulk(store, operator, tenantId, id)).counts, { done: 2, refused: 0, unknown: 0 });
      assert.deepEqual(await Array.fromAsync(verifyDirectory(store)), []);
    });
  });
});
