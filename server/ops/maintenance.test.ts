/** Maintenance as each head says it: read only, closed, and from another process. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createSecureContext } from 'node:tls';

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

const hostName = 'mail.academie.example';
/** In the words of the login page. */
const isClosed = (error: unknown): boolean =>
  error instanceof Refusal && error.reason === 'accountLocked' && error.details.description === 'maintenance';
const message = Buffer.from('From: <x@y.example>\r\nSubject: essai\r\n\r\nBonjour\r\n');

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

    it('read only: IMAP refuses what writes in an open session, and marks nothing read by the way', async () => {
      const session = await openImap();
      await session.append('INBOX', message);
      await session.run('SELECT INBOX');
      await readOnly();
      const body = await session.run('FETCH 1 (BODY[] FLAGS)', true);
      assert.doesNotMatch(body.untagged.join(), /\\Seen/);
      for (const command of ['STORE 1 +FLAGS (\\Seen)', 'CREATE Neuf', 'EXPUNGE', 'COPY 1 INBOX'])
        await assert.rejects(session.run(command), /UNAVAILABLE/, command);
      await assert.rejects(session.append('INBOX', message), /UNAVAILABLE/);
      await session.run('SEARCH ALL');
      await session.run('CLOSE');
      await endMaintenance(house.store, operator, undefined);
      await session.run('CREATE Neuf2');
    });

    it('read only: mail comes in, and neither goes out nor are filters changed', async () => {
      const { alice } = house;
      await readOnly();
      const taken = await talk(lmtp.port, smtpDone, [
        'LHLO x',
        'MAIL FROM:<x@y.example>',
        `RCPT TO:<${alice.email}>`,
        'DATA',
        'Subject: essai\r\n\r\nBonjour\r\n.',
      ]);
      assert.match(taken, /^250 2\.0\.0 Message taken/m);
      const sent = await talk(submission.port, smtpDone, [
        'EHLO x',
        `AUTH PLAIN ${plain()}`,
        `MAIL FROM:<${alice.email}>`,
      ]);
      assert.match(sent, /^235 /m);
      assert.match(sent, /^451 4\.3\.2 Under maintenance/m);
      const kept = await talk(sieve.port, sieveDone, [
        `AUTHENTICATE "PLAIN" "${plain()}"`,
        'LISTSCRIPTS',
        'PUTSCRIPT "a" "keep;"',
      ]);
      assert.equal(kept.match(/^OK/gm)?.length, 3, kept);
      assert.match(kept, /^NO \(TRYLATER\)/m);
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
