import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, it } from 'node:test';

import fc from 'fast-check';
import { workedMs } from '#tools/testing/worked.ts';

import { withCrlf } from './lines.ts';
import { printMboxMessage } from './print.ts';
import { quoteFrom, unquoteFrom } from './quote.ts';
import { BadMbox, type MboxMessage, readMbox } from './read.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

async function* cut(octets: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
}

async function readAll(octets: Uint8Array, size = 7, messageOctets = 1_000_000): Promise<readonly MboxMessage[]> {
  return Array.fromAsync(readMbox(cut(octets, size), { messageOctets }));
}

async function textsOf(text: string, size?: number): Promise<readonly string[]> {
  const all = await readAll(bytes(text), size);
  return all.map((one) => (one.kind === 'message' ? Buffer.from(one.octets).toString('latin1') : one.kind));
}

const from = 'From alice@example.org Sun Nov 22 04:20:57 2026\n';

const rows: readonly { readonly because: string; readonly mbox: string; readonly read: readonly string[] }[] = [
  { because: 'an empty file holds nothing', mbox: '', read: [] },
  {
    because: 'two messages, the empty line between them belongs to neither',
    mbox: `${from}Subject: a\n\nx\n\n${from}Subject: b\n\ny\n\n`,
    read: ['Subject: a\r\n\r\nx\r\n', 'Subject: b\r\n\r\ny\r\n'],
  },
  {
    because: 'CRLF stays as it is',
    mbox: `From - Sun Nov 22 04:20:57 2026\r\nSubject: a\r\n\r\nx\r\n\r\n${from}Subject: b\r\n\r\ny`,
    read: ['Subject: a\r\n\r\nx\r\n', 'Subject: b\r\n\r\ny'],
  },
  {
    because: 'a quoted From loses one ">"',
    mbox: `${from}Subject: a\n\n>From here\n>>From there\n`,
    read: ['Subject: a\r\n\r\nFrom here\r\n>From there\r\n'],
  },
  {
    because: 'a line "From " without a date, or not after an empty line, is text',
    mbox: `${from}Subject: a\n\nx\n${from}y\n\nFrom here to there\nz\n`,
    read: [`Subject: a\r\n\r\nx\r\n${from.trim()}\r\ny\r\n\r\nFrom here to there\r\nz\r\n`],
  },
  {
    because: 'a length that is borne out is believed, and nothing was quoted then (mboxcl2)',
    mbox: `${from}Content-Length: ${`x\n\n${from}>From y\n`.length}\n\nx\n\n${from}>From y\n\n${from}Subject: b\n\n`,
    read: [
      `Content-Length: ${`x\n\n${from}>From y\n`.length}\r\n\r\nx\r\n\r\n${from.trim()}\r\n>From y\r\n`,
      'Subject: b\r\n',
    ],
  },
  {
    because: 'a length that leads nowhere is not',
    mbox: `${from}Content-Length: 5\n\nx\n\n${from}Subject: b\n\ny\n`,
    read: ['Content-Length: 5\r\n\r\nx\r\n', 'Subject: b\r\n\r\ny\r\n'],
  },
  {
    because: 'what Thunderbird deleted is left out',
    mbox: `From - Sun Nov 22 04:20:57 2026\nX-Mozilla-Status: 0009\nSubject: a\n\nx\n\n${from}Subject: b\n\ny\n`,
    read: ['Subject: b\r\n\r\ny\r\n'],
  },
];

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Octets of buffers that somebody still holds: what is only waiting to be collected does not count. */
function arrayBuffersHeld(): number {
  assert.ok(typeof collect === 'function');
  // What the first finds is swept beside us; the second waits for that.
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}

