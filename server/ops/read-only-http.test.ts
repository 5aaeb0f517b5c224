/**
 * Every write by HTTP while a maintenance lets nothing be written: each method of JMAP, each operation of SCIM and each
 * route that is no GET, as their own registries list them. What nobody told the walk about fails it; a new type with the
 * usual verbs is walked by itself.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { FastifyInstance } from 'fastify';

import { operator } from '#server/access/actor.ts';
import { grantRole } from '#server/access/role.ts';
import { setAccessKey } from '#server/access/secret.ts';
import { addPerson } from '#server/directory/person.ts';
import { addUnits } from '#server/directory/unit.ts';
import { endMaintenance, startMaintenance } from '#server/maintenance/change.ts';
import { houseStatus } from '#server/maintenance/status.ts';
import { addScimToken } from '#server/provisioning/tokens.ts';
import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { accountless, type Args, argumentsOf } from '#server/protocols/jmap/every-method.testing.ts';
import { capabilities, registry } from '#server/protocols/jmap/methods.ts';
import { openStore } from '#server/store/open.ts';
import type { KeptTable } from '#server/store/backup/tables.ts';
import type { UnitId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';
import { differences, type Snapshot, snapshotOf } from '#tools/testing/snapshot.ts';

import { allHeads } from './heads.ts';

/** Verbs that only look; whatever else a method is called is taken to write. */
const looking = new Set(
  'get changes query queryChanges list read count lookup parse echo complete validate addresses check outcome'.split(
    ' ',
  ),
);
const looks = (method: string): boolean => looking.has(method.slice(method.indexOf('/') + 1));

type Verdict =
  /** Of whoever is in: 503, and nothing happens. */
  | 'refused'
  /** Getting in and out again: who could not would not read either. */
  | 'door'
  /** Asks by POST, or asks of another house. */
  | 'asks';

/** Every route that takes anything but GET, HEAD and OPTIONS. */
const routes: Readonly<Record<string, Verdict>> = {
  'POST /auth/login': 'door',
  'POST /auth/logout': 'door',
  'POST /auth/passkey': 'door',
  'POST /auth/factor': 'door',
  'POST /auth/password': 'door',
  'POST /auth/password/judge': 'door',
  'POST /auth/terms': 'door',
  'POST /auth/recovery-address': 'door',
  'POST /auth/recovery-address/code': 'door',
  'POST /auth/recovery-address/skip': 'door',
  'POST /auth/recover': 'door',
  'POST /auth/recover/code': 'door',
  'POST /auth/prove': 'door',
  'POST /auth/federation/oidc/:provider/logout': 'door',
  'POST /auth/federation/cas/:provider/callback': 'door',
  'POST /auth/federation/saml/:provider/callback': 'door',
  'POST /auth/federation/saml/:provider/logout': 'door',
  'POST /openid/interaction/:uid/answer': 'door',
  'POST /openid/end/confirm': 'door',
  'POST /openid/token': 'door',
  'POST /openid/revoke': 'door',
  'POST /portail-demo/login': 'door',
  'POST /openid/introspect': 'asks',
  'POST /openid/userinfo': 'asks',
  'POST /auth/own-password/judge': 'asks',
  'POST /autodiscover/autodiscover.xml': 'asks',
  'POST /aide/diagnostic': 'asks',
  // The engine judges each method: walked above.
  'POST /jmap/api': 'asks',
  'POST /scim/v2/Users/.search': 'asks',
  'POST /scim/v2/Groups/.search': 'asks',
  'POST /auth/own-password': 'refused',
  'POST /auth/recovery-codes': 'refused',
  'POST /auth/recovery-email': 'refused',
  'POST /auth/recovery-email/code': 'refused',
  'POST /auth/recovery-email/remove': 'refused',
  'POST /auth/enrol/totp': 'refused',
  'POST /auth/enrol/totp/confirm': 'refused',
  'POST /auth/enrol/passkey': 'refused',
  'POST /auth/enrol/passkey/confirm': 'refused',
  'POST /jmap/upload/:accountId': 'refused',
  'POST /scim/v2/Users': 'refused',
  'PUT /scim/v2/Users/:id': 'refused',
  'PATCH /scim/v2/Users/:id': 'refused',
  'DELETE /scim/v2/Users/:id': 'refused',
  'POST /scim/v2/Groups': 'refused',
  'PUT /scim/v2/Groups/:id': 'refused',
  'PATCH /scim/v2/Groups/:id': 'refused',
  'DELETE /scim/v2/Groups/:id': 'refused',
  'POST /scim/v2/Bulk': 'refused',
};

