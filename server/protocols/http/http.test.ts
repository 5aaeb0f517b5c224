import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { authenticateSession } from '#server/access/login.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`the HTTP head on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      const clientFolder = join(folder, 'dist');
      mkdirSync(join(clientFolder, 'assets'), { recursive: true });
      writeFileSync(join(clientFolder, 'index.html'), '<meta property="csp-nonce" content="__CSP_NONCE__">');
      writeFileSync(join(clientFolder, 'assets', 'main-AbCd1234.js'), `export const x = ${'1 + '.repeat(1000)}1;`);
      writeFileSync(join(folder, 'secret.txt'), 'secret');
      server = await test.start([], { clientFolder });
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const logIn = (body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${server.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });

    it('logs in with the right password and gives a cookie no script and no other site can use', async () => {
      const answer = await logIn({ userName: test.alice.userName, password: test.alice.password });
      assert.equal(answer.status, 200);
      assert.deepEqual(await answer.json(), { ok: true, steps: [] });
      const cookie = answer.headers.get('set-cookie') ?? '';
      assert.match(cookie, /^pli=[^;]+;.*HttpOnly/);
      assert.match(cookie, /SameSite=Strict/);
      const [, token = ''] = /^pli=([^;]+)/.exec(cookie) ?? [];
      const { accountId } = await authenticateSession(store, decodeURIComponent(token), '127.0.0.1');
      assert.equal(accountId, test.alice.accountId);
    });

    it('refuses a wrong password and an unknown name alike', async () => {
      const wrong = await logIn({ userName: test.alice.userName, password: 'not this one at all' });
      const unknown = await logIn({ userName: 'nobody', password: 'not this one at all' });
      assert.deepEqual([wrong.status, await wrong.json()], [401, { kind: 'refused' }]);
      assert.deepEqual([unknown.status, await unknown.json()], [401, { kind: 'refused' }]);
    });

    it('asks a guesser to wait', async () => {
      const answers = [];
      for (let attempt = 0; attempt < 7; attempt += 1) {
        answers.push(await logIn({ userName: 'guessed', password: `guess number ${attempt}` }));
      }
      const last = answers.at(-1);
      assert.equal(last?.status, 429);
      assert.equal(((await last.json()) as { kind: string }).kind, 'tryLater');
      assert.ok(Number(last.headers.get('retry-after')) > 0);
    });

    it('lets no other site log a browser in', async () => {
      const { userName, password } = test.alice;
      const answer = await logIn({ userName, password }, { origin: 'https://evil.example' });
      assert.equal(answer.status, 403);
      assert.equal(answer.headers.get('set-cookie'), null);
    });

    it('logs out, and the cookie is worth nothing any more', async () => {
      const { userName, password } = test.alice;
      const cookie = (await logIn({ userName, password })).headers.get('set-cookie')?.split(';', 1)[0] ?? '';
      const token = decodeURIComponent(cookie.slice('pli='.length));
      const foreign = await fetch(`${server.url}/auth/logout`, { method: 'POST', headers: { cookie } });
      assert.equal(foreign.status, 403, 'without the header that only our pages send');
      await authenticateSession(store, token, '127.0.0.1');
      const headers = { cookie, 'x-pli-client': 'web' };
      const answer = await fetch(`${server.url}/auth/logout`, { method: 'POST', headers });
      assert.equal(answer.status, 200);
      await assert.rejects(authenticateSession(store, token, '127.0.0.1'), { reason: 'badCredentials' });
    });

    it('answers malformed and oversized logins without falling over', async () => {
      const bodies = ['', '{', '[]', '{"userName":1,"password":2}', '\u0000'];
      for (const body of bodies) {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${server.url}/auth/login`, { method: 'POST', headers, body });
        assert.equal(answer.status, 400, body);
      }
      const large = await logIn({ userName: 'x'.repeat(20_000), password: 'y' });
      assert.equal(large.status, 413);
      assert.match(large.headers.get('content-type') ?? '', /^application\/problem\+json/);
    });

    it('answers whoever writes all of an oversized request before reading a word', async () => {
      const octets = 20_000_000;
      const socket = connect(server.port, '127.0.0.1');
      const said: Buffer[] = [];
      socket.on('data', (chunk) => said.push(Buffer.from(chunk)));
      socket.write(`POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`);
      socket.write(`Content-Length: ${octets}\r\n\r\n`);
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject).once('close', resolve);
        socket.write(Buffer.alloc(octets, 'a'), (error) => (error ? reject(error) : resolve()));
      });
      if (!socket.closed) await once(socket, 'close');
      assert.match(Buffer.concat(said).toString(), /^HTTP\/1\.1 413 /);
    });

    it('serves the client with a fresh nonce and the policy that forbids all but our own', async () => {
      const [one, other] = await Promise.all([fetch(`${server.url}/`), fetch(`${server.url}/mail/m5`)]);
      const policy = one.headers.get('content-security-policy') ?? '';
      const [, nonce = ''] = /'nonce-([^']+)'/.exec(policy) ?? [];
      assert.equal(await one.text(), `<meta property="csp-nonce" content="${nonce}">`);
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-/);
      assert.doesNotMatch(policy, /unsafe/);
      assert.notEqual(other.headers.get('content-security-policy'), policy);
      for (const header of ['x-content-type-options', 'referrer-policy', 'cross-origin-opener-policy']) {
        assert.ok(one.headers.has(header), header);
      }
    });

    it('serves hashed files compressed and for ever, and nothing outside the folder', async () => {
      const script = await fetch(`${server.url}/assets/main-AbCd1234.js`, { headers: { 'accept-encoding': 'br' } });
      assert.equal(script.headers.get('content-encoding'), 'br');
      assert.match(script.headers.get('cache-control') ?? '', /immutable/);
      assert.match(await script.text(), /^export const x/);
      for (const path of ['/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/%00', '/%']) {
        const answer = await fetch(`${server.url}${path}`);
        assert.doesNotMatch(await answer.text(), /secret/, path);
      }
      assert.equal((await fetch(`${server.url}/assets/none.js`)).status, 404);
    });

    it('takes no password in the clear from elsewhere, unless a trusted proxy says it came over TLS', async () => {
      const proxied = await test.start([], { trustedProxies: ['127.0.0.1'] });
      try {
        const { userName, password } = test.alice;
        const from = (protocol: string) =>
          fetch(`${proxied.url}/auth/login`, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              'x-forwarded-for': '203.0.113.7',
              'x-forwarded-proto': protocol,
            },
            body: JSON.stringify({ userName, password }),
          });
        assert.equal((await from('http')).status, 403);
        const secure = await from('https');
        assert.equal(secure.status, 200);
        assert.match(secure.headers.get('set-cookie') ?? '', /^__Host-pli=.*Secure/);
        assert.match(secure.headers.get('strict-transport-security') ?? '', /max-age/);
      } finally {
        await proxied.close();
      }
    });

    it('says its health and its counts', async () => {
      assert.deepEqual(await (await fetch(`${server.url}/healthz`)).json(), { ok: true });
      const text = await (await fetch(`${server.url}/metrics`)).text();
      assert.match(text, /^# TYPE pli_http_request_seconds histogram$/m);
      assert.match(text, /pli_http_request_seconds_count\{route="\/healthz",status="200"\} \d+/);
    });
  });
});
