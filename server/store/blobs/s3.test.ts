import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { openStore } from '#server/store/open.ts';
import { type AccountId, asId, type TenantId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { write } from '#server/store/store.ts';
import { insertRows } from '#server/store/statement.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';

import { MissingObject } from './place.ts';
import { s3Place } from './s3.ts';
import { linkBlob, openBlob, stageBlob, unstageBlob } from './store.ts';

/** As much of S3 as one bucket needs: signed PUT, ranged GET, DELETE, and listing in pages of two. */
function bucket(): { readonly server: Server; readonly objects: Map<string, Buffer> } {
  const objects = new Map<string, Buffer>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://s3.example');
    const key = decodeURIComponent(url.pathname.replace(/^\/pli\/?/, ''));
    const isSigned = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=key/') === true;
    if (!isSigned) return response.writeHead(403).end();
    if (request.method === 'PUT') {
      const pieces: Buffer[] = [];
      for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
      objects.set(key, Buffer.concat(pieces));
      return response.writeHead(200, { etag: '"x"' }).end();
    }
    if (request.method === 'DELETE') {
      objects.delete(key);
      return response.writeHead(204).end();
    }
    if (url.searchParams.get('list-type') === '2') return response.end(listing(url, objects));
    const found = objects.get(key);
    if (!found) return response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    const [, from = '0', to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
    return response.writeHead(206).end(found.subarray(Number(from), to ? Number(to) + 1 : undefined));
  };
  return { server: createServer((request, response) => void answer(request, response)), objects };
}

function listing(url: URL, objects: ReadonlyMap<string, Buffer>): string {
  const prefix = url.searchParams.get('prefix') ?? '';
  const after = url.searchParams.get('continuation-token') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
  const page = keys.slice(0, 2);
  const contents = page.map(
    (key) =>
      `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length ?? 0}</Size><LastModified>2026-11-22T00:00:00Z</LastModified><ETag>"x"</ETag></Contents>`,
  );
  const more = keys.length > 2;
  const token = more ? `<NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>` : '';
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${String(more)}</IsTruncated>${contents.join('')}${token}</ListBucketResult>`;
}

describe('blobs in an S3-compatible store', () => {
  const { server, objects } = bucket();
  const tenantId = asId<TenantId>(1);
  let url = '';
  let store: Store;
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address && typeof address === 'object');
    url = `s3://key:secret@127.0.0.1:${address.port}/pli?tls=no&region=eu`;
    store = await openStore({ databaseUrl: `sqlite:${join(temporaryFolder(), 'p.sqlite')}`, blobsUrl: url });
    const tenant = { id: tenantId, slug: 't', name: 'T', settings: '{}', created_at: 0 };
    await write(store, (tx) => insertRows(tx, 'tenant', [tenant]));
  });
  after(async () => {
    await store.close();
    server.close();
  });

  it('a large blob comes back octet for octet, whole and by ranges that cross its frames', async () => {
    const octets = randomBytes(900_000);
    const staged = await stageBlob(store, octets);
    assert.equal(staged.stored.kind, 's3');
    const owner = { accountId: asId<AccountId>(1), tenantId, kind: 'upload', owner: 'x', expiresAt: null } as const;
    await write(store, (tx) => linkBlob(tx, staged, owner, 0));
    const blob = await openBlob(store, tenantId, staged.hash);
    assert.ok(blob && octets.equals(await blob.bytes()));
    for (const [start, end] of [
      [0, 1],
      [262_143, 262_145],
      [100_000, 800_000],
      [899_999, 900_000],
    ] as const) {
      assert.ok(octets.subarray(start, end).equals(await blob.bytes(start, end)), `${start} to ${end}`);
    }
  });

  it('a staged blob nobody linked is taken away again', async () => {
    const count = objects.size;
    const staged = await stageBlob(store, randomBytes(400_000));
    assert.equal(objects.size, count + 1);
    await unstageBlob(store, staged);
    assert.equal(objects.size, count);
  });

  it('lists every object, page after page, and says which one is missing', async () => {
    const place = s3Place(url);
    for (const name of ['aa-1', 'ab-2', 'ba-3', 'bb-4', 'ca-5']) await place.put(name, [Buffer.from(name)]);
    const found: string[] = [];
    for await (const { location } of place.list()) found.push(location);
    assert.deepEqual(
      found.filter((name) => name.length === 4),
      ['aa-1', 'ab-2', 'ba-3', 'bb-4', 'ca-5'],
    );
    await place.remove('ba-3');
    await assert.rejects(place.read('ba-3', 0, 4), MissingObject);
  });
});
