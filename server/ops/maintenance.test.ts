/**
 * Maintenance as each head says it: read only, closed, and from another process. Every command of IMAP and ManageSieve stands
 * here with what becomes of it; the union that they are read into is the list. HTTP is walked in read-only-http.test.ts.
 */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createSecureContext } from 'node:tls';

import type { Command as ImapCommand } from '#formats/imap/command.ts';
import type { Command as SieveCommand } from '#formats/managesieve/command.ts';
import { operator } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { login } from '#server/access/login.ts';
import { grantRole } from '#server/access/role.ts';
import { Refusal } from '#server/access/refusal.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { endMaintenance, startMaintenance } from '#server/maintenance/change.ts';
import { houseStatus } from '#server/maintenance/status.ts';
import { lookAtMaintenance, type MaintenanceWatch, watchMaintenance } from '#server/maintenance/watch.ts';
import { type ImapServer, startImap } from '#server/protocols/imap/server.ts';
import { clientOf, type MailHouse, openMailHouse } from '#server/protocols/jmap/mail/house.testing.ts';
import { type ManageSieveServer, startManageSieve } from '#server/protocols/managesieve/server.ts';
import { lmtpHandlers } from '#server/protocols/smtp/incoming.ts';
import { submissionHandlers } from '#server/protocols/smtp/submission.ts';
import { type SmtpServer, startSmtp } from '#server/protocols/smtp/server.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { ImapClient } from '#tools/imap-client.ts';
import { testCertificate } from '#tools/testing/certificate.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { differences, snapshotOf } from '#tools/testing/snapshot.ts';

const hostName = 'mail.academie.example';
/** In the words of the login page. */
const isClosed = (error: unknown): boolean =>
  error instanceof Refusal && error.reason === 'accountLocked' && error.details.description === 'maintenance';
const message = Buffer.from('From: <x@y.example>\r\nSubject: essai\r\n\r\nBonjour\r\n');

/** `held`: tried by the walk in a way of its own. */
type Fate = { readonly goesOn: string } | { readonly refused: string } | 'held';

const own = '%own%';
const imapFates = {
  capability: { goesOn: 'CAPABILITY' },
  noop: { goesOn: 'NOOP' },
  id: { goesOn: 'ID ("name" "essai")' },
  enable: { goesOn: 'ENABLE CONDSTORE' },
  select: { goesOn: 'SELECT INBOX' },
  namespace: { goesOn: 'NAMESPACE' },
  list: { goesOn: 'LIST "" "*"' },
  lsub: { goesOn: 'LSUB "" "*"' },
  status: { goesOn: 'STATUS INBOX (MESSAGES UNSEEN)' },
  check: { goesOn: 'CHECK' },
  fetch: { goesOn: 'FETCH 1 (BODY[] FLAGS)' },
  search: { goesOn: 'SEARCH RETURN (SAVE COUNT) ALL' },
  esearch: { goesOn: 'ESEARCH IN (personal) RETURN (COUNT) ALL' },
  sort: { goesOn: 'SORT (DATE) UTF-8 ALL' },
  thread: { goesOn: 'THREAD REFERENCES UTF-8 ALL' },
  getQuota: { goesOn: `GETQUOTA ${own}` },
  getQuotaRoot: { goesOn: 'GETQUOTAROOT INBOX' },
  listRights: { goesOn: `LISTRIGHTS INBOX ${own}` },
  getAcl: { goesOn: 'GETACL INBOX' },
  myRights: { goesOn: 'MYRIGHTS INBOX' },
  getMetadata: { goesOn: 'GETMETADATA INBOX /private/comment' },
  notifySet: { goesOn: 'NOTIFY SET (selected (MessageNew MessageExpunge))' },
  notifyNone: { goesOn: 'NOTIFY NONE' },
  create: { refused: 'CREATE Neuf' },
  delete: { refused: 'DELETE Ancien' },
  rename: { refused: 'RENAME Ancien Autre' },
  subscribe: { refused: 'SUBSCRIBE Ancien' },
  unsubscribe: { refused: 'UNSUBSCRIBE INBOX' },
  expunge: { refused: 'EXPUNGE' },
  uidExpunge: { refused: 'UID EXPUNGE 1:*' },
  store: { refused: 'STORE 1 +FLAGS (\\Seen)' },
  copy: { refused: 'COPY 1 Ancien' },
  move: { refused: 'MOVE 1 Ancien' },
  setQuota: { refused: `SETQUOTA ${own} (STORAGE 99999)` },
  setAcl: { refused: 'SETACL INBOX anyone lr' },
  deleteAcl: { refused: 'DELETEACL INBOX anyone' },
  setMetadata: { refused: 'SETMETADATA INBOX (/private/comment "x")' },
  append: 'held',
  idle: 'held',
  close: { goesOn: 'CLOSE' },
  // SELECTs again: CLOSE comes before.
  unselect: 'held',
  // What begins and ends a connection.
  login: 'held',
  authenticate: 'held',
  starttls: 'held',
  compress: 'held',
  unauthenticate: 'held',
  logout: 'held',
} as const satisfies Readonly<Record<ImapCommand['kind'], Fate>>;

