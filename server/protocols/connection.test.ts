import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { connect as connectTls, createSecureContext } from 'node:tls';

import { testCertificate } from '#tools/testing/certificate.ts';

import { Connection, type Sending } from './connection.ts';
import type { TlsEvent } from './handshake.ts';

const minuteMs = 60_000;
const never = { pieceMs: minuteMs, untilMs: Number.POSITIVE_INFINITY };
const { cert, key } = testCertificate('mail.example.fr');
const certificates = () => createSecureContext({ cert, key });

/** Both ends of one connection. */
async function open(t: TestContext, sending: Sending = { writeTimeoutMs: minuteMs, pendingOctets: 0 }) {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const client = connect(address.port, '127.0.0.1');
  client.on('error', () => undefined);
  const accepted: Promise<unknown[]> = once(server, 'connection');
  const [socket] = await accepted;
  assert.ok(isSocket(socket));
  const connection = new Connection(socket, sending);
  t.after(() => {
    client.destroy();
    connection.destroy();
    server.close();
  });
  return { client, connection, socket };
}

function isSocket(value: unknown): value is Socket {
  return value !== null && typeof value === 'object' && 'destroySoon' in value;
}

async function heardBy(client: Socket, sentence: RegExp): Promise<string> {
  let heard = '';
  while (!sentence.test(heard)) {
    const came: Promise<unknown[]> = once(client, 'data');
    heard += String((await came)[0]);
  }
  return heard;
}

const deadlinePasses = (connection: Connection, afterMs: number): void => connection.tick(Date.now() + afterMs + 1);

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

test('what was said is sent before we wait for the client, in one piece', async (t) => {
  const { client, connection } = await open(t);
  connection.say('* one\r\n');
  connection.sayOctets(Buffer.from('* deux é\r\n'));
  connection.say('* three\r\n');
  const line = connection.nextLine(100, minuteMs);
  const came: Promise<unknown[]> = once(client, 'data');
  assert.equal(String((await came)[0]), '* one\r\n* deux é\r\n* three\r\n');
  client.write('a1 NOOP\r\n');
  assert.deepEqual(await line, { kind: 'text', text: 'a1 NOOP' });
});

test('a nudge that comes while nobody waits ends the next wait', async (t) => {
  const { connection } = await open(t);
  connection.nudge();
  assert.equal(await connection.nextLineOrNudge(100, Number.POSITIVE_INFINITY), undefined);
  assert.equal(connection.stop, undefined);
});

test('a line is waited for no longer than its time', async (t) => {
  const { connection, client } = await open(t);
  const line = connection.nextLine(100, minuteMs);
  client.write('half');
  deadlinePasses(connection, minuteMs / 2);
  await nextTurn();
  assert.equal(connection.stop, undefined);
  deadlinePasses(connection, minuteMs);
  assert.equal(await line, undefined);
  assert.equal(connection.stop, 'tooSlow');
});

test('a literal is read to its octet, in pieces as they come, and what follows is a line again', async (t) => {
  const { connection, client } = await open(t);
  const pieces: string[] = [];
  const reading = connection.eachPiece(10, never, (piece) => void pieces.push(piece.toString()));
  client.write('12345');
  while (pieces.length === 0) await nextTurn();
  client.write('67890a1 NOOP\r\n');
  assert.ok(await reading);
  assert.deepEqual(pieces, ['12345', '67890']);
  assert.deepEqual(await connection.nextLine(100, minuteMs), { kind: 'text', text: 'a1 NOOP' });
  client.write('skippedtaken!\r\n');
  assert.ok(await connection.skipLiteral(7, never));
  assert.equal((await connection.takeLiteral(5, never))?.toString(), 'taken');
  assert.equal((await connection.takeLiteral(0, never))?.length, 0);
  assert.deepEqual(await connection.nextLine(100, minuteMs), { kind: 'text', text: '!' });
});

test('who takes a piece slowly makes the next one wait', async (t) => {
  const { connection, client } = await open(t);
  client.write('abc');
  const taken: string[] = [];
  let go = (): void => undefined;
  const reading = connection.eachPiece(6, never, (piece) => {
    taken.push(piece.toString());
    return new Promise<void>((resolve) => (go = resolve));
  });
  while (taken.length === 0) await nextTurn();
  client.write('def');
  while (!connection.hasInput) await nextTurn();
  assert.deepEqual(taken, ['abc']);
  go();
  while (taken.length < 2) await nextTurn();
  go();
  assert.ok(await reading);
  assert.deepEqual(taken, ['abc', 'def']);
});

test('octets have a time from piece to piece, and one for all of them', async (t) => {
  const { connection, client } = await open(t);
  const startMs = Date.now();
  const patience = { pieceMs: minuteMs, untilMs: startMs + 1.5 * minuteMs };
  const pieces: Buffer[] = [];
  const reading = connection.eachPiece(3, patience, (piece) => void pieces.push(piece));
  client.write('a');
  while (pieces.length < 1) await nextTurn();
  await nextTurn();
  connection.tick(startMs + minuteMs - 1);
  assert.equal(connection.stop, undefined);
  connection.tick(startMs + 1.5 * minuteMs);
  assert.equal(await reading, false);
  assert.equal(connection.stop, 'tooSlow');
});

