/** The provider, as a real client sees it: openid-client on one side, a browser without a screen on the other. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import * as oidc from 'openid-client';

import { operator } from '#server/access/actor.ts';
import { lockPerson, unlockPerson } from '#server/access/person-state.ts';
import { runJobs } from '#server/jobs/run.ts';
import { authenticateToken } from '#server/provider/authenticate.ts';
import { endMaintenance, startMaintenance } from '#server/maintenance/change.ts';
import { addClient, removeClient } from '#server/provider/clients.ts';
import { rotateKeys } from '#server/provider/keys.ts';
import { providerJobs } from '#server/provider/logout.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { openStore } from '#server/store/open.ts';
import { changes } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { Browser } from './browser.testing.ts';
import { openidHead } from '#server/protocols/openid/head.ts';

const redirectUri = 'https://ent.example/retour';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`the OpenID provider on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    let entSecret = '';
    let ent = '';
    let configuration: oidc.Configuration;

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      let issuer = '';
      server = await test.start([jmapHead({ limits: {} }), openidHead({ issuer: () => issuer })]);
      issuer = server.url;
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const discover = (id: string, authentication: oidc.ClientAuth) =>
      oidc.discovery(new URL(server.url), id, undefined, authentication, {
        execute: [oidc.allowInsecureRequests],
      });

    interface Begun {
      readonly url: string;
      readonly verifier: string;
      readonly state: string;
    }

    const begin = async (client: oidc.Configuration, more: Record<string, string> = {}): Promise<Begun> => {
      const verifier = oidc.randomPKCECodeVerifier();
      const state = oidc.randomState();
      const url = oidc.buildAuthorizationUrl(client, {
        redirect_uri: redirectUri,
        scope: 'openid profile email',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        ...more,
      });
      return { url: url.href, verifier, state };
    };

    const finish = (client: oidc.Configuration, { verifier, state }: Begun, location: string) =>
      oidc.authorizationCodeGrant(client, new URL(location), {
        pkceCodeVerifier: verifier,
        expectedState: state,
      });

    /** Alice, all the way, saying yes. */
    const logInAt = async (client: oidc.Configuration, more: Record<string, string> = {}) => {
      const browser = new Browser(server.url);
      await browser.logIn(test.alice);
      const begun = await begin(client, more);
      const page = await browser.go(begun.url);
      const back = await browser.go(await browser.answer(page, 'yes'));
      return { browser, begun, back, tokens: await finish(client, begun, back) };
    };

    it('is not there as long as no client is registered', async () => {
      const answer = await fetch(`${server.url}/.well-known/openid-configuration`);
      assert.equal(answer.status, 404);
    });

    it('tells what it is once there is a client', async () => {
      const added = await addClient(store, operator, test.tenantId, {
        name: 'ENT de l’académie',
        isConfidential: true,
        redirectUris: [redirectUri],
        postLogoutUris: ['https://ent.example/'],
        scopes: ['openid', 'profile', 'email', 'affiliation', 'offline_access', 'mail'],
      });
      ent = added.id;
      entSecret = added.secret ?? '';
      const [openid, oauth] = await Promise.all(
        ['openid-configuration', 'oauth-authorization-server'].map(async (path) => {
          const answer = await fetch(`${server.url}/.well-known/${path}`, {
            headers: { origin: 'https://any.example' },
          });
          assert.equal(answer.headers.get('access-control-allow-origin'), 'https://any.example');
          return (await answer.json()) as Record<string, unknown>;
        }),
      );
      assert.deepEqual(openid, oauth);
      assert.equal(openid?.['issuer'], server.url);
      assert.deepEqual(openid['code_challenge_methods_supported'], ['S256']);
      assert.deepEqual(openid['response_types_supported'], ['code']);
      assert.equal(openid['backchannel_logout_supported'], true);
      configuration = await discover(ent, oidc.ClientSecretBasic(entSecret));
    });

    it('brings who is not logged in to the login, asks once for consent, and says who it is', async () => {
      const browser = new Browser(server.url);
      const begun = await begin(configuration);
      const page = await browser.go(begun.url);
      assert.deepEqual(await browser.state(page), { kind: 'login' });
      await browser.logIn(test.alice);
      assert.deepEqual(await browser.state(page), {
        kind: 'consent',
        client: 'ENT de l’académie',
        site: 'ent.example',
        scopes: ['openid', 'profile', 'email'],
      });
      const back = await browser.go(await browser.answer(page, 'yes'));
      const tokens = await finish(configuration, begun, back);
      const claims = tokens.claims();
      assert.match(claims?.sub ?? '', /^[0-9a-f-]{36}$/);
      assert.equal(claims?.['acr'], 'https://refeds.org/profile/sfa');
      const info = await oidc.fetchUserInfo(configuration, tokens.access_token, claims?.sub ?? '');
      assert.equal(info.email, test.alice.email);
      assert.equal(info.given_name, 'Alice');
      assert.equal(info.preferred_username, test.alice.userName);
      assert.equal(info['population'], undefined);
      // The second time nothing is left to ask.
      const again = await begin(configuration);
      const same = await browser.go(again.url);
      assert.equal((await browser.state(same))['kind'], 'ready');
      const second = await finish(configuration, again, await browser.go(await browser.answer(same, '')));
      assert.equal(second.claims()?.sub, claims?.sub);
    });

    it('takes no for an answer', async () => {
      const browser = new Browser(server.url);
      await browser.logIn(test.bruno);
      const page = await browser.go((await begin(configuration)).url);
      const back = new URL(await browser.go(await browser.answer(page, 'no')));
      assert.equal(back.searchParams.get('error'), 'access_denied');
    });

    it('takes no silence for a yes', async () => {
      const browser = new Browser(server.url);
      await browser.logIn(test.bruno);
      const page = await browser.go((await begin(configuration)).url);
      const answer = await browser.post(`${new URL(page, server.url).pathname}/answer`, {});
      assert.equal(answer.status, 403);
    });

    it('does not go on in another browser than the one it began in', async () => {
      const first = new Browser(server.url);
      const page = await first.go((await begin(configuration)).url);
      const other = new Browser(server.url);
      await other.logIn(test.alice);
      assert.deepEqual(await other.state(page), { kind: 'gone' });
    });

    it('sends nobody to an address that is not registered, octet for octet', async () => {
      for (const wrong of [`${redirectUri}/`, `${redirectUri}?x=1`, 'https://ent.example.org/retour']) {
        const browser = new Browser(server.url);
        const at = await browser.go((await begin(configuration, { redirect_uri: wrong })).url);
        assert.match(at, /\/openid\/error\?error=invalid_redirect_uri/);
      }
    });

    it('demands PKCE of confidential clients too, and S256', async () => {
      const { url } = await begin(configuration);
      for (const wanted of ['none', 'plain']) {
        const bare = new URL(url);
        bare.searchParams.delete('code_challenge_method');
        if (wanted === 'plain') bare.searchParams.set('code_challenge_method', 'plain');
        else bare.searchParams.delete('code_challenge');
        const at = new URL(await new Browser(server.url).go(bare.href), server.url);
        assert.equal(at.searchParams.get('error'), 'invalid_request', at.href);
      }
    });

    it('takes a code once: who comes with it again ends what came from it', async () => {
      const { begun, back, tokens } = await logInAt(configuration);
      await assert.rejects(finish(configuration, begun, back), { error: 'invalid_grant' });
      const { active } = await oidc.tokenIntrospection(configuration, tokens.access_token);
      assert.equal(active, false);
    });

    it('takes no code without its verifier', async () => {
      const browser = new Browser(server.url);
      await browser.logIn(test.alice);
      const begun = await begin(configuration);
      const back = await browser.go(await browser.answer(await browser.go(begun.url), 'yes'));
      const verifier = oidc.randomPKCECodeVerifier();
      await assert.rejects(finish(configuration, { ...begun, verifier }, back), { error: 'invalid_grant' });
    });

    it('turns refresh tokens over, and ends the grant of one that is used again', async () => {
      const { tokens } = await logInAt(configuration, { scope: 'openid offline_access mail', prompt: 'consent' });
      const first = tokens.refresh_token ?? '';
      const second = await oidc.refreshTokenGrant(configuration, first);
      assert.notEqual(second.refresh_token, first);
      assert.equal((await oidc.tokenIntrospection(configuration, second.access_token)).active, true);
      await assert.rejects(oidc.refreshTokenGrant(configuration, first), { error: 'invalid_grant' });
      await assert.rejects(oidc.refreshTokenGrant(configuration, second.refresh_token ?? ''), {
        error: 'invalid_grant',
      });
      assert.equal((await oidc.tokenIntrospection(configuration, second.access_token)).active, false);
    });

    it('ends a token its client gives back', async () => {
      const { tokens } = await logInAt(configuration);
      await oidc.tokenRevocation(configuration, tokens.access_token);
      assert.equal((await oidc.tokenIntrospection(configuration, tokens.access_token)).active, false);
    });

    it('gives nothing to who has not the secret', async () => {
      const wrong = await discover(ent, oidc.ClientSecretBasic('wrong'));
      const { begun, back } = await logInAt(configuration);
      await assert.rejects(finish(wrong, begun, back), { code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE' });
    });

    it('serves nobody of another institution', async () => {
      const other = await openTestHouse(store, 'autre');
      const browser = new Browser(server.url);
      await browser.logIn(other.alice);
      const page = await browser.go((await begin(configuration)).url);
      assert.deepEqual(await browser.state(page), { kind: 'foreign' });
      const answer = await browser.post(`${new URL(page, server.url).pathname}/answer`, { answer: 'yes' });
      assert.equal(answer.status, 404);
    });

    it('asks nobody for a service of the house, and tells it unit and population', async () => {
      const { id } = await addClient(store, operator, test.tenantId, {
        name: 'Portail',
        isConfidential: false,
        isFirstParty: true,
        redirectUris: [redirectUri],
        scopes: ['openid', 'affiliation'],
      });
      const portal = await discover(id, oidc.None());
      const browser = new Browser(server.url);
      await browser.logIn(test.alice);
      const more = await browser.go((await begin(portal, { scope: 'openid email' })).url);
      assert.equal(new URL(more).searchParams.get('error'), 'invalid_scope');
      const begun = await begin(portal, { scope: 'openid affiliation' });
      const page = await browser.go(begun.url);
      assert.equal((await browser.state(page))['kind'], 'ready');
      const tokens = await finish(portal, begun, await browser.go(await browser.answer(page, '')));
      const info = await oidc.fetchUserInfo(portal, tokens.access_token, tokens.claims()?.sub ?? '');
      assert.equal(info['population'], 'staff');
      assert.equal(info['unit'], null);
    });

    it('asks again for the password where the client wants a fresh one', async () => {
      const browser = new Browser(server.url);
      await browser.logIn(test.alice);
      await write(store, (tx) => changes(tx, tx.q.updateTable('session').set({ proved_at: store.now() - 5000 })));
      for (const more of [{ prompt: 'login' }, { max_age: '0' }]) {
        const begun = await begin(configuration, more);
        const page = await browser.go(begun.url);
        assert.equal((await browser.state(page))['kind'], 'proof', JSON.stringify(more));
        const refused = await browser.post(`${new URL(page, server.url).pathname}/answer`, { answer: 'yes' });
        assert.equal(refused.status, 403);
      }
      const begun = await begin(configuration, { prompt: 'login' });
      const page = await browser.go(begun.url);
      const proved = await browser.post('/auth/prove', { kind: 'password', password: test.alice.password });
      assert.equal(proved.status, 200);
      assert.equal((await browser.state(page))['kind'], 'ready');
    });

    it('answers a silent request from the session it has, and none without', async () => {
      const { browser } = await logInAt(configuration);
      const begun = await begin(configuration, { prompt: 'none' });
      const silent = await finish(configuration, begun, await browser.go(begun.url));
      assert.ok(silent.claims());
      const { url } = await begin(configuration, { prompt: 'none' });
      const stranger = new URL(await new Browser(server.url).go(url));
      assert.equal(stranger.searchParams.get('error'), 'login_required');
      await browser.post('/auth/logout', {});
      const after = new URL(await browser.go((await begin(configuration, { prompt: 'none' })).url));
      assert.equal(after.searchParams.get('error'), 'login_required');
    });

    it('ends with the session of the house, but for who asked to last', async () => {
      const short = await logInAt(configuration);
      const lasting = await logInAt(configuration, { scope: 'openid offline_access mail', prompt: 'consent' });
      for (const { browser } of [short, lasting]) await browser.post('/auth/logout', {});
      const isActive = async (token: string) => (await oidc.tokenIntrospection(configuration, token)).active;
      assert.equal(await isActive(short.tokens.access_token), false);
      assert.equal(await isActive(lasting.tokens.access_token), true);
    });

    it('logs out here whoever logs out at the client’s, and goes back there', async () => {
      const { browser, tokens } = await logInAt(configuration);
      const out = oidc.buildEndSessionUrl(configuration, {
        id_token_hint: tokens.id_token ?? '',
        post_logout_redirect_uri: 'https://ent.example/',
      });
      const page = await browser.go(out.href);
      assert.match(page, /^\/openid\/logout#/);
      const form = new URLSearchParams({ xsrf: page.split('#')[1] ?? '', logout: 'yes' });
      const answer = await browser.fetch('/openid/end/confirm', { method: 'POST', body: form });
      assert.deepEqual(await answer.json(), { location: 'https://ent.example/' });
      assert.equal((await browser.fetch('/.well-known/jmap')).status, 401);
    });

    it('tells clients that a session has ended, wherever it was ended', async () => {
      const { createServer } = await import('node:http');
      const told = Promise.withResolvers<string>();
      const listener = createServer((request, response) => {
        void request.toArray().then((pieces) => {
          told.resolve(Buffer.concat(pieces).toString());
          response.end();
        });
      });
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
      const address = listener.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const jobs = runJobs(store, providerJobs(store, { issuer: () => server.url, mayReachInside: true }), {
        lookEveryMs: 50,
        onFault: (_job, error) => told.reject(error),
      });
      try {
        const { id, secret } = await addClient(store, operator, test.tenantId, {
          name: 'Vie scolaire',
          isConfidential: true,
          redirectUris: [redirectUri],
          logoutUri: `http://127.0.0.1:${port}/fin`,
        });
        const client = await discover(id, oidc.ClientSecretBasic(secret ?? ''));
        const { tokens, browser } = await logInAt(client);
        const claims = tokens.claims();
        await browser.post('/auth/logout', {});
        const logoutToken = new URLSearchParams(await told.promise).get('logout_token') ?? '';
        const { createRemoteJWKSet, jwtVerify } = await import('jose');
        const keys = createRemoteJWKSet(new URL(`${server.url}/openid/jwks`));
        const { payload } = await jwtVerify(logoutToken, keys, { issuer: server.url, audience: id, typ: 'logout+jwt' });
        assert.equal(payload.sub, claims?.sub);
        assert.equal(payload['sid'], claims?.['sid']);
        assert.deepEqual(payload['events'], { 'http://schemas.openid.net/event/backchannel-logout': {} });
      } finally {
        await jobs.close();
        listener.close();
      }
    });

    it('lets a token do what it was given for: JMAP, and nothing without a scope for it', async () => {
      const session = (token: string) =>
        fetch(`${server.url}/.well-known/jmap`, { headers: { authorization: `Bearer ${token}` } });
      const mail = await logInAt(configuration, { scope: 'openid mail' });
      const answer = await session(mail.tokens.access_token);
      assert.equal(answer.status, 200);
      const { capabilities } = (await answer.json()) as { capabilities: object };
      assert.ok('urn:ietf:params:jmap:mail' in capabilities);
      assert.ok(!('urn:ietf:params:jmap:submission' in capabilities));
      const identity = await logInAt(configuration, { scope: 'openid' });
      assert.equal((await session(identity.tokens.access_token)).status, 401);
      assert.equal((await session('x'.repeat(43))).status, 401);
    });

    it('stops at once for whoever is locked', async () => {
      const { tokens } = await logInAt(configuration, { scope: 'openid offline_access mail', prompt: 'consent' });
      const request = { token: tokens.access_token, remoteAddress: '127.0.0.1', scope: 'mail' } as const;
      const who = { tenantId: test.tenantId, personId: test.alice.personId };
      await authenticateToken(store, request);
      await lockPerson(store, operator, who, { state: 'blocked' });
      await assert.rejects(authenticateToken(store, request), refusedFor('accountLocked'));
      await assert.rejects(oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? ''), {
        error: 'invalid_grant',
      });
      await unlockPerson(store, operator, who);
    });

    it('lets people in at services while nothing may be written here, and nobody while the house is closed', async () => {
      const { tenantId } = test;
      await startMaintenance(store, operator, { tenantId, mode: 'readOnly' });
      try {
        const { browser, tokens } = await logInAt(configuration);
        assert.ok(tokens.access_token);
        const page = await browser.go((await begin(configuration)).url);
        await startMaintenance(store, operator, { tenantId, mode: 'closed' });
        const { status } = await browser.post(`${new URL(page, server.url).pathname}/answer`, { answer: 'yes' });
        assert.equal(status, 503);
      } finally {
        await endMaintenance(store, operator, tenantId);
      }
    });

    it('signs with new keys at once, and still shows the old ones', async () => {
      const { tokens } = await logInAt(configuration);
      await rotateKeys(store, operator);
      // Another process would find them within half a minute; this one is asked as another would be.
      let issuer = '';
      const second = await test.start([openidHead({ issuer: () => issuer })]);
      issuer = server.url;
      try {
        const { keys } = (await (await fetch(`${second.url}/openid/jwks`)).json()) as { keys: { kid: string }[] };
        assert.equal(keys.length, 4);
        const [head = ''] = (tokens.id_token ?? '').split('.');
        const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
        assert.ok(keys.some((key) => key.kid === kid));
        assert.notEqual(keys[0]?.kid, kid);
      } finally {
        await second.close();
      }
    });

    it('keeps nothing in the database that opens anything', async () => {
      const { tokens } = await logInAt(configuration, { scope: 'openid offline_access mail', prompt: 'consent' });
      const rows = await store.engine.read((connection) =>
        connection.all({ sql: 'select * from openid_artefact' }, []),
      );
      const keys = await store.engine.read((connection) => connection.all({ sql: 'select * from openid_key' }, []));
      const text = JSON.stringify([rows, keys]);
      for (const secret of [tokens.access_token, tokens.refresh_token ?? '', '"kty"', '"d"'])
        assert.ok(!text.includes(secret));
    });

    it('ends all that a client has when it is removed', async () => {
      const { tokens } = await logInAt(configuration, { scope: 'openid offline_access mail', prompt: 'consent' });
      await removeClient(store, operator, { tenantId: test.tenantId, id: ent });
      const request = { token: tokens.access_token, remoteAddress: '127.0.0.1', scope: 'mail' } as const;
      await assert.rejects(authenticateToken(store, request), refusedFor('badCredentials'));
      const at = await new Browser(server.url).go((await begin(configuration)).url);
      assert.match(at, /error=invalid_client/);
    });
  });
});