describe('reading mbox', () => {
  for (const { because, mbox, read } of rows) {
    it(because, async () => {
      assert.deepEqual(await textsOf(mbox), read);
      assert.deepEqual(await textsOf(mbox, 1), read);
      assert.deepEqual(await textsOf(mbox, 100_000), read);
    });
  }

  it('reads dates and flags', async () => {
    const head = 'Status: RO\nX-Status: AF\nX-Keywords: urgent $Forwarded\nX-Mozilla-Status: 1000\n';
    const [one] = await readAll(bytes(`${from}${head}\nx\n`));
    assert.ok(one?.kind === 'message');
    assert.equal(one.receivedAt, Date.parse('2026-11-22T04:20:57Z'));
    assert.deepEqual([...one.flags].sort(), ['$Forwarded', '\\Answered', '\\Flagged', '\\Seen', 'urgent']);
  });

  it('says of a message beyond the limit that it is too large, and goes on', async () => {
    const long = `Subject: a\n\n${'x'.repeat(70)}\n`.repeat(500);
    const found = await readAll(bytes(`${from}${long}\n${from}Subject: b\n\ny\n`), 4096, 20_000);
    assert.deepEqual(
      found.map(({ kind }) => kind),
      ['tooLarge', 'message'],
    );
  });

  it('refuses what is no mbox', async () => {
    await assert.rejects(readAll(bytes('Subject: a\n\nx\n')), BadMbox);
  });

  it('takes a line of ten million octets without squaring them', async () => {
    const startedAt = workedMs();
    const found = await readAll(bytes(`${from}Subject: a\n\n${'x'.repeat(10_000_000)}`), 65_536, 50_000_000);
    assert.equal(found.length, 1);
    assert.ok(workedMs() - startedAt < 5_000);
  });
});

describe('writing mbox', () => {
  it('gives back exactly the octets, dates and keywords that went in', async () => {
    const piece = fc.constantFrom(
      'From ',
      '>From ',
      '\n',
      '\r\n',
      '\r',
      'Status: R',
      'X-Pli-Length: 3',
      'a: b',
      ' ',
      'é',
      from,
    );
    const entry = fc.record({
      octets: fc.array(piece, { maxLength: 12 }).map((pieces) => bytes(pieces.join(''))),
      receivedAt: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000),
      keywords: fc.subarray(['$seen', '$flagged', 'urgent']),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 4 }), fc.integer({ min: 1, max: 300 }), async (entries, size) => {
        const mbox = Buffer.concat(entries.flatMap((one) => [...printMboxMessage(one)]));
        const found = await readAll(mbox, size);
        assert.deepEqual(
          found.map((one) =>
            one.kind === 'message' ? [Buffer.from(one.octets).toString('latin1'), one.receivedAt] : [],
          ),
          entries.map(({ octets, receivedAt }) => [Buffer.from(octets).toString('latin1'), receivedAt]),
        );
        for (const [index, one] of found.entries()) {
          assert.ok(one.kind === 'message');
          const words = one.flags.map((flag) => flag.replace('\\', '$').toLowerCase());
          assert.deepEqual(words.sort(), [...(entries[index]?.keywords ?? [])].sort());
        }
      }),
      { numRuns: 500 },
    );
  });

  it('quoting is undone by unquoting', () => {
    const text = fc.array(fc.constantFrom('>', 'From ', '\n', 'x')).map((pieces) => bytes(pieces.join('')));
    fc.assert(
      fc.property(text, (octets) => assert.deepEqual(Buffer.from(unquoteFrom(quoteFrom(octets))), Buffer.from(octets))),
    );
  });

  it('passes over a line that never ends in bounded memory, and reads what stands behind it', async () => {
    const start = 'From a Sun Nov 22 04:20:57 2026\n';
    const most = { messageOctets: 100_000 };
    let held = 0;
    async function* endless(after: string): AsyncGenerator<Uint8Array> {
      yield bytes(`${start}A: b\n\n`);
      for (let n = 0; n < 1_600; n += 1) {
        yield new Uint8Array(64 * 1024).fill(0x61);
        if (n % 400 === 399) held = Math.max(held, arrayBuffersHeld());
      }
      yield bytes(after);
    }
    const before = arrayBuffersHeld();
    const kinds = async (after: string): Promise<readonly string[]> =>
      (await Array.fromAsync(readMbox(endless(after), most))).map(({ kind }) => kind);
    assert.deepEqual(await kinds(`\n\n${start}A: b\n\nc\n`), ['tooLarge', 'message']);
    assert.deepEqual(await kinds(''), ['tooLarge']);
    assert.ok(held - before < 32_000_000, `${held - before} octets held`);
  });

  it('gives CRLF only to what has lost it', () => {
    assert.equal(Buffer.from(withCrlf(bytes('a\nb\r\nc'))).toString(), 'a\r\nb\r\nc');
    assert.equal(Buffer.from(withCrlf(bytes('a\r\nb\nc'))).toString(), 'a\r\nb\nc');
  });
});