test('a server that closes reads no new command, and ends the one that has begun', async (t) => {
  const { connection, client } = await open(t);
  client.write('a {3}\r\nabc');
  assert.deepEqual(await connection.nextLine(100, minuteMs), { kind: 'text', text: 'a {3}' });
  connection.stopSoon();
  assert.equal((await connection.takeLiteral(3, never))?.toString(), 'abc');
  const rest = connection.nextLine(100, minuteMs, 'command');
  client.write(' rest\r\nb NOOP\r\n');
  assert.deepEqual(await rest, { kind: 'text', text: ' rest' });
  assert.equal(await connection.nextLine(100, minuteMs), undefined);
  assert.equal(connection.stop, 'closing');
});

test('a client that closes its side is read to its end', async (t) => {
  const { connection, client } = await open(t);
  client.end('a NOOP\r\nhalf');
  assert.deepEqual(await connection.nextLine(100, minuteMs), { kind: 'text', text: 'a NOOP' });
  assert.equal(await connection.nextLine(100, minuteMs), undefined);
  assert.equal(connection.stop, 'gone');
});

test('a client that does not read makes us wait, and in the end is dropped', async (t) => {
  const pendingOctets = 256 * 1024;
  const { connection, client, socket } = await open(t, { writeTimeoutMs: minuteMs, pendingOctets });
  client.pause();
  const octets = Buffer.alloc(1024 * 1024, 'x');
  // The kernel takes some megabytes; then nothing goes on.
  let flushing: Promise<void> | undefined;
  for (let megabytes = 0; !flushing; megabytes += 1) {
    assert.ok(megabytes < 100, 'a hundred megabytes were taken');
    connection.sayOctets(octets);
    assert.ok(connection.isFull);
    const sent = connection.flush();
    const isSent = await Promise.race([sent.then(() => true), turns(20).then(() => false)]);
    if (!isSent) flushing = sent;
  }
  assert.ok(socket.writableLength > pendingOctets);
  deadlinePasses(connection, minuteMs / 2);
  assert.ok(!connection.isGone);
  deadlinePasses(connection, minuteMs);
  await flushing;
  assert.ok(connection.isGone);
  assert.equal(connection.stop, 'tooSlow');
});

test('a client that reads in the end lets us go on', async (t) => {
  const { connection, client } = await open(t);
  client.pause();
  connection.sayOctets(Buffer.alloc(32 * 1024 * 1024, 'x'));
  const flushing = connection.flush();
  client.resume();
  await flushing;
  assert.ok(!connection.isGone);
  assert.equal(connection.stop, undefined);
});

test('TLS drops what was sent in clear before it: the line under way, whole lines, what was given back', async (t) => {
  const { connection, client } = await open(t);
  client.write('STARTTLS\r\nINJECTED\r\nhalf a li');
  assert.deepEqual(await connection.nextLine(100, minuteMs), { kind: 'text', text: 'STARTTLS' });
  connection.say('go\r\n');
  const events: TlsEvent[] = [];
  const securing = connection.startTls(certificates, (event) => events.push(event));
  await heardBy(client, /^go\r\n$/);
  const secure = connectTls({ socket: client, ca: cert, servername: 'mail.example.fr' });
  assert.ok(await securing);
  assert.ok(connection.isSecure);
  assert.match(connection.tls?.version ?? '', /^TLSv1\.[23]$/);
  assert.deepEqual(events, [{ kind: 'injection', sizeOctets: 'INJECTED\r\nhalf a li'.length }]);
  secure.write('ne\r\n');
  assert.deepEqual(await connection.nextLine(100, minuteMs), { kind: 'text', text: 'ne' });
});

test('what comes in clear instead of a handshake is no command either: the connection is closed', async (t) => {
  const { connection, client } = await open(t);
  connection.say('go\r\n');
  const events: TlsEvent[] = [];
  const securing = connection.startTls(certificates, (event) => events.push(event));
  await heardBy(client, /go/);
  client.write('INJECTED\r\n'.repeat(10));
  assert.equal(await securing, false);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['tlsFailed'],
  );
  assert.ok(connection.isGone);
});

test('a handshake that never comes is not waited for', async (t) => {
  const { connection } = await open(t);
  const securing = connection.startTls(certificates, () => undefined);
  await nextTurn();
  deadlinePasses(connection, 30_000);
  assert.equal(await securing, false);
  assert.ok(connection.isGone);
});

test('the last words are sent before the connection is closed', async (t) => {
  const { connection, client } = await open(t);
  let heard = '';
  client.on('data', (chunk) => (heard += String(chunk)));
  client.write('unread\r\n'.repeat(1000));
  connection.say('BYE\r\n');
  const ended = once(client, 'end');
  await connection.end();
  await ended;
  assert.equal(heard, 'BYE\r\n');
});
