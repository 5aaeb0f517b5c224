/** Wishes for more room: asked with a reason, answered by who administers, given back at the end of their term. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { Refusal } from '#server/access/refusal.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import type { RoleKind } from '#server/access/powers.ts';
import { grantRole } from '#server/access/role.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { changeTenantSettings } from '#server/directory/settings.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { addUnits } from '#server/directory/unit.ts';
import { noticeKind } from '#server/notices/notice.ts';
import { listTrace } from '#server/records/trace.ts';
import type { TenantId, UnitId } from '#server/store/ids.ts';
import { leaseJobs } from '#server/store/jobs.ts';
import { openStore } from '#server/store/open.ts';
import { type Store, write } from '#server/store/store.ts';

import { askForQuota, ownQuota, withdrawQuotaRequest } from './ask.ts';
import { changeQuota } from './change.ts';
import { decideQuotaRequest, listQuotaRequests, type QuotaRequestId } from './decide.ts';
import { keepTerms } from './terms.ts';

const gb = 1_000_000_000;
const dayMs = 86_400_000;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`wishes for room on ${name}`, () => {
    let store: Store;
    let now = Date.UTC(2026, 10, 2, 8);
    let tenantId: TenantId;
    let nord: UnitId;
    const actors = new Map<string, PersonActor>();
    const the = (key: string): PersonActor => {
      const actor = actors.get(key);
      assert.ok(actor, key);
      return actor;
    };
    const add = async (key: string, unitId: UnitId | null, kind?: RoleKind, on: UnitId | null = null) => {
      const quotaOctets = gb;
      const given = { tenantId, givenName: 'T', familyName: key, unitId, password: null, quotaOctets };
      const { personId } = await addPerson(store, operator, given);
      if (kind) await grantRole(store, operator, { tenantId, personId, kind, unitId: on, reason: 'essai' });
      actors.set(key, await openSession(store, { tenantId, personId }));
    };
    /** What letters say that wait to be filed; each is taken once. */
    const letters = async () => {
      const jobs = await leaseJobs(store, [noticeKind], { limit: 50, forMs: 1e12, owner: 'test' });
      return jobs.map(({ payload }) => (payload as { notice: { kind: string; octets?: number } }).notice);
    };
    const room = async (key: string) => (await ownQuota(store, the(key))).quotaOctets;
    const rules = (quota: Readonly<Record<string, unknown>>) =>
      write(store, (tx) => changeTenantSettings(tx, tenantId, { quota }));
    const wish = { askedOctets: 3 * gb, reason: 'Photos de chantier', until: null } as const;
    const grantLater = { kind: 'grant', octets: 3 * gb, endsAt: null } as const;

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      const ids = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'Nord' },
        { kind: 'dsden', code: 'sud', name: 'Sud' },
      ]);
      assert.ok(ids[0] !== undefined && ids[1] !== undefined);
      [nord] = ids;
      await add('asker', nord);
      await add('other', nord);
      await add('north', nord, 'unit', nord);
      await add('south', ids[1], 'unit', ids[1]);
      await add('whole', null, 'tenant');
      await add('helper', nord, 'support', nord);
    });
    after(() => store.close());

    it('a wish has a reason, is for more than there is, and waits alone', async () => {
      for (const [given, property] of [
        [{ askedOctets: gb }, 'askedOctets'],
        [{ askedOctets: 51 * gb }, 'askedOctets'],
        [{ reason: ' ' }, 'reason'],
        [{ until: now - 1 }, 'until'],
      ] as const)
        await assert.rejects(
          askForQuota(store, the('asker'), { ...wish, ...given }),
          (error) => error instanceof Refusal && error.details.properties?.[0] === property,
          property,
        );
      await askForQuota(store, the('asker'), wish);
      await assert.rejects(askForQuota(store, the('asker'), wish), refusedFor('alreadyExists'));
      await withdrawQuotaRequest(store, the('asker'));
      await askForQuota(store, the('asker'), wish);
      const { requests } = await ownQuota(store, the('asker'));
      assert.deepEqual(
        requests.map(({ state }) => state),
        ['waiting', 'withdrawn'],
      );
      await rules({ requests: 'closed' });
      await assert.rejects(askForQuota(store, the('other'), wish), refusedFor('mayNot'));
      await rules({ longestDays: 30 });
      await assert.rejects(askForQuota(store, the('other'), wish), refusedFor('invalidProperties'));
      await rules({});
    });

    it('it is seen and answered by who administers the person, and by nobody else', async () => {
      const listed = async (key: string) =>
        (await listQuotaRequests(store, the(key), tenantId, 'waiting')).map(({ id }) => id);
      const [id] = await listed('north');
      assert.ok(id !== undefined);
      assert.deepEqual(await listed('whole'), [id]);
      assert.deepEqual(await listed('south'), []);
      await assert.rejects(listed('helper'), refusedFor('mayNot'));
      for (const [key, reason] of [
        ['south', 'noSuchPerson'],
        ['helper', 'mayNot'],
        ['asker', 'mayNot'],
      ] as const)
        await assert.rejects(decideQuotaRequest(store, the(key), tenantId, id, grantLater), refusedFor(reason), key);
      await rules({ approver: 'tenant' });
      assert.deepEqual(await listed('north'), []);
      await assert.rejects(decideQuotaRequest(store, the('north'), tenantId, id, grantLater), refusedFor('mayNot'));
      await rules({});
      await assert.rejects(
        decideQuotaRequest(store, the('north'), tenantId, id, { kind: 'refuse', answer: ' ' }),
        refusedFor('invalidProperties'),
      );
      await decideQuotaRequest(store, the('north'), tenantId, id, { kind: 'refuse', answer: 'Videz la corbeille' });
      assert.deepEqual(await letters(), [{ kind: 'quotaRefused', answer: 'Videz la corbeille' }]);
      await assert.rejects(
        decideQuotaRequest(store, the('whole'), tenantId, id, grantLater),
        refusedFor('invalidProperties'),
        'once',
      );
      assert.equal(await room('asker'), gb);
    });

    it('nobody decides about their own', async () => {
      const id = await askForQuota(store, the('north'), wish);
      await assert.rejects(decideQuotaRequest(store, the('north'), tenantId, id, grantLater), refusedFor('mayNot'));
      await decideQuotaRequest(store, the('whole'), tenantId, id, grantLater);
      assert.equal(await room('north'), 3 * gb);
    });

    it('room lent for a time is told of two weeks before, and goes back, however often it was lent', async () => {
      const ask = async (askedOctets: number): Promise<QuotaRequestId> =>
        askForQuota(store, the('asker'), { ...wish, askedOctets });
      await letters();
      const first = { kind: 'grant', octets: 3 * gb, endsAt: now + 20 * dayMs } as const;
      await decideQuotaRequest(store, the('north'), tenantId, await ask(3 * gb), first);
      const second = { kind: 'grant', octets: 5 * gb, endsAt: now + 40 * dayMs } as const;
      await decideQuotaRequest(store, the('north'), tenantId, await ask(5 * gb), second);
      assert.equal(await room('asker'), 5 * gb);
      assert.deepEqual(
        (await letters()).map(({ kind }) => kind),
        ['quotaGranted', 'quotaGranted'],
      );
      now += 25 * dayMs;
      assert.deepEqual(await keepTerms(store), { ended: 0, told: 0 }, 'the first has made room for the second');
      now += 2 * dayMs;
      assert.deepEqual(await keepTerms(store), { ended: 0, told: 1 });
      assert.deepEqual(await keepTerms(store), { ended: 0, told: 0 }, 'once');
      now += 14 * dayMs;
      assert.deepEqual(await keepTerms(store), { ended: 1, told: 0 });
      assert.equal(await room('asker'), gb, 'what there was before the first');
      const told = (await letters()).map(({ kind, octets }) => [kind, octets] as const);
      assert.deepEqual(
        told.toSorted(([a], [b]) => b.localeCompare(a)),
        [
          ['quotaEnds', gb],
          ['quotaEnded', gb],
        ],
      );
      const verbs = (await listTrace(store, tenantId, { verbs: ['askForQuota', 'grantQuota', 'changeQuota'] })).map(
        ({ verb, actor }) => `${verb} ${actor}`,
      );
      assert.equal(verbs[0], 'changeQuota job');
      assert.ok(verbs.includes('grantQuota session'));
    });

    it('a quota that an administrator changed since stays as they set it', async () => {
      const id = await askForQuota(store, the('other'), wish);
      const given = { kind: 'grant', octets: 3 * gb, endsAt: now + dayMs } as const;
      await decideQuotaRequest(store, the('whole'), tenantId, id, given);
      await changeQuota(store, operator, the('other'), 7 * gb, 'décidé');
      now += 2 * dayMs;
      assert.equal((await keepTerms(store)).ended, 1);
      assert.equal(await room('other'), 7 * gb);
    });
  });
});
