/** Limits, time-outs and whose scripts they are: what the conversations with a laboratory cannot show. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { operator, type Scope } from '#server/access/actor.ts';
import { addCredential } from '#server/access/credential.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import type { ManageSieveEvent, ManageSieveOptions } from './options.ts';
import { type ManageSieveServer, startManageSieve } from './server.ts';

forEachDatabase((_name, databaseUrl, folder) => {
  let store: Store;
  let house: TestHouse;
  let server: ManageSieveServer | undefined;
  const sockets: Socket[] = [];
  const events: ManageSieveEvent[] = [];

  before(async () => {
    store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
    house = await openTestHouse(store);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server?.close(1_000);
    server = undefined;
    events.length = 0;
  });
  after(() => store.close());

  async function start(limits: ManageSieveOptions['limits'] = {}): Promise<void> {
    server = await startManageSieve({
      store,
      host: '127.0.0.1',
      port: 0,
      secureContext: undefined,
      mayAuthenticateInClear: false,
      mechanisms: ['PLAIN'],
      limits,
      onEvent: (event) => events.push(event),
    });
  }

  /** Everything heard until the server closes, or `until` is in it. */
  async function talk(lines: string, until?: string): Promise<string> {
    const socket = connect(server?.port ?? 0, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    let heard = '';
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    socket.write(lines);
    const ended = once(socket, 'end');
    const deadline = Date.now() + 60_000;
    if (until === undefined) await ended;
    else while (!heard.includes(until) && Date.now() < deadline) await sleep(20);
    return heard;
  }

  const plain = (authorizationId: string, who = house.alice) =>
    Buffer.from(`${authorizationId}\0${who.userName}\0${who.password}`).toString('base64');

  test('who may manage a school puts its scripts under its address, and nobody else does', async () => {
    await start();
    const { tenantId, alice, bruno } = house;
    const school = await addFunctionalAccount(store, operator, { tenantId, name: 'Collège Jean Moulin' });
    const { accountId } = school;
    await grantMandate(store, operator, { tenantId, accountId, personId: alice.personId, rights: ['manage'] });
    await grantMandate(store, operator, { tenantId, accountId, personId: bruno.personId, rights: ['write'] });
    const login = (who: typeof alice) => `AUTHENTICATE "PLAIN" "${plain(school.email, who)}"\r\n`;
    const heard = await talk(`${login(alice)}PUTSCRIPT "école" "keep;"\r\nCAPABILITY\r\nLOGOUT\r\n`);
    assert.match(heard, new RegExp(`"OWNER" "${school.email}"`));
    assert.match(await talk(`${login(bruno)}LOGOUT\r\n`), /^NO "Not allowed"/m);
    const own = await talk(`AUTHENTICATE "PLAIN" "${plain('')}"\r\nLISTSCRIPTS\r\nLOGOUT\r\n`);
    assert.doesNotMatch(own, /école/);
    const unknown = plain('nobody@academie.example');
    assert.match(await talk(`AUTHENTICATE "PLAIN" "${unknown}"\r\nLOGOUT\r\n`), /^NO "Not allowed"/m);
  });

  test('an app password without the scope for mail opens nothing', async () => {
    await start();
    const { tenantId, alice } = house;
    const make = async (scope: Scope) => {
      const { personId, userName } = alice;
      const given = { tenantId, personId, kind: 'appPassword', name: 'essai', scopes: [scope] } as const;
      const { secret } = await addCredential(store, operator, given);
      return Buffer.from(`\0${userName}\0${secret}`).toString('base64');
    };
    assert.match(await talk(`AUTHENTICATE "PLAIN" "${await make('mail')}"\r\nLOGOUT\r\n`), /^OK "Welcome"/m);
    assert.match(await talk(`AUTHENTICATE "PLAIN" "${await make('calendars')}"\r\nLOGOUT\r\n`), /^NO "User name/m);
  });

  test('too many connections hear why', async () => {
    await start({ maxConnectionsPerAddress: 2 });
    await talk('', 'OK "Pli"');
    await talk('', 'OK "Pli"');
    assert.match(await talk(''), /^BYE \(TRYLATER\) "Too many connections from your address"/);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['turnedAway'],
    );
  });

  test('who says nothing, or half a literal, is not waited for', async () => {
    await start({ loginTimeoutMs: 100, literalTimeoutMs: 100 });
    assert.match(await talk(''), /BYE "Too slow"\r\n$/);
    assert.match(await talk('NOOP {5+}\r\nab'), /BYE "Too slow"\r\n$/);
  });

  test('who errs or guesses too often is sent away', async () => {
    await start({ maxErrors: 3, maxAuthFailures: 2 });
    assert.match(await talk('X\r\n'.repeat(10)), /BYE "Too many errors"\r\n$/);
    const wrong = Buffer.from('\0alice\0faux').toString('base64');
    assert.match(await talk(`AUTHENTICATE "PLAIN" "${wrong}"\r\n`.repeat(5)), /BYE "Too many failures"\r\n$/);
  });

  test('a line without end takes no memory and is answered', async () => {
    await start({ maxLineOctets: 1_000 });
    assert.match(await talk(`${'A'.repeat(500_000)}\r\nLOGOUT\r\n`), /NO "The line is too long"\r\nOK "Bye"\r\n$/);
  });

  test('a server that closes says so', async () => {
    await start();
    const heard = talk('');
    while (server?.connectionCount() !== 1) await sleep(5);
    await server?.close(1_000);
    assert.match(await heard, /BYE \(TRYLATER\) "The server is closing"\r\n$/);
  });
});
