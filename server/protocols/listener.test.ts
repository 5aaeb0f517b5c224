import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Connection } from './connection.ts';
import { type Client, listen, type ListenOptions } from './listener.ts';

const minuteMs = 60_000;

/** A port that says hello, repeats each line and ends at QUIT, `limits` and `client` apart. */
async function open(t: TestContext, limits: Partial<ListenOptions['limits']> = {}, client: Partial<Client> = {}) {
  const heard: string[] = [];
  const faults: unknown[] = [];
  const listener = await listen({
    at: { host: '127.0.0.1', port: 0 },
    limits: { maxConnections: 100, maxConnectionsPerAddress: 100, ...limits },
    sending: { writeTimeoutMs: minuteMs, pendingOctets: 0 },
    shortestMs: 40,
    meet: (_socket, remoteAddress) => ({
      converse: (connection) => repeat(connection, minuteMs),
      turnAway(because) {
        heard.push(`${because} ${remoteAddress}`);
        return `not now: é${because}\r\n`;
      },
      onFault: (error) => faults.push(error),
      ...client,
    }),
    onFault: (error) => faults.push(error),
  });
  let isClosed = false;
  const close = async (graceMs: number): Promise<void> => {
    isClosed = true;
    await listener.close(graceMs);
  };
  t.after(() => (isClosed ? undefined : listener.close(0)));
  return { listener, heard, faults, close };
}

async function repeat(connection: Connection, timeoutMs: number): Promise<void> {
  connection.say('hello\r\n');
  for (let line = await connection.nextLine(100, timeoutMs); line; line = await connection.nextLine(100, timeoutMs)) {
    if (line.kind !== 'text' || line.text === 'QUIT') break;
    connection.say(`${line.text}\r\n`);
  }
  connection.say(`bye: ${connection.stop ?? 'quit'}\r\n`);
  await connection.end();
}

/** Says `lines` and hears all there is until the server closes, or `until`. */
function talk(t: TestContext, port: number, lines: string, until?: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(lines);
  let heard = '';
  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (until !== undefined && heard.includes(until)) resolve(heard);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

async function until(isTrue: () => boolean): Promise<void> {
  const limitMs = Date.now() + 60_000;
  for (; !isTrue(); await sleep(5)) assert.ok(Date.now() < limitMs, 'waited a minute');
}

test('a client is talked to until it leaves, and is counted until then', async (t) => {
  const { listener } = await open(t);
  await talk(t, listener.port, 'a\r\n', 'a\r\n');
  assert.equal(listener.connectionCount(), 1);
  assert.equal(await talk(t, listener.port, 'b\r\nQUIT\r\n'), 'hello\r\nb\r\nbye: quit\r\n');
  await until(() => listener.connectionCount() === 1);
});

test('too many are turned away with the sentence of the protocol, and who leaves makes room', async (t) => {
  const { listener, heard } = await open(t, { maxConnections: 1 });
  const first = connect(listener.port, '127.0.0.1');
  await once(first, 'data');
  assert.equal(await talk(t, listener.port, ''), 'not now: étooManyConnections\r\n');
  first.end('QUIT\r\n');
  first.resume();
  await once(first, 'close');
  await until(() => listener.connectionCount() === 0);
  assert.match(await talk(t, listener.port, 'QUIT\r\n'), /^hello/);
  assert.deepEqual(heard, ['tooManyConnections 127.0.0.1']);
});

test('too many of one network are turned away, without a sentence where none could be read', async (t) => {
  const because: string[] = [];
  const turnAway = (why: string): undefined => void because.push(why);
  const { listener } = await open(t, { maxConnectionsPerAddress: 1 }, { turnAway });
  await talk(t, listener.port, '', 'hello');
  assert.equal(await talk(t, listener.port, ''), '');
  assert.deepEqual(because, ['tooManyFromAddress']);
});

test('deadlines pass by the clock of the port', async (t) => {
  const { listener } = await open(t, {}, { converse: (connection) => repeat(connection, 20) });
  assert.equal(await talk(t, listener.port, ''), 'hello\r\nbye: tooSlow\r\n');
});

test('what a talk throws is a fault, and ends that connection alone', async (t) => {
  const converse = async (connection: Connection): Promise<void> => {
    const line = await connection.nextLine(100, minuteMs);
    throw new Error(line?.kind);
  };
  const { listener, faults } = await open(t, {}, { converse });
  assert.equal(await talk(t, listener.port, 'a\r\n'), '');
  assert.equal(await talk(t, listener.port, 'b\r\n'), '');
  assert.deepEqual(faults.map(String), ['Error: text', 'Error: text']);
  assert.equal(listener.connectionCount(), 0);
});

test('closing tells those who wait, lets what is under way end, and leaves nothing open', async (t) => {
  let hasBegun = false;
  let finish = (): void => undefined;
  const busy = async (connection: Connection): Promise<void> => {
    connection.say('hello\r\n');
    const line = await connection.nextLine(100, minuteMs);
    hasBegun ||= line !== undefined;
    if (line) await new Promise<void>((resolve) => (finish = resolve));
    connection.say(line ? 'done\r\n' : `bye: ${connection.stop ?? ''}\r\n`);
    await connection.end();
  };
  const { listener, close } = await open(t, {}, { converse: busy });
  const idle = talk(t, listener.port, '');
  const working = talk(t, listener.port, 'work\r\n');
  await until(() => hasBegun && listener.connectionCount() === 2);
  const closing = close(minuteMs);
  assert.equal(await idle, 'hello\r\nbye: closing\r\n');
  finish();
  assert.equal(await working, 'hello\r\ndone\r\n');
  await closing;
  assert.equal(listener.connectionCount(), 0);
});

test('closing drops those who hold it up', async (t) => {
  const holdUp = async (connection: Connection): Promise<void> => {
    connection.say('hello\r\n');
    await connection.takeLiteral(10, { pieceMs: minuteMs, untilMs: Number.POSITIVE_INFINITY });
  };
  const { listener, close } = await open(t, {}, { converse: holdUp });
  const heard = talk(t, listener.port, 'half');
  await until(() => listener.connectionCount() === 1);
  await close(20);
  await heard;
  assert.equal(listener.connectionCount(), 0);
});

test('a port that is taken is an error at the start', async (t) => {
  const { listener } = await open(t);
  const again = listen({
    at: { host: '127.0.0.1', port: listener.port },
    limits: { maxConnections: 1, maxConnectionsPerAddress: 1 },
    sending: { writeTimeoutMs: 1, pendingOctets: 0 },
    shortestMs: minuteMs,
    meet: () => assert.fail('nobody comes'),
    onFault: () => undefined,
  });
  await assert.rejects(again, { code: 'EADDRINUSE' });
});
