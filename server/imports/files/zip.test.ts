import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';

import fc from 'fast-check';
import { ZipFile } from 'yazl';

import { BadZip, zipLimits } from '#formats/zip/directory.ts';

import type { FoundMessage } from './found.ts';
import { type RandomAccess, readZip } from './zip.ts';

function over(octets: Uint8Array): RandomAccess {
  return {
    sizeOctets: octets.length,
    bytes: (start, end) => Promise.resolve(octets.subarray(start, end)),
    async *stream(start, end) {
      for (let at = start; at < end; at += 700) yield octets.subarray(at, Math.min(end, at + 700));
    },
  };
}

const limits = { messageOctets: 100_000, totalOctets: 50_000_000 };

function read(octets: Uint8Array): Promise<readonly FoundMessage[]> {
  return Array.fromAsync(readZip(over(octets), limits));
}

async function zipOf(files: Readonly<Record<string, Buffer>>, compress = true): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, octets] of Object.entries(files)) zip.addBuffer(octets, name, { compress });
  zip.end();
  return buffer(zip.outputStream);
}

const eml = Buffer.from('Subject: a\r\n\r\nx\r\n');

describe('messages in a ZIP', () => {
  it('are those in .eml and .mbox, in the folders where they stand; nothing leads out of the archive', async () => {
    const mbox = Buffer.from('From x Sun Nov 22 04:20:57 2026\nSubject: b\n\ny\n');
    const found = await read(
      await zipOf({
        'a.eml': eml,
        'Été/b.EML': eml,
        'c/d.mbox': mbox,
        'readme.txt': eml,
        '__MACOSX/._a.eml': eml,
        '.eml': eml,
      }),
    );
    assert.deepEqual(
      found.filter(({ kind }) => kind === 'message').map(({ folder }) => folder.join('/')),
      ['', 'Été', 'c/d'],
    );
  });

  it('one that inflates beyond what it claims, or beyond the limit, is refused alone', async () => {
    const bomb = await zipOf({ 'bomb.eml': Buffer.alloc(40_000_000), 'a.eml': eml });
    await assert.rejects(read(bomb), BadZip, 'all together are too many');
    const large = await zipOf({ 'large.eml': Buffer.alloc(200_000), 'a.eml': eml });
    assert.deepEqual(
      (await read(large)).map((one) => (one.kind === 'refused' ? one.reason : one.kind)),
      ['tooLarge', 'message'],
    );
  });

  it('entries over the same octets are a bomb', async () => {
    const octets = await zipOf({ 'a.eml': eml, 'b.eml': eml }, false);
    const mark = Buffer.from('PK\u0001\u0002', 'latin1');
    octets.writeUInt32LE(0, octets.lastIndexOf(mark) + 42);
    await assert.rejects(read(octets), /overlap/);
  });

  it('more entries than there may be are not even looked at', async () => {
    const octets = await zipOf({ 'a.eml': eml });
    const end = octets.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
    octets.writeUInt16LE(60_000, end + 10);
    await assert.rejects(read(octets), BadZip);
    assert.ok(zipLimits.entries < 1_000_000);
  });

  it('whatever octets are broken, it ends: with messages, or as a bad archive', async () => {
    const whole = await zipOf({
      'a.eml': eml,
      'b/c.eml': Buffer.alloc(5000, 'x'),
      'd.mbox': Buffer.from('From x\n\n'),
    });
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 6 }), fc.nat(60), async (changes, cut) => {
        const octets = Buffer.from(whole.subarray(0, whole.length - (cut > 50 ? cut : 0)));
        for (const [at, value] of changes) if (at < octets.length) octets[at] = value;
        await read(octets).catch((error: unknown) => {
          if (!(error instanceof BadZip)) throw error;
        });
      }),
      { numRuns: 1500 },
    );
  });
});