/** Routes by `app.all` that nothing is behind: 404 or 501 whatever is asked. */
const empty = new Set(['/scim/v2', '/scim/v2/Me', '/scim/v2/.search', '/scim/v2*']);

/** `METHOD /path` of each, from the tree that the server prints. */
function routesOf(app: FastifyInstance): readonly string[] {
  const above: string[] = [];
  const listed = app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', path = '', methods = ''] = /^([│├└─\s]*)(\S+) \((.+)\)$/.exec(line) ?? [];
      const depth = indent.length / 4;
      above.splice(depth - 1, Infinity, path);
      const whole = above.join('');
      const writing = methods.split(', ').filter((method) => !['GET', 'HEAD', 'OPTIONS'].includes(method));
      return path === '' || empty.has(whole) ? [] : writing.map((method) => `${method} ${whole}`);
    });
  // Outlook asks in any mixture of cases: one route.
  return [...new Set(listed.map((route) => route.replace(/\/autodiscover/gi, '/autodiscover')))];
}

/** When a key was last used, a brake, the trace of who looked, a browser's report of itself: no writing of anybody's. */
const kept: readonly KeptTable[] = ['session', 'scim_token', 'throttle', 'trace', 'diagnosis'];

forEachDatabase((name, databaseUrl, folder) => {
  describe(`nothing is written by HTTP on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    let app: FastifyInstance;
    let token = '';
    let nord: UnitId;
    let before_: Snapshot;
    /** Milliseconds that passed in no time. */
    let later = 0;
    const cookies = new Map<string, { readonly cookie: string; readonly accountId: string }>();

    const enter = async (key: string, userName: string, password: string): Promise<void> => {
      const answer = await fetch(`${server.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userName, password }),
      });
      assert.equal(answer.status, 200);
      const [cookie = ''] = answer.headers.get('set-cookie')?.split(';', 1) ?? [];
      cookies.set(key, { cookie, accountId: cookies.get(key)?.accountId ?? '' });
    };
    const add = async (key: string, role?: 'tenant' | 'unit' | 'support'): Promise<void> => {
      const { tenantId } = test;
      const password = `mot-de-passe-long-de-${key}`;
      const given = { tenantId, givenName: 'Test', familyName: key, unitId: nord, password };
      const { personId, accountId, userName } = await addPerson(store, operator, given);
      const unitId = role === 'tenant' ? null : nord;
      if (role) await grantRole(store, operator, { tenantId, personId, kind: role, unitId, reason: 'essai' });
      cookies.set(key, { cookie: '', accountId: `a${accountId}` });
      await enter(key, userName, password);
    };
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => Date.now() + later });
      setAccessKey(store, Buffer.alloc(32, 7));
      test = await openTestHouse(store);
      const ports = { imap: 1, imaps: 2, submission: 3, submissions: 4, sieve: 5 };
      server = await test.start([
        ...allHeads({
          jmap: {},
          programs: { hostName: 'mail.academie.example', ports },
          openid: { issuer: () => 'https://mail.academie.example' },
          timeZone: 'Europe/Paris',
        }),
        (web) => (app = web.app),
      ]);
      const [unit] = await addUnits(store, operator, test.tenantId, [{ kind: 'dsden', code: 'nord', name: 'Nord' }]);
      assert.ok(unit);
      nord = unit;
      await add('nobody');
      await add('support', 'support');
      await add('part', 'unit');
      await add('whole', 'tenant');
      token = (await addScimToken(store, operator, test.tenantId, { name: 'Annuaire' })).secret;
      await startMaintenance(store, operator, { tenantId: test.tenantId, mode: 'readOnly' });
      before_ = await snapshotOf(store);
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const using = capabilities.map(({ urn }) => urn);
    const headersOf = (key: string) => ({
      cookie: cookies.get(key)?.cookie ?? '',
      'x-pli-client': 'web',
      'content-type': 'application/json',
    });
    const unchanged = async (but: readonly KeptTable[] = []): Promise<void> =>
      assert.deepEqual(differences(before_, await snapshotOf(store), but), []);
    const callsAtOnce = 16;

    /** Calls all of them on the caller's own account. @returns the type of each one's error, '' without one. */
    const callAll = async (key: string, methods: readonly string[]): Promise<ReadonlyMap<string, string>> => {
      const { accountId = '' } = cookies.get(key) ?? {};
      const calls = methods.map((method) => [
        method,
        accountless.has(method) ? { ids: null } : argumentsOf(method, accountId, accountId),
        method,
      ]);
      const outcomes = new Map<string, string>();
      for (let from = 0; from < calls.length; from += callsAtOnce) {
        const body = JSON.stringify({ using, methodCalls: calls.slice(from, from + callsAtOnce) });
        const answer = await fetch(`${server.url}/jmap/api`, { method: 'POST', headers: headersOf(key), body });
        assert.equal(answer.status, 200);
        const { methodResponses }: { methodResponses: [string, Args, string][] } = JSON.parse(await answer.text());
        for (const [answered, said, method] of methodResponses)
          outcomes.set(method, answered === 'error' ? `${String(said['type'])} ${String(said['description'])}` : '');
      }
      assert.equal(outcomes.size, methods.length);
      return outcomes;
    };
    const all = [...registry.values()];
    const named = all.map((method) => method.name);
    const isRefused = (outcome: string | undefined): boolean =>
      (outcome ?? '').startsWith('serverUnavailable maintenance');

    it('no method of JMAP writes, and each that looks goes on', async () => {
      assert.ok(named.filter((method) => !looks(method)).length > 30);
      for (const key of ['nobody', 'support', 'part']) {
        for (const [method, outcome] of await callAll(key, named))
          assert.equal(isRefused(outcome), !looks(method), `${method} by ${key}: ${outcome}`);
      }
      await unchanged(kept);
    });

    it('whoever may end it uses the console, and writes nothing of their own', async () => {
      const of = (isConsole: boolean): readonly string[] =>
        all.flatMap((method) =>
          (method.capability === consoleCapability) === isConsole && !looks(method.name) ? [method.name] : [],
        );
      for (const [method, outcome] of await callAll('whole', of(false)))
        assert.ok(isRefused(outcome), `${method}: ${outcome}`);
      await unchanged(kept);
      // Of everything in the console, what says so plainly; the walk itself must not end what it walks in.
      const spared = new Set(['Maintenance/start', 'Maintenance/end', 'Compromise/open']);
      const console_ = of(true).filter((method) => !spared.has(method));
      for (const [method, outcome] of await callAll('whole', console_))
        assert.ok(!isRefused(outcome), `${method}: ${outcome}`);
      before_ = await snapshotOf(store);
    });

    it('but not where the platform is under maintenance too, which is not theirs to end', async () => {
      await startMaintenance(store, operator, { tenantId: undefined, mode: 'readOnly' });
      for (const method of ['Policy/change', 'Maintenance/end'])
        assert.ok(isRefused((await callAll('whole', [method])).get(method)), method);
      await startMaintenance(store, operator, { tenantId: test.tenantId, mode: 'closed' });
      assert.ok(isRefused((await callAll('whole', ['Policy/change'])).get('Policy/change')), 'a closed one hides none');
      await endMaintenance(store, operator, undefined);
      await startMaintenance(store, operator, { tenantId: test.tenantId, mode: 'readOnly' });
      before_ = await snapshotOf(store);
    });

    it('a WebSocket that is open writes nothing either', async () => {
      const { accountId = '' } = cookies.get('nobody') ?? {};
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/jmap/ws`, {
        protocols: 'jmap',
        headers: { ...headersOf('nobody'), origin: server.url },
      });
      try {
        const { promise, resolve, reject } = Promise.withResolvers<string>();
        socket.addEventListener('error', () => reject(new Error('no WebSocket')));
        socket.addEventListener('message', ({ data }) => resolve(String(data)));
        socket.addEventListener('open', () => {
          const methodCalls = [['Mailbox/set', { accountId, create: { a: { name: 'Neuf' } } }, '0']];
          socket.send(JSON.stringify({ '@type': 'Request', using, methodCalls }));
        });
        assert.match(await promise, /serverUnavailable/);
      } finally {
        socket.close();
      }
      await unchanged(kept);
    });

    it('each route that takes more than GET is known, and what writes is refused', async () => {
      const listed = routesOf(app);
      assert.deepEqual(listed.toSorted(), Object.keys(routes).toSorted(), 'tell the walk what a new route does');
      const { accountId = '' } = cookies.get('nobody') ?? {};
      for (const [route, verdict] of Object.entries(routes)) {
        const [method = '', path = ''] = route.split(' ');
        const url = path.replace(':accountId', accountId).replace(':id', 'p1').replace(':uid', 'x');
        const isScim = path.startsWith('/scim');
        const headers = isScim
          ? { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
          : headersOf('nobody');
        // Leaving is tried elsewhere: the walk goes on in this session.
        if (path === '/auth/logout') continue;
        const answer = await fetch(`${server.url}${url.replace(':provider', '1.1')}`, { method, headers, body: '{}' });
        const text = await answer.text();
        const why = `${route}: ${answer.status} ${text.slice(0, 200)}`;
        if (verdict !== 'refused') assert.ok(answer.status !== 503 && !text.includes('maintenance'), why);
        else {
          assert.equal(answer.status, 503, why);
          assert.ok(Number(answer.headers.get('retry-after')) > 0, why);
          assert.match(text, /maintenance/, why);
        }
      }
      await unchanged(kept);
    });

    it('a first login and a forgotten password go on: who cannot get in cannot read', async () => {
      const { tenantId } = test;
      const given = { tenantId, givenName: 'Zoé', familyName: 'Première', password: 'Provisoire-2026' };
      const { userName } = await addPerson(store, operator, { ...given, mustChangePassword: true });
      await enter('first', userName, given.password);
      const body = JSON.stringify({ password: 'Un-vrai-mot-de-passe-42!' });
      const headers = headersOf('first');
      const answer = await fetch(`${server.url}/auth/password`, { method: 'POST', headers, body });
      assert.equal(answer.status, 200, await answer.text());
      await enter('first', userName, 'Un-vrai-mot-de-passe-42!');
      assert.equal((await fetch(`${server.url}/auth/recover`, { headers })).status, 200);
    });

    it('closed: nobody is in by any route, any token or any session but whoever may end it', async () => {
      await startMaintenance(store, operator, { tenantId: test.tenantId, mode: 'closed' });
      const statusOf = async (path: string, headers: Readonly<Record<string, string>>): Promise<number> =>
        (await fetch(`${server.url}${path}`, { headers })).status;
      for (const key of ['nobody', 'support', 'part'])
        assert.equal(await statusOf('/.well-known/jmap', headersOf(key)), 503, key);
      assert.equal(await statusOf('/scim/v2/Users', { authorization: `Bearer ${token}` }), 503);
      assert.equal(await statusOf('/.well-known/jmap', { authorization: test.alice.basic }), 503);
      assert.equal(await statusOf('/.well-known/jmap', headersOf('whole')), 200);
      for (const [method, outcome] of await callAll('whole', ['Policy/change', 'Mailbox/set']))
        assert.equal(isRefused(outcome), method === 'Mailbox/set', `${method}: ${outcome}`);
    });

    it('once it has ended the same calls are answered', async () => {
      await endMaintenance(store, operator, test.tenantId);
      const spared = new Set(['Maintenance/start', 'Compromise/open']);
      for (const key of ['nobody', 'part'])
        for (const [method, outcome] of await callAll(
          key,
          named.filter((one) => !spared.has(one)),
        ))
          assert.ok(!isRefused(outcome), `${method} by ${key}: ${outcome}`);
    });

    it('the switch asks for a proof that is fresh, which may be given while it lasts', async () => {
      const { accountId = '' } = cookies.get('whole') ?? {};
      const switched = async (method: string): Promise<string> => {
        const mode = method === 'Maintenance/start' && { mode: 'readOnly' };
        const methodCalls = [[method, { accountId, reason: 'essai', ...mode }, '0']];
        const body = JSON.stringify({ using, methodCalls });
        const answer = await fetch(`${server.url}/jmap/api`, { method: 'POST', headers: headersOf('whole'), body });
        const { methodResponses }: { methodResponses: [string, Args][] } = JSON.parse(await answer.text());
        const [answered = '', said] = methodResponses[0] ?? [];
        return answered === 'error' ? String(said?.['type']) : answered;
      };
      const prove = async (): Promise<void> => {
        const body = JSON.stringify({ kind: 'password', password: 'mot-de-passe-long-de-whole' });
        const headers = headersOf('whole');
        assert.equal((await fetch(`${server.url}/auth/prove`, { method: 'POST', headers, body })).status, 200);
      };
      const stale = 16 * 60_000;
      later += stale;
      assert.equal(await switched('Maintenance/start'), 'stepUpNeeded');
      assert.equal(houseStatus(store, test.tenantId).state, 'open');
      await prove();
      assert.equal(await switched('Maintenance/start'), 'Maintenance/start');
      assert.equal(houseStatus(store, test.tenantId).state, 'readOnly');
      later += stale;
      assert.equal(await switched('Maintenance/end'), 'stepUpNeeded');
      assert.equal(houseStatus(store, test.tenantId).state, 'readOnly');
      await prove();
      assert.equal(await switched('Maintenance/end'), 'Maintenance/end');
      assert.equal(houseStatus(store, test.tenantId).state, 'open');
    });
  });
});
