import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { type RawBuilder, sql } from 'kysely';

import { changes } from '#server/store/statement.ts';
import { write } from '#server/store/store.ts';
import { openAcademy, type TestAcademy } from '#server/submission/sender.testing.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { messageTo, receive, useScript } from './filters.testing.ts';
import { startRun } from './runs/start.ts';
import { putScript } from './scripts/change.ts';
import { verifyFilters } from './verify.ts';

forEachDatabase((_name, databaseUrl, folder) => {
  let academy: TestAcademy;
  before(async () => {
    academy = await openAcademy(databaseUrl, folder);
    const { store, alice } = academy;
    await useScript(academy, alice, 'keep;');
    const content = Buffer.from('stop;');
    await putScript(store, alice.actor, alice.accountId, { name: 'autre', content, origin: 'operator' });
    await receive(academy, messageTo(alice.email), alice.email);
    await startRun(store, alice.actor, alice.accountId, {
      source: { kind: 'script', name: 'filtre' },
      mailboxId: null,
    });
  });
  after(() => academy.store.close());

  const findings = () => Array.fromAsync(verifyFilters(academy.store));
  const damage = (statement: RawBuilder<unknown>) => write(academy.store, (tx) => changes(tx, statement));

  test('filters that were only used are in order', async () => {
    assert.deepEqual(await findings(), []);
  });

  const wrongs: readonly { readonly says: RegExp; readonly how: RawBuilder<unknown> }[] = [
    { says: /2 scripts are active/, how: sql`update sieve_script set is_active = 1` },
    { says: /run \d+ is under way and has no job/, how: sql`delete from job where kind = 'applyFilter'` },
    { says: /script \d+ is ahead/, how: sql`update sieve_script set modseq = 100000 where name = 'autre'` },
    { says: /script autre does not hold its blob/, how: sql`delete from blob_link where kind = 'script'` },
  ];
  for (const { says, how } of wrongs) {
    test(`what is wrong is found: ${says.source}`, async () => {
      await damage(how);
      assert.ok(
        (await findings()).some((sentence) => says.test(sentence)),
        (await findings()).join('\n'),
      );
    });
  }
});
