/** Mail programs that come by a token of the provider: IMAP, submission and ManageSieve, and how their access ends. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';

import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';

import { operator, type PersonActor } from '#server/access/actor.ts';
import { addCredential, revokeCredential } from '#server/access/credential.ts';
import { login } from '#server/access/login.ts';
import { lockPerson, unlockPerson } from '#server/access/person-state.ts';
import { ownCertificate } from '#server/ops/certificate.ts';
import { keepArtefact } from '#server/provider/artefacts.ts';
import { recordConsent, revokeAuthorised } from '#server/provider/consent.ts';
import { addClient } from '#server/provider/clients.ts';
import { setIssuer } from '#server/provider/issuer.ts';
import { subjectOf } from '#server/provider/subject.ts';
import { startImap } from '#server/protocols/imap/server.ts';
import { startManageSieve } from '#server/protocols/managesieve/server.ts';
import { startSmtp } from '#server/protocols/smtp/server.ts';
import { submissionHandlers } from '#server/protocols/smtp/submission.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse } from '#tools/testing/house.ts';
import { createSecureContext } from 'node:tls';
import { randomBytes, randomUUID } from 'node:crypto';

interface Port {
  readonly port: number;
  readonly close: (graceMs: number) => Promise<void>;
}

/** A dialogue of lines. */
class Talk {
  readonly #socket: Socket;
  #heard = '';
  readonly #waiting = new Set<() => void>();

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (text: string) => {
      this.#heard += text;
      for (const look of this.#waiting) look();
    });
  }

  /** Up to what is expected. */
  async until(expected: RegExp): Promise<string> {
    for (;;) {
      const found = expected.exec(this.#heard);
      if (found) {
        const end = found.index + found[0].length;
        const text = this.#heard.slice(0, end);
        this.#heard = this.#heard.slice(end);
        return text;
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(() => reject(new Error(`not ${String(expected)} in: ${this.#heard}`)), 60_000);
      this.#waiting.add(resolve);
      await promise.finally(() => {
        clearTimeout(timer);
        this.#waiting.delete(resolve);
      });
    }
  }

  say(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  close(): void {
    this.#socket.destroy();
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const bearer = (user: string, token: string): string => base64(`n,a=${user},\x01auth=Bearer ${token}\x01\x01`);
const xoauth2 = (user: string, token: string): string => base64(`user=${user}\x01auth=Bearer ${token}\x01\x01`);
const failureIn = (line: string): unknown => JSON.parse(Buffer.from(line, 'base64').toString());

forEachDatabase((name, databaseUrl, folder) => {
  describe(`mail programs with tokens on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let imap: Port;
    let submission: Port;
    let sieve: Port;
    let clientId = '';
    let alice: PersonActor;
    const open: (() => void)[] = [];

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      setIssuer(store, () => 'https://mail.example');
      test = await openTestHouse(store);
      const { email: userName, password } = test.alice;
      alice = (await login(store, { userName, password, remoteAddress: '127.0.0.1', userAgent: '' })).actor;
      clientId = (
        await addClient(store, operator, test.tenantId, {
          name: 'Thunderbird',
          isConfidential: false,
          redirectUris: ['http://127.0.0.1/'],
          scopes: ['openid', 'offline_access', 'mail', 'submission'],
        })
      ).id;
      const context = createSecureContext(ownCertificate(folder, 'mail.example'));
      const common = {
        host: '127.0.0.1',
        port: 0,
        secureContext: () => context,
        isTlsImplicit: false,
        mayAuthenticateInClear: false,
        hostName: 'mail.example',
        limits: {},
        onEvent: () => undefined,
      };
      imap = await startImap({ ...common, store });
      const mechanisms = ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'] as const;
      sieve = await startManageSieve({ ...common, store, mechanisms });
      submission = await startSmtp(
        { ...common, kind: 'submission', mechanisms, maxHoldSeconds: 0, spoolFolder: tmpdir() },
        submissionHandlers(store, 'mail.example'),
      );
    });
    after(async () => {
      for (const close of open) close();
      await Promise.all([imap, submission, sieve].map((port) => port.close(100)));
      await store.close();
    });

    /** As the provider gives them out. */
    const tokenFor = async (scope: string): Promise<string> => {
      const accountId = await subjectOf(store, alice);
      const grantId = randomUUID();
      const token = randomBytes(32).toString('base64url');
      const scopes = scope.split(' ').filter((one) => one === 'mail' || one === 'submission');
      await recordConsent(store, alice, { clientId, name: 'Thunderbird', scopes });
      await keepArtefact(store, 'Grant', grantId, { payload: { accountId, clientId }, expiresIn: 3600 });
      const payload = { accountId, clientId, grantId, scope };
      await keepArtefact(store, 'AccessToken', token, { payload, expiresIn: 3600 });
      return token;
    };

    const talk = (port: Port): Talk => {
      const one = new Talk(port.port);
      open.push(() => one.close());
      return one;
    };

    const inImap = async (token: string): Promise<Talk> => {
      const one = talk(imap);
      await one.until(/Pli\r\n/);
      one.say(`a AUTHENTICATE OAUTHBEARER ${bearer(test.alice.email, token)}`);
      await one.until(/a OK .*\r\n/);
      return one;
    };

    it('imapflow reads mail by a token', async () => {
      const accessToken = await tokenFor('openid mail');
      const client = new ImapFlow({
        host: '127.0.0.1',
        port: imap.port,
        secure: false,
        tls: { rejectUnauthorized: false },
        logger: false,
        auth: { user: test.alice.email, accessToken },
      });
      await client.connect();
      const { exists } = await client.mailboxOpen('INBOX');
      assert.equal(exists, 0);
      await client.logout();
    });

    it('nodemailer sends by a token, and by none that is for reading alone', async () => {
      const send = async (accessToken: string) => {
        const transport = createTransport({
          host: '127.0.0.1',
          port: submission.port,
          secure: false,
          tls: { rejectUnauthorized: false },
          auth: { type: 'OAuth2', user: test.alice.email, accessToken },
        });
        const { email } = test.alice;
        return transport.sendMail({ from: email, to: test.bruno.email, subject: 'Essai', text: 'Bonjour' });
      };
      assert.match((await send(await tokenFor('mail submission'))).response, /^250/);
      await assert.rejects(send(await tokenFor('mail')), { responseCode: 535 });
    });

    it('ManageSieve takes a token by either mechanism', async () => {
      const token = await tokenFor('mail');
      for (const [mechanism, response] of [
        ['OAUTHBEARER', bearer(test.alice.email, token)],
        ['XOAUTH2', xoauth2(test.alice.email, token)],
      ]) {
        const one = talk(sieve);
        await one.until(/OK "Pli"\r\n/);
        one.say(`AUTHENTICATE "${mechanism}" "${response}"`);
        await one.until(/OK "Welcome"\r\n/);
        one.say('LISTSCRIPTS');
        await one.until(/OK .*\r\n/);
      }
    });

    it('tells why a token is not taken, and where one can be had', async () => {
      const sending = await tokenFor('submission');
      const rest = { scope: 'mail', 'openid-configuration': 'https://mail.example/.well-known/openid-configuration' };
      for (const [token, status] of [
        [sending, 'insufficient_scope'],
        ['x'.repeat(43), 'invalid_token'],
      ] as const) {
        const one = talk(imap);
        await one.until(/Pli\r\n/);
        one.say(`a AUTHENTICATE XOAUTH2 ${xoauth2(test.alice.email, token)}`);
        const asked = await one.until(/\+ (.*)\r\n/);
        assert.deepEqual(failureIn(asked.slice(2).trim()), { status, ...rest });
        one.say('AQ==');
        await one.until(/a NO .*\r\n/);
      }
      const one = talk(submission);
      await one.until(/220 .*\r\n/);
      one.say('EHLO client.example');
      await one.until(/250 .*\r\n/);
      one.say(`AUTH OAUTHBEARER ${bearer(test.alice.email, await tokenFor('mail'))}`);
      const asked = await one.until(/334 (.*)\r\n/);
      assert.deepEqual(failureIn(asked.slice(4).trim()), {
        ...rest,
        status: 'insufficient_scope',
        scope: 'submission',
      });
      one.say('AQ==');
      await one.until(/5\d\d .*\r\n/);
    });

    it('takes nobody’s token for somebody else', async () => {
      const one = talk(imap);
      await one.until(/Pli\r\n/);
      one.say(`a AUTHENTICATE OAUTHBEARER ${bearer(test.bruno.email, await tokenFor('mail'))}`);
      await one.until(/\+ .*\r\n/);
      one.say('AQ==');
      await one.until(/a NO .*\r\n/);
    });

    it('ends an open connection when its person takes the access back, in IDLE and at the next command', async () => {
      const token = await tokenFor('mail');
      const waiting = await inImap(token);
      waiting.say('b IDLE');
      await waiting.until(/\+ .*\r\n/);
      const working = await inImap(token);
      assert.equal(await revokeAuthorised(store, alice, clientId), true);
      await waiting.until(/\* BYE .*\r\n/);
      working.say('c NOOP');
      await working.until(/\* BYE .*\r\n/);
    });

    it('ends it likewise for whoever is locked, and for an app password that is taken back', async () => {
      const who = { tenantId: test.tenantId, personId: test.alice.personId };
      const waiting = await inImap(await tokenFor('mail'));
      waiting.say('b IDLE');
      await waiting.until(/\+ .*\r\n/);
      await lockPerson(store, operator, who, { state: 'locked' });
      await waiting.until(/\* BYE .*\r\n/);
      await unlockPerson(store, operator, who);
      const key = await addCredential(store, operator, { ...who, kind: 'appPassword', name: 'Téléphone' });
      const one = talk(imap);
      await one.until(/Pli\r\n/);
      one.say(`a LOGIN ${test.alice.email} ${key.secret}`);
      await one.until(/a OK .*\r\n/);
      one.say('b IDLE');
      await one.until(/\+ .*\r\n/);
      await revokeCredential(store, operator, who, key.id);
      await one.until(/\* BYE .*\r\n/);
    });
  });
});
