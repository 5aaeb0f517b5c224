/** Against an identity provider that is not ours: LemonLDAP::NG, by OpenID Connect, by CAS and by SAML 2, in and out. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { authenticateSession } from '#server/access/login.ts';
import { addPerson } from '#server/directory/person.ts';
import { changeFederationPolicy } from '#server/federation/policy.ts';
import { addProvider, type Provider } from '#server/federation/providers.ts';
import { newSigningKey } from '#server/federation/saml/certificate.ts';
import type { PersonId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { freePort } from '#tools/testing/free-port.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';
import { startLemonldap } from '#tools/testing/lemonldap.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';

import { newBrowser, type Page, type TestBrowser } from './federation.testing.ts';

describe('LemonLDAP::NG', () => {
  const folder = temporaryFolder();
  let store: Store;
  let test: TestHouse;
  let server: HttpServer;
  let lemonldap: { stop(): Promise<void> } | undefined;
  let issuer = '';
  let oidc: Provider;
  let cas: Provider;
  let saml: Provider;
  let personId: PersonId;

  before(async () => {
    store = await openStore({ databaseUrl: `sqlite:${folder}/pli.sqlite`, blobsUrl: `file:${folder}/blobs` });
    test = await openTestHouse(store);
    server = await test.start([]);
    const { tenantId } = test;
    // Who `dwho` is here.
    const who = await addPerson(store, operator, { tenantId, givenName: 'Doctor', familyName: 'Who', password: null });
    assert.equal(who.userName, 'dwho');
    ({ personId } = who);
    const port = await freePort();
    issuer = `http://127.0.0.1:${port}`;
    const key = await newSigningKey();
    const common = { linkBy: 'userName', leaving: 'always', mayReachInside: true };
    await changeFederationPolicy(store, operator, tenantId, { isSamlOpen: true });
    oidc = await addProvider(store, operator, tenantId, {
      kind: 'oidc',
      name: 'LemonLDAP (OpenID)',
      secret: 'un secret',
      // It does not decode what RFC 6749 §2.3.1 has one encode in Basic.
      settings: { ...common, issuer, clientId: 'pli', clientAuthentication: 'post', userinfoAlgorithm: 'RS256' },
    });
    cas = await addProvider(store, operator, tenantId, {
      kind: 'cas',
      name: 'LemonLDAP (CAS)',
      settings: { ...common, url: `${issuer}/cas` },
    });
    saml = await addProvider(store, operator, tenantId, {
      kind: 'saml',
      name: 'LemonLDAP (SAML)',
      settings: {
        ...common,
        entityId: `${issuer}/saml/metadata`,
        entryPoint: `${issuer}/saml/singleSignOn`,
        logoutUrl: `${issuer}/saml/singleLogout`,
        certificates: [key.certificate],
      },
    });
    const place = (provider: Provider): string =>
      `${server.url}/auth/federation/${provider.kind}/${tenantId}.${provider.id}`;
    const metadata = await fetch(`${place(saml)}/metadata`);
    lemonldap = await startLemonldap({
      folder: `${folder}/lemonldap`,
      port,
      key,
      clients: {
        oidc: {
          id: 'pli',
          secret: 'un secret',
          redirectUri: `${place(oidc)}/callback`,
          postLogoutUri: `${server.url}/login`,
        },
        saml: await metadata.text(),
      },
    });
  });
  after(async () => {
    await lemonldap?.stop();
    await server.close();
    await store.close();
  });

  const ours = (url: string): boolean => url.startsWith(server.url) && !url.includes('/auth/federation/');
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const post = (browser: TestBrowser, url: string, fields: Readonly<Record<string, string>>): Promise<Page> =>
    browser.open(url, { method: 'POST', headers: form, body: new URLSearchParams(fields).toString(), until: ours });
  const hidden = (text: string, name: string): string => {
    const [input = ''] = text.match(new RegExp(`<input[^>]*name="${name}"[^>]*>`)) ?? [];
    return (/value="([^"]*)"/.exec(input)?.[1] ?? '')
      .replaceAll('&amp;', '&')
      .replaceAll('&#43;', '+')
      .replaceAll('&#x2B;', '+');
  };
  /** Goes to it, says there who one is, and comes back. */
  const logIn = async ({ tenantId, id }: Provider): Promise<{ browser: TestBrowser; url: string }> => {
    const browser = newBrowser();
    const start = `${server.url}/auth/federation/start?provider=${tenantId}.${id}&to=%2Fx`;
    const page = await browser.open(start, { until: ours });
    const fields = Object.fromEntries(
      [...page.text.matchAll(/<input[^>]*type="hidden"[^>]*name="([^"]+)"/g)].map(([, name = '']) => [
        name,
        hidden(page.text, name),
      ]),
    );
    let back = await post(browser, page.url, { ...fields, user: 'dwho', password: 'dwho' });
    if (back.text.includes('SAMLResponse')) {
      const [, action = ''] = /<form[^>]*action="([^"]+)"/.exec(back.text) ?? [];
      const said = { SAMLResponse: hidden(back.text, 'SAMLResponse'), RelayState: hidden(back.text, 'RelayState') };
      back = await post(browser, action, said);
    }
    return { browser, url: back.url };
  };
  const cookieOf = (browser: TestBrowser): string =>
    decodeURIComponent(browser.cookies.get(new URL(server.url).host)?.get('pli') ?? '');
  /** A first login has its steps left; who it is is settled. */
  const stateOf = async (browser: TestBrowser): Promise<string> => {
    try {
      const { actor } = await authenticateSession(store, cookieOf(browser), '127.0.0.1');
      return actor.personId === personId ? 'in' : 'somebody else';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };

  for (const [name, providerOf] of [
    ['OpenID Connect', () => oidc],
    ['CAS', () => cas],
    ['SAML 2', () => saml],
  ] as const) {
    it(`lets somebody in by ${name}`, async () => {
      const { browser, url } = await logIn(providerOf());
      assert.match(url, /\/login\?to=%2Fx$|\/x$/);
      assert.match(await stateOf(browser), /^(?:in|loginUnfinished)$/);
    });
  }

  it('ends by CAS the session here when it is left there', async () => {
    const { browser } = await logIn(cas);
    assert.match(await stateOf(browser), /^(?:in|loginUnfinished)$/);
    await browser.open(`${issuer}/?logout=1`, { until: ours });
    assert.equal(await stateOf(browser), 'badCredentials');
  });
});
