/** A port of its own on an empty store: TLS, limits, time-outs, compression, what mandates show. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { createDeflateRaw, createInflateRaw, constants } from 'node:zlib';

import { operator } from '#server/access/actor.ts';
import { addCredential } from '#server/access/credential.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { testCertificate } from '#tools/testing/certificate.ts';
import { openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import type { ImapEvent, ImapOptions } from './options.ts';
import { type ImapServer, startImap } from './server.ts';

describe('an IMAP port', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pli-imap-'));
  const servers: ImapServer[] = [];
  const events: ImapEvent[] = [];
  let store: Store;
  let house: TestHouse;

  before(async () => {
    store = await openStore({ databaseUrl: `sqlite:${folder}/pli.sqlite`, blobsUrl: `file:${folder}/blobs` });
    house = await openTestHouse(store);
  });
  after(async () => {
    for (const server of servers) await server.close(100);
    await store.close();
    rmSync(folder, { recursive: true });
    assert.deepEqual(
      events.filter(({ kind }) => kind === 'fault'),
      [],
    );
  });

  const start = async (given: Partial<ImapOptions> = {}): Promise<ImapServer> => {
    const context = createSecureContext(testCertificate('mail.academie.example'));
    const server = await startImap({
      store,
      host: '127.0.0.1',
      port: 0,
      hostName: 'mail.academie.example',
      secureContext: () => context,
      isTlsImplicit: false,
      mayAuthenticateInClear: false,
      limits: {},
      onEvent: (event) => void events.push(event),
      ...given,
    });
    servers.push(server);
    return server;
  };

  const open = async ({ port }: ImapServer): Promise<Talk> => {
    const talk = new Talk(connect(port, '127.0.0.1'));
    assert.match(await talk.line(), /^\* OK \[CAPABILITY IMAP4rev2 /);
    return talk;
  };

  const openAs = async (server: ImapServer, who: { userName: string; password: string }): Promise<Talk> => {
    const talk = await open(server);
    assert.match(await talk.run(`LOGIN ${who.userName} ${who.password}`), / OK \[CAPABILITY /);
    return talk;
  };

  test('one person holds no more connections than are allowed, and leaving makes room', async () => {
    const server = await start({ limits: { maxConnectionsPerPerson: 2 } });
    const [one, two] = [await openAs(server, house.alice), await openAs(server, house.alice)];
    const three = await open(server);
    const login = `LOGIN ${house.alice.userName} ${house.alice.password}`;
    assert.match(await three.run(login), / NO \[LIMIT\] /);
    assert.match(await three.run(`LOGIN ${house.bruno.userName} ${house.bruno.password}`), / OK /);
    await one.run('LOGOUT');
    const four = await open(server);
    assert.match(await four.run(login), / OK /);
    for (const talk of [two, three, four]) talk.close();
  });

  test('who guesses is turned away, and who says nothing is left', async () => {
    const guesser = await open(await start({ limits: { maxAuthFailures: 2 } }));
    await guesser.run('LOGIN nobody one');
    await guesser.run('LOGIN nobody two');
    assert.match(await guesser.line(), /^\* BYE /);
    const silent = await open(await start({ limits: { loginTimeoutMs: 150 } }));
    assert.match(await silent.line(), /^\* BYE .*Timed out/);
    await once(silent.socket, 'end');
  });

  test('who only sends nonsense is left, too many connections are turned away', async () => {
    const server = await start({ limits: { maxErrors: 3, maxConnections: 1 } });
    const talk = await open(server);
    const second = new Talk(connect(server.port, '127.0.0.1'));
    assert.match(await second.line(), /^\* BYE \[LIMIT\]/);
    for (let times = 0; times < 4; times += 1) assert.match(await talk.run('NONSENSE'), / BAD /);
    assert.match(await talk.line(), /^\* BYE \[CLIENTBUG\]/);
  });

  test('a client that closes its side after LOGOUT still gets its answers', async () => {
    const talk = await open(await start());
    talk.socket.end('a1 NOOP\r\na2 LOGOUT\r\n');
    assert.equal(await talk.line(), 'a1 OK Done');
    assert.match(await talk.line(), /^\* BYE/);
    assert.equal(await talk.line(), 'a2 OK Done');
  });

  test('a literal that comes unasked and is too long is read past', async () => {
    const server = await start({ limits: { maxMessageOctets: 1000 } });
    const talk = await openAs(server, house.alice);
    talk.socket.write(`x APPEND INBOX {2000+}\r\n${'a'.repeat(2000)}\r\ny NOOP\r\n`);
    assert.match(await talk.line(), /^x NO \[TOOBIG\]/);
    assert.match(await talk.line(), /^y OK/);
    // What ends like a literal may be the literal itself.
    talk.socket.write(`x APPEND INBOX {4+}\r\n{5+}\r\n`);
    assert.match(await talk.line(), /^x OK/);
    talk.socket.write(`z APPEND INBOX {999999999999+}\r\n`);
    assert.match(await talk.line(), /^z NO \[TOOBIG\]/);
    assert.match(await talk.line(), /^\* BYE \[TOOBIG\]/);
  });

  test('DEFLATE goes both ways, and what is compressed twice is refused', async () => {
    const talk = await openAs(await start(), house.alice);
    assert.match(await talk.run('COMPRESS LZ4'), / NO /);
    assert.match(await talk.run('COMPRESS DEFLATE'), / OK /);
    talk.compress();
    assert.match(await talk.run('COMPRESS DEFLATE'), / NO \[COMPRESSIONACTIVE\]/);
    const message = `Subject: long\r\n\r\n${'Bonjour à tous. '.repeat(20_000)}\r\n`;
    talk.write(`c1 APPEND Drafts {${Buffer.byteLength(message)}+}\r\n${message}\r\n`);
    assert.match(await talk.line(), /^c1 OK \[APPENDUID/);
    await talk.run('SELECT Drafts');
    talk.write('c2 FETCH 1 BODY.PEEK[TEXT]\r\n');
    assert.match(await talk.line(), new RegExp(`\\{${Buffer.byteLength(message) - 17}\\}$`));
    talk.close();
  });

  test('what a mandate opens stands below Partagées, as long as it lasts', async () => {
    const { tenantId, alice } = house;
    const school = await addFunctionalAccount(store, operator, { tenantId, name: 'Collège Jean Moulin' });
    const given = { tenantId, accountId: school.accountId, personId: alice.personId };
    const server = await start();
    const before = await openAs(server, alice);
    assert.match(await before.run(`SELECT "Partag&AOk-es/${school.email}/INBOX"`), / NO \[NONEXISTENT\]/);
    await grantMandate(store, operator, { ...given, rights: ['read'] });
    assert.match(await before.run(`SELECT "Partag&AOk-es/${school.email}/INBOX"`), / OK \[READ-ONLY\]/);
    assert.match(await before.run(`APPEND "Partag&AOk-es/${school.email}/INBOX" {3+}\r\nabc`), / NO \[NOPERM\]/);
    assert.match(await before.run(`CREATE "Partag&AOk-es/${school.email}/Nouveau"`), / NO \[NOPERM\]/);
    await grantMandate(store, operator, { ...given, rights: ['write'] });
    assert.match(await before.run(`SELECT "Partag&AOk-es/${school.email}/INBOX"`), / OK \[READ-WRITE\]/);
    before.write('l LIST "" "Partag&AOk-es/*"\r\n');
    const lines: string[] = [];
    for (let line = await before.line(); !line.startsWith('l '); line = await before.line()) lines.push(line);
    assert.equal(
      lines[0],
      `* LIST (\\Noselect \\HasChildren) "/" "Partag&AOk-es/${school.email}"`.replace(/"(Partag[^" ]*)"$/, '$1'),
    );
    assert.ok(lines.includes(`* LIST (\\HasNoChildren) "/" Partag&AOk-es/${school.email}/INBOX`), lines.join('\n'));
    assert.match(await before.run('MOVE 1 Trash'), / BAD /);
    assert.match(await before.run(`APPEND "Partag&AOk-es/${school.email}/INBOX" {3+}\r\nabc`), / OK \[APPENDUID/);
    assert.match(await before.run('MOVE 1 Trash'), / OK/);
    before.close();
  });

  test('who asks NOTIFY for too much is refused, and who is told too much is told no more', async () => {
    const server = await start({ limits: { maxWatchedMailboxes: 20, maxToldPerMinute: 2 } });
    const alice = await openAs(server, house.alice);
    const phone = await openAs(server, house.alice);
    const ask = 'NOTIFY SET (personal (MailboxName MessageNew MessageExpunge))';
    assert.match(await alice.run(ask), / OK/);
    for (const name of ['Un', 'Deux']) {
      await phone.run(`CREATE ${name}`);
      assert.match(await alice.line(), new RegExp(`^\\* LIST .*${name}`));
    }
    await phone.run('CREATE Trois');
    assert.match(await alice.line(), /^\* OK \[NOTIFICATIONOVERFLOW\]/);
    await phone.run('DELETE Trois');
    assert.equal(await alice.run('NOOP'), 't3 OK Done');
    const small = await openAs(await start({ limits: { maxWatchedMailboxes: 3 } }), house.alice);
    assert.match(await small.run(ask), / NO \[NOTIFICATIONOVERFLOW\]/);
    assert.match(await small.run('NOTIFY SET (mailboxes Un (MessageNew MessageExpunge))'), / OK/);
    for (const name of ['Un', 'Deux']) await phone.run(`DELETE ${name}`);
    for (const talk of [alice, phone, small]) talk.close();
  });

  test('a mailbox is another where its number is the same in another account', async () => {
    const { tenantId, alice } = house;
    const service = await addFunctionalAccount(store, operator, { tenantId, name: 'Service commun' });
    const { accountId, email } = service;
    await grantMandate(store, operator, { tenantId, accountId, personId: alice.personId, rights: ['write'] });
    const talk = await openAs(await start(), alice);
    const numberOf = (answer: string): number => Number(/ OK \[MAILBOXID \(m(\d+)\)\]/.exec(answer)?.[1]);
    const own = numberOf(await talk.run('CREATE Dossier'));
    let name = '';
    // Until one of theirs has the number of hers.
    for (let times = 1, number = 0; number !== own; times += 1) {
      name = `"Partag&AOk-es/${email}/Dossier${times}"`;
      number = numberOf(await talk.run(`CREATE ${name}`));
      assert.ok(number <= own);
    }
    assert.match(await talk.run('SELECT Dossier'), / OK/);
    assert.match(await talk.run(`DELETE ${name}`), / OK/);
    assert.match(await talk.run('CHECK'), / OK/);
    talk.close();
  });

  test('NOTIFY tells of a shared mailbox that is selected later', async () => {
    const { tenantId, alice, bruno } = house;
    const service = await addFunctionalAccount(store, operator, { tenantId, name: 'Service des examens' });
    const { accountId, email } = service;
    for (const { personId } of [alice, bruno])
      await grantMandate(store, operator, { tenantId, accountId, personId, rights: ['write'] });
    const server = await start();
    const [one, two] = [await openAs(server, alice), await openAs(server, bruno)];
    const inbox = `"Partag&AOk-es/${email}/INBOX"`;
    await one.run('NOTIFY SET (selected (MessageNew (FLAGS) MessageExpunge))');
    await one.run(`SELECT ${inbox}`);
    await two.run(`APPEND ${inbox} {3+}\r\nabc`);
    assert.equal(await one.line(), '* 1 EXISTS');
    assert.equal(await one.line(), '* 1 FETCH (UID 1 FLAGS ())');
    for (const talk of [one, two]) talk.close();
  });

  test('a command asks the database once, beside what it writes', async () => {
    let reads = 0;
    const counting: Store = {
      ...store,
      engine: {
        ...store.engine,
        read: (work) => {
          reads += 1;
          return store.engine.read(work);
        },
      },
    };
    const talk = await openAs(await start({ store: counting }), house.alice);
    assert.match(await talk.run('APPEND Drafts {3+}\r\nabc'), / OK/);
    await talk.run('SELECT Drafts');
    await talk.run('FETCH 1:* (ENVELOPE)');
    for (const command of [
      'NOOP',
      'SEARCH UNSEEN',
      'FETCH 1:* (UID FLAGS)',
      'FETCH 1:* (ENVELOPE)',
      'STORE 1 +FLAGS (\\Seen)',
    ]) {
      reads = 0;
      assert.match(await talk.run(command), / OK/);
      assert.equal(reads, 1, command);
    }
    talk.close();
  });

  test('an app password lets mail in and nothing else; ended, it lets nobody in', async () => {
    const { tenantId } = house;
    const { personId, userName } = house.bruno;
    const server = await start();
    const made = await addCredential(store, operator, {
      tenantId,
      personId,
      kind: 'appPassword',
      name: 'Thunderbird',
      scopes: ['mail'],
    });
    const talk = await openAs(server, { userName, password: made.secret });
    talk.close();
    const other = await addCredential(store, operator, {
      tenantId,
      personId,
      kind: 'appPassword',
      name: 'Agenda',
      scopes: ['calendars'],
    });
    const refused = await open(server);
    assert.match(await refused.run(`LOGIN ${userName} ${other.secret}`), / NO \[AUTHENTICATIONFAILED\]/);
    const bearer = await addCredential(store, operator, { tenantId, personId, kind: 'bearer', name: 'Programme' });
    const oauth = Buffer.from(`n,a=${userName},\x01auth=Bearer ${bearer.secret}\x01\x01`).toString('base64');
    assert.match(await refused.run(`AUTHENTICATE OAUTHBEARER ${oauth}`), / OK /);
    refused.close();
  });
});

/** Lines both ways, and DEFLATE once it is on. */
class Talk {
  readonly socket: Socket;
  readonly #lines: string[] = [];
  #text = '';
  #wake: () => void = () => undefined;
  #tags = 0;
  #deflate: ReturnType<typeof createDeflateRaw> | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', this.#onData);
    socket.on('close', () => this.#wake());
    socket.on('error', () => undefined);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#text += chunk.toString('latin1');
    const lines = this.#text.split('\r\n');
    this.#text = lines.pop() ?? '';
    this.#lines.push(...lines);
    this.#wake();
  };

  compress(): void {
    this.socket.off('data', this.#onData);
    const inflate = createInflateRaw();
    inflate.on('data', this.#onData);
    this.socket.pipe(inflate);
    this.#deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
    this.#deflate.pipe(this.socket);
  }

  write(text: string): void {
    if (this.#deflate) {
      this.#deflate.write(text);
      this.#deflate.flush();
    } else this.socket.write(text);
  }

  async line(): Promise<string> {
    while (this.#lines.length === 0) {
      if (this.socket.destroyed) throw new Error('closed');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          throw new Error('nothing came');
        }, 60_000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.#lines.shift() ?? '';
  }

  /** @returns the tagged line. */
  async run(command: string): Promise<string> {
    const tag = `t${(this.#tags += 1)}`;
    this.write(`${tag} ${command}\r\n`);
    for (;;) {
      const line = await this.line();
      if (line.startsWith(`${tag} `)) return line;
    }
  }

  close(): void {
    this.socket.destroy();
  }
}
