import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it } from 'node:test';

import { sql } from 'kysely';

import { operator } from '#server/access/actor.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { type DiskFormat, findOnDisk } from '#server/imports/files/disk.ts';
import { takeFound } from '#server/imports/files/take.ts';
import { type Appending, appendMany } from '#server/mail/emails/append-many.ts';
import { ingest } from '#server/mail/ingest.ts';
import { keywordsOf } from '#server/mail/keywords.ts';
import type { MailboxTarget } from '#server/mail/mailboxes/path.ts';
import { type AccountId, asMilliseconds, type TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { planExport } from './emails.ts';
import { FolderNotEmpty, openEmptyFolder, writeMaildir, writeMboxes } from './folder.ts';
import { zipExport } from './zip.ts';

const head = 'From: Zoé <z@x.example>\r\nSubject: ';
/** Messages as the world writes them: every way to end, to fold, to look like something else. */
const texts = [
  `${head}usual\r\n\r\nx\r\n`,
  `${head}no line end\r\n\r\nx`,
  `${head}bare\n\nx\ny\r\nz\r\n`,
  `${head}From lines\r\n\r\nFrom here\r\n>From there\r\n\r\nFrom x Sun Nov 22 04:20:57 2026\r\nSubject: y\r\n\r\n`,
  `${head}only a header\r\n`,
  `Status: RO\nX-Status: F\nX-Keywords: a\nX-Pli-Length: 3\n${head}looks like ours\n\nx\n`,
  `${head}${'é'.repeat(50)}/..\\nul\u0000\r\n\r\n${'x'.repeat(300_000)}\r\n`,
  'no header at all',
  `${head}many empty lines\r\n\r\nx\r\n\r\n\r\n\n\n`,
];
const places: readonly MailboxTarget[] = [
  { kind: 'role', role: 'inbox' },
  { kind: 'role', role: 'sent' },
  { kind: 'path', path: ['Établissements', 'Collège J. Moulin', '4e B'] },
  { kind: 'path', path: ['2019'], below: 'sent' },
  { kind: 'path', path: ['Sous'], below: 'inbox' },
];
const keywords = [[], ['$seen'], ['$seen', '$flagged', '$answered'], ['$forwarded', '$label1', 'urgent'], ['$draft']];
const firstAt = 1_600_000_000_000;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`export and import again on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let source: AccountId;
    let count = 0;
    const newAccount = async (quotaOctets: number | null = null): Promise<AccountId> => {
      count += 1;
      const given = { tenantId, name: `Boîte ${count}`, email: `b${count}@x.example`, quotaOctets };
      return (await addFunctionalAccount(store, operator, given)).accountId;
    };
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'x', name: 'X' });
      await addDomain(store, operator, { tenantId, name: 'x.example' });
      source = await newAccount();
      const items: Appending[] = [];
      for (const [place, mailbox] of places.entries()) {
        for (const [n, text] of texts.entries()) {
          const receivedAt = asMilliseconds(firstAt + (place * 100 + n) * 60_000);
          const placement = { accountId: source, mailbox, keywords: keywordsOf(keywords[n % 5] ?? []), receivedAt };
          items.push({ message: await ingest(store, Buffer.from(text)), placements: [placement] });
        }
      }
      await appendMany(store, operator, items);
    });
    after(() => store.close());

    /** Where each email is, its octets' name, date and keywords. */
    const shown = async (accountId: AccountId): Promise<readonly string[]> => {
      const boxes = await read(store, (tx) =>
        rows(
          tx,
          sql<{ id: number; parent_id: number | null; name: string; role: string | null }>`
            select id, parent_id, name, role from mailbox where account_id = ${accountId}`,
        ),
      );
      const labelOf = (id: number | null): string => {
        const box = boxes.find((one) => one.id === id);
        return box ? `${labelOf(box.parent_id)}/${box.role ?? box.name}` : '';
      };
      const emails = await read(store, (tx) =>
        rows(
          tx,
          sql<{ mailbox_id: number; hash: string; received_at: number; flags: number; keywords: string }>`
            select mailbox_id, hash, email.received_at, email.flags, keywords from mailbox_email
            join email on email.account_id = mailbox_email.account_id and email.id = email_id
            where mailbox_email.account_id = ${accountId}`,
        ),
      );
      return emails
        .map((row) => [labelOf(row.mailbox_id), row.hash, row.received_at, row.flags, row.keywords].join(' '))
        .sort();
    };

    const bringIn = async (format: DiskFormat, path: string, accountId: AccountId) => {
      const sum = { imported: 0, duplicates: 0, refused: 0 };
      const onBatch = (result: { imported: number; duplicates: number; refused: readonly unknown[] }): void => {
        sum.imported += result.imported;
        sum.duplicates += result.duplicates;
        sum.refused += result.refused.length;
      };
      await takeFound({ store, accountId, into: null, onBatch }, findOnDisk(format, path, 10_000_000));
      return sum;
    };

    const roundTrip = async (format: DiskFormat, path: string): Promise<void> => {
      const accountId = await newAccount();
      assert.deepEqual(await bringIn(format, path, accountId), { imported: 45, duplicates: 0, refused: 0 });
      assert.deepEqual(await shown(accountId), await shown(source));
      assert.deepEqual(await bringIn(format, path, accountId), { imported: 0, duplicates: 45, refused: 0 });
    };

    it('mbox: the same emails, to the octet, with dates, keywords and folders', async () => {
      const path = join(folder, 'mboxes');
      await openEmptyFolder(path);
      await writeMboxes(store, operator, await planExport(store, operator, source), path, () => undefined);
      assert.ok((await readdir(path)).includes('INBOX.mbox'));
      await roundTrip('mbox', path);
      await assert.rejects(openEmptyFolder(path), FolderNotEmpty);
    });

    it('maildir: the same', async () => {
      const path = join(folder, 'maildir');
      await openEmptyFolder(path);
      await writeMaildir(store, operator, await planExport(store, operator, source), path, () => undefined);
      assert.ok((await readdir(path)).includes('.&AMk-tablissements.Coll&AOg-ge J&AC4- Moulin.4e B'));
      await roundTrip('maildir', path);
    });

    for (const content of ['eml', 'mbox'] as const) {
      it(`a ZIP of ${content}: the same`, async () => {
        const path = join(folder, `${content}.zip`);
        const plan = await planExport(store, operator, source);
        await pipeline(zipExport(store, operator, plan, content), createWriteStream(path));
        await roundTrip('zip', path);
      });
    }

    it('a folder of .eml of another program: line ends of the disk become those of mail', async () => {
      const path = join(folder, 'eml');
      await mkdir(join(path, 'Éléments envoyés'), { recursive: true });
      await writeFile(join(path, 'a.eml'), 'Subject: a\nDate: Sun, 22 Nov 2026 04:20:57 +0100\n\nx\n');
      await writeFile(join(path, 'Éléments envoyés', 'b.eml'), 'Subject: b\r\n\r\nx\r\n');
      const accountId = await newAccount();
      assert.deepEqual(await bringIn('eml', path, accountId), { imported: 2, duplicates: 0, refused: 0 });
      const [first, second] = await shown(accountId);
      assert.match(first ?? '', /^\/inbox /);
      assert.match(first ?? '', new RegExp(String(Date.parse('2026-11-22T03:20:57Z'))));
      assert.match(second ?? '', /^\/sent /);
    });

    it('a full mailbox stops it with what is in, and it goes on later', async () => {
      const path = join(folder, 'mboxes');
      const accountId = await newAccount(1000);
      await assert.rejects(bringIn('mbox', path, accountId), refusedFor('overQuota'));
      await store.engine.write((connection) =>
        connection.run({ sql: `update account set quota_octets = null where id = ${accountId}` }, []),
      );
      const { imported, duplicates } = await bringIn('mbox', path, accountId);
      assert.equal(imported + duplicates, 45);
      assert.deepEqual(await shown(accountId), await shown(source));
    });

    it('a ZIP that claims or hides too much is refused', async () => {
      const plan = await planExport(store, operator, source);
      const path = join(folder, 'bomb.zip');
      await pipeline(zipExport(store, operator, plan, 'eml'), createWriteStream(path));
      const octets = await readFile(path);
      const mark = Buffer.from('PK\u0001\u0002', 'latin1');
      // One entry holds 300 kB and says that it is ten octets: no more are taken.
      for (let at = octets.indexOf(mark); at >= 0; at = octets.indexOf(mark, at + 1))
        if (octets.readUInt32LE(at + 24) > 300_000) octets.writeUInt32LE(10, at + 24);
      await writeFile(path, octets);
      assert.deepEqual(await bringIn('zip', path, await newAccount()), { imported: 40, duplicates: 0, refused: 5 });
      // One is said to hold four gigabytes.
      octets.writeUInt32LE(0xffff_fff0, octets.lastIndexOf(mark) + 24);
      await writeFile(path, octets);
      await assert.rejects(bringIn('zip', path, await newAccount()), /too large when inflated/);
      await writeFile(path, octets.subarray(0, octets.length - 30));
      await assert.rejects(bringIn('zip', path, await newAccount()), /no end of a directory/);
      await writeFile(path, 'PK no zip');
      await assert.rejects(bringIn('zip', path, await newAccount()), /no end of a directory/);
    });
  });
});
