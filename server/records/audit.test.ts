/** The audit log: filters, pages, subtrees, and the whole of it as a file. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { type Actor, allScopes, operator } from '#server/access/actor.ts';
import { signOutPerson } from '#server/access/person-state.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole } from '#server/access/role.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson, type AddedPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { addUnits } from '#server/directory/unit.ts';
import type { TenantId, UnitId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

import { type AuditFilter, exportAudit, listAudit, readAudit } from './audit.ts';
import { printAudit } from './print-audit.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`the audit log on ${name}`, () => {
    let store: Store;
    let now = Date.UTC(2026, 8, 1, 8);
    let tenantId: TenantId;
    let nord: UnitId;
    let sud: UnitId;
    let people: readonly AddedPerson[];
    const actorOf = (index: number): Actor => {
      const person = people[index];
      assert.ok(person);
      return { kind: 'person', tenantId, personId: person.personId, by: 'session', scopes: allScopes, from: '::1' };
    };
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      const units = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'Nord' },
        { kind: 'dsden', code: 'sud', name: 'Sud' },
      ]);
      assert.ok(units[0] && units[1]);
      [nord, sud] = [units[0], units[1]];
      const added: AddedPerson[] = [];
      for (const [familyName, unitId] of [
        ['Chef', nord],
        ['Adjoint', nord],
        ['Lointain', sud],
      ] as const)
        added.push(
          await addPerson(store, operator, { tenantId, givenName: 'Test', familyName, unitId, password: null }),
        );
      people = added;
      const [chief, deputy, far] = people;
      assert.ok(chief && deputy && far);
      await grantRole(store, operator, { tenantId, personId: chief.personId, kind: 'unit', unitId: nord });
      await grantRole(store, operator, { tenantId, personId: far.personId, kind: 'tenant' });
      for (let n = 0; n < 5; n += 1) {
        now += 60_000;
        await signOutPerson(
          store,
          actorOf(0),
          { tenantId, personId: deputy.personId },
          `=raison "${n}", dite\nen deux`,
        );
      }
    });
    after(() => store.close());
    const verbs = async (actor: Actor, filter: AuditFilter = {}): Promise<readonly string[]> =>
      (await listAudit(store, actor, tenantId, filter)).map(({ verb }) => verb);

    it('the newest first, with who, whom and why; an administrator of a unit sees that unit', async () => {
      const [line, ...others] = await listAudit(store, actorOf(0), tenantId);
      assert.deepEqual(
        [line?.actorName, line?.accountName, line?.verb, line?.by, line?.remoteAddress, line?.isSealed],
        ['Test Chef', 'Test Adjoint', 'signOutPerson', 'session', '::1', false],
      );
      assert.equal(line?.reason, '=raison "4", dite\nen deux');
      assert.ok(!others.some(({ accountName }) => accountName === 'Test Lointain' || accountName === null));
      const all = await verbs(actorOf(2));
      assert.ok(all.includes('addTenant') && all.includes('grantRole'), 'of the whole tenant: what is of nobody too');
      assert.deepEqual(await verbs(actorOf(2), { unitId: sud }), ['grantRole', 'addPerson']);
    });

    it('is filtered by who, whom, verb and date, and turned page by page', async () => {
      const [chief, deputy, far] = people;
      assert.ok(chief && deputy && far);
      const admin = actorOf(2);
      assert.equal((await verbs(admin, { actorPersonId: chief.personId })).length, 5);
      assert.deepEqual(await verbs(admin, { personId: deputy.personId, verbs: ['addPerson'] }), ['addPerson']);
      const last = now;
      assert.equal((await verbs(admin, { from: last - 60_000, until: last })).length, 1);
      const whole = await listAudit(store, admin, tenantId);
      const turned = [];
      for (let after = undefined as (typeof whole)[number]['id'] | undefined; ;) {
        const page = await listAudit(store, admin, tenantId, {}, { limit: 4, after });
        turned.push(...page);
        after = page.at(-1)?.id;
        if (page.length < 4) break;
      }
      assert.deepEqual(
        turned.map(({ id }) => id),
        whole.map(({ id }) => id),
      );
      const ofTenant = whole.find(({ verb }) => verb === 'addTenant');
      assert.ok(ofTenant);
      assert.deepEqual(await readAudit(store, actorOf(0), tenantId, [ofTenant.id]), [], 'not of the unit');
      await assert.rejects(
        listAudit(store, actorOf(0), tenantId, {}, { after: ofTenant.id }),
        refusedFor('anchorNotFound'),
      );
    });

    it('as CSV a spreadsheet reads every line as it is, and takes none for a formula; as JSON a program does', async () => {
      now += 1;
      const print = async (format: 'csv' | 'jsonl'): Promise<string> => {
        const pieces: string[] = [];
        const pages = await exportAudit(store, actorOf(0), tenantId, { verbs: ['signOutPerson'] });
        for await (const piece of printAudit(pages, format)) pieces.push(piece);
        return pieces.join('');
      };
      const csv = await print('csv');
      assert.match(csv, /^\uFEFFat,actor,by,verb,account,email,reason,from,details,sealed,id\r\n/);
      assert.match(csv, /,signOutPerson,Test Adjoint,[^,]+,"'=raison ""4"", dite\nen deux",::1,/);
      const lines = (await print('jsonl')).trimEnd().split('\n');
      assert.equal(lines.length, 5);
      const [newest] = lines.map((line): unknown => JSON.parse(line));
      assert.ok(typeof newest === 'object' && newest !== null && 'reason' in newest);
      assert.equal(newest.reason, '=raison "4", dite\nen deux');
      now += 1;
      assert.equal((await verbs(actorOf(2), { verbs: ['exportAudit'] })).length, 2, 'that it was taken is told too');
    });
  });
});
