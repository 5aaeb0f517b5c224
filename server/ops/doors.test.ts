/**
 * A program that an institution closes to a population, while people of it are in: every connection of that program ends,
 * and no other. From this process, and from another on the same database.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { after, afterEach, before, describe, it } from 'node:test';
import { createSecureContext } from 'node:tls';

import { operator } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { addCredential } from '#server/access/credential.ts';
import { type DoorWatch, lookAtDoors, watchDoors } from '#server/access/doors.ts';
import { addPerson } from '#server/directory/person.ts';
import { changeProfileIn } from '#server/directory/change.ts';
import { findHolder } from '#server/access/verify.ts';
import { changePolicy, changePopulation } from '#server/policies/policies.ts';
import { type ImapServer, startImap } from '#server/protocols/imap/server.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import { type ManageSieveServer, startManageSieve } from '#server/protocols/managesieve/server.ts';
import { submissionHandlers } from '#server/protocols/smtp/submission.ts';
import { type SmtpServer, startSmtp } from '#server/protocols/smtp/server.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';
import { ImapClient } from '#tools/imap-client.ts';
import { testCertificate } from '#tools/testing/certificate.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';

const hostName = 'mail.academie.example';
const population = 'pupil';
const minuteMs = 60_000;

interface Somebody {
  readonly userName: string;
  readonly password: string;
  readonly appPassword: string;
  readonly bearer: string;
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`programs that are closed while somebody is in, on ${name}`, { timeout: 60_000 }, () => {
    let store: Store;
    /** Another process on the same database. */
    let elsewhere: Store;
    let test: TestHouse;
    let watch: DoorWatch;
    let http: HttpServer;
    let imap: ImapServer;
    let sieve: ManageSieveServer;
    let submission: SmtpServer;
    let pupil: Somebody;
    let teacher: Somebody;
    let later = 0;
    let reads = 0;
    const toEnd: (() => void)[] = [];

    const add = async (familyName: string, of: string): Promise<Somebody> => {
      const password = `un-mot-de-passe-long-pour-${familyName}`;
      const given = { tenantId: test.tenantId, givenName: 'T', familyName, population: of, password };
      const { personId, userName } = await addPerson(store, operator, given);
      const session = await openSession(store, { tenantId: test.tenantId, personId });
      const key = { tenantId: test.tenantId, personId, name: 'Essai' };
      const { secret: appPassword } = await addCredential(store, session, { ...key, kind: 'appPassword' });
      const { secret: bearer } = await addCredential(store, session, { ...key, kind: 'bearer' });
      return { userName, password, appPassword, bearer };
    };
    before(async () => {
      const now = (): number => Date.now() + later;
      const opened = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now });
      const { engine } = opened;
      const read: typeof engine.read = (work) => {
        reads += 1;
        return engine.read(work);
      };
      store = { ...opened, engine: { ...engine, read } };
      elsewhere = await openStore({ databaseUrl, blobsUrl: `file:${folder}/elsewhere` });
      test = await openTestHouse(store);
      watch = watchDoors(store, (error) => assert.fail(String(error)));
      http = await test.start([jmapHead()]);
      const context = createSecureContext(testCertificate(hostName));
      const common = {
        host: '127.0.0.1',
        port: 0,
        hostName,
        secureContext: () => context,
        isTlsImplicit: false,
        mayAuthenticateInClear: true,
        onEvent: () => undefined,
      };
      imap = await startImap({ ...common, store, limits: {} });
      sieve = await startManageSieve({ ...common, store, mechanisms: ['PLAIN'], limits: {} });
      submission = await startSmtp(
        {
          ...common,
          kind: 'submission',
          mechanisms: ['PLAIN'],
          maxHoldSeconds: 0,
          spoolFolder: tmpdir(),
          limits: { greetingDelayMs: 0 },
        },
        submissionHandlers(store, hostName),
      );
      pupil = await add('Pupil', population);
      teacher = await add('Teacher', 'teacher');
    });
    afterEach(async () => {
      for (const end of toEnd.splice(0)) end();
      await changePopulation(store, operator, test.tenantId, population, {
        programs: undefined,
        hasAppPasswords: undefined,
      });
      await changePolicy(store, operator, test.tenantId, 'access', { programs: undefined });
    });
    after(async () => {
      watch.close();
      await Promise.all([http.close(), imap.close(100), sieve.close(100), submission.close(100)]);
      await elsewhere.close();
      await store.close();
    });

    /** What a connection said until it ended. */
    interface Ending {
      readonly ended: Promise<string>;
      /** Rejects where it has ended. */
      readonly isOpen: () => Promise<void>;
    }

    /** Waits in IDLE. */
    const openIdle = async ({ userName }: Somebody, password: string): Promise<Ending> => {
      const client = await ImapClient.login(imap.port, userName, password);
      toEnd.push(() => client.close());
      await client.run('SELECT INBOX');
      const { promise: ended, resolve } = Promise.withResolvers<string>();
      client.listen((line) => {
        if (line.startsWith('* BYE')) resolve(line);
      });
      const idle = await client.idle();
      return { ended, isOpen: async () => assert.match((await idle.done()).line, /^OK/) };
    };
    /** A connection of lines: logged in, and silent. */
    const openLines = async (
      port: number,
      done: RegExp,
      lines: readonly string[],
      still: string,
    ): Promise<Ending & { readonly socket: Socket }> => {
      const socket = connect(port, '127.0.0.1');
      toEnd.push(() => socket.destroy());
      let heard = '';
      let part = '';
      let wake = (): void => undefined;
      socket.on('data', (chunk) => {
        heard += String(chunk);
        part += String(chunk);
        wake();
      });
      const answered = async (): Promise<void> => {
        while (!done.test(part)) await new Promise<void>((resolve) => (wake = resolve));
        part = '';
      };
      const say = async (line: string): Promise<void> => {
        socket.write(`${line}\r\n`);
        await answered();
      };
      await answered();
      for (const line of lines) await say(line);
      return { socket, ended: once(socket, 'close').then(() => heard), isOpen: () => say(still) };
    };
    const plain = (userName: string, password: string): string =>
      Buffer.from(`\0${userName}\0${password}`).toString('base64');
    const openSieve = ({ userName }: Somebody, password: string) =>
      openLines(sieve.port, /^(?:OK|NO).*\r\n$/m, [`AUTHENTICATE "PLAIN" "${plain(userName, password)}"`], 'NOOP');
    const openSubmission = ({ userName }: Somebody, password: string) =>
      openLines(submission.port, /^\d{3} .*\r\n$/m, ['EHLO x', `AUTH PLAIN ${plain(userName, password)}`], 'NOOP');
    const basic = (userName: string, password: string): string =>
      `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
    const openEvents = async (headers: Readonly<Record<string, string>>): Promise<Ending> => {
      const request = httpRequest(`${http.url}/jmap/eventsource?types=*&closeafter=no&ping=0`, { headers });
      request.on('error', () => undefined);
      request.end();
      toEnd.push(() => request.destroy());
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      request.once('response', resolve);
      request.once('close', () => reject(new Error('closed')));
      const response = await promise;
      assert.equal(response.statusCode, 200);
      response.on('error', () => undefined);
      let isOver = false;
      const ended = new Promise<string>((over) =>
        response.once('close', () => {
          isOver = true;
          over('');
        }),
      );
      response.resume();
      return { ended, isOpen: async () => assert.ok(!isOver) };
    };
    const openSocket = async (authorization: string): Promise<Ending> => {
      const socket = new WebSocket(`${http.url.replace('http', 'ws')}/jmap/ws`, {
        protocols: 'jmap',
        headers: { authorization },
      });
      toEnd.push(() => socket.close());
      const { promise: opened, resolve, reject } = Promise.withResolvers<void>();
      const { promise: ended, resolve: over } = Promise.withResolvers<string>();
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error('no WebSocket')));
      socket.addEventListener('close', ({ code }) => over(String(code)));
      await opened;
      return { ended, isOpen: async () => assert.equal(socket.readyState, WebSocket.OPEN) };
    };

    /** What was noticed before is behind: the look that followed it, and the one after that. */
    const settle = async (): Promise<void> => {
      await lookAtDoors(store);
      await lookAtDoors(store);
    };

    it('another process closes mail programs: IMAP in IDLE, ManageSieve and submission end, and push goes on', async () => {
      const idle = await openIdle(pupil, pupil.password);
      const idleByKey = await openIdle(pupil, pupil.appPassword);
      const scripts = await openSieve(pupil, pupil.appPassword);
      const sending = await openSubmission(pupil, pupil.password);
      const push = await openEvents({ authorization: basic(pupil.userName, pupil.appPassword) });
      const others = [await openSieve(teacher, teacher.appPassword), await openSubmission(teacher, teacher.password)];
      const otherIdle = await openIdle(teacher, teacher.password);
      await changePopulation(elsewhere, operator, test.tenantId, population, { programs: ['jmap'] });
      assert.match(await idle.ended, /^\* BYE \[UNAVAILABLE\] This access has ended/m);
      assert.match(await idleByKey.ended, /^\* BYE/m);
      assert.match(await scripts.ended, /^BYE "This access has ended"/m);
      assert.match(await sending.ended, /^421 4\.7\.0 This access has ended/m);
      await push.isOpen();
      for (const other of others) await other.isOpen();
      await otherIdle.isOpen();
    });

    it('JMAP closed: push by app password, token and password ends, and a browser’s own goes on', async () => {
      const byKey = await openEvents({ authorization: basic(pupil.userName, pupil.appPassword) });
      const byToken = await openEvents({ authorization: `Bearer ${pupil.bearer}` });
      const socket = await openSocket(basic(pupil.userName, pupil.appPassword));
      const idle = await openIdle(pupil, pupil.password);
      const login = await fetch(`${http.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userName: pupil.userName, password: pupil.password }),
      });
      const [cookie = ''] = login.headers.get('set-cookie')?.split(';', 1) ?? [];
      const browser = await openEvents({ cookie });
      await changePopulation(store, operator, test.tenantId, population, { programs: ['imap'] });
      await Promise.all([byKey.ended, byToken.ended]);
      assert.equal(await socket.ended, '1008');
      await browser.isOpen();
      await idle.isOpen();
    });

    it('app passwords closed: whoever came by their password stays', async () => {
      const byKey = await openSubmission(pupil, pupil.appPassword);
      const byPassword = await openSubmission(pupil, pupil.password);
      await changePopulation(store, operator, test.tenantId, population, { hasAppPasswords: false });
      assert.match(await byKey.ended, /^421 4\.7\.0 /m);
      await byPassword.isOpen();
    });

    it('a rule for all ends everybody’s, but of a population that has its own', async () => {
      await changePopulation(store, operator, test.tenantId, population, { programs: ['sieve'] });
      const kept = await openSieve(pupil, pupil.password);
      const shut = await openSieve(teacher, teacher.password);
      await settle();
      await changePolicy(store, operator, test.tenantId, 'access', { programs: ['imap'] });
      assert.match(await shut.ended, /^BYE/m);
      await kept.isOpen();
    });

    it('whoever comes into a population is out of its closed programs within a minute', async () => {
      const mover = await add('Mover', 'teacher');
      const holder = await findHolder(store, { userName: mover.userName, tenantId: test.tenantId });
      assert.ok(holder);
      await changePopulation(store, operator, test.tenantId, population, { programs: ['jmap'] });
      const open = await openSieve(mover, mover.password);
      await settle();
      const { accountId, personId } = holder;
      await transaction(store, accountId, (tx) =>
        changeProfileIn(store, tx, operator, personId, { population }, store.now()),
      );
      later += minuteMs;
      assert.match(await open.ended, /^BYE/m);
    });

    it('however many are in, the rules are asked once', async () => {
      const askedOf = async (count: number): Promise<number> => {
        await changePopulation(store, operator, test.tenantId, population, { programs: undefined });
        const open = await Promise.all(Array.from({ length: count }, () => openSubmission(pupil, pupil.password)));
        const before = reads;
        await changePopulation(store, operator, test.tenantId, population, { programs: [] });
        const asked = reads - before;
        await Promise.all(open.map(({ ended }) => ended));
        return asked;
      };
      assert.equal(await askedOf(30), await askedOf(1));
    });
  });
});
