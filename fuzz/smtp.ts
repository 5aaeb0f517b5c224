/**
 * Hostile input for the readers of SMTP and for the engine behind them. Each property runs from a seed:
 * `node fuzz/smtp.ts [seed] [runs]` plays more than the tests do; a seed that found something becomes a row of a table.
 */
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { BadSyntax } from '#formats/smtp/bad-syntax.ts';
import { readCommand } from '#formats/smtp/command.ts';
import { createDataReader, createLineEndCheck, printData } from '#formats/smtp/data.ts';
import { printMailbox } from '#formats/smtp/path.ts';
import { createReplyReader, printReply } from '#formats/smtp/reply.ts';
import { connectTo, startPort } from '#server/protocols/smtp/port.testing.ts';

export interface Runs {
  readonly seed: number;
  readonly numRuns: number;
}

const verbs = 'MAIL FROM:|RCPT TO:|EHLO |LHLO |BDAT |DATA|AUTH |PLAIN|RSET|QUIT|STARTTLS| LAST'.split('|');
const marks = Array.from('<>@:,"\\[]=; .+-\0\t\ré😀\u0085');
const values = 'a|example.fr|IPv6:|::|1|255|99999999999|+2B|\\x{E9}|8BITMIME|NEVER'.split('|');
const parameters =
  ' SIZE=| BODY=| SMTPUTF8| NOTIFY=| ORCPT=rfc822;| ENVID=| HOLDFOR=| HOLDUNTIL=| AUTH=| RET=HDRS'.split('|');
const words = [...verbs, ...marks, ...values, ...parameters];
const line = fc.oneof(
  fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

/** A command is read or refused with an offset in the line, never anything else; a path reads back as it was printed. */
export function readersHold(runs: Runs): void {
  fc.assert(
    fc.property(line, (text) => {
      try {
        const command = readCommand(text);
        if (command.kind !== 'mail' && command.kind !== 'rcpt') return;
        const verb = command.kind === 'mail' ? 'MAIL FROM' : 'RCPT TO';
        const again = readCommand(`${verb}:<${printMailbox(command.path)}>`);
        assert.deepEqual('path' in again && again.path, command.path);
      } catch (error) {
        assert.ok(error instanceof BadSyntax, String(error));
        assert.ok(error.offset >= 0 && error.offset <= text.length);
      }
    }),
    runs,
  );
}

const localPart = fc.string({
  unit: fc.constantFrom(...Array.from(' !"#$()*+,-./09:;<=>?@AZ[\\]^_`az{|}~é😀')),
  minLength: 1,
  maxLength: 40,
});

/** Any local part at all survives printing, quotes and reading. */
export function addressesHold(runs: Runs): void {
  fc.assert(
    fc.property(
      localPart,
      fc.constantFrom('example.fr', '[192.0.2.1]', '[IPv6:::1]', 'académie.fr'),
      (local, domain) => {
        const path = { kind: 'mailbox', localPart: local, domain } as const;
        const command = readCommand(`RCPT TO:<${printMailbox(path)}> NOTIFY=NEVER`);
        assert.deepEqual('path' in command && command.path, path);
      },
    ),
    runs,
  );
}

const dataText = fc
  .array(fc.constantFrom('\r', '\n', '.', 'a', '\r\n', '\r\n.', '.\r\n', '\r\n.\r\n', '\0', 'text'), { maxLength: 40 })
  .map((parts) => parts.join(''));
const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

/** However the octets are cut, the data reader finds what a search over the whole text finds. */
export function dataHolds(runs: Runs): void {
  fc.assert(
    fc.property(dataText, cuts, (text, lengths) => {
      const expected = searchData(text);
      const chunks = cut(text, lengths);
      const reader = createDataReader();
      const pieces: Uint8Array[] = [];
      let offset = 0;
      for (const chunk of chunks) {
        const end = reader.push(chunk, (piece) => pieces.push(piece));
        if (end >= 0) {
          assert.deepEqual(
            { message: Buffer.concat(pieces).toString('latin1'), end: offset + end, isBare: reader.hasBareLineEnd() },
            expected,
          );
          return;
        }
        offset += chunk.length;
      }
      assert.equal(expected, undefined);
    }),
    runs,
  );
  fc.assert(
    fc.property(dataText, cuts, (text, lengths) => {
      const check = createLineEndCheck();
      for (const chunk of cut(text, lengths)) check.push(chunk);
      assert.equal(check.hasBareLineEnd(), bare.test(text));
      const printed = printData(Buffer.from(text, 'latin1'));
      const ended = text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`;
      assert.deepEqual(searchData(Buffer.from(printed).toString('latin1'))?.message, ended);
    }),
    runs,
  );
}

const bare = /\r(?!\n)|(?<!\r)\n/;

/** The slow and obvious way (RFC 5321 §4.5.2). */
function searchData(text: string) {
  const whole = `\r\n${text}`;
  const at = whole.indexOf('\r\n.\r\n');
  if (at < 0) return undefined;
  const raw = whole.slice(0, at + 2);
  return { message: raw.replaceAll('\r\n.', '\r\n').slice(2), end: at + 3, isBare: bare.test(raw) };
}

function cut(text: string, lengths: readonly number[]): readonly Uint8Array[] {
  const octets = Buffer.from(text, 'latin1');
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < octets.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    chunks.push(octets.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

/** What is printed is one reply, and reads back with its code, whatever stands in its words. */
export function repliesHold(runs: Runs): void {
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 599 }),
      fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }),
      (code, lines) => {
        const replies = createReplyReader().push(Buffer.from(printReply({ code, enhanced: '2.0.0', lines })));
        assert.deepEqual(
          replies.map((reply) => ({ code: reply.code, count: reply.lines.length })),
          [{ code, count: lines.length }],
        );
      },
    ),
    runs,
  );
}

const speech = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: line.map((text) => `${text}\r\n`) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        'EHLO x\r\n',
        'LHLO x\r\n',
        'MAIL FROM:<>\r\n',
        'RCPT TO:<alice@example.fr>\r\n',
        'DATA\r\n',
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('BDAT 5\r\n', 'BDAT 3 LAST\r\n', 'AUTH LOGIN\r\n', 'AUTH PLAIN\r\n') },
    { weight: 1, arbitrary: dataText },
  ),
  { maxLength: 25 },
);

/** Whatever is said, the engine answers in replies, closes in the end, and has no fault to report. */
export async function engineHolds({ seed, numRuns }: Runs): Promise<void> {
  for (const kind of ['mx', 'lmtp', 'submission'] as const) {
    const port = await startPort(kind);
    try {
      const talk = fc.asyncProperty(speech, async (parts) => {
        const client = connectTo(port.server.port);
        // STARTTLS would make the rest a broken handshake, which has its own test
        client.write(Buffer.from(parts.join('').replace(/starttls/gi, 'NOOP'), 'utf8'));
        client.halfClose();
        while ((await client.read()) !== 'closed');
        assert.deepEqual(
          port.events.filter((event) => event.kind === 'fault'),
          [],
        );
      });
      await fc.assert(talk, { seed, numRuns, timeout: 20_000 });
    } finally {
      await port.close();
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const runs = { seed: Number(process.argv[2] ?? Date.now() % 1_000_000), numRuns: Number(process.argv[3] ?? 20_000) };
  console.log(`seed ${runs.seed}, ${runs.numRuns} runs`);
  readersHold(runs);
  addressesHold(runs);
  dataHolds(runs);
  repliesHold(runs);
  await engineHolds({ ...runs, numRuns: Math.ceil(runs.numRuns / 20) });
}
