/**
 * Hostile streams for the reader of IMAP's commands with their literals: however the octets are cut, and whatever stands
 * in a literal, each command is answered once, in order, under its own tag, and nothing within a literal is ever taken
 * for a command. Played against a port of a whole IMAP head: `node fuzz/incoming.ts [seed] [runs]`.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { startImap } from '#server/protocols/imap/server.ts';
import { openStore } from '#server/store/open.ts';
import { testCertificate } from '#tools/testing/certificate.ts';
import { openTestHouse } from '#tools/testing/house.ts';
import type { Runs } from './imap.ts';

/** Small, so that short streams reach them. The last two show a literal that was counted and never let go. */
const limits = {
  maxLineOctets: 400,
  maxMessageOctets: 300,
  maxAppendOctets: 700,
  maxTotalAppendOctets: 700,
  maxErrors: 1_000_000,
};

/** One command as sent, with how its answer begins. */
interface Played {
  readonly octets: (tag: string) => string;
  readonly answer: (tag: string) => string | RegExp;
}

/** What might be taken for the end of a literal, or for a command. */
const content = fc
  .array(
    fc.constantFrom('\r\n', '\r', '\n', '{3+}', '{3}\r\n', '}', ')', '"', ' ', 'x9 LOGOUT\r\n', 'x9 NOOP', '\xe9', '+'),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const plus = fc.constantFrom('+', '');

const command: fc.Arbitrary<Played> = fc.oneof(
  fc.constant<Played>({ octets: (tag) => `${tag} NOOP\r\n`, answer: (tag) => `${tag} OK` }),
  fc.tuple(content, content, plus).map(([name, value, sync]): Played => ({
    octets: (tag) => `${tag} ID (${literal(name, sync)} ${literal(value, '+')})\r\n`,
    answer: (tag) => `${tag} OK`,
  })),
  fc.tuple(fc.integer({ min: 401, max: 900 }), content).map(([size, tail]): Played => {
    const value = `${'x'.repeat(size - tail.length)}${tail}`;
    return {
      octets: (tag) => `${tag} ID ("name" ${literal(value, '+')})\r\n`,
      answer: (tag) => `${tag} NO [TOOBIG]`,
    };
  }),
  fc.array(fc.tuple(content, plus), { minLength: 1, maxLength: 3 }).map((messages): Played => ({
    octets: (tag) => `${tag} APPEND Absent${messages.map(([text, sync]) => ` ${literal(text, sync)}`).join('')}\r\n`,
    answer: (tag) => `${tag} NO [TRYCREATE]`,
  })),
  fc.tuple(content, fc.integer({ min: 301, max: 2_000 })).map(([text, size]): Played => ({
    octets: (tag) => `${tag} APPEND Absent ${literal(text, '+')} ${literal('y'.repeat(size), '+')}\r\n`,
    answer: (tag) => `${tag} NO [TOOBIG]`,
  })),
  // Together more than one command may bring.
  fc.constant<Played>({
    octets: (tag) => `${tag} APPEND Absent${` ${literal('z'.repeat(250), '+')}`.repeat(3)}\r\n`,
    answer: (tag) => `${tag} NO [TOOBIG]`,
  }),
  fc.integer({ min: 401, max: 5_000 }).map((size): Played => ({
    octets: (tag) => `${tag} ${'n'.repeat(size)}\r\n`,
    answer: () => '* BAD',
  })),
  fc.constant<Played>({ octets: (tag) => `${tag} NOOP\n`, answer: () => '* BAD' }),
  fc
    .string({ unit: fc.constantFrom(...Array.from('ab {}+~"()\\\0\xff*%')), maxLength: 20 })
    .filter((text) => !/\{\d+\+?\}$/.test(text))
    .map((text): Played => ({ octets: (tag) => `${tag} ${text}\r\n`, answer: (tag) => `${tag} BAD` })),
);

function literal(octets: string, sync: string): string {
  return `{${octets.length}${sync}}\r\n${octets}`;
}

/** Streams that end as they should, and some that break off anywhere. */
const stream = fc.record({
  commands: fc.array(command, { minLength: 1, maxLength: 12 }),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
  breaksAt: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 5 }),
});

export async function incomingHolds(runs: Runs): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pli-incoming-'));
  const store = await openStore({ databaseUrl: `sqlite:${folder}/pli.sqlite`, blobsUrl: `file:${folder}/blobs` });
  const faults: unknown[] = [];
  const context = createSecureContext(testCertificate('mail.academie.example'));
  const server = await startImap({
    store,
    host: '127.0.0.1',
    port: 0,
    hostName: 'mail.academie.example',
    secureContext: () => context,
    isTlsImplicit: false,
    mayAuthenticateInClear: true,
    limits,
    onEvent: (event) => void (event.kind === 'fault' && faults.push(event.error)),
  });
  try {
    const { userName, password } = (await openTestHouse(store)).alice;
    const login = `t LOGIN ${userName} ${password}\r\n`;
    await fc.assert(
      fc.asyncProperty(stream, async ({ commands, cuts, breaksAt }) => {
        const sent = login + commands.map(({ octets }, index) => octets(`t${index}`)).join('');
        const end = breaksAt === null ? sent.length : Math.floor(breaksAt * sent.length);
        const heard = await play(server.port, sent.slice(0, end), cuts);
        assert.deepEqual(faults, []);
        const answers = heard.split('\r\n').filter((line) => /^(?:t\d* |\* BAD)/.test(line));
        const expected = ['t OK', ...commands.map(({ answer }, index) => answer(`t${index}`))];
        if (breaksAt === null) assert.equal(answers.length, expected.length, heard);
        for (const [index, line] of answers.entries()) assertBegins(line, expected[index], heard);
      }),
      runs,
    );
  } finally {
    await server.close(100);
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

function assertBegins(line: string, expected: string | RegExp | undefined, heard: string): void {
  assert.ok(expected !== undefined, `${line} answers nothing: ${heard}`);
  assert.ok(
    typeof expected === 'string' ? line.startsWith(expected) : expected.test(line),
    `${line}, not ${String(expected)}`,
  );
}

/** Sends the octets in pieces, closes our side, and hears all there is to hear. */
async function play(port: number, octets: string, cuts: readonly number[]): Promise<string> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  const places = cuts.map((cut) => Math.floor(cut * octets.length)).sort((a, b) => a - b);
  let from = 0;
  for (const place of [...places, octets.length]) {
    if (place > from) socket.write(octets.slice(from, place), 'latin1');
    from = place;
    await nextTurn();
  }
  socket.end();
  await closed;
  return heard;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const runs = { seed: Number(process.argv[2] ?? Date.now() % 1_000_000), numRuns: Number(process.argv[3] ?? 2_000) };
  console.log(`seed ${runs.seed}, ${runs.numRuns} runs`);
  await incomingHolds(runs);
}
