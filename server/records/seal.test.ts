/** The seal of the trace: what is altered, deleted or put in afterwards is found; many processes seal each line once. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { type RawBuilder, sql } from 'kysely';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { operator } from '#server/access/actor.ts';
import { addTenant } from '#server/directory/tenant.ts';
import type { TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { changes, rows } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { sealTrace } from './seal.ts';
import { recordTrace } from './trace.ts';
import { verifyTrace } from './verify.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`the seal of the trace on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
    });
    after(() => store.close());

    const trace = (count: number): Promise<void> =>
      write(store, async (tx) => {
        for (let n = 0; n < count; n += 1)
          await recordTrace(tx, { tenantId, actor: operator, verb: 'tried', at: store.now(), details: { n } });
      });
    const findings = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const { sentence } of verifyTrace(store)) found.push(sentence);
      return found;
    };
    const seals = () =>
      read(store, (tx) => rows(tx, tx.q.selectFrom('trace_seal').select(['n', 'count']).orderBy('n')));

    it('every line is under one seal, whoever seals at the same time', async () => {
      await trace(4_500);
      const sealed = await Promise.all([1, 2, 3].map(() => sealTrace(store, tenantId)));
      const rest = await sealTrace(store, tenantId);
      // One more than asked for: the tenant's own line.
      assert.equal(
        sealed.reduce((sum, count) => sum + count, rest),
        4_501,
      );
      assert.deepEqual(
        (await seals()).map(({ count }) => count),
        [2_000, 2_000, 501],
      );
      await trace(3);
      assert.equal(await sealTrace(store, tenantId), 3);
      assert.equal(await sealTrace(store, tenantId), 0);
      await trace(2);
      assert.deepEqual(await findings(), [], 'what is not sealed yet is no fault');
    });

    const cases: readonly (readonly [string, RegExp, RawBuilder<unknown>, RawBuilder<unknown>])[] = [
      [
        'a line that is altered',
        /under seal 2 .* are not what was sealed/,
        sql`update trace set details = details || ' ' where id = (select max(id) from trace where seal = 2)`,
        sql`update trace set details = rtrim(details) where seal = 2`,
      ],
      [
        'a line that is said to be somebody else’s',
        /under seal 4 .* are not what was sealed/,
        sql`update trace set person_id = 7 where seal = 4`,
        sql`update trace set person_id = null where seal = 4`,
      ],
      [
        'a line that is put in',
        /seal 4 covers 3 lines of the trace, there are 4/,
        sql`insert into trace (tenant_id, id, at, actor, verb, details, seal)
          select tenant_id, '00000000-0000-7000-8000-000000000000', at, actor, verb, details, 4 from trace where seal = 4 limit 1`,
        sql`delete from trace where id = '00000000-0000-7000-8000-000000000000'`,
      ],
      [
        'a seal that is made anew',
        /seal 4 does not continue the one before/,
        sql`update trace_seal set hash = 'x' where n = 3`,
        sql`update trace_seal set hash = (select previous_hash from trace_seal where n = 4) where n = 3`,
      ],
    ];
    for (const [what, expected, damage, repair] of cases) {
      it(`${what} is found`, async () => {
        await write(store, (tx) => changes(tx, damage));
        assert.match((await findings()).join('\n'), expected);
        await write(store, (tx) => changes(tx, repair));
        assert.deepEqual(await findings(), []);
      });
    }

    it('a line that is deleted is found, and so are lines whose last seal is', async () => {
      await write(store, (tx) => changes(tx, sql`delete from trace_seal where n = 4`));
      assert.match(
        (await findings()).join('\n'),
        /3 lines of the trace are under seals up to 4, and the last one is 3/,
      );
      await write(store, (tx) => changes(tx, sql`delete from trace_seal where n = 2`));
      assert.match((await findings()).join('\n'), /seals 2 to 2 of the trace are gone/);
      await write(store, (tx) =>
        changes(tx, sql`delete from trace where id = (select min(id) from trace where seal = 3)`),
      );
      assert.match((await findings()).join('\n'), /seal 3 covers 501 lines of the trace, there are 500/);
    });
  });
});