const sieveFates = {
  capability: { goesOn: 'CAPABILITY' },
  noop: { goesOn: 'NOOP' },
  listscripts: { goesOn: 'LISTSCRIPTS' },
  getscript: { goesOn: 'GETSCRIPT "a"' },
  havespace: { goesOn: 'HAVESPACE "b" 100' },
  checkscript: { goesOn: 'CHECKSCRIPT "keep;"' },
  putscript: { refused: 'PUTSCRIPT "b" "keep;"' },
  setactive: { refused: 'SETACTIVE "a"' },
  renamescript: { refused: 'RENAMESCRIPT "a" "c"' },
  deletescript: { refused: 'DELETESCRIPT "b"' },
  authenticate: 'held',
  starttls: 'held',
  unauthenticate: 'held',
  logout: 'held',
} as const satisfies Readonly<Record<SieveCommand['kind'], Fate>>;

function fatesOf(all: Readonly<Record<string, Fate>>, which: 'goesOn' | 'refused'): readonly string[] {
  return Object.values(all).flatMap((fate) => {
    if (fate === 'held') return [];
    const line = which === 'goesOn' ? ('goesOn' in fate ? fate.goesOn : '') : 'refused' in fate ? fate.refused : '';
    return line === '' ? [] : [line];
  });
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`maintenance on ${name}`, () => {
    let house: MailHouse;
    let imap: ImapServer;
    let sieve: ManageSieveServer;
    let lmtp: SmtpServer;
    let submission: SmtpServer;
    let watch: MaintenanceWatch;
    /** Another process on the same database. */
    let elsewhere: Store;
    const clients: ImapClient[] = [];
    const sockets: Socket[] = [];

    before(async () => {
      house = await openMailHouse(databaseUrl);
      const { store } = house;
      elsewhere = await openStore({ databaseUrl, blobsUrl: `file:${folder}/elsewhere` });
      watch = await watchMaintenance(store, (error) => assert.fail(String(error)));
      const context = createSecureContext(testCertificate(hostName));
      const onEvent = () => undefined;
      const host = '127.0.0.1';
      const secureContext = () => context;
      const common = {
        host,
        port: 0,
        hostName,
        secureContext,
        isTlsImplicit: false,
        mayAuthenticateInClear: true,
        onEvent,
      };
      imap = await startImap({ ...common, store, limits: {} });
      sieve = await startManageSieve({ ...common, store, mechanisms: ['PLAIN'], limits: {} });
      const smtp = {
        ...common,
        mechanisms: ['PLAIN'],
        maxHoldSeconds: 0,
        spoolFolder: tmpdir(),
        limits: { greetingDelayMs: 0 },
      } as const;
      lmtp = await startSmtp({ ...smtp, kind: 'lmtp' }, lmtpHandlers(store, hostName));
      submission = await startSmtp({ ...smtp, kind: 'submission' }, submissionHandlers(store, hostName));
    });
    beforeEach(async () => {
      await endMaintenance(house.store, operator, undefined);
      await endMaintenance(house.store, operator, house.tenantId);
    });
    after(async () => {
      for (const client of clients) client.close();
      for (const socket of sockets) socket.destroy();
      watch.close();
      await Promise.all([imap.close(100), sieve.close(100), lmtp.close(100), submission.close(100)]);
      await elsewhere.close();
      await house.close();
    });

    /** Says each line once the former was answered by a line that fits `done`. @returns all that was heard. */
    async function talk(port: number, done: RegExp, lines: readonly string[]): Promise<string> {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      const waiting = [...lines];
      let heard = '';
      let part = '';
      for await (const chunk of socket) {
        heard += String(chunk);
        part += String(chunk);
        if (!done.test(part)) continue;
        part = '';
        const line = waiting.shift();
        if (line === undefined) break;
        socket.write(`${line}\r\n`);
      }
      return heard;
    }
    const smtpDone = /^\d{3} .*\r\n$/m;
    const sieveDone = /^(?:OK|NO|BYE).*\r\n$/m;
    const plain = () => Buffer.from(`\0${house.alice.userName}\0${house.alice.password}`).toString('base64');
    const openImap = async (): Promise<ImapClient> => {
      const client = await ImapClient.login(imap.port, house.alice.userName, house.alice.password);
      clients.push(client);
      return client;
    };
    const inboxOf = async () => {
      const [answer] = await clientOf(house, house.alice).request([['Mailbox/query', { filter: { role: 'inbox' } }]]);
      const [id] = (answer?.[1]['ids'] ?? []) as readonly string[];
      assert.ok(id);
      return id;
    };
    const readOnly = () => startMaintenance(house.store, operator, { tenantId: undefined, mode: 'readOnly' });
    const close = () => startMaintenance(house.store, operator, { tenantId: house.tenantId, mode: 'closed' });

    it('read only: JMAP reads on, and says of each writing method that it is not for now', async () => {
      const { alice, url } = house;
      const client = clientOf(house, alice);
      const inbox = await inboxOf();
      await readOnly();
      await client.call('Email/query', { filter: { inMailbox: inbox } });
      const [answer] = await client.request([['Mailbox/set', { create: { a: { name: 'Neuf' } } }]]);
      assert.equal(answer?.[0], 'error');
      assert.equal(answer[1]['type'], 'serverUnavailable');
      assert.match(JSON.stringify(answer[1]['description']), /^"maintenance: read only/);
      const upload = await fetch(`${url}/jmap/upload/${alice.jmapAccountId}`, {
        method: 'POST',
        headers: { authorization: alice.basic, 'content-type': 'text/plain' },
        body: 'x',
      });
      assert.equal(upload.status, 503);
      assert.ok(Number(upload.headers.get('retry-after')) > 0);
      await endMaintenance(house.store, operator, undefined);
      await client.call('Mailbox/set', { create: { a: { name: 'Neuf' } } });
    });

    /** A session and a brake are no writing of anybody's. */
    const notes = ['session', 'throttle', 'credential'] as const;

    it('read only: IMAP refuses every command that writes in an open session, and marks nothing read by the way', async () => {
      const { alice, store } = house;
      const session = await openImap();
      await session.run('CREATE Ancien');
      await session.append('INBOX', message);
      await session.append('INBOX', message);
      await session.run('SELECT INBOX');
      await session.run('STORE 2 +FLAGS (\\Deleted)');
      const meant = (line: string): string => line.replaceAll(own, alice.email);
      await readOnly();
      const before = await snapshotOf(store);
      // CLOSE is the last: what is marked \Deleted stays.
      for (const line of fatesOf(imapFates, 'refused'))
        await assert.rejects(session.run(meant(line)), /NO \[UNAVAILABLE\]/, line);
      await assert.rejects(session.append('INBOX', message), /NO \[UNAVAILABLE\]/);
      for (const line of fatesOf(imapFates, 'goesOn')) {
        const { untagged } = await session.run(meant(line), true);
        assert.ok(!untagged.some((one) => /FETCH .*\\Seen/.test(one)), line);
      }
      await session.run('SELECT INBOX');
      await (await session.idle()).done();
      await session.run('UNSELECT');
      assert.deepEqual(differences(before, await snapshotOf(store), notes), []);
      await endMaintenance(store, operator, undefined);
      await session.run('SELECT INBOX');
      for (const line of fatesOf(imapFates, 'refused')) {
        const outcome = await session.run(meant(line)).then(({ line: said }) => said, String);
        assert.doesNotMatch(outcome, /UNAVAILABLE/, line);
      }
    });

    it('read only: ManageSieve reads on, and refuses every command that writes', async () => {
      const { store } = house;
      const enter = `AUTHENTICATE "PLAIN" "${plain()}"`;
      await talk(sieve.port, sieveDone, [enter, 'PUTSCRIPT "a" "keep;"']);
      await readOnly();
      const before = await snapshotOf(store);
      const reads = fatesOf(sieveFates, 'goesOn');
      const writes = fatesOf(sieveFates, 'refused');
      const heard = await talk(sieve.port, sieveDone, [enter, ...reads, ...writes]);
      assert.equal(heard.match(/^OK/gm)?.length, 2 + reads.length, heard);
      assert.equal(heard.match(/^NO \(TRYLATER\)/gm)?.length, writes.length, heard);
      assert.deepEqual(differences(before, await snapshotOf(store), notes), []);
      await endMaintenance(store, operator, undefined);
      const done = await talk(sieve.port, sieveDone, [enter, ...writes]);
      assert.equal(done.match(/^OK/gm)?.length, 2 + writes.length, done);
    });

    it('read only: mail comes in, and none goes out, not even what was on its way when it began', async () => {
      const { alice, store } = house;
      const begun = connect(submission.port, '127.0.0.1');
      sockets.push(begun);
      const answers = begun.iterator({ destroyOnReturn: false });
      const say = async (line: string): Promise<string> => {
        begun.write(`${line}\r\n`);
        for (let part = ''; ;) {
          part += String((await answers.next()).value);
          if (smtpDone.test(part)) return part;
        }
      };
      await say('EHLO x');
      assert.match(await say(`AUTH PLAIN ${plain()}`), /^235 /m);
      assert.match(await say(`MAIL FROM:<${alice.email}>`), /^250 /m);
      assert.match(await say(`RCPT TO:<${house.bruno.email}>`), /^250 /m);
      await readOnly();
      const before = await snapshotOf(store);
      await say('DATA');
      assert.match(await say(`From: <${alice.email}>\r\nSubject: essai\r\n\r\nBonjour\r\n.`), /^451 4\.3\.2 /m);
      assert.match(await say(`MAIL FROM:<${alice.email}>`), /^451 4\.3\.2 Under maintenance/m);
      assert.match(await talk(submission.port, smtpDone, ['EHLO x', `AUTH PLAIN ${plain()}`]), /^235 /m);
      assert.deepEqual(differences(before, await snapshotOf(store), notes), []);
      const taken = await talk(lmtp.port, smtpDone, [
        'LHLO x',
        'MAIL FROM:<x@y.example>',
        `RCPT TO:<${alice.email}>`,
        'DATA',
        'Subject: essai\r\n\r\nBonjour\r\n.',
      ]);
      assert.match(taken, /^250 2\.0\.0 Message taken/m);
    });

    it('closed: what LMTP has begun to say is kept by the server in front of us, and nothing is lost', async () => {
      const { alice, store } = house;
      const before = await snapshotOf(store);
      const socket = connect(lmtp.port, '127.0.0.1');
      sockets.push(socket);
      const waiting = ['LHLO x', 'MAIL FROM:<x@y.example>', `RCPT TO:<${alice.email}>`, 'DATA'];
      let heard = '';
      for await (const chunk of socket) {
        heard += String(chunk);
        if (!smtpDone.test(String(chunk))) continue;
        const line = waiting.shift();
        if (line === 'DATA') await close();
        if (/^354 /m.test(String(chunk))) socket.write('Subject: essai\r\n\r\nBonjour\r\n.\r\n');
        else if (line === undefined) break;
        else socket.write(`${line}\r\n`);
      }
      assert.match(heard, /^451 4\.3\.2 Under maintenance/m);
      const changed = differences(before, await snapshotOf(store), [...notes, 'maintenance', 'counter', 'trace']);
      assert.deepEqual(changed, []);
    });

    it('closed: nobody gets in by any head, open sessions end, and mail waits outside', async () => {
      const { alice, url, store } = house;
      const idle = await openImap();
      await idle.run('SELECT INBOX');
      await idle.idle();
      const working = await openImap();
      await close();
      const answer = await fetch(`${url}/.well-known/jmap`, { headers: { authorization: alice.basic } });
      assert.equal(answer.status, 503);
      assert.deepEqual(((await answer.json()) as { maintenance: object }).maintenance, { endsAt: null });
      await assert.rejects(working.run('NOOP'));
      await assert.rejects(openImap(), /UNAVAILABLE/);
      const put = await talk(lmtp.port, smtpDone, ['LHLO x', 'MAIL FROM:<x@y.example>', `RCPT TO:<${alice.email}>`]);
      assert.match(put, /^451 4\.3\.2 /m);
      assert.match(await talk(submission.port, smtpDone, ['EHLO x', `AUTH PLAIN ${plain()}`]), /^451 4\.3\.2 /m);
      assert.match(await talk(sieve.port, sieveDone, [`AUTHENTICATE "PLAIN" "${plain()}"`]), /^NO \(TRYLATER\)/m);
      const browser = { userAgent: 'x', remoteAddress: '127.0.0.1' };
      await assert.rejects(login(store, { userName: alice.userName, password: alice.password, ...browser }), isClosed);
      await assert.rejects(
        login(store, { userName: alice.userName, password: 'autre', ...browser }),
        refusedFor('badCredentials'),
      );
    });

    it('whoever may end it gets in while it lasts, and ends it', async () => {
      const { store, tenantId, bruno, alice } = house;
      const { personId } = bruno;
      await grantRole(store, operator, { tenantId, personId, kind: 'tenant', reason: 'essai' });
      const actor = await openSession(store, { tenantId, personId });
      const wanted = { tenantId, mode: 'closed' as const, reason: 'travaux' };
      const other = await openSession(store, { tenantId, personId: alice.personId });
      await assert.rejects(startMaintenance(store, other, wanted), refusedFor('mayNot'));
      await assert.rejects(startMaintenance(store, actor, { ...wanted, tenantId: undefined }), refusedFor('mayNot'));
      await startMaintenance(store, actor, wanted);
      const browser = { userAgent: 'x', remoteAddress: '127.0.0.1' };
      await login(store, { userName: bruno.userName, password: bruno.password, ...browser });
      // The platform's own is not theirs to end.
      await startMaintenance(store, operator, { tenantId: undefined, mode: 'closed' });
      await assert.rejects(login(store, { userName: bruno.userName, password: bruno.password, ...browser }), isClosed);
      await endMaintenance(store, operator, undefined);
      await endMaintenance(store, actor, tenantId, 'fini');
      assert.equal(houseStatus(store, tenantId).state, 'open');
    });

    it('what another process writes is seen by the next look, and told to whoever listens', async () => {
      const { store, tenantId, alice } = house;
      const told = Promise.withResolvers<void>();
      const stop = store.changes.listen(alice.accountId, ({ states }) => {
        if (states.Announcement !== undefined) told.resolve();
      });
      await startMaintenance(elsewhere, operator, { tenantId: undefined, mode: 'readOnly' });
      await told.promise;
      stop();
      assert.equal(houseStatus(store, tenantId).state, 'readOnly');
    });

    it('one that is planned is told of some days before, and begins by itself', async () => {
      const { store, tenantId } = house;
      const now = store.now();
      const soon = { tenantId, mode: 'closed', startsAt: now + 86_400_000, endsAt: now + 90_000_000 } as const;
      await startMaintenance(store, operator, { ...soon, startsAt: now + 8 * 86_400_000, endsAt: null });
      assert.deepEqual(houseStatus(store, tenantId), { state: 'open', maintenance: undefined });
      await startMaintenance(store, operator, soon);
      const status = houseStatus(store, tenantId);
      assert.equal(status.state, 'open');
      assert.equal(status.maintenance?.startsAt, soon.startsAt);
      const later: Store = { ...store, now: () => soon.startsAt };
      await lookAtMaintenance(later);
      assert.equal(houseStatus(later, tenantId).state, 'closed');
    });
  });
});
