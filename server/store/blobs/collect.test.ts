import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { type AccountId, asBlobHash, asId, type BlobHash, type TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { changes, insertRows, rows } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { collectBlobs } from './collect.ts';
import { holdCollection } from './hold.ts';
import { hashOf } from './stage.ts';
import { type BlobOwner, linkBlob, openBlob, stageBlob, unlinkBlob, unstageBlob } from './store.ts';

const tenantId = asId<TenantId>(1);

async function addTenant(store: Store): Promise<void> {
  const row = { id: tenantId, slug: 't', name: 'T', settings: '{}', created_at: 0 };
  await write(store, async (tx) => void (await insertRows(tx, 'tenant', [row])));
}

function ownerOf(account: number, owner: string, expiresAt: number | null = null): BlobOwner {
  return { accountId: asId<AccountId>(account), tenantId, kind: 'upload', owner, expiresAt };
}

async function keep(store: Store, bytes: Uint8Array, owner: BlobOwner): Promise<BlobHash> {
  const staged = await stageBlob(store, bytes);
  const isKept = await write(store, (tx) => linkBlob(tx, staged, owner, store.now()));
  if (!isKept) await unstageBlob(store, staged);
  return staged.hash;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

const large = (): Buffer => randomBytes(200_000);

forEachDatabase((name, databaseUrl, folder) => {
  describe(`collecting blobs on ${name}`, () => {
    const blobs = join(folder, 'blobs');
    let store: Store;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${blobs}` });
      await addTenant(store);
    });
    after(() => store.close());

    it('takes what nobody links, row and file, and leaves what somebody does', async () => {
      const [one, two] = [large(), large()];
      const dead = await keep(store, one, ownerOf(1, 'a'));
      const alive = await keep(store, two, ownerOf(1, 'a'));
      await write(store, (tx) => unlinkBlob(tx, dead, ownerOf(1, 'a')));
      assert.deepEqual({ ...(await collectBlobs(store, { graceMs: 60_000 })), storedOctets: 0 }, none);
      const collected = await collectBlobs(store, { graceMs: 0 });
      assert.equal(collected.blobs, 1);
      assert.ok(collected.storedOctets >= 200_000);
      assert.equal(await openBlob(store, tenantId, dead), undefined);
      const kept = await openBlob(store, tenantId, alive);
      assert.deepEqual(Buffer.from((await kept?.bytes()) ?? []), two);
      assert.equal((await filesIn(blobs)).length, 1);
      await write(store, (tx) => unlinkBlob(tx, alive, ownerOf(1, 'a')));
      await collectBlobs(store, { graceMs: 0 });
      assert.deepEqual(await filesIn(blobs), []);
    });

    it('looks at all of many', async () => {
      const dead = Array.from({ length: 4500 }, (_, index) => ({
        tenant_id: tenantId,
        hash: hashOf(Buffer.from(`dead ${index}`)),
        size_octets: 1,
        stored_octets: 1,
        place: 'row',
        location: null,
        frames: null,
        created_at: 0,
        data: Buffer.from('x'),
      }));
      const alive = await keep(store, Buffer.from('alive'), ownerOf(1, 'a'));
      await write(store, async (tx) => void (await insertRows(tx, 'blob', dead)));
      assert.equal((await collectBlobs(store, { graceMs: 0 })).blobs, dead.length);
      assert.ok(await openBlob(store, tenantId, alive));
    });

    it('ends uploads whose day is over', async () => {
      const stale = await keep(store, Buffer.from('stale'), ownerOf(1, 'a', store.now() - 1));
      const fresh = await keep(store, Buffer.from('fresh'), ownerOf(1, 'a', store.now() + 60_000));
      const collected = await collectBlobs(store, { graceMs: 0 });
      assert.deepEqual([collected.links, collected.blobs], [1, 1]);
      assert.equal(await openBlob(store, tenantId, stale), undefined);
      assert.ok(await openBlob(store, tenantId, fresh));
    });

    it('sweeps files that no row names once they are a day old, and nothing that is not ours', async () => {
      const staged = await stageBlob(store, large());
      const hash = hashOf(Buffer.from('half written'));
      const shelf = join(blobs, hash.slice(0, 2));
      await mkdir(shelf, { recursive: true });
      await writeFile(join(shelf, `${hash}-0a1b2c3d.new`), 'half');
      await writeFile(join(shelf, 'README'), 'mine');
      assert.equal((await collectBlobs(store, { graceMs: 0 })).orphans, 0);
      const old = new Date(store.now() - 25 * 3_600_000);
      assert.ok(staged.stored.kind === 'file');
      await utimes(join(blobs, staged.stored.location.slice(0, 2), staged.stored.location), old, old);
      for (const file of [`${hash}-0a1b2c3d.new`, 'README']) await utimes(join(shelf, file), old, old);
      assert.equal((await collectBlobs(store, { graceMs: 0 })).orphans, 2);
      assert.deepEqual(await filesIn(blobs), ['README']);
    });

    it('takes nothing while a backup holds it back, and goes on when the hold is over', async () => {
      const hash = await keep(store, large(), ownerOf(1, 'held'));
      await write(store, (tx) => unlinkBlob(tx, hash, ownerOf(1, 'held')));
      await holdCollection(store, store.now() + 60_000);
      assert.equal((await collectBlobs(store, { graceMs: 0 })).blobs, 0);
      assert.ok(await openBlob(store, tenantId, hash));
      await holdCollection(store, store.now() - 1);
      assert.equal((await collectBlobs(store, { graceMs: 0 })).blobs, 1);
    });

    it('begins a link again that waited for a blob which is then gone', async () => {
      const bytes = large();
      const hash = await keep(store, bytes, ownerOf(1, 'before'));
      await write(store, (tx) => unlinkBlob(tx, hash, ownerOf(1, 'before')));
      let linking: Promise<BlobHash> | undefined;
      await write(store, async (tx) => {
        await changes(tx, tx.q.deleteFrom('blob').where('hash', '=', hash));
        linking = keep(store, bytes, ownerOf(1, 'after'));
        await pause(150);
      });
      assert.equal(await linking, hash);
      const blob = await openBlob(store, tenantId, hash);
      assert.deepEqual(Buffer.from((await blob?.bytes()) ?? []), bytes);
    });

    it('passes over a blob that is being linked', async () => {
      const bytes = large();
      const hash = await keep(store, bytes, ownerOf(1, 'before'));
      await write(store, (tx) => unlinkBlob(tx, hash, ownerOf(1, 'before')));
      const staged = await stageBlob(store, bytes);
      let collecting: Promise<unknown> | undefined;
      await write(store, async (tx) => {
        await linkBlob(tx, staged, ownerOf(1, 'after'), store.now());
        collecting = collectBlobs(store, { graceMs: 0 });
        await pause(150);
      });
      await collecting;
      await unstageBlob(store, staged);
      const blob = await openBlob(store, tenantId, hash);
      assert.deepEqual(Buffer.from((await blob?.bytes()) ?? []), bytes);
    });

    it('never takes a live blob while four writers link and unlink the same few', async () => {
      const contents = [large(), large(), Buffer.from('small one'), Buffer.from('small two')];
      const done = new AbortController();
      let taken = 0;
      const linkAndUnlink = async (account: number): Promise<void> => {
        const held = new Map<string, Buffer>();
        for (let round = 0; round < 80; round += 1) {
          const bytes = contents[(round + account) % contents.length] ?? Buffer.alloc(0);
          const owner = ownerOf(account, String(round));
          const hash = await keep(store, bytes, owner);
          const blob = await openBlob(store, tenantId, hash);
          assert.deepEqual(Buffer.from((await blob?.bytes()) ?? []), bytes);
          if (round % 7 === 0) held.set(owner.owner, bytes);
          else await write(store, (tx) => unlinkBlob(tx, hash, owner));
          if (round % 7 !== 2) continue;
          // What nobody holds for a moment is what collection and linking race for.
          for (const [kept, of] of held) await write(store, (tx) => unlinkBlob(tx, hashOf(of), ownerOf(account, kept)));
          held.clear();
        }
        await keep(store, contents[account % 4] ?? Buffer.alloc(0), ownerOf(account, 'last'));
      };
      const collect = async (): Promise<void> => {
        while (!done.signal.aborted) taken += (await collectBlobs(store, { graceMs: 0 })).blobs;
      };
      const collecting = Promise.all([collect(), collect()]);
      await Promise.all([11, 12, 13, 14].map(linkAndUnlink));
      done.abort();
      await collecting;
      assert.ok(taken > 3, `collection had something to take: ${taken}`);
      const links = await read(store, (tx) =>
        rows(tx, tx.q.selectFrom('blob_link').select(['account_id', 'hash', 'owner']).where('account_id', '>', 10)),
      );
      assert.equal(links.length, 4);
      for (const link of links) {
        const blob = await openBlob(store, tenantId, asBlobHash(link.hash));
        const bytes = Buffer.from((await blob?.bytes()) ?? []);
        assert.ok(
          contents.some((content) => content.equals(bytes)),
          `${link.hash} of ${link.owner} is lost`,
        );
      }
    });
  });
});

const none = { links: 0, blobs: 0, storedOctets: 0, orphans: 0 };
