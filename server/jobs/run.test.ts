/** The runner of jobs: what is due is begun once, as many at once as a kind allows; what fails comes again later. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { operator } from '#server/access/actor.ts';
import { addTenant } from '#server/directory/tenant.ts';
import type { TenantId } from '#server/store/ids.ts';
import { enqueueJob, finishJob, type Job, leaseJobs, type NewJob, wakeRunners } from '#server/store/jobs.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { type JobKind, runJobs } from './run.ts';

const hourMs = 3_600_000;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`jobs on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
    });
    after(() => store.close());

    const enqueue = (kind: string, more: Partial<NewJob> = {}) =>
      write(store, (tx) => enqueueJob(tx, { tenantId, kind, payload: {}, runAt: store.now(), ...more }, store.now()));
    const left = () =>
      read(store, (tx) =>
        rows(tx, tx.q.selectFrom('job').select(['kind', 'attempts', 'run_at', 'last_error']).orderBy('kind')),
      );
    const finish = (job: Job) => write(store, (tx) => finishJob(tx, job));
    const kindOf = (run: JobKind['run'], atOnce = 2): JobKind => ({ leaseMs: hourMs, atOnce, attempts: 3, run });
    /** Only what wakes it makes it look. */
    const options = { lookEveryMs: hourMs, onFault: () => undefined };

    it('begins what is due and nobody is at, and lets the rest wait', async () => {
      await enqueue('taken');
      const [theirs] = await leaseJobs(store, ['taken'], { limit: 1, forMs: hourMs, owner: 'somebody else' });
      assert.ok(theirs);
      await enqueue('later', { runAt: store.now() + hourMs });
      await enqueue('strange');
      await enqueue('due');
      const begun: string[] = [];
      const over = Promise.withResolvers<void>();
      const note = kindOf(async (job) => {
        begun.push(job.kind);
        await finish(job);
        over.resolve();
      });
      const runner = runJobs(store, { taken: note, later: note, due: note }, options);
      await over.promise;
      await runner.close();
      assert.deepEqual(begun, ['due']);
      assert.deepEqual(
        (await left()).map(({ kind }) => kind),
        ['later', 'strange', 'taken'],
      );
      await write(store, (tx) => tx.connection.run({ sql: 'delete from job' }, []));
    });

    it('runs as many of a kind at once as it may, and the others as these end', async () => {
      for (let index = 0; index < 5; index += 1) await enqueue('slow');
      let atWork = 0;
      let mostAtWork = 0;
      let ended = 0;
      const over = Promise.withResolvers<void>();
      const slow = kindOf(async (job) => {
        atWork += 1;
        mostAtWork = Math.max(mostAtWork, atWork);
        await finish(job);
        atWork -= 1;
        ended += 1;
        if (ended === 5) over.resolve();
      });
      const runner = runJobs(store, { slow }, options);
      await over.promise;
      await runner.close();
      assert.equal(mostAtWork, 2);
      assert.deepEqual(await left(), []);
    });

    it('puts off what fails, with what it said, and goes on with the others', async () => {
      const over = Promise.withResolvers<void>();
      const kinds = {
        broken: kindOf(() => Promise.reject(new Error('no paper left'))),
        sound: kindOf(async (job) => {
          await finish(job);
          over.resolve();
        }),
      };
      const runner = runJobs(store, kinds, options);
      await enqueue('broken');
      await enqueue('sound');
      wakeRunners(store);
      await over.promise;
      await runner.close();
      const [broken, ...others] = await left();
      assert.deepEqual([broken?.kind, broken?.attempts, broken?.last_error], ['broken', 1, 'no paper left']);
      assert.ok(broken && broken.run_at > store.now());
      assert.deepEqual(others, []);
    });
  });
});
