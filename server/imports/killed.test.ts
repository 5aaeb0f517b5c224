/** The whole server is killed while it fetches mail, and the old server is away for a while: nothing is lost or doubled. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { after, before, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addTenant } from '#server/directory/tenant.ts';
import type { AccountId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { type OldServer, startOldServer } from '#tools/testing/dovecot.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';

import { listImports, type ListedImport } from './list.ts';
import { readSecretKey } from './secret.ts';
import { startImport } from './start.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const folder = temporaryFolder();
let old: OldServer;
let store: Store;
let accountId: AccountId;
/** Servers that may still run when an assertion fails: a child left alive holds the test's process open. */
const children = new Set<ChildProcess>();
let way: {
  readonly port: number;
  cut(): void;
  mend(): void;
  /** Lets everything through from now on. */
  widen(): void;
  readonly server: Server;
};
/** What the old server says passes up to here: one batch of its messages and not all, however slow we are to look. */
const narrowOctets = 560_000;

/** The way to the old server, which can be cut; a narrow one, until it is widened. */
async function openWay(to: number): Promise<typeof way> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let room = narrowOctets;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (isCut) return socket.destroy();
    const far = connect(to, '127.0.0.1');
    sockets.add(far);
    far.on('error', () => undefined);
    socket.pipe(far);
    far.on('data', (piece: Buffer) => {
      socket.write(piece);
      room -= piece.length;
      if (room <= 0) far.pause();
    });
    far.on('end', () => socket.end());
    socket.on('close', () => far.destroy());
    far.on('close', () => socket.destroy());
    return undefined;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  return {
    server,
    port: address.port,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    widen() {
      room = Infinity;
    },
    mend() {
      isCut = false;
    },
  };
}

before(async () => {
  old = await startOldServer();
  way = await openWay(old.port);
  const mail = (n: number) => ({
    octets: `From: z@old.example\nSubject: ${n}\nMessage-ID: <${n}@old>\n\n${'bonjour '.repeat(100)}\n`,
    at: 1_600_000_000 + n,
  });
  old.fill(
    'zoe',
    [],
    Array.from({ length: 600 }, (_, n) => mail(n)),
  );
  old.fill(
    'zoe',
    ['Été'],
    Array.from({ length: 200 }, (_, n) => mail(1000 + n)),
  );
  store = await openStore({ databaseUrl: `sqlite:${folder}/pli.sqlite`, blobsUrl: `file:${folder}/blobs` });
  const tenantId = await addTenant(store, operator, { slug: 'x', name: 'X' });
  await addDomain(store, operator, { tenantId, name: 'x.example' });
  accountId = (await addFunctionalAccount(store, operator, { tenantId, name: 'Zoé', email: 'zoe@x.example' }))
    .accountId;
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await store.close();
  way.server.close();
  way.cut();
  await old.stop();
});

const now = async (): Promise<ListedImport> => {
  const [one] = await listImports(store, operator, accountId);
  assert.ok(one);
  return one;
};
const until = async (isReady: (one: ListedImport) => boolean): Promise<ListedImport> => {
  for (let tries = 0; tries < 1200; tries += 1) {
    const one = await now();
    if (isReady(one)) return one;
    await sleep(50);
  }
  return assert.fail(JSON.stringify(await now()));
};
const serve = async () => {
  const env = {
    PATH: process.env['PATH'] ?? '',
    PLI_DATA: folder,
    PLI_BIND: '127.0.0.1',
    PLI_LOG_LEVEL: 'warn',
    ...Object.fromEntries(
      ['HTTP', 'SMTP', 'LMTP', 'SUBMISSION', 'SUBMISSIONS', 'IMAP', 'IMAPS', 'SIEVE'].map((name) => [
        `PLI_${name}_PORT`,
        '0',
      ]),
    ),
  };
  const child = spawn(process.execPath, [main, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let log = '';
  child.stderr.on('data', (piece: Buffer) => (log += piece.toString()));
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => assert.fail(log))]);
  return { child, log: () => log };
};

it('an import survives kill -9 of the server and the loss of the line, and counts each message once', async () => {
  const source = {
    kind: 'imap',
    host: '127.0.0.1',
    port: way.port,
    security: 'clear',
    userName: 'zoe',
    login: { kind: 'owner' },
    isTrusted: true,
    acceptsAnyCertificate: false,
    octetsPerSecond: 250_000,
  } as const;
  const key = readSecretKey(folder);
  await startImport(store, operator, accountId, key, { kind: 'imap', source, password: old.password });
  const first = await serve();
  await until(({ progress }) => progress.imported > 0);
  first.child.kill('SIGKILL');
  await once(first.child, 'close');
  const killed = await now();
  assert.ok(killed.state === 'running' && killed.progress.imported < 800, JSON.stringify(killed));

  way.widen();
  const second = await serve();
  await until(({ progress }) => progress.imported > killed.progress.imported);
  way.cut();
  await sleep(1_500);
  way.mend();
  const done = await until(({ state }) => state === 'done' || state === 'failed');
  const { imported, duplicates, refused, messages } = done.progress;
  assert.deepEqual([done.state, imported, duplicates, refused, messages], ['done', 800, 0, 0, 800]);
  second.child.kill('SIGTERM');
  await once(second.child, 'close');
  for (const { log } of [first, second]) assert.ok(!log().includes(old.password), 'no log holds the password');
});
