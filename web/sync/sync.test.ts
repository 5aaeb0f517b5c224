/** The whole engine against a server in memory. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createFakeServer, fakeAccountId } from './fakeServer.ts';
import type { FakeServer } from './fakeServer.ts';
import type { WriteStorage } from './outbox.ts';
import { asAccountId } from './records.ts';
import type { Write } from './store.ts';
import { createSync } from './sync.ts';
import type { Sync } from './sync.ts';
import { memoryWriteStorage } from './writeStorage.ts';

const accountId = asAccountId(fakeAccountId);
const opened: Sync[] = [];
afterEach(() => {
  for (const sync of opened.splice(0)) sync.close();
});

function email(n: number, more: object = {}) {
  return {
    id: `e${n}`,
    threadId: `t${n}`,
    blobId: `b${n}`,
    mailboxIds: { inbox: true },
    keywords: {},
    from: [{ name: 'Marie Dupont', email: 'marie.dupont@ac-demo.example' }],
    subject: `Sujet ${n}`,
    receivedAt: new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString(),
    ...more,
  };
}

function academy(count: number): FakeServer {
  const server = createFakeServer();
  for (const role of ['inbox', 'archive']) server.put('Mailbox', { id: role, name: role, role, parentId: null });
  for (let n = 0; n < count; n += 1) server.put('Email', email(n));
  return server;
}

async function start(server: FakeServer, storage: WriteStorage = memoryWriteStorage()): Promise<Sync> {
  const sync = createSync({ fetch: server.fetch, openStorage: () => storage, withPush: false });
  opened.push(sync);
  await sync.start();
  await sync.ensureAll(accountId, 'Mailbox');
  return sync;
}

function openInbox(sync: Sync) {
  const inbox = sync.openEmailQuery({
    accountId,
    filter: { inMailbox: 'inbox' },
    sort: [{ property: 'receivedAt', isAscending: false }],
    collapseThreads: true,
    belongs: (it) => it.mailboxIds['inbox'] === true,
  });
  inbox.subscribe(() => undefined);
  return inbox;
}

async function until(fits: () => boolean): Promise<void> {
  for (let turn = 0; turn < 4_000 && !fits(); turn += 1) await pause(5);
  assert.ok(fits(), 'waited in vain');
}

test('a list fetches only the windows somebody looks at', async () => {
  const server = academy(1000);
  const sync = await start(server);
  const inbox = openInbox(sync);
  await until(() => inbox.list().status === 'ready');
  assert.equal(inbox.list().total, 1000);
  assert.equal(inbox.list().idAt(0), 'e999');
  assert.equal(inbox.list().idAt(700), undefined);
  inbox.look(690, 710);
  await until(() => inbox.list().idAt(700) !== undefined);
  assert.equal(inbox.list().idAt(700), 'e299');
  assert.equal(inbox.list().idAt(300), undefined);
});

test('requests of the same turn share one POST and keep their back-references apart', async () => {
  const server = academy(5);
  const sync = await start(server);
  const before = server.posts;
  const ask = (limit: number) =>
    sync.client.request([
      ['Email/query', { accountId, limit }, 'q'],
      ['Email/get', { accountId, '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' } }, 'g'],
    ]);
  const [two, three] = await Promise.all([ask(2), ask(3)]);
  assert.equal(server.posts, before + 1);
  assert.deepEqual(
    [two, three].map((answers) => JSON.stringify(answers.of('g')['list']).split('"blobId"').length - 1),
    [2, 3],
  );
});

test('an archived email leaves the list and the count at once, before the server answers', async () => {
  const server = academy(100);
  const sync = await start(server);
  const inbox = openInbox(sync);
  await until(() => inbox.list().status === 'ready');
  server.mode = 'down';
  void sync.mutate({
    accountId,
    type: 'Email',
    update: { e99: { 'mailboxIds/inbox': null, 'mailboxIds/archive': true } },
  });
  assert.equal(inbox.list().idAt(0), 'e98');
  assert.equal(inbox.list().total, 99);
  assert.equal(sync.store.get(accountId, 'Mailbox', 'inbox')?.unreadEmails, 99);
  assert.equal(sync.store.get(accountId, 'Mailbox', 'archive')?.unreadEmails, 1);
  await until(() => sync.connection.line() === 'offline');
  server.mode = 'up';
  sync.wake();
  await until(() => sync.waitingWrites() === 0 && sync.connection.line() === 'online');
  assert.deepEqual(server.tables['Email']?.get('e99')?.['mailboxIds'], { archive: true });
  await until(() => inbox.list().total === 99);
  assert.equal(sync.store.get(accountId, 'Mailbox', 'inbox')?.unreadEmails, 99);
});

test('under maintenance a change waits on the screen while reading goes on, and goes when it is over', async () => {
  const server = academy(100);
  const sync = await start(server);
  const inbox = openInbox(sync);
  await until(() => inbox.list().status === 'ready');
  const told: string[] = [];
  sync.onRefused((_, outcome) => told.push(...Object.values(outcome.refused)));
  server.mode = 'readOnly';
  void sync.mutate({ accountId, type: 'Email', update: { e99: { 'keywords/$seen': true } } });
  await until(() => server.calls.includes('Email/set'));
  server.put('Email', { ...server.tables['Email']?.get('e98'), keywords: { $flagged: true } });
  sync.wake();
  await until(() => sync.store.get(accountId, 'Email', 'e98')?.keywords['$flagged'] === true);
  assert.equal(sync.waitingWrites(), 1);
  assert.equal(sync.store.get(accountId, 'Email', 'e99')?.keywords['$seen'], true);
  assert.equal(sync.connection.line(), 'online');
  server.mode = 'up';
  sync.wake();
  await until(() => sync.waitingWrites() === 0);
  assert.equal(applied(server, 'e99'), true);
  assert.deepEqual(told, []);
});

test('a house that is closed says so, and the line comes back when it opens', async () => {
  const server = academy(3);
  const sync = await start(server);
  server.mode = 'closed';
  void sync.mutate({ accountId, type: 'Email', update: { e1: { 'keywords/$seen': true } } });
  await until(() => sync.connection.closed() !== undefined);
  assert.equal(sync.connection.closed()?.endsAt, Date.UTC(2026, 10, 22, 18));
  assert.equal(sync.connection.line(), 'offline');
  server.mode = 'up';
  sync.wake();
  await until(() => sync.waitingWrites() === 0);
  assert.equal(sync.connection.closed(), undefined);
});

function applied(server: FakeServer, id: string): boolean {
  const keywords = server.tables['Email']?.get(id)?.['keywords'];
  return typeof keywords === 'object' && keywords !== null && '$seen' in keywords;
}

test('a refused change is dropped and told', async () => {
  const server = academy(3);
  const sync = await start(server);
  await sync.ensure(accountId, 'Email', ['e1', 'e2']);
  server.refuse.set('e1', 'forbidden');
  const told: string[] = [];
  sync.onRefused((_, outcome) => told.push(...Object.values(outcome.refused)));
  const done = sync.mutate({
    accountId,
    type: 'Email',
    update: { e1: { 'keywords/$seen': true }, e2: { 'keywords/$seen': true } },
  });
  assert.equal(sync.store.get(accountId, 'Email', 'e1')?.keywords['$seen'], true);
  await done;
  assert.equal(sync.store.get(accountId, 'Email', 'e1')?.keywords['$seen'], undefined);
  assert.equal(sync.store.get(accountId, 'Email', 'e2')?.keywords['$seen'], true);
  assert.deepEqual(told, ['forbidden']);
});

test('writes left by a page that died are shown and sent by the next', async () => {
  const server = academy(3);
  const kept: Write[] = [];
  const storage: WriteStorage = {
    put: async (write) => void kept.push(write),
    remove: async (id) =>
      void kept.splice(
        kept.findIndex((write) => write.id === id),
        1,
      ),
    adopt: async () => [...kept],
  };
  const first = await start(server, storage);
  server.mode = 'down';
  void first.mutate({ accountId, type: 'Email', update: { e1: { 'keywords/$flagged': true } } });
  await until(() => kept.length === 1);
  first.close();
  server.mode = 'up';
  await start(server, storage);
  await until(() => kept.length === 0);
  assert.deepEqual(server.tables['Email']?.get('e1')?.['keywords'], { $flagged: true });
});

test('an ended session keeps the write until somebody logs in', async () => {
  const server = academy(3);
  const sync = await start(server);
  await sync.ensure(accountId, 'Email', ['e1']);
  server.mode = 'loggedOut';
  void sync.mutate({ accountId, type: 'Email', update: { e1: { 'keywords/$seen': true } } });
  await until(() => sync.connection.line() === 'loggedOut');
  assert.equal(sync.store.get(accountId, 'Email', 'e1')?.keywords['$seen'], true);
  server.mode = 'up';
  await sync.start();
  await until(() => sync.waitingWrites() === 0);
  assert.deepEqual(server.tables['Email']?.get('e1')?.['keywords'], { $seen: true });
});

test('who leaves asks nothing more, and goes on where leaving failed', async () => {
  const server = academy(3);
  const sync = await start(server);
  const { posts } = server;
  let asked: Promise<void> | undefined;
  const end = async (hasEnded: boolean): Promise<boolean> => {
    asked ??= sync.ensure(accountId, 'Email', ['e1']);
    await pause(5);
    assert.equal(server.posts, posts);
    return hasEnded;
  };
  await sync.leave(() => end(false));
  await asked;
  assert.equal(server.posts, posts + 1);
  assert.ok(sync.store.get(accountId, 'Email', 'e1'));

  const outcome = await sync.client.request([['Email/get', { accountId, ids: ['e2'] }, 'get']]).then(() => 'answered');
  assert.equal(outcome, 'answered');
  const before = server.posts;
  let refused: Promise<unknown> | undefined;
  await sync.leave(async () => {
    refused = sync.client.request([['Email/get', { accountId, ids: ['e2'] }, 'get']]);
    refused.catch(() => undefined);
    return await Promise.resolve(true);
  });
  await assert.rejects(Promise.resolve(refused), { name: 'LoggedOut' });
  assert.equal(server.posts, before);
  assert.equal(sync.store.get(accountId, 'Email', 'e1'), undefined);
  assert.equal(sync.status().kind, 'loggedOut');
});

test('what changed elsewhere is caught up after a silence', async () => {
  const server = academy(10);
  const sync = await start(server);
  const inbox = openInbox(sync);
  await until(() => inbox.list().status === 'ready');
  server.put('Email', email(50));
  server.put('Email', email(3, { keywords: { $seen: true } }));
  sync.wake();
  await until(() => inbox.list().idAt(0) === 'e50');
  assert.equal(inbox.list().total, 11);
  assert.equal(sync.store.get(accountId, 'Email', 'e3')?.keywords['$seen'], true);
});

test('when the server forgot our state everything held is fetched anew', async () => {
  const server = academy(4);
  const sync = await start(server);
  await sync.ensure(accountId, 'Email', ['e1']);
  server.put('Email', email(1, { subject: 'Changed', keywords: { $seen: true } }));
  server.forgetChanges();
  sync.wake();
  await until(() => sync.store.get(accountId, 'Email', 'e1')?.keywords['$seen'] === true);
});

test('a new mailbox is there before the server names it, and keeps one row after', async () => {
  const server = academy(0);
  const sync = await start(server);
  const done = sync.mutate({ accountId, type: 'Mailbox', create: { m1: { name: 'Classe 3e B', parentId: null } } });
  const names = () => sync.store.all(accountId, 'Mailbox').map((mailbox) => mailbox.name);
  assert.deepEqual(names(), ['inbox', 'archive', 'Classe 3e B']);
  await done;
  assert.deepEqual(names(), ['inbox', 'archive', 'Classe 3e B']);
});

test('several who need all mailboxes at once ask for them once', async () => {
  const server = academy(0);
  const sync = await start(server);
  await Promise.all([1, 2, 3].map(() => sync.ensureAll(accountId, 'Identity')));
  assert.equal(server.calls.filter((call) => call === 'Identity/get').length, 1);
});

test('a long thread is completed after its row is shown', async () => {
  const server = academy(2);
  server.put('Email', email(60, { threadId: 't1', mailboxIds: { archive: true }, receivedAt: '2026-01-01T00:00:00Z' }));
  const sync = await start(server);
  const inbox = openInbox(sync);
  await until(() => sync.store.get(accountId, 'Email', 'e60') !== undefined);
  assert.equal(inbox.list().total, 2);
  assert.equal(inbox.list().indexOfThread('t1'), 0);
});
