/** Large blobs in any S3-compatible store. One object a blob, under the tenant-free prefix `blobs/`. */
import { S3mini } from 's3mini';

import { MissingObject, type Place } from './place.ts';

/** `s3://KEY:SECRET@HOST[:PORT]/BUCKET[?region=…&tls=no]`: credentials percent-encoded. */
export function s3Place(url: string): Place {
  const parsed = new URL(url);
  if (parsed.protocol !== 's3:') throw new TypeError(`blobs.url must begin with file: or s3:, not ${parsed.protocol}`);
  const scheme = parsed.searchParams.get('tls') === 'no' ? 'http' : 'https';
  const client = new S3mini({
    accessKeyId: decodeURIComponent(parsed.username),
    secretAccessKey: decodeURIComponent(parsed.password),
    endpoint: `${scheme}://${parsed.host}${parsed.pathname}`,
    region: parsed.searchParams.get('region') ?? 'auto',
  });
  const keyOf = (location: string) => `blobs/${location.slice(0, 2)}/${location}`;
  return {
    kind: 's3',
    async put(location, frames) {
      const response = await client.putObject(keyOf(location), Buffer.concat(frames), 'application/octet-stream');
      if (!response.ok) throw new Error(`the blob store answered ${response.status}`);
    },
    async read(location, start, end) {
      const response = await client.getObjectRaw(keyOf(location), false, start, end).catch((error: unknown) => {
        throw isMissing(error) ? new MissingObject(location, { cause: error }) : error;
      });
      const body = new Uint8Array(await response.arrayBuffer());
      if (body.length !== end - start) throw new MissingObject(location);
      return body;
    },
    async remove(location) {
      await client.deleteObject(keyOf(location));
    },
    async *list() {
      let page: string | undefined;
      do {
        // The first argument is a path in this library, not S3's delimiter: everything below the prefix comes.
        const found = await client.listObjectsPaged('/', 'blobs/', objectsPerPage, page);
        for (const { Key, Size, LastModified } of found?.objects ?? []) {
          const location = Key.slice(Key.lastIndexOf('/') + 1);
          yield { location, octets: Size, modifiedAt: new Date(LastModified).getTime() };
        }
        page = found?.nextContinuationToken;
      } while (page !== undefined);
    },
  };
}

const objectsPerPage = 1_000;

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 404;
}
