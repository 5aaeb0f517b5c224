/** Logging in by other identity providers over real HTTP: an OpenID provider, and the CAS portal of the demonstration. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { authenticateSession } from '#server/access/login.ts';
import { lockPerson, unlockPerson } from '#server/access/person-state.ts';
import { addPortal } from '#server/demo/portal/provider.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { addProvider, changeProvider, type Provider } from '#server/federation/providers.ts';
import { listTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { changePolicy } from '#server/policies/policies.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { demoPortal } from './demo-portal.ts';
import { newBrowser, startOpenIdProvider, type TestBrowser, type TestProvider } from './federation.testing.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`other identity providers on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    let idp: TestProvider;
    let oidc: Provider;
    let signed: Provider;
    let cas: Provider;
    let demo: { tenantId: TenantId; userName: string };
    const password = 'un-mot-de-passe-de-démonstration';

    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      server = await test.start([demoPortal]);
      const { tenantId } = test;
      const clients = (): readonly Provider[] => [oidc, signed];
      idp = await startOpenIdProvider(() =>
        clients().map((provider, index) => ({
          id: `pli-${index}`,
          secret: 'un secret/des eleves+1',
          redirectUri: `${server.url}/auth/federation/oidc/${tenantId}.${provider.id}/callback`,
          backChannelLogoutUri: `${server.url}/auth/federation/oidc/${tenantId}.${provider.id}/logout`,
          postLogoutUri: `${server.url}/login`,
          ...(index === 1 && { userinfoAlgorithm: 'RS256' as const }),
        })),
      );
      const secret = 'un secret/des eleves+1';
      const settings = { issuer: idp.issuer, mayReachInside: true };
      oidc = await addProvider(store, operator, tenantId, {
        kind: 'oidc',
        name: 'Guichet',
        secret,
        settings: {
          ...settings,
          clientId: 'pli-0',
          linkBy: 'userName',
          leaving: 'always',
          domains: ['academie.example'],
        },
      });
      signed = await addProvider(store, operator, tenantId, {
        kind: 'oidc',
        name: 'Guichet signé',
        secret,
        settings: {
          ...settings,
          clientId: 'pli-1',
          linkBy: 'email',
          levels: ['eidas1'],
          userinfoAlgorithm: 'RS256',
          isSecondFactorTrusted: true,
        },
      });
      const demoTenant = await addTenant(store, operator, { slug: 'essai-demonstration', name: 'Démonstration' });
      await addDomain(store, operator, { tenantId: demoTenant, name: 'demo.example' });
      const person = { tenantId: demoTenant, givenName: 'Claire', familyName: 'Dupont', password };
      demo = { tenantId: demoTenant, userName: (await addPerson(store, operator, person)).userName };
      await addPortal(store, demoTenant);
      const { listProviders } = await import('#server/federation/providers.ts');
      const [portal] = await listProviders(store, operator, demoTenant);
      assert.ok(portal);
      cas = portal;
    });
    after(async () => {
      idp.close();
      await server.close();
      await store.close();
    });

    const startOf = ({ tenantId, id }: Provider, to = '/'): string =>
      `${server.url}/auth/federation/start?provider=${tenantId}.${id}&to=${encodeURIComponent(to)}`;
    const sessionOf = (browser: TestBrowser): string =>
      decodeURIComponent(browser.cookies.get(new URL(server.url).host)?.get('pli') ?? '');
    const whoIs = async (browser: TestBrowser) =>
      (await authenticateSession(store, sessionOf(browser), '127.0.0.1')).actor.personId;
    const ours = (url: string): boolean =>
      url.startsWith(server.url) && !/\/auth\/federation\/|\/portail-demo\//.test(url);
    const knows = (userName: string, claims: Readonly<Record<string, unknown>> = {}): void => {
      idp.account = { sub: `sub-${userName}`, claims: { preferred_username: userName, ...claims } };
    };
    const refusedOf = async (browser: TestBrowser, url: string): Promise<unknown> => {
      const state = new URL(url).searchParams.get('sso') ?? '';
      const answer = await browser.open(`${server.url}/auth/federation/refused?state=${state}`);
      const { refused }: { refused: { outcome: { kind: string } } | null } = JSON.parse(answer.text);
      return refused?.outcome.kind;
    };
    const logOut = async (browser: TestBrowser) => {
      const headers = { 'x-pli-client': 'web', 'content-type': 'application/json' };
      const answer = await browser.open(`${server.url}/auth/logout`, { method: 'POST', headers, body: '{}' });
      const said: { provider?: { name: string; url: string; isAsked: boolean } } = JSON.parse(answer.text);
      return said.provider;
    };

    it('an OpenID provider’s word opens a session on the page that was asked for, and leaving is told to it', async () => {
      knows(test.alice.userName);
      const browser = newBrowser();
      const { url } = await browser.open(startOf(oidc, '/search?q=a'), { until: ours });
      assert.equal(url, `${server.url}/search?q=a`);
      assert.equal(await whoIs(browser), test.alice.personId);
      const verbs = (await listTrace(store, test.tenantId, { personId: test.alice.personId })).map(({ verb }) => verb);
      assert.ok(['linkIdentity', 'providerLogin', 'login'].every((verb) => verbs.includes(verb)));
      const provider = await logOut(browser);
      assert.equal(provider?.isAsked, false);
      assert.match(provider?.url ?? '', /id_token_hint=.*post_logout_redirect_uri=/);
      await assert.rejects(whoIs(browser), { reason: 'badCredentials' });
    });

    it('the link holds when the provider gives the person another name, and nobody else gets their place', async () => {
      knows(test.alice.userName);
      idp.account = { sub: idp.account.sub, claims: { preferred_username: 'renamed' } };
      const browser = newBrowser();
      await browser.open(startOf(oidc), { until: ours });
      assert.equal(await whoIs(browser), test.alice.personId);
      // The name was given out again: another subject, the same user name.
      idp.account = { sub: 'somebody else', claims: { preferred_username: test.alice.userName } };
      const other = newBrowser();
      const { url } = await other.open(startOf(oidc), { until: ours });
      assert.equal(await refusedOf(other, url), 'unknown');
      assert.equal(sessionOf(other), '');
    });

    it('nobody is made an account, and the page says why to the browser that asked alone', async () => {
      knows('inconnue');
      const browser = newBrowser();
      const { url } = await browser.open(startOf(oidc, '/'), { until: ours });
      assert.match(url, /\/login\?sso=/);
      assert.equal(await refusedOf(browser, url), 'unknown');
      assert.equal(await refusedOf(newBrowser(), url), undefined);
    });

    it('userinfo that is signed is verified, the level kept, and an address of another house proves nothing', async () => {
      idp.account = { sub: 'b', claims: { email: test.bruno.email, email_verified: true } };
      const browser = newBrowser();
      await browser.open(startOf(signed), { until: ours });
      assert.equal(await whoIs(browser), test.bruno.personId);
      const [line] = await listTrace(store, test.tenantId, { verbs: ['providerLogin'] });
      assert.equal(line?.details['level'], 'eidas1');
      for (const claims of [
        { email: 'alice.martin@elsewhere.example' },
        { email: test.alice.email, email_verified: false },
      ]) {
        idp.account = { sub: 'c', claims };
        const other = newBrowser();
        const { url } = await other.open(startOf(signed), { until: ours });
        assert.equal(await refusedOf(other, url), 'unknown');
      }
      await changeProvider(store, operator, test.tenantId, signed.id, { settings: { levels: ['eidas2'] } });
      const low = newBrowser();
      const { url } = await low.open(startOf(signed), { until: ours });
      assert.equal(await refusedOf(low, url), 'level');
    });

    it('an answer is for the browser that was sent, once, and for the provider it was sent to', async () => {
      knows(test.alice.userName);
      const victim = newBrowser();
      const attacker = newBrowser();
      const isBack = (url: string): boolean => url.includes('/callback?');
      // Login CSRF: an answer for the attacker, brought by the victim's browser.
      const stolen = await attacker.open(startOf(oidc), { until: isBack });
      const landed = await victim.open(stolen.url, { until: ours });
      assert.match(landed.url, /\/login\?sso=none$/);
      assert.equal(sessionOf(victim), '');
      // Mix-up: the answer of one provider at the address of the other.
      const mixed = stolen.url.replace(`.${oidc.id}/`, `.${signed.id}/`);
      assert.match((await attacker.open(mixed, { until: ours })).url, /sso=none$/);
      await attacker.open(stolen.url, { until: ours });
      assert.equal(await whoIs(attacker), test.alice.personId);
      const again = newBrowser();
      again.cookies.set(new URL(server.url).host, new Map(attacker.cookies.get(new URL(server.url).host)));
      again.cookies.get(new URL(server.url).host)?.delete('pli');
      assert.match((await again.open(stolen.url, { until: ours })).url, /sso=none$/);
      // The provider's name in the answer is another one (RFC 9207).
      const wrong = await attacker.open(startOf(oidc), { until: isBack });
      const lied = wrong.url.replace(encodeURIComponent(idp.issuer), encodeURIComponent('https://other.example'));
      assert.notEqual(lied, wrong.url);
      assert.equal(await refusedOf(attacker, (await attacker.open(lied, { until: ours })).url), 'failed');
    });

    it('what leads elsewhere afterwards is not followed', async () => {
      knows(test.alice.userName);
      for (const to of ['//elsewhere.example/', 'https://elsewhere.example/', '/\\elsewhere.example', 'search']) {
        const browser = newBrowser();
        assert.equal((await browser.open(startOf(oidc, to), { until: ours })).url, `${server.url}/`);
      }
    });

    it('an account that is blocked stays so by this way too', async () => {
      const { tenantId, alice } = test;
      await lockPerson(store, operator, { tenantId, personId: alice.personId }, { state: 'blocked', reason: 'essai' });
      knows(alice.userName);
      const browser = newBrowser();
      const { url } = await browser.open(startOf(oidc), { until: ours });
      assert.equal(await refusedOf(browser, url), 'locked');
      await unlockPerson(store, operator, { tenantId, personId: alice.personId }, 'essai');
    });

    it('the provider ends the session that it vouched for, and a token it did not sign ends nothing', async () => {
      knows(test.alice.userName);
      const browser = newBrowser();
      const other = newBrowser();
      await browser.open(startOf(oidc), { until: ours });
      await other.open(startOf(oidc), { until: ours });
      const forged = await fetch(`${server.url}/auth/federation/oidc/${test.tenantId}.${oidc.id}/logout`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ logout_token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' }).toString(),
      });
      assert.equal(forged.status, 400);
      // The provider's own page of logout, confirmed: it tells us behind the browser's back.
      const page = await browser.open(`${idp.issuer}/session/end`);
      const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(page.text) ?? [];
      await browser.open(`${idp.issuer}/session/end/confirm`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ xsrf, logout: 'yes' }).toString(),
        until: () => true,
      });
      await assert.rejects(whoIs(browser), { reason: 'badCredentials' });
      assert.equal(await whoIs(other), test.alice.personId);
    });

    it('our own second factor is asked for unless the provider’s is believed, and no password ever', async () => {
      const { tenantId } = test;
      await changeProvider(store, operator, tenantId, signed.id, { settings: { levels: [] } });
      // From here a second factor is demanded of everybody.
      await changePolicy(store, operator, tenantId, 'factors', { insideNetworks: ['192.0.2.0/24'] });
      const given = { tenantId, givenName: 'Chloé', familyName: 'Sans', password: null };
      const chloe = await addPerson(store, operator, given);
      knows(chloe.userName);
      const asked = newBrowser();
      assert.match((await asked.open(startOf(oidc, '/x'), { until: ours })).url, /\/login\?to=%2Fx$/);
      const { steps }: { steps: string[] } = JSON.parse((await asked.open(`${server.url}/auth/state`)).text);
      assert.ok(steps.includes('enrol') && !steps.includes('password'), steps.join(' '));
      idp.account = { sub: 'b', claims: { email: test.bruno.email } };
      const believed = newBrowser();
      await believed.open(startOf(signed), { until: ours });
      assert.equal(await whoIs(believed), test.bruno.personId);
      await changePolicy(store, operator, tenantId, 'factors', { insideNetworks: [] });
    });

    it('a provider that does not answer is said so', async () => {
      const { tenantId } = test;
      const settings = { issuer: 'http://127.0.0.1:9/', clientId: 'x', mayReachInside: true };
      const dead = await addProvider(store, operator, tenantId, { kind: 'oidc', name: 'Muet', settings });
      const browser = newBrowser();
      const { url } = await browser.open(startOf(dead, '/x'), { until: ours });
      assert.match(url, /to=%2Fx/);
      assert.equal(await refusedOf(browser, url), 'failed');
    });

    it('the portal of the demonstration lets in, and ends here what it ends there', async () => {
      const browser = newBrowser();
      const form = await browser.open(startOf(cas, '/search?q=b'));
      assert.match(form.text, /Démonstration : ce portail est fictif/);
      const [, service = ''] = /name="service" value="([^"]+)"/.exec(form.text) ?? [];
      const send = (secret: string) =>
        browser.open(`${server.url}/portail-demo/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ service, username: demo.userName, password: secret }).toString(),
          until: ours,
        });
      assert.match((await send('faux')).text, /incorrect/);
      const { url } = await send(password);
      // A first login still has its steps: the provider proved who, and the rest is as ever.
      assert.match(url, /\/login\?to=%2Fsearch|\/search\?q=b$/);
      await whoIs(browser).catch((error: unknown) => assert.match(String(error), /loginUnfinished/));
      await browser.open(`${server.url}/portail-demo/logout`);
      await assert.rejects(whoIs(browser), { reason: 'badCredentials' });
    });
  });
});
