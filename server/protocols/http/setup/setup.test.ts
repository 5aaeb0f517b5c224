import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';

import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { needOpenssl } from '#tools/needs/openssl.ts';
import { testCertificate } from '#tools/testing/certificate.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { setupHead } from './head.ts';

const ports = { imap: 143, imaps: 993, submission: 587, submissions: 465, sieve: 4190 };
const hostName = 'mail.academie.example';
const wellKnown = '/.well-known/autoconfig/mail/config-v1.1.xml';
const profilePath = '/setup/pli.mobileconfig';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`set-up without a guide on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      server = await test.start([setupHead({ hostName, ports })], { publicUrl: 'https://web.academie.example' });
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const get = (path: string, init: RequestInit = {}) => fetch(server.url + path, { redirect: 'manual', ...init });
    /** As a program that found us by a name of its own (fetch sets no Host). */
    const getAs = (host: string, path: string) =>
      new Promise<{ readonly status: number | undefined; readonly text: string }>((resolve, reject) => {
        httpRequest(server.url + path, { headers: { host } }, (answer) => {
          textOf(answer).then((text) => resolve({ status: answer.statusCode, text }), reject);
        })
          .on('error', reject)
          .end();
      });

    it('autoconfig answers for a domain, by address or by host name, at both places Thunderbird asks', async () => {
      const answer = await get(`${wellKnown}?emailaddress=${encodeURIComponent(test.alice.email)}`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/xml/);
      const document = await answer.text();
      assert.match(document, /<domain>academie\.example<\/domain>[^]*<hostname>mail\.academie\.example<\/hostname>/);
      assert.match(document, /<displayName>Académie d’essai<\/displayName>/);
      for (const [host, path] of [
        ['autoconfig.academie.example', '/mail/config-v1.1.xml'],
        ['academie.example', wellKnown],
        ['mail.academie.example:8080', wellKnown],
      ] as const) {
        const found = await getAs(host, path);
        assert.deepEqual([found.status, found.text], [200, document], host);
      }
      for (const host of ['autoconfig.elsewhere.example', 'example', 'a.b.c.d.academie.example', '[::1]'])
        assert.equal((await getAs(host, '/mail/config-v1.1.xml')).status, 404, host);
      for (const address of ['a@elsewhere.example', 'academie.example', '', '%00@academie.example', 'a'.repeat(400)])
        assert.equal((await get(`${wellKnown}?emailaddress=${address}`)).status, 404, address);
    });

    const askOutlook = (
      address: string,
      schema = 'outlook/responseschema/2006a',
      path = '/autodiscover/autodiscover.xml',
    ) =>
      get(path, {
        method: 'POST',
        headers: { 'content-type': 'text/xml' },
        body: `<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request><EMailAddress>${address}</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/${schema}</AcceptableResponseSchema></Request></Autodiscover>`,
      });

    it('autodiscover answers Outlook, and faults in its own words', async () => {
      for (const path of [
        '/autodiscover/autodiscover.xml',
        '/Autodiscover/Autodiscover.xml',
        '/AutoDiscover/AutoDiscover.xml',
      ]) {
        const document = await (await askOutlook(test.alice.email, undefined, path)).text();
        assert.match(document, /<Type>IMAP<\/Type>\s*<Server>mail\.academie\.example<\/Server>\s*<Port>993</);
      }
      const faultOf = async (answer: Promise<Response>) => /<ErrorCode>(\d+)</.exec(await (await answer).text())?.[1];
      assert.equal(await faultOf(askOutlook('a@elsewhere.example')), '500');
      assert.equal(await faultOf(askOutlook(test.alice.email, 'mobilesync/responseschema/2006')), '601');
      assert.equal(await faultOf(askOutlook('<x>&y;</x>')), '600');
      const post = (body: string) => get('/autodiscover/autodiscover.xml', { method: 'POST', body });
      assert.equal(await faultOf(post('')), '600');
      assert.equal((await post('x'.repeat(20_000))).status, 413);
    });

    it('autodiscover sends a question in clear text to the secret address', async () => {
      const answer = await get('/autodiscover/autodiscover.xml');
      assert.equal(answer.status, 302);
      assert.equal(answer.headers.get('location'), 'https://web.academie.example/autodiscover/autodiscover.xml');
    });

    it('the JSON form says where the XML form is', async () => {
      const expected = {
        Protocol: 'AutodiscoverV1',
        Url: 'https://web.academie.example/autodiscover/autodiscover.xml',
      };
      const base = '/autodiscover/autodiscover.json';
      for (const path of [
        `${base}?Email=${test.alice.email}&Protocol=AutodiscoverV1`,
        `${base}?email=${test.alice.email}&protocol=autodiscoverv1&RedirectCount=1`,
        `${base}/v1.0/${encodeURIComponent(test.alice.email)}?Protocol=AutodiscoverV1`,
        `/Autodiscover/Autodiscover.json?Email=${test.alice.email}&Protocol=AutodiscoverV1`,
      ])
        assert.deepEqual(await (await get(path)).json(), expected, path);
      assert.equal((await get(`${base}?Email=${test.alice.email}&Protocol=ActiveSync`)).status, 400);
      assert.equal((await get(`${base}?Email=a@elsewhere.example&Protocol=AutodiscoverV1`)).status, 404);
    });

    it('nothing tells whether an account exists: who does and who does not get the same octets', async () => {
      const stranger = 'personne.du.tout@academie.example';
      const plain = async (answer: Promise<Response>, address: string) => {
        const { status, headers } = await answer.then(async (given) => ({
          status: given.status,
          headers: [...given.headers].filter(([key]) => !/^(?:date|content-length)$/.test(key)),
        }));
        const body = (await (await answer).text())
          .replaceAll(address, 'X')
          .replaceAll(/[\dA-F]{8}-[\dA-F-]{27}/g, 'UUID');
        return { status, headers, body };
      };
      const ways: readonly ((address: string) => Promise<Response>)[] = [
        (address) => get(`${wellKnown}?emailaddress=${address}`),
        (address) => askOutlook(address),
        (address) => get(`/autodiscover/autodiscover.json?Email=${address}&Protocol=AutodiscoverV1`),
        (address) => get(`${profilePath}?email=${address}`),
      ];
      for (const way of ways) {
        const known = await plain(way(test.alice.email), test.alice.email);
        assert.equal(known.status, 200);
        assert.deepEqual(await plain(way(stranger), stranger), known);
      }
    });

    it('the page’s facts and a profile without an address are for who is logged in', async () => {
      assert.equal((await get('/setup/programs')).status, 401);
      assert.equal((await get(profilePath)).status, 401);
      const headers = { authorization: test.alice.basic };
      const facts: unknown = await (await get('/setup/programs', { headers })).json();
      assert.deepEqual(facts, {
        email: test.alice.email,
        services: [
          { kind: 'imap', host: hostName, port: 993, security: 'tls' },
          { kind: 'imap', host: hostName, port: 143, security: 'starttls' },
          { kind: 'submission', host: hostName, port: 465, security: 'tls' },
          { kind: 'submission', host: hostName, port: 587, security: 'starttls' },
          { kind: 'sieve', host: hostName, port: 4190, security: 'starttls' },
        ],
        webUrl: 'https://web.academie.example',
        profileUrl: `https://web.academie.example${profilePath}?email=${encodeURIComponent(test.alice.email)}`,
        scopes: ['mail', 'submission'],
      });
      const profile = await get(profilePath, { headers });
      assert.equal(profile.headers.get('content-type'), 'application/x-apple-aspen-config');
      assert.match(await profile.text(), new RegExp(`<string>${test.alice.email}</string>`));
      assert.equal((await get(`${profilePath}?email=a@elsewhere.example`)).status, 404);
    });

    it('a profile is signed where there is a certificate, and openssl believes it', async () => {
      const signer = testCertificate('mail.academie.example');
      const signing = await test.start([setupHead({ hostName, ports, signer })]);
      const signed = join(folder, 'signed.mobileconfig');
      const trusted = join(folder, 'trusted.pem');
      const path = `${profilePath}?email=${test.alice.email}`;
      writeFileSync(signed, Buffer.from(await (await fetch(signing.url + path)).arrayBuffer()));
      await signing.close();
      writeFileSync(trusted, signer.cert);
      const verify = ['cms', '-verify', '-inform', 'DER', '-in', signed, '-CAfile', trusted, '-purpose', 'any'];
      const inside = execFileSync(needOpenssl(), verify, { stdio: ['ignore', 'pipe', 'ignore'] });
      const unsigned = await (await get(path)).text();
      // The address of the page is the only thing that differs between the two servers, and a profile does not say it.
      assert.equal(inside.toString(), unsigned);
    });
  });
});
