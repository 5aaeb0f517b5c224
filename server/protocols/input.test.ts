import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { Input, type Line } from './input.ts';

/** An input with a source that is written to. */
function open() {
  const source = new PassThrough({ highWaterMark: 1024 * 1024 });
  const input = new Input();
  input.attach(source);
  const send = async (octets: string): Promise<void> => {
    source.write(Buffer.from(octets, 'latin1'));
    await nextTurn();
  };
  return { source, input, send };
}

const hasSettled = async (promise: Promise<void>): Promise<boolean> => {
  let isSettled = false;
  void promise.then(() => (isSettled = true));
  await nextTurn();
  return isSettled;
};

const text = (line: string): Line => ({ kind: 'text', text: line });

const lines: readonly { sent: readonly string[]; found: readonly Line[]; because: string }[] = [
  { sent: ['a\r\nb\r\n'], found: [text('a'), text('b')], because: 'two lines in one packet are two' },
  { sent: ['a', 'b', 'c\r', '\n'], found: [text('abc')], because: 'one line in many packets is one' },
  { sent: ['\r\n'], found: [text('')], because: 'a line may be empty' },
  { sent: ['\xe9\xff\r\n'], found: [text('\xe9\xff')], because: 'an octet is a character' },
  { sent: ['a\nb\r\n'], found: [{ kind: 'bareLineEnd' }, text('b')], because: 'LF alone ends a line nobody reads' },
  { sent: ['a\rb\r\n'], found: [text('a\rb')], because: 'CR alone ends nothing' },
  { sent: ['12345678\r\n'], found: [text('12345678')], because: 'ten octets fit in ten' },
  { sent: ['123456789\r\nb\r\n'], found: [{ kind: 'tooLong' }, text('b')], because: 'the next line is heard again' },
  {
    sent: ['x'.repeat(99), 'x'.repeat(99), '\r\nb\r\n'],
    found: [{ kind: 'tooLong' }, text('b')],
    because: 'in pieces',
  },
];

for (const { sent, found, because } of lines)
  test(`lines of ten octets at most: ${because}`, async () => {
    const { input, send } = open();
    for (const octets of sent) await send(octets);
    const taken: Line[] = [];
    for (let line = input.takeLine(10); line; line = input.takeLine(10)) taken.push(line);
    assert.deepEqual(taken, found);
  });

test('lines and octets come from one queue, in their order', async () => {
  const { input, send } = open();
  await send('DATA\r\nab');
  await send('cdefNOOP\r\n');
  assert.deepEqual(input.takeLine(100), text('DATA'));
  const pieces: string[] = [];
  for (let left = 6; left > 0;) {
    const piece = input.takeOctets(left);
    assert.ok(piece);
    pieces.push(piece.toString());
    left -= piece.length;
  }
  assert.deepEqual(pieces, ['ab', 'cdef']);
  assert.deepEqual(input.takeLine(100), text('NOOP'));
  assert.equal(input.takeOctets(), undefined);
});

test('what is given back is read first', async () => {
  const { input, send } = open();
  await send('abc');
  await send('def\r\n');
  const chunk = input.takeOctets();
  assert.ok(chunk);
  input.giveBack(chunk.subarray(1));
  assert.deepEqual(input.takeLine(100), text('bcdef'));
});

test('an interrupt that comes while nobody waits ends the next wait, and only that', async () => {
  const { input } = open();
  input.interrupt();
  assert.ok(await hasSettled(input.wait()));
  const second = input.wait();
  assert.ok(!(await hasSettled(second)));
  input.interrupt();
  assert.ok(await hasSettled(second));
  assert.ok(!(await hasSettled(input.wait())), 'it ended the wait it came into');
});

test('octets that come while nobody waits end the next wait, unless they were taken', async () => {
  const { input, send } = open();
  await send('half a line');
  assert.ok(await hasSettled(input.wait()));
  assert.equal(input.takeLine(100), undefined);
  assert.ok(!(await hasSettled(input.wait())), 'half a line is no news any more');
  await send('\r\n');
  assert.deepEqual(input.takeLine(100), text('half a line'));
});

test('the end is heard by who waits and by who comes later', async () => {
  const { input, source } = open();
  const waiting = input.wait();
  source.end();
  assert.ok(await hasSettled(waiting));
  assert.ok(input.hasEnded);
});

test('when nobody reads, the source is told to wait', async () => {
  const { input, source, send } = open();
  for (let times = 0; times < 64 && !source.isPaused(); times += 1) await send('x'.repeat(16 * 1024));
  assert.ok(source.isPaused());
  let octets = 0;
  for (let chunk = input.takeOctets(); chunk; chunk = input.takeOctets()) octets += chunk.length;
  assert.equal(octets, 256 * 1024);
  assert.ok(!source.isPaused());
});

test('letting go gives everything back that was not read: the line under way, what is queued, what the source holds', async () => {
  const { input, source, send } = open();
  await send('half');
  assert.equal(input.takeLine(100), undefined);
  await send(' more');
  source.pause();
  source.write('behind');
  const queued = Buffer.concat(input.detach()).toString();
  assert.equal(queued, 'half morebehind');
  assert.ok(!input.hasOctets);
  source.resume();
  await send('later');
  assert.equal(input.takeOctets(), undefined, 'what comes now is not ours');
  const next = new PassThrough();
  input.attach(next);
  next.write('new\r\n');
  await nextTurn();
  assert.deepEqual(input.takeLine(100), text('new'), 'nothing of the line under way is left');
});
