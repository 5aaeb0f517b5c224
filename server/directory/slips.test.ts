/** Hand-over slips: who gets which first key, once, and where it is kept. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { readCsv } from '#formats/csv/read.ts';
import { operator } from '#server/access/actor.ts';
import { login } from '#server/access/login.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import type { PeopleRunId, TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { addDomain } from './domain.ts';
import { importPeople } from './import.ts';
import { handOver, type Slip, type SlipOptions } from './slips.ts';
import { addTenant } from './tenant.ts';
import { addUnits } from './unit.ts';

async function* octets(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`hand-over slips on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let run: PeopleRunId;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      await addUnits(store, operator, tenantId, [
        { kind: 'college', code: '0590121l', name: 'Collège Jean Moulin' },
        { kind: 'lycee', code: '0590122m', name: 'Lycée Colette' },
      ]);
      const file = [
        'externalId;userName;familyName;givenName;unit;password;numen',
        'E1;zola;Zola;Émile;0590121L;;',
        'E2;arendt;Arendt;Hannah;0590121L;;',
        'E3;numen;Numen;Nina;0590122M;;01E9501234ABC',
        'E4;donne;Donné;Denis;0590122M;Tortue+Cuivre=42;',
        'E5;seule;Seule;Sara;;;',
      ].join('\n');
      const summary = await importPeople(store, operator, readCsv(octets(file)), { tenantId });
      assert.ok(summary.run);
      run = summary.run;
    });
    after(() => store.close());

    const slipsOf = async (options: SlipOptions = {}) => {
      const units = await Array.fromAsync(handOver(store, operator, tenantId, run, options));
      return units.map(({ unit, slips }) => ({ code: unit?.code, slips }));
    };
    const told = (slips: readonly Slip[]) => slips.map(({ userName, key }) => `${userName} ${key.kind}`);
    const enter = (userName: string, password: string) =>
      login(store, { userName, password, remoteAddress: '192.0.2.1', userAgent: 'test' });

    it('give whoever has nothing a provisional password that opens the account, school by school', async () => {
      const units = await slipsOf();
      assert.deepEqual(
        units.map(({ code, slips }) => [code, told(slips)]),
        [
          ['0590121l', ['arendt provisional', 'zola provisional']],
          ['0590122m', ['donne given', 'numen numen']],
          [undefined, ['seule provisional']],
        ],
      );
      const [arendt] = units[0]?.slips ?? [];
      assert.ok(arendt?.key.kind === 'provisional' && arendt.key.until !== null);
      const { password } = arendt.key;
      const { steps } = await enter('arendt', password);
      assert.equal(steps[0], 'password');
      const kept = await read(store, (tx) => rows(tx, tx.q.selectFrom('person').selectAll()));
      assert.ok(!JSON.stringify(kept).includes(password), 'no table holds it');
      const trace = await read(store, (tx) => rows(tx, tx.q.selectFrom('trace').selectAll()));
      assert.ok(!JSON.stringify(trace).includes(password));
    });

    it('void no paper when they are printed again, unless that is asked for', async () => {
      const [first] = await slipsOf();
      assert.deepEqual(told(first?.slips ?? []), ['arendt given', 'zola given']);
      const renewed = await slipsOf({ isRenewing: true, unitPath: '/1/' });
      assert.equal(renewed.length, 1, 'one unit alone');
      const before = renewed[0]?.slips.find(({ userName }) => userName === 'zola')?.key;
      assert.ok(before?.kind === 'provisional');
      await enter('zola', before.password);
      const after = (await slipsOf({ isRenewing: true, unitPath: '/1/' }))[0]?.slips.find(
        (one) => one.userName === 'zola',
      );
      assert.ok(after?.key.kind === 'provisional');
      await assert.rejects(enter('zola', before.password), refusedFor('badCredentials'));
      await enter('zola', after.key.password);
    });
  });
});
