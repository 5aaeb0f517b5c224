/**
 * A directory's passwords at every door, as programs and browsers hear it: OpenLDAP's slapd behind the login page, IMAP,
 * submission, ManageSieve and JMAP. Right, wrong, and while the directory is away.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createSecureContext } from 'node:tls';

import { operator } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { addCredential } from '#server/access/credential.ts';
import { grantRole } from '#server/access/role.ts';
import { addPerson, type AddedPerson } from '#server/directory/person.ts';
import { addProvider, changeProvider, type Provider } from '#server/federation/providers.ts';
import { type ImapServer, startImap } from '#server/protocols/imap/server.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import { type ManageSieveServer, startManageSieve } from '#server/protocols/managesieve/server.ts';
import { submissionHandlers } from '#server/protocols/smtp/submission.ts';
import { type SmtpServer, startSmtp } from '#server/protocols/smtp/server.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { testCertificate } from '#tools/testing/certificate.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { freePort } from '#tools/testing/free-port.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';
import { snapshotOf } from '#tools/testing/snapshot.ts';
import { directoryBase, directoryReader, type Slapd, startSlapd } from '#tools/testing/slapd.ts';

const hostName = 'mail.academie.example';
const minuteMs = 60_000;
/** Those whose passwords the directory keeps. */
const population = 'agents';
const right = 'Annuaire-1';

const entry = (uid: string): string => `
dn: uid=${uid},${directoryBase}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${uid}
sn: ${uid}
userPassword: ${right}
`;

