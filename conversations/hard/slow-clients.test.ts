/**
 * Clients that are slow, silent or greedy: half a thousand connections that say nothing, messages that drip, requests that
 * never end or are far too large, answers nobody reads. Those who behave are served all the same, and memory stays bounded.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { planLab, type Lab, type LabAccount, type Ready } from '#tools/lab.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { portOf, residentOctets } from './house.ts';
import { listOf, openJmap, recordOf } from './jmap.ts';
import { writeLetter } from './letters.ts';
import { LmtpSender } from './lmtp-sender.ts';

const from = 'expediteur@ailleurs.example';
const idleCount = 500;
/** Generous: at rest it is some 200 MB. */
const mostResidentOctets = 1_200_000_000;

let lab: Lab;
let ready: Ready;
let account: LabAccount;

before(async () => {
  lab = planLab({ folder: temporaryFolder() });
  ready = await lab.start();
  account = await lab.addAccount('anne');
});
after(() => lab.kill());

async function open(head: string): Promise<Socket> {
  const socket = connect(portOf(ready, head), '127.0.0.1');
  // What the server does to such a client is its affair.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Mail comes in and is read, as if nobody else were there. */
async function assertServes(): Promise<void> {
  const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
  const [fate] = await sender.deliver(from, [account.email], writeLetter(Date.now() % 1e9, 2_000, []).octets);
  assert.equal(fate?.kind, 'delivered');
  sender.close();
  const jmap = await openJmap(ready.url, account);
  const { ids } = await jmap.must('Email/query', { limit: 1 });
  assert.equal(listOf(ids).length, 1);
  assert.ok(residentOctets(lab.pid()) < mostResidentOctets, `${residentOctets(lab.pid())} octets are held`);
}

test(`${idleCount} connections that say nothing, on each port, leave room for those who talk`, async () => {
  const idle: Socket[] = [];
  for (const head of ['lmtp', 'smtp', 'http']) {
    for (let at = 0; at < idleCount; at += 50)
      idle.push(...(await Promise.all(Array.from({ length: 50 }, () => open(head)))));
  }
  await assertServes();
  for (const socket of idle) socket.destroy();
  await assertServes();
});

test('messages that drip in, and stop half-way, hold up nobody and are never kept', async () => {
  const dripping = await Promise.all(Array.from({ length: 100 }, () => open('lmtp')));
  for (const [index, socket] of dripping.entries()) {
    socket.write(`LHLO a\r\nMAIL FROM:<${from}>\r\nRCPT TO:<${account.email}>\r\nDATA\r\n`);
    socket.write('Subject: à moitié\r\n\r\n');
    // Some send two megabytes and stay: those wait in files, not in memory.
    if (index % 5 === 0) socket.write(Buffer.alloc(2_000_000, 'x'));
  }
  for (const socket of dripping) socket.write('une ligne\r\n');
  await assertServes();
  for (const socket of dripping) socket.destroy();
  const jmap = await openJmap(ready.url, account);
  const { list } = await jmap.must('Email/get', {
    ids: (await jmap.everything()).map(({ id }) => id),
    properties: ['subject'],
  });
  assert.ok(listOf(list).every((email) => recordOf(email)['subject'] !== 'à moitié'));
});

test('requests that are too large, too deep or never end are refused, and nothing else', async () => {
  const jmap = await openJmap(ready.url, account);
  // RFC 8620 §3.6.1; the server may also hang up on what goes on beyond its limit.
  const large = await jmap.post(Buffer.alloc(30_000_000, 'x')).catch(() => ({ status: 400, text: 'maxSizeRequest' }));
  assert.deepEqual([large.status, large.text.includes('maxSizeRequest')], [400, true]);
  const deep = await jmap.post('['.repeat(1_000_000));
  assert.equal(deep.status, 400);
  const calls = Array.from({ length: 5_000 }, (_, at) => ['Core/echo', {}, String(at)]);
  const many = await jmap.post(JSON.stringify({ using: ['urn:ietf:params:jmap:core'], methodCalls: calls }));
  assert.equal(many.status, 400);
  const twice = {
    using: ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'],
    methodCalls: [
      ['Email/get', { accountId: jmap.accountId, ids: Array.from({ length: 50_000 }, (_, at) => `e${at}`) }, 'c'],
    ],
  };
  assert.match((await jmap.post(JSON.stringify(twice))).text, /requestTooLarge/);
  const endless = await Promise.all(Array.from({ length: 50 }, () => open('http')));
  for (const socket of endless) {
    socket.write(
      'POST /jmap/api HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    for (let at = 0; at < 20; at++) socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`);
  }
  await assertServes();
  for (const socket of endless) socket.destroy();
  const header = await open('http');
  header.write(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(200_000)}\r\n\r\n`);
  const [answer]: readonly unknown[] = await once(header, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 431/);
  await assertServes();
});

test('answers that nobody reads do not fill the memory', async () => {
  const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
  await sender.deliver(from, [account.email], writeLetter(77, 20_000_000, []).octets);
  sender.close();
  const jmap = await openJmap(ready.url, account);
  const largest = (await jmap.everything()).toSorted((a, b) => b.sizeOctets - a.sizeOctets)[0];
  assert.ok(largest && largest.sizeOctets > 19_000_000);
  const basic = Buffer.from(`${account.userName}:${account.password}`).toString('base64');
  const session = recordOf(
    await (
      await fetch(new URL('/.well-known/jmap', ready.url), { headers: { authorization: `Basic ${basic}` } })
    ).json(),
  );
  const names = { accountId: jmap.accountId, blobId: largest.blobId, name: 'x', type: 'text%2Fplain' };
  const url = Object.entries(names).reduce(
    (text, [key, value]) => text.replace(`{${key}}`, value),
    String(session['downloadUrl']),
  );
  const deaf = await Promise.all(Array.from({ length: 60 }, () => open('http')));
  for (const socket of deaf) {
    socket.pause();
    socket.write(
      `GET ${new URL(url, ready.url).pathname}?${new URL(url, ready.url).searchParams.toString()} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ${basic}\r\n\r\n`,
    );
  }
  // 1.2 GB would be under way if each were held whole.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await assertServes();
  for (const socket of deaf) socket.destroy();
  assert.ok((await jmap.download(largest.blobId)).length === largest.sizeOctets);
});
