/**
 * The power is cut at the worst instants of a filtered delivery: all statements done and nothing committed, and committed
 * but not yet acknowledged. The server in front of us sends again what it got no answer for. Nothing is lost; a message
 * and what its filter sends are there together or not at all; and twice only where SMTP itself cannot know.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { rows } from '#server/store/statement.ts';
import { read } from '#server/store/store.ts';
import { openAcademy } from '#server/submission/sender.testing.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { emailsOf, messageTo, useScript } from '#server/filters/filters.testing.ts';
import type { Instant, Receiving } from './receiver.testing.ts';

const program = fileURLToPath(new URL('./receiver.testing.ts', import.meta.url));

forEachDatabase((_name, databaseUrl, folder) => crash(databaseUrl, folder));

function crash(databaseUrl: string, folder: string): void {
  test('a message and what its filter sends are kept together, whenever the power is cut', async () => {
    const academy = await openAcademy(databaseUrl, folder);
    const { alice, store } = academy;
    try {
      await useScript(
        academy,
        alice,
        `require ["fileinto","mailbox","copy","vacation-seconds"];
         redirect :copy "ailleurs@elsewhere.example";
         vacation :seconds 0 "Absente";
         fileinto :create "Tri";`,
      );
      const plans: readonly (readonly Instant[])[] = [
        [],
        ['beforeCommit'],
        ['afterCommit'],
        ['beforeCommit', 'afterCommit'],
      ];
      for (const [index, deaths] of plans.entries()) {
        const message = messageTo(alice.email, { Subject: `numéro ${index}` });
        const receiving = { databaseUrl, folder, address: alice.email, message };
        for (const dies of deaths) assert.equal(await attempt({ ...receiving, dies }), 'died');
        assert.equal(await attempt({ ...receiving, dies: null }), 'delivered');
      }
      const found = await emailsOf(academy, alice);
      const times = plans.map((_, index) => found.filter(({ text }) => text.includes(`numéro ${index}`)).length);
      // Committed and not acknowledged, it is sent again: nobody can know (RFC 5321 §6.1).
      assert.deepEqual(times, [1, 1, 2, 2]);
      assert.ok(found.every(({ mailboxes }) => mailboxes.join() === 'Tri'));
      const submissions = await read(store, (tx) =>
        rows(tx, tx.q.selectFrom('submission_recipient').select(['submission_id', 'address'])),
      );
      const to = Map.groupBy(submissions, ({ address }) => address);
      assert.equal(to.get('ailleurs@elsewhere.example')?.length, found.length);
      assert.equal(to.get('zoe@elsewhere.example')?.length, found.length);
      const jobs = await read(store, (tx) =>
        rows(tx, tx.q.selectFrom('job').select('id').where('kind', '=', 'submit')),
      );
      assert.equal(jobs.length, submissions.length);
    } finally {
      await store.close();
    }
  });
}

/** @returns what the child acknowledged, or `died`. */
async function attempt(receiving: Receiving): Promise<unknown> {
  const receiver: ChildProcess = spawn(process.execPath, [program], {
    env: { ...process.env, PLI_FILTER_CHILD: JSON.stringify(receiving), NODE_TEST_CONTEXT: undefined },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let answer: unknown = 'nothing';
  receiver.on('message', (message) => {
    answer = message;
  });
  const [, signal]: readonly unknown[] = await once(receiver, 'exit');
  return signal === 'SIGKILL' ? 'died' : answer;
}
