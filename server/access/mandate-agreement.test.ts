/** A mandate between two people: asked, accepted, approved, extended, given back. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { addDomain } from '#server/directory/domain.ts';
import { type AddedPerson, addPerson } from '#server/directory/person.ts';
import { changeTenantSettings } from '#server/directory/settings.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { listTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { selectJobs } from '#server/store/jobs.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { accountsOf } from './accounts.ts';
import { allScopes, operator, type PersonActor } from './actor.ts';
import { openSession } from './actor.testing.ts';
import {
  answerMandate,
  approveMandate,
  extendMandate,
  grantMandate,
  listHeldMandates,
  listMandates,
  revokeMandate,
  stateOfMandate,
} from './mandate.ts';
import { refusedFor } from './refusal.testing.ts';
import { remindOfMandates } from './mandate-reminders.ts';
import { requireRight } from './require-right.ts';
import type { MandateId, Right } from './rights.ts';
import { grantRole } from './role.ts';

const day = 86_400_000;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`a mandate between two people on ${name}`, () => {
    let store: Store;
    let now = Date.now();
    let tenantId: TenantId;
    let people: readonly AddedPerson[] = [];

    const actorOf = (person: AddedPerson | undefined): PersonActor => {
      assert.ok(person);
      const { personId } = person;
      return { kind: 'person', tenantId, personId, by: 'session', scopes: allScopes, from: '192.0.2.1' };
    };
    const claire = () => actorOf(people[0]);
    const marc = () => actorOf(people[1]);
    const chief = () => actorOf(people[2]);
    const mailbox = () => people[0]?.accountId ?? assert.fail();
    const mayRead = async (actor: PersonActor): Promise<boolean> =>
      read(store, (tx) => requireRight(tx, actor, mailbox(), 'read', now)).then(
        () => true,
        () => false,
      );
    const give = (rights: readonly Right[] = ['write'], dates: { endsAt?: number | null; startsAt?: number } = {}) =>
      grantMandate(store, claire(), { tenantId, accountId: mailbox(), personId: marc().personId, rights, ...dates });
    const stateOf = async (id: MandateId) => {
      const one = (await listMandates(store, claire(), tenantId, mailbox())).find((each) => each.id === id);
      return one && stateOfMandate(one, now);
    };
    const rule = (mandates: Record<string, unknown>) =>
      write(store, (tx) => changeTenantSettings(tx, tenantId, { mandates }));

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      const added = [];
      for (const givenName of ['Claire', 'Marc', 'Hélène'])
        added.push(await addPerson(store, operator, { tenantId, givenName, familyName: 'Roy', password: 'Été-2026!' }));
      people = added;
      await grantRole(store, operator, { tenantId, personId: chief().personId, kind: 'tenant' });
    });
    after(() => store.close());
    beforeEach(() => rule({}));

    it('gives nothing before its holder accepts, and each side sees how it stands', async () => {
      const id = await give(['write'], { startsAt: now - day });
      assert.equal(await mayRead(marc()), false);
      const [held] = await listHeldMandates(store, marc());
      assert.ok(held);
      assert.deepEqual(
        [held.id, stateOfMandate(held, now), held.account.name, held.authorName],
        [id, 'asked', 'Claire Roy', 'Claire Roy'],
      );
      for (const stranger of [claire(), chief()])
        await assert.rejects(answerMandate(store, stranger, tenantId, id, 'accept'), refusedFor('noSuchAccount'));
      await answerMandate(store, marc(), tenantId, id, 'accept');
      assert.deepEqual([await mayRead(marc()), await stateOf(id)], [true, 'valid']);
      await answerMandate(store, marc(), tenantId, id, 'accept');
      await revokeMandate(store, marc(), tenantId, id, 'je pars en congé');
      assert.deepEqual([await mayRead(marc()), await stateOf(id)], [false, 'revoked']);
      assert.equal((await listMandates(store, claire(), tenantId, mailbox()))[0]?.endedReason, 'je pars en congé');
      await assert.rejects(answerMandate(store, marc(), tenantId, id, 'accept'), refusedFor('noSuchAccount'));
      const verbs = (await listTrace(store, tenantId, { accountId: mailbox() })).map(({ verb }) => verb);
      assert.deepEqual(verbs.slice(0, 3), ['revokeMandate', 'acceptMandate', 'grantMandate']);
    });

    it('is declined, and may still be accepted afterwards', async () => {
      const id = await give();
      await answerMandate(store, marc(), tenantId, id, 'decline');
      assert.equal(await stateOf(id), 'declined');
      await answerMandate(store, marc(), tenantId, id, 'accept');
      assert.equal(await stateOf(id), 'valid');
      await answerMandate(store, marc(), tenantId, id, 'decline');
      assert.equal(await mayRead(marc()), false);
    });

    it('begins on its first day, when it was accepted before', async () => {
      const id = await give(['read'], { startsAt: now + day });
      await answerMandate(store, marc(), tenantId, id, 'accept');
      assert.deepEqual([await mayRead(marc()), await stateOf(id)], [false, 'future']);
      now += 2 * day;
      assert.deepEqual([await mayRead(marc()), await stateOf(id)], [true, 'valid']);
      await revokeMandate(store, claire(), tenantId, id);
    });

    it('waits for an administrator where the tenant wants two people to decide', async () => {
      await rule({ approvalFor: ['sendAs'] });
      const id = await give(['sendAs'], { endsAt: now + 10 * day });
      await answerMandate(store, marc(), tenantId, id, 'accept');
      assert.deepEqual([await mayRead(marc()), await stateOf(id)], [false, 'awaitingApproval']);
      for (const own of [claire(), marc()])
        await assert.rejects(approveMandate(store, own, tenantId, id), refusedFor('mayNot'));
      await assert.rejects(
        approveMandate(store, chief(), tenantId, id),
        refusedFor('mayNot'),
        'no session to prove it in',
      );
      await approveMandate(store, await openSession(store, chief()), tenantId, id);
      assert.deepEqual([await mayRead(marc()), await stateOf(id)], [true, 'valid']);
      assert.ok((await accountsOf(store, marc())).some(({ rights }) => rights.includes('sendAs')));
      await assert.rejects(extendMandate(store, claire(), tenantId, id, now + 20 * day), refusedFor('mayNot'));
      await extendMandate(store, claire(), tenantId, id, now + 5 * day);
      now += 6 * day;
      assert.deepEqual([await mayRead(marc()), await stateOf(id)], [false, 'ended']);
      const plain = await give(['read']);
      await answerMandate(store, marc(), tenantId, plain, 'accept');
      assert.equal(await stateOf(plain), 'valid', 'other rights do not wait');
      await revokeMandate(store, claire(), tenantId, plain);
    });

    it('ends within the days the tenant sets', async () => {
      await rule({ longestDays: 30 });
      await assert.rejects(give(['read']), refusedFor('invalidProperties'));
      await assert.rejects(give(['read'], { endsAt: now + 31 * day }), refusedFor('invalidProperties'));
      const id = await give(['read'], { endsAt: now + 30 * day });
      await assert.rejects(extendMandate(store, claire(), tenantId, id, null), refusedFor('invalidProperties'));
      await assert.rejects(extendMandate(store, marc(), tenantId, id, now + day), refusedFor('noSuchAccount'));
      await revokeMandate(store, claire(), tenantId, id);
    });

    it('tells both sides some days before its end, once, and again when the end moves', async () => {
      const letters = async (): Promise<readonly string[]> => {
        const jobs = await read(store, (tx) => selectJobs(tx, { kinds: ['notice'], limit: 1000 }));
        return jobs.map(({ payload }) => JSON.stringify(payload));
      };
      const id = await give(['read'], { endsAt: now + 20 * day });
      await answerMandate(store, marc(), tenantId, id, 'accept');
      assert.ok((await letters()).some((one) => one.includes('mandateOffered') && one.includes('Claire Roy')));
      assert.ok((await letters()).some((one) => one.includes('mandateAnswered') && one.includes('Marc Roy')));
      assert.equal(await remindOfMandates(store), 0);
      now += 7 * day;
      assert.equal(await remindOfMandates(store), 1);
      assert.equal(await remindOfMandates(store), 0);
      assert.equal((await letters()).filter((one) => one.includes('mandateEnds')).length, 2);
      await extendMandate(store, claire(), tenantId, id, now + 10 * day);
      assert.equal(await remindOfMandates(store), 1);
      await revokeMandate(store, claire(), tenantId, id);
    });

    it('is not given on one’s own account to oneself, nor with a reason that is a book', async () => {
      const own = { tenantId, accountId: mailbox(), personId: claire().personId, rights: ['read'] as const };
      await assert.rejects(grantMandate(store, claire(), own), refusedFor('invalidArguments'));
      const given = { ...own, personId: marc().personId, reason: 'x'.repeat(501) };
      await assert.rejects(grantMandate(store, claire(), given), refusedFor('invalidProperties'));
    });
  });
});
