/** A directory as a password back end, against OpenLDAP's slapd. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { authenticateBasic } from '#server/access/authenticate.ts';
import { login } from '#server/access/login.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole } from '#server/access/role.ts';
import { failuresOf } from '#server/access/throttle.ts';
import { findHolder, subjectOf } from '#server/access/verify.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import type { TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { directoryBase, directoryReader, type Slapd, startSlapd } from '#tools/testing/slapd.ts';

import { addProvider, changeProvider, type Provider } from '#server/federation/providers.ts';

import { isTheirs } from './bind.ts';
import { hearDirectoryFaults, isDirectoryAway } from './directory.ts';
import { filterFor } from './filter.ts';

const person = (uid: string, password: string): string => `
dn: uid=${uid},${directoryBase}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${uid}
sn: ${uid}
userPassword: ${password}
`;

const from = { remoteAddress: '192.0.2.1', userAgent: 'test' };

describe('a directory that keeps passwords', () => {
  const folder = temporaryFolder();
  const faults: string[] = [];
  let now = Date.UTC(2026, 8, 1);
  let slapd: Slapd;
  let store: Store;
  let tenantId: TenantId;
  let provider: Provider;
  before(async () => {
    mkdirSync(join(folder, 'ldap'));
    const twins = `
dn: ou=ailleurs,${directoryBase}
objectClass: organizationalUnit
ou: ailleurs

dn: uid=double,ou=ailleurs,${directoryBase}
objectClass: inetOrgPerson
uid: double
cn: double
sn: double
userPassword: x
`;
    slapd = await startSlapd(
      join(folder, 'ldap'),
      [person('jdupont', 'Annuaire-1'), person('mpetit', 'Annuaire-2'), person('double', 'x'), twins].join('\n'),
    );
    store = await openStore({
      databaseUrl: `sqlite:${folder}/pli.sqlite`,
      blobsUrl: `file:${folder}/blobs`,
      now: () => now,
    });
    hearDirectoryFaults(store, (error) => faults.push(error.message));
    tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
    await addDomain(store, operator, { tenantId, name: 'valmont.example' });
    const people = [
      { userName: 'jdupont', population: 'staff', password: null },
      { userName: 'mpetit', population: 'teacher', password: 'Locale-2026!' },
      { userName: 'absent', population: 'staff', password: 'Locale-2026!' },
      { userName: 'double', population: 'staff', password: null },
      { userName: 'chef', population: 'staff', password: 'Locale-2026!' },
    ];
    for (const one of people)
      await addPerson(store, operator, { tenantId, givenName: '', familyName: one.userName, ...one });
    provider = await addProvider(store, operator, tenantId, {
      kind: 'ldap',
      name: 'Annuaire',
      settings: {
        url: slapd.tlsUrl,
        mayReachInside: true,
        certificates: [slapd.authority],
        base: directoryBase,
        bindDn: directoryReader.dn,
        passwordsOf: ['staff'],
        recoveryUrl: 'https://annuaire.valmont.example/',
      },
      secret: directoryReader.password,
    });
  });
  after(async () => {
    await store.close();
    await slapd.stop();
  });

  const basic = (userName: string, password: string) =>
    authenticateBasic(store, { userName, password, remoteAddress: from.remoteAddress });
  const change = async (settings: Readonly<Record<string, unknown>>) => {
    provider = await changeProvider(store, operator, tenantId, provider.id, { settings });
  };
  const tried = (who: string, password: string, settings: Partial<Provider['settings']> = {}) => {
    assert.ok(provider.settings.kind === 'ldap');
    return isTheirs({
      settings: { ...provider.settings, ...settings, kind: 'ldap' },
      bindPassword: directoryReader.password,
      who: { userName: who, email: '', externalId: '' },
      password,
    });
  };

  it('opens the web and mail programs with its password, and asks for none of ours', async () => {
    const { steps, actor } = await login(store, { userName: 'jdupont', password: 'Annuaire-1', ...from });
    assert.deepEqual(
      steps.filter((step) => step === 'password'),
      [],
    );
    assert.equal(actor.tenantId, tenantId);
    assert.equal((await basic('jdupont@valmont.example', 'Annuaire-1')).actor.personId, actor.personId);
    await assert.rejects(basic('jdupont', 'Annuaire-2'), refusedFor('badCredentials'));
    await assert.rejects(
      basic('absent', 'Locale-2026!'),
      refusedFor('badCredentials'),
      'a password kept here is no key',
    );
  });

  it('leaves other populations, and who administers the institution, the password kept here', async () => {
    await basic('mpetit', 'Locale-2026!');
    await assert.rejects(basic('mpetit', 'Annuaire-2'), refusedFor('badCredentials'));
    const chef = await findHolder(store, { userName: 'chef', tenantId });
    assert.ok(chef);
    await assert.rejects(basic('chef', 'Locale-2026!'), refusedFor('badCredentials'));
    await grantRole(store, operator, { ...chef, kind: 'tenant', unitId: null, reason: 'test', endsAt: null });
    await basic('chef', 'Locale-2026!');
  });

  it('binds with no empty password, and as nobody but whom the filter finds', async () => {
    assert.equal(await tried('jdupont', ''), false);
    for (const hostile of ['*', 'jdupont)(uid=*', 'jdup*', '\\2a', '(', '\0', 'jdupont,dc=x', 'é'.repeat(300)])
      assert.equal(await tried(hostile, 'Annuaire-1'), false, hostile);
    const filter = filterFor('(&(objectClass=person)(uid={userName}))', {
      userName: '*)(uid=a',
      email: '',
      externalId: '',
    });
    assert.match(String(filter), /uid=\\2a\\29\\28uid=a/);
    assert.equal(filterFor('(employeeNumber={externalId})', { userName: 'a', email: '', externalId: '' }), undefined);
  });

  it('speaks StartTLS, and sends nothing where the certificate is not to be believed', async () => {
    assert.equal(await tried('jdupont', 'Annuaire-1', { url: slapd.plainUrl }), true);
    assert.equal(await tried('jdupont', 'Annuaire-2', { url: slapd.plainUrl }), false);
    for (const url of [slapd.plainUrl, slapd.tlsUrl])
      await assert.rejects(tried('jdupont', 'Annuaire-1', { url, certificates: [] }), /ProviderFault|certificate/);
  });

  it('takes an address, or plain LDAP, inside our network from the operator alone, and a filter that finds one', async () => {
    const given = { url: 'ldap://127.0.0.1', base: directoryBase };
    const add = (settings: object) =>
      addProvider(store, operator, tenantId, { kind: 'ldap', name: 'x', settings: { ...settings } });
    for (const [wrong, settings] of [
      [/isPlain/, { ...given, isPlain: true }],
      [/filter/, { ...given, filter: '(uid=*)' }],
      [/filter/, { ...given, filter: '(uid={userName}*)' }],
      [/filter/, { ...given, filter: '(uid={name})' }],
      [/peopleFilter/, { ...given, peopleFilter: '(&(a=b)(c))' }],
      [/url/, { ...given, url: 'https://127.0.0.1' }],
      [/attributes/, { ...given, attributes: ['password=userPassword;x y'] }],
    ] as const)
      await assert.rejects(add(settings), wrong);
    await assert.rejects(tried('jdupont', 'Annuaire-1', { mayReachInside: false, url: slapd.plainUrl }), /inside/);
  });

  it('says to try later while there is no answer: nothing is wrong, nothing is counted, to nobody', async () => {
    await assert.rejects(
      basic('double', 'x'),
      refusedFor('tooBusy'),
      'two of that name are a fault of the directory’s',
    );
    assert.match(faults.pop() ?? '', /several entries/);
    now += 31_000;
    const silent = await listen((socket) => socket.on('error', () => undefined));
    const cutting = await listen((socket) => socket.once('data', () => socket.destroy()));
    const flooding = await listen((socket) => {
      socket.on('error', () => undefined);
      socket.write(Buffer.concat([Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]), Buffer.alloc(2 * 1024 * 1024)]));
    });
    try {
      for (const { url } of [cutting, flooding]) {
        await change({ url, isPlain: true });
        assert.equal(isDirectoryAway(store), false);
        await assert.rejects(basic('jdupont', 'Annuaire-1'), refusedFor('tooBusy'));
        await assert.rejects(basic('mpetit', 'wrong'), refusedFor('tooBusy'), 'no answer tells who is in it');
        await assert.rejects(basic('nobody', 'wrong'), refusedFor('tooBusy'));
        now += 31_000;
        await assert.rejects(basic('nobody', 'wrong'), refusedFor('badCredentials'));
      }
      const holder = await findHolder(store, { userName: 'jdupont', tenantId });
      assert.ok(holder);
      // One: the wrong password of the first test, which the directory did answer.
      assert.equal((await read(store, (tx) => failuresOf(tx, subjectOf(holder)))).failures <= 1, true);
      assert.equal(silent.connections(), 0);
    } finally {
      for (const one of [silent, cutting, flooding]) await one.close();
    }
    await change({ url: slapd.plainUrl, isPlain: false });
    await basic('jdupont', 'Annuaire-1');
  });

  it('is asked again where it changed, and not for each request of a program', async () => {
    await basic('jdupont', 'Annuaire-1');
    await slapd.stop();
    await basic('jdupont', 'Annuaire-1');
    await assert.rejects(basic('jdupont', 'Annuaire-9'), refusedFor('tooBusy'));
    await change({ leaving: 'never' });
    await assert.rejects(basic('jdupont', 'Annuaire-1'), refusedFor('tooBusy'));
  });
});

async function listen(hear: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    hear(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `ldap://127.0.0.1:${port}`,
    connections: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
