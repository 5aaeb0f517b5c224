/**
 * SAML against assertions made and signed here, as a provider would; and as an attacker would: altered, signed by another,
 * played again, meant for somebody else, an unasked one, and a signed one wrapped in one that is not.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { SAML } from '@node-saml/node-saml';
import { signSamlPost } from '@node-saml/node-saml/lib/saml-post-signing.js';

import { operator } from '#server/access/actor.ts';
import { addPerson } from '#server/directory/person.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { comeFrom, goTo, takeSaml } from '#server/federation/go.ts';
import { endVouched, leavingOf } from '#server/federation/leave.ts';
import { changeFederationPolicy } from '#server/federation/policy.ts';
import { addProvider, type Provider } from '#server/federation/providers.ts';
import type { Site } from '#server/federation/site.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { newSigningKey, type SigningKey } from './certificate.ts';
import { samlLogoutRequest, samlMetadata } from './service.ts';

const idp = 'https://idp.example/saml/metadata';
const site: Site = {
  baseUrl: 'https://mail.academie.example',
  askOwn: () => Promise.reject(new Error('nothing is asked')),
};

interface Making {
  readonly requestId: string;
  readonly audience: string;
  readonly callback: string;
  readonly name: string;
  readonly id?: string;
  readonly ageMs?: number;
}

function assertionOf({ requestId, audience, callback, name, id = '_assertion1', ageMs = 0 }: Making): string {
  const at = (offsetMs: number): string => new Date(Date.now() - ageMs + offsetMs).toISOString();
  return (
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${at(0)}">` +
    `<saml:Issuer>${idp}</saml:Issuer>` +
    `<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">p-${name}</saml:NameID>` +
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData ` +
    `InResponseTo="${requestId}" NotOnOrAfter="${at(60_000)}" Recipient="${callback}"/></saml:SubjectConfirmation></saml:Subject>` +
    `<saml:Conditions NotBefore="${at(-60_000)}" NotOnOrAfter="${at(60_000)}"><saml:AudienceRestriction>` +
    `<saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
    `<saml:AuthnStatement AuthnInstant="${at(0)}" SessionIndex="s-${name}"><saml:AuthnContext><saml:AuthnContextClassRef>` +
    `urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
    `<saml:AttributeStatement><saml:Attribute Name="uid"><saml:AttributeValue>${name}</saml:AttributeValue></saml:Attribute>` +
    `</saml:AttributeStatement></saml:Assertion>`
  );
}

function signed(assertion: string, key: SigningKey): string {
  const path = '/*[local-name(.)="Assertion" and namespace-uri(.)="urn:oasis:names:tc:SAML:2.0:assertion"]';
  return signSamlPost(assertion, path, {
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    xmlSignatureTransforms: [
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/2001/10/xml-exc-c14n#',
    ],
  });
}

function responseOf(content: string, requestId: string): string {
  const response =
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ` +
    `ID="_response" Version="2.0" IssueInstant="${new Date().toISOString()}" InResponseTo="${requestId}">` +
    `<saml:Issuer>${idp}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>` +
    `</samlp:Status>${content}</samlp:Response>`;
  return Buffer.from(response).toString('base64');
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`SAML on ${name}`, () => {
    let store: Store;
    let provider: Provider;
    let key: SigningKey;
    let other: SigningKey;
    let userName = '';
    let place = '';
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      [key, other] = await Promise.all([newSigningKey(), newSigningKey()]);
      const tenantId = await addTenant(store, operator, { slug: 'academie', name: 'Académie' });
      await addDomain(store, operator, { tenantId, name: 'academie.example' });
      const person = { tenantId, givenName: 'Alice', familyName: 'Martin', password: null };
      ({ userName } = await addPerson(store, operator, person));
      const given = {
        kind: 'saml',
        name: 'Guichet SAML',
        settings: {
          entityId: idp,
          entryPoint: 'https://idp.example/sso',
          logoutUrl: 'https://idp.example/slo',
          certificates: [key.certificate],
          leaving: 'always',
        },
      } as const;
      // Off, unless the tenant says otherwise.
      await assert.rejects(addProvider(store, operator, tenantId, given), { reason: 'invalidProperties' });
      await changeFederationPolicy(store, operator, tenantId, { isSamlOpen: true });
      provider = await addProvider(store, operator, tenantId, given);
      place = `${site.baseUrl}/auth/federation/saml/${tenantId}.${provider.id}`;
    });
    after(() => store.close());

    const browser = 'b'.repeat(43);
    const begin = async () => {
      const going = { browser, returnTo: '/x', remoteAddress: '127.0.0.1', site, onFault: () => undefined };
      const gone = await goTo(store, provider, going);
      assert.ok(gone.kind === 'gone');
      const query = new URL(gone.url).searchParams;
      const { inflateRawSync } = await import('node:zlib');
      const request = inflateRawSync(Buffer.from(query.get('SAMLRequest') ?? '', 'base64')).toString();
      assert.ok(query.has('Signature'), 'what we ask is signed');
      const [, requestId = ''] = /\bID="([^"]+)"/.exec(request) ?? [];
      return { state: query.get('RelayState') ?? '', requestId };
    };
    const making = (requestId: string, more: Partial<Making> = {}): Making => ({
      requestId,
      audience: `${place}/metadata`,
      callback: `${place}/callback`,
      name: userName,
      ...more,
    });
    const come = (state: string, from: string = browser) =>
      comeFrom(store, {
        provider,
        site,
        query: new URLSearchParams({ state }),
        browser: from,
        onFault: () => undefined,
        remoteAddress: '127.0.0.1',
        userAgent: 'test',
      });

    it('a signed assertion that answers our question lets the browser in that asked, once', async () => {
      const { state, requestId } = await begin();
      const response = responseOf(signed(assertionOf(making(requestId)), key), requestId);
      assert.equal(await takeSaml(store, { provider, site, response, state }), true);
      assert.equal((await come(state, 'c'.repeat(43))).kind, 'tooLate');
      const arrived = await come(state);
      assert.ok(arrived.kind === 'in');
      assert.equal(arrived.returnTo, '/x');
      assert.equal((await come(state)).kind, 'tooLate');
      // Played again in another login, even one that it would answer.
      await assert.rejects(takeSaml(store, { provider, site, response, state: (await begin()).state }), /InResponseTo/);
      // Leaving is signed, and names the session there.
      const leaving = await leavingOf(store, arrived.begun.actor, site);
      assert.match(leaving?.url ?? '', /^https:\/\/idp\.example\/slo\?SAMLRequest=.*Signature=/);
      assert.equal(await endVouched(store, provider, { sid: 's-nobody' }, '127.0.0.1'), 0);
      assert.equal(await endVouched(store, provider, { sid: `s-${userName}` }, '127.0.0.1'), 1);
    });

    it('an assertion is taken once, whatever it is wrapped in', async () => {
      const { state, requestId } = await begin();
      const assertion = signed(assertionOf(making(requestId, { id: '_twice' })), key);
      const response = responseOf(assertion, requestId);
      assert.equal(await takeSaml(store, { provider, site, response, state }), true);
      await assert.rejects(takeSaml(store, { provider, site, response, state }), /taken before/);
    });

    it('what is altered, unsigned, old, for others, by others or wrapped lets nobody in', async () => {
      const { state, requestId } = await begin();
      const good = making(requestId, { id: '_good' });
      const genuine = signed(assertionOf(good), key);
      const evil = assertionOf({ ...good, id: '_evil', name: 'admin' });
      const rows: Readonly<Record<string, string>> = {
        altered: genuine.replace(`>${userName}<`, '>admin<'),
        unsigned: assertionOf(good),
        'signed by somebody else': signed(assertionOf(good), other),
        'for another audience': signed(assertionOf({ ...good, audience: 'https://other.example' }), key),
        'answering another question': signed(assertionOf({ ...good, requestId: '_other' }), key),
        old: signed(assertionOf({ ...good, ageMs: 3_600_000 }), key),
        'wrapped beside': evil + genuine,
        'wrapped within': evil.replace('</saml:Assertion>', `<saml:Advice>${genuine}</saml:Advice></saml:Assertion>`),
        'a signature moved to another': evil.replace(
          '</saml:Issuer>',
          `</saml:Issuer>${/<(?:\w+:)?Signature[\s\S]*<\/(?:\w+:)?Signature>/.exec(genuine)?.[0] ?? ''}`,
        ),
        'a comment in the name': genuine.replace(`>${userName}<`, `>${userName}<!-- -->x<`),
      };
      for (const [why, content] of Object.entries(rows)) {
        const response = responseOf(content, requestId);
        await assert.rejects(takeSaml(store, { provider, site, response, state }), { name: 'ProviderFault' }, why);
      }
      const bomb = Buffer.from(`<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`).toString('base64');
      await assert.rejects(takeSaml(store, { provider, site, response: bomb, state }), /DTD/);
      // Nobody was let in by all this, and the login that waits is not over.
      assert.equal(await takeSaml(store, { provider, site, response: responseOf(genuine, requestId), state }), true);
    });

    it('only what the provider signed ends a session', async () => {
      const { settings } = provider;
      assert.ok(settings.kind === 'saml');
      const saml = new SAML({
        issuer: idp,
        callbackUrl: 'https://idp.example/x',
        idpCert: key.certificate,
        logoutUrl: `${place}/logout`,
        entryPoint: 'https://idp.example/x',
        privateKey: key.privateKey,
        signatureAlgorithm: 'sha256',
      });
      const who = { issuer: idp, nameID: `p-${userName}`, nameIDFormat: 'x', sessionIndex: `s-${userName}` };
      const query = new URL(await saml.getLogoutUrlAsync(who, '', {})).search.slice(1);
      const asked = { provider, settings, site };
      const { by, answer } = await samlLogoutRequest(store, asked, { kind: 'redirect', query });
      assert.deepEqual(by, { sid: `s-${userName}` });
      assert.match(answer ?? '', /SAMLResponse=/);
      const fields = new URLSearchParams(query);
      fields.delete('Signature');
      const bare = fields.toString();
      const twice = `${query}&SAMLRequest=x`;
      for (const each of [bare, twice, query.replace(/Signature=..../, 'Signature=AAAA')])
        await assert.rejects(samlLogoutRequest(store, asked, { kind: 'redirect', query: each }), {
          name: 'ProviderFault',
        });
    });

    it('metadata says who we are and what we sign with', () => {
      const { settings } = provider;
      assert.ok(settings.kind === 'saml');
      const xml = samlMetadata(store, { provider, settings, site });
      assert.match(xml, new RegExp(`entityID="${place}/metadata"`));
      assert.match(xml, /WantAssertionsSigned="true"/);
      assert.match(xml, /AuthnRequestsSigned="true"/);
    });
  });
});
