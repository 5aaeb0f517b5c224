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
      const response = await client.getObjectRaw(keyOf(location), false, start, end);
      const body = new Uint8Array(await response.arrayBuffer());
      if (body.length !== end - start) throw new MissingObject(location);
      return body;
    },
    async remove(location) {
      await client.deleteObject(keyOf(location));
    },
    async *list() {
      for (const object of (await client.listObjects('/', 'blobs/')) ?? []) {
        yield {
          location: object.Key.slice(object.Key.lastIndexOf('/') + 1),
          octets: object.Size,
          modifiedAt: new Date(object.LastModified).getTime(),
        };
      }
    },
  };
}
