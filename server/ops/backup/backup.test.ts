import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { sql } from 'kysely';

import { operator } from '#server/access/actor.ts';
import { loadDemo } from '#server/demo/load.ts';
import { appendMany } from '#server/mail/emails/append-many.ts';
import { destroyEmails } from '#server/mail/emails/destroy.ts';
import { ingest } from '#server/mail/ingest.ts';
import { noKeywords } from '#server/mail/keywords.ts';
import { verifyStore } from '#server/ops/verify/verify.ts';
import { keptTables } from '#server/store/backup/tables.ts';
import { collectBlobs } from '#server/store/blobs/collect.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asBlobHash, asId, asMilliseconds, type EmailId, type TenantId } from '#server/store/ids.ts';
import { openStore, type StoreOptions } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { clusterUrl, forEachDatabase } from '#tools/testing/databases.ts';
import { makePlace, planPlace, removePlace } from '#tools/testing/places.ts';

import { backup } from './backup.ts';
import { BadBackup, type Manifest } from './manifest.ts';
import { restore } from './restore.ts';

const messageOf = (subject: string, octets: number): Uint8Array =>
  Buffer.from(
    `From: a@example.org\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@example.org>\r\nMIME-Version: 1.0\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n` +
      `Ligne\u2028séparée 😀\r\n${randomBytes(octets).toString('base64')}\r\n`,
  );

async function append(store: Store, accountId: AccountId, bytes: Uint8Array): Promise<void> {
  const placement = { accountId, mailbox: { kind: 'role', role: 'inbox' }, keywords: noKeywords } as const;
  const message = await ingest(store, bytes);
  await appendMany(store, operator, [
    { message, placements: [{ ...placement, receivedAt: asMilliseconds(store.now()) }] },
  ]);
}

/** Every email's octets, hashed, and how many rows each table has. */
async function contents(store: Store): Promise<readonly string[]> {
  const emails = await read(store, (tx) =>
    rows(
      tx,
      sql<{ tenant_id: number; account_id: number; id: number; hash: string }>`
        select account.tenant_id, email.account_id, email.id, email.hash from email
        join account on account.id = email.account_id order by email.account_id, email.id`,
    ),
  );
  const said: string[] = [];
  for (const email of emails) {
    const blob = await openBlob(store, asId<TenantId>(email.tenant_id), asBlobHash(email.hash));
    const octets = createHash('sha256')
      .update((await blob?.bytes()) ?? new Uint8Array())
      .digest('base64url');
    assert.equal(octets, email.hash);
    said.push(`${email.account_id} ${email.id} ${octets}`);
  }
  const kept = await read(store, (tx) =>
    rows(tx, tx.q.selectFrom('message').select(['hash', 'header_fields']).orderBy('hash')),
  );
  for (const { hash, header_fields: fields } of kept)
    said.push(
      `# ${hash} ${createHash('sha256')
        .update(fields ?? '')
        .digest('base64url')}`,
    );
  for (const table of keptTables) {
    if (table === 'counter') continue;
    const [row] = await read(store, (tx) =>
      rows(tx, sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`),
    );
    said.push(`${table} ${row?.n}`);
  }
  return said;
}

async function problems(store: Store, options: StoreOptions): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { sentence } of verifyStore(store, options)) found.push(sentence);
  return found;
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`backing up ${name}`, () => {
    const folderOf = (target: string): string => join(folder, `backup-${target}`);
    let store: Store;
    let accountIds: readonly AccountId[] = [];
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      await loadDemo(store, { people: 60, messages: 0, seed: 3, now: Date.UTC(2026, 2, 12, 9) });
      const accounts = await read(store, (tx) =>
        rows(tx, tx.q.selectFrom('account').select('id').orderBy('id').limit(8)),
      );
      accountIds = accounts.map(({ id }) => asId<AccountId>(id));
      for (const [index, accountId] of accountIds.entries()) {
        await append(store, accountId, messageOf(`grand ${index}`, 300_000));
        await append(store, accountId, messageOf(`petit ${index}`, 300));
      }
    });
    after(() => store.close());

    for (const target of ['sqlite', 'postgres'] as const) {
      it(`restores into ${target} what stood there at one instant, though mail came and went meanwhile`, async () => {
        const done = new AbortController();
        let written = 0;
        const disturb = async (): Promise<void> => {
          for (; !done.signal.aborted; written += 1) {
            const accountId = accountIds[written % accountIds.length] ?? asId<AccountId>(1);
            await append(
              store,
              accountId,
              messageOf(`pendant ${target} ${written}`, written % 2 === 0 ? 200_000 : 100),
            );
            const old = await read(store, (tx) =>
              rows(
                tx,
                tx.q
                  .selectFrom('email')
                  .select('id')
                  .where('account_id', '=', accountId)
                  .orderBy('id', 'desc')
                  .limit(2),
              ),
            );
            await destroyEmails(
              store,
              operator,
              accountId,
              old.slice(1).map(({ id }) => asId<EmailId>(id)),
            );
            await collectBlobs(store, { graceMs: 0 });
          }
        };
        const disturbing = disturb();
        const manifest = await backup(store, folderOf(target)).finally(() => done.abort());
        await disturbing;
        assert.ok(written > 0);
        assert.ok(manifest.blobs.files > 0);
        const place = planPlace(target, clusterUrl);
        await makePlace(place);
        const options = { databaseUrl: place.databaseUrl, blobsUrl: `file:${place.folder}/blobs` };
        const other = await openStore(options);
        try {
          await restore(other, folderOf(target));
          assert.deepEqual(await problems(other, options), []);
          assert.deepEqual(rowsOf(await contents(other)), rowsOfManifest(manifest));
          await append(other, accountIds[0] ?? asId<AccountId>(1), messageOf('après', 100));
          assert.deepEqual(await problems(other, options), []);
        } finally {
          await other.close();
          await removePlace(place);
        }
      });
    }

    it('holds exactly what the store holds when nobody writes', async () => {
      await backup(store, folderOf('quiet'));
      const options = { databaseUrl: `sqlite:${folder}/quiet.sqlite`, blobsUrl: `file:${folder}/quiet-blobs` };
      const other = await openStore(options);
      await restore(other, folderOf('quiet'));
      assert.deepEqual(await contents(other), await contents(store));
      await assert.rejects(restore(other, folderOf('quiet')), /empty database/);
      await other.close();
    });

    it('refuses a folder that is not empty, one without a manifest, and a damaged table', async () => {
      const empty = await openStore({ databaseUrl: `sqlite:${folder}/none.sqlite`, blobsUrl: `file:${folder}/none` });
      await assert.rejects(backup(store, folderOf('quiet')), BadBackup);
      await mkdir(folderOf('half'), { recursive: true });
      await assert.rejects(restore(empty, folderOf('half')), /interrupted/);
      await appendFile(join(folderOf('quiet'), 'tables/email.ndjson.zst'), 'x');
      await assert.rejects(restore(empty, folderOf('quiet')), /table email is damaged/);
      await rm(join(folderOf('quiet'), 'tables/email.ndjson.zst'));
      await assert.rejects(restore(empty, folderOf('quiet')), /table email cannot be read/);
      await empty.close();
    });
  });
});

const rowsOf = (said: readonly string[]): readonly string[] => said.filter((line) => /^[a-z]/.test(line));

const rowsOfManifest = ({ tables }: Manifest): readonly string[] =>
  tables.filter(({ name }) => name !== 'counter').map(({ name, rows: count }) => `${name} ${count}`);