describe('the passwords of a directory at every door', () => {
  const folder = temporaryFolder();
  let now = Date.UTC(2026, 8, 1);
  let slapd: Slapd;
  let store: Store;
  let test: TestHouse;
  let http: HttpServer;
  let imap: ImapServer;
  let sieve: ManageSieveServer;
  let submission: SmtpServer;
  let provider: Provider;
  let agent: AddedPerson;
  let appPassword = '';

  const add = (userName: string, password: string | null): Promise<AddedPerson> =>
    addPerson(store, operator, {
      tenantId: test.tenantId,
      givenName: '',
      familyName: userName,
      userName,
      population,
      password,
    });
  before(async () => {
    mkdirSync(join(folder, 'ldap'));
    slapd = await startSlapd(join(folder, 'ldap'), [entry('jdupont'), entry('chef')].join('\n'));
    store = await openStore({
      databaseUrl: `sqlite:${folder}/pli.sqlite`,
      blobsUrl: `file:${folder}/blobs`,
      now: () => now,
    });
    test = await openTestHouse(store);
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
    agent = await add('jdupont', null);
    const { personId } = await add('chef', 'Locale-2026!');
    const { tenantId } = test;
    await grantRole(store, operator, { tenantId, personId, kind: 'tenant', reason: 'essai' });
    const session = await openSession(store, { tenantId, personId: agent.personId });
    const key = { tenantId, personId: agent.personId, kind: 'appPassword', name: 'Téléphone' } as const;
    appPassword = (await addCredential(store, session, key)).secret;
    provider = await addProvider(store, operator, tenantId, {
      kind: 'ldap',
      name: 'Annuaire',
      settings: {
        url: slapd.tlsUrl,
        mayReachInside: true,
        certificates: [slapd.authority],
        base: directoryBase,
        bindDn: directoryReader.dn,
        passwordsOf: [population],
      },
      secret: directoryReader.password,
    });
  });
  after(async () => {
    await Promise.all([http.close(), imap.close(100), sieve.close(100), submission.close(100)]);
    await store.close();
    await slapd.stop();
  });

  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const plain = (userName: string, password: string): string => base64(`\0${userName}\0${password}`);

  /** Says each line once the one before was answered by a line that fits `done`. @returns the last answer. */
  const talk = async (port: number, done: RegExp, lines: readonly string[]): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    const waiting = [...lines];
    let part = '';
    for await (const chunk of socket) {
      part += String(chunk);
      if (!done.test(part)) continue;
      const line = waiting.shift();
      if (line === undefined) break;
      part = '';
      socket.write(`${line}\r\n`);
    }
    return part.trim();
  };
  const smtpDone = /^\d{3} .*\r\n$/m;
  const byImap = (line: string) => talk(imap.port, /^(?:a1|\*) (?:OK|NO|BAD).*\r\n$/m, [`a1 ${line}`]);

  interface Door {
    readonly open: (userName: string, password: string) => Promise<string>;
    /** What each ending looks like. */
    readonly in: RegExp;
    readonly wrong: RegExp;
    readonly later: RegExp;
  }

  const doors: Readonly<Record<string, Door>> = {
    'the login page': {
      async open(userName, password) {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ userName, password });
        const answer = await fetch(`${http.url}/auth/login`, { method: 'POST', headers, body });
        return `${answer.status} ${answer.headers.get('retry-after') ?? '-'} ${await answer.text()}`;
      },
      in: /^200 .*"ok":true/,
      wrong: /^401 - \{"kind":"refused"\}$/,
      later: /^429 30 \{"kind":"tryLater","retryAfterSeconds":30\}$/,
    },
    'IMAP LOGIN': {
      open: (userName, password) => byImap(`LOGIN ${userName} "${password}"`),
      in: /^a1 OK \[CAPABILITY/,
      wrong: /^a1 NO \[AUTHENTICATIONFAILED\]/,
      later: /^a1 NO \[UNAVAILABLE\]/,
    },
    'IMAP AUTHENTICATE': {
      open: (userName, password) => byImap(`AUTHENTICATE PLAIN ${plain(userName, password)}`),
      in: /^a1 OK \[CAPABILITY/,
      wrong: /^a1 NO \[AUTHENTICATIONFAILED\]/,
      later: /^a1 NO \[UNAVAILABLE\]/,
    },
    submission: {
      open: (userName, password) =>
        talk(submission.port, smtpDone, ['EHLO x', `AUTH PLAIN ${plain(userName, password)}`]),
      in: /^235 2\.7\.0/,
      wrong: /^535 5\.7\.8/,
      later: /^4\d\d 4\./,
    },
    ManageSieve: {
      open: (userName, password) =>
        talk(sieve.port, /^(?:OK|NO|BYE).*\r\n$/m, [`AUTHENTICATE "PLAIN" "${plain(userName, password)}"`]),
      in: /^OK/m,
      wrong: /^NO (?!\(TRYLATER\))/m,
      later: /^NO \(TRYLATER\)/m,
    },
    JMAP: {
      async open(userName, password) {
        const authorization = `Basic ${base64(`${userName}:${password}`)}`;
        const answer = await fetch(`${http.url}/.well-known/jmap`, { headers: { authorization } });
        const text = answer.ok ? '' : await answer.text();
        return `${answer.status} ${answer.headers.get('retry-after') ?? '-'} ${text}`;
      },
      in: /^200 /,
      wrong: /^401 - /,
      later: /^503 30 /,
    },
  };
  /** Each attempt comes so much later that no wait for wrong passwords is left of the one before. */
  const attempt = (door: Door, userName: string, password: string): Promise<string> => {
    now += 20 * minuteMs;
    return door.open(userName, password);
  };
  const change = async (settings: Readonly<Record<string, unknown>>): Promise<void> => {
    provider = await changeProvider(store, operator, test.tenantId, provider.id, { settings });
  };

  it('the password of the directory opens every door, and no other does', async () => {
    for (const [name, door] of Object.entries(doors)) {
      assert.match(await attempt(door, 'jdupont', right), door.in, name);
      // Found right a moment ago: not hashed again.
      assert.match(await door.open(agent.email, right), door.in, name);
      assert.match(await door.open('jdupont', 'Annuaire-2'), door.wrong, name);
    }
  });

  it('nor is another’s asked for there: who administers has theirs here, though the directory knows them too', async () => {
    const { JMAP: door } = doors;
    assert.ok(door);
    assert.match(await attempt(door, 'chef', right), door.wrong);
    assert.match(await attempt(door, 'chef', 'Locale-2026!'), door.in);
    assert.match(await attempt(door, 'personne', right), door.wrong);
  });

  it('away: its people are told to try later at every door, uncounted, and whoever else is not let in hears the same', async () => {
    await change({ url: `ldaps://localhost:${await freePort()}` });
    const counted = async (): Promise<unknown> => (await snapshotOf(store)).get('throttle');
    for (const [name, door] of Object.entries(doors)) {
      const before = await counted();
      // Each time anew: nobody remembers that it was away.
      const theirs = await attempt(door, 'jdupont', right);
      assert.match(theirs, door.later, name);
      assert.deepEqual(await counted(), before, name);
      // Or it would tell whose password is there.
      assert.equal(await door.open('personne', 'Annuaire-2'), theirs, name);
    }
    const { JMAP: door } = doors;
    assert.ok(door);
    const before = await counted();
    assert.match(await door.open('jdupont', 'Annuaire-2'), door.later);
    assert.deepEqual(await counted(), before);
    assert.match(await door.open(test.bruno.userName, 'Annuaire-2'), door.later);
  });

  it('away: who has a password here gets in, the administrator before all, and so does an app password', async () => {
    const { JMAP: jmap } = doors;
    assert.ok(jmap);
    assert.match(await attempt(jmap, 'jdupont', right), jmap.later);
    for (const [name, door] of Object.entries(doors)) {
      assert.match(await door.open('chef', 'Locale-2026!'), door.in, name);
      assert.match(await door.open(test.alice.userName, test.alice.password), door.in, name);
      const byKey = await door.open('jdupont', appPassword);
      assert.match(byKey, name === 'the login page' ? door.later : door.in, `${name}, by app password`);
    }
  });

  it('back again: the same password opens every door, at the first attempt', async () => {
    await change({ url: slapd.tlsUrl });
    for (const [name, door] of Object.entries(doors))
      assert.match(await attempt(door, 'jdupont', right), door.in, name);
  });
});
