/** Session, upload, download, EventSource and WebSocket over real HTTP. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';

import { operator } from '#server/access/actor.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { openTestHouse, type TestHouse, type TestPerson, type HttpServer } from '#tools/testing/house.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { coreCapability } from '#server/protocols/jmap/capabilities.ts';
import { echo } from '#server/protocols/jmap/engine/echo.ts';
import { registryOf } from '#server/protocols/jmap/engine/method.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import { readRange } from './download.ts';

describe('ranges', () => {
  it('are read as RFC 9110 says', () => {
    const rows: readonly (readonly [string, ReturnType<typeof readRange>])[] = [
      ['bytes=0-0', { start: 0, end: 1 }],
      ['bytes=5-', { start: 5, end: 10 }],
      ['bytes=-3', { start: 7, end: 10 }],
      ['bytes=-99', { start: 0, end: 10 }],
      ['bytes=2-99', { start: 2, end: 10 }],
      ['bytes=10-', 'unsatisfiable'],
      ['bytes=-0', 'unsatisfiable'],
      ['bytes=5-2', undefined],
      ['bytes=0-1,3-4', undefined],
      ['bytes=-', undefined],
      ['lines=0-1', undefined],
    ];
    for (const [header, expected] of rows) assert.deepEqual(readRange(header, 10), expected, header);
  });
});

forEachDatabase((name, databaseUrl, folder) => {
  describe(`JMAP's resources on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      server = await test.start([jmapHead({ registry: registryOf([echo]) })]);
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const get = (path: string, headers: Record<string, string> = {}, person: TestPerson = test.alice) =>
      fetch(`${server.url}${path}`, { headers: { authorization: person.basic, ...headers } });
    const upload = async (octets: Uint8Array<ArrayBuffer>, type = 'application/octet-stream'): Promise<string> => {
      const answer = await fetch(`${server.url}/jmap/upload/${test.alice.jmapAccountId}/`, {
        method: 'POST',
        headers: { authorization: test.alice.basic, 'content-type': type },
        body: octets,
      });
      assert.equal(answer.status, 201);
      const body = (await answer.json()) as { blobId: string; size: number; accountId: string; type: string };
      assert.deepEqual([body.size, body.accountId, body.type], [octets.length, test.alice.jmapAccountId, type]);
      return body.blobId;
    };
    const download = (blobId: string, file = 'file', query = '', headers = {}, person = test.alice) =>
      get(`/jmap/download/${test.alice.jmapAccountId}/${blobId}/${file}${query}`, headers, person);
    const change = () => transaction(store, test.alice.accountId, async (tx) => tx.changed('Email', 'Mailbox'));

    it('lists own and mandated accounts in the session, and changes its state with them', async () => {
      const read = async () =>
        (await (await get('/.well-known/jmap')).json()) as Record<string, Record<string, unknown>>;
      const before = await read();
      const { alice, bruno, tenantId } = test;
      assert.deepEqual(Object.keys(before['accounts'] ?? {}), [alice.jmapAccountId]);
      assert.equal(before['username'], alice.email);
      const core = before['capabilities']?.[coreCapability];
      assert.ok(typeof core === 'object' && core && 'maxCallsInRequest' in core);
      assert.equal(core.maxCallsInRequest, 64);
      const given = { tenantId, accountId: bruno.accountId, personId: alice.personId };
      await grantMandate(store, operator, { ...given, rights: ['read'] });
      const after = await read();
      const shared = after['accounts']?.[bruno.jmapAccountId] as { isReadOnly: boolean; isPersonal: boolean };
      assert.deepEqual([shared.isReadOnly, shared.isPersonal], [true, false]);
      assert.notEqual(after['state'], before['state']);
    });

    it('takes an upload and gives it back octet for octet, to its owner only', async () => {
      for (const size of [0, 1, 70_000, 700_000]) {
        const octets = new Uint8Array(size).map((_, index) => (index * 7) % 251);
        const blobId = await upload(octets);
        const answer = await download(blobId);
        assert.equal(answer.status, 200);
        assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), octets);
        assert.equal((await download(blobId, 'file', '', {}, test.bruno)).status, 404);
      }
    });

    it('serves ranges, and answers 304 to who has it', async () => {
      const octets = new Uint8Array(600_000).map((_, index) => index % 251);
      const blobId = await upload(octets);
      const part = await download(blobId, 'f', '', { range: 'bytes=262140-262150' });
      assert.equal(part.status, 206);
      assert.equal(part.headers.get('content-range'), 'bytes 262140-262150/600000');
      assert.deepEqual(new Uint8Array(await part.arrayBuffer()), octets.slice(262_140, 262_151));
      assert.equal((await download(blobId, 'f', '', { range: 'bytes=600000-' })).status, 416);
      const etag = part.headers.get('etag') ?? '';
      assert.equal((await download(blobId, 'f', '', { 'if-none-match': etag })).status, 304);
    });

    it('decodes a part of a blob', async () => {
      const body = 'head\r\n\r\nYm9uam91cg==\r\n=C3=A9';
      const blobId = await upload(new TextEncoder().encode(body));
      assert.equal(await (await download(`${blobId}_8_20_b`)).text(), 'bonjour');
      assert.equal(await (await download(`${blobId}_22_28_q`)).text(), 'é');
      assert.equal(await (await download(`${blobId}_0_4_i`)).text(), 'head');
      assert.equal((await download(`${blobId}_0_99_i`)).status, 404);
      assert.equal((await download(`${blobId}_4_0_i`)).status, 404);
    });

    it('shows only what cannot act, and saves the rest', async () => {
      const blobId = await upload(new TextEncoder().encode('<script>alert(1)</script>'));
      const rows: readonly (readonly [string, 'inline' | 'attachment'])[] = [
        ['image/png', 'inline'],
        ['text/plain', 'inline'],
        ['application/pdf', 'inline'],
        ['text/html', 'attachment'],
        ['image/svg+xml', 'attachment'],
        ['application/xhtml+xml', 'attachment'],
        ['text/xml', 'attachment'],
        ['nonsense', 'attachment'],
        ['text/plain\r\nx-evil: 1', 'attachment'],
      ];
      for (const [type, expected] of rows) {
        const answer = await download(blobId, 'n', `?accept=${encodeURIComponent(type)}`);
        assert.match(answer.headers.get('content-disposition') ?? '', new RegExp(`^${expected};`), type);
        assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
        assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
        assert.equal(answer.headers.get('x-evil'), null);
      }
    });

    it('keeps a name of any letters, and no path', async () => {
      const blobId = await upload(new Uint8Array(1));
      const answer = await download(blobId, encodeURIComponent('../été "1".pdf'));
      assert.equal(
        answer.headers.get('content-disposition'),
        `attachment; filename=".._?t? _1_.pdf"; filename*=UTF-8''.._%C3%A9t%C3%A9%20%221%22.pdf`.replaceAll('?', '_'),
      );
    });

    it('refuses an upload beyond the limit, to a foreign account, or without a name', async () => {
      const url = `${server.url}/jmap/upload/${test.alice.jmapAccountId}/`;
      const large = await fetch(url, {
        method: 'POST',
        headers: { authorization: test.alice.basic },
        body: new Uint8Array(50_000_001),
      });
      assert.equal(large.status, 400);
      assert.equal(((await large.json()) as { limit: string }).limit, 'maxSizeUpload');
      const headers = { authorization: test.bruno.basic };
      assert.equal((await fetch(url, { method: 'POST', headers, body: 'x' })).status, 404);
      assert.equal((await fetch(url, { method: 'POST', body: 'x' })).status, 401);
    });

    it('pushes a change by EventSource, of the asked types only', async () => {
      const stream = openEvents('/jmap/eventsource/?types=Mailbox&closeafter=no&ping=0');
      await stream.until((text) => text.includes(': pli'));
      const { accountId } = { accountId: test.alice.jmapAccountId };
      await change();
      const text = await stream.until((text) => text.includes('event: state'));
      const data = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '') as { changed: Record<string, object> };
      assert.deepEqual(Object.keys(data.changed[accountId] ?? {}), ['Mailbox']);
      stream.close();
    });

    it('tells after a reconnection what was missed, and closes after a state where asked', async () => {
      const first = openEvents('/jmap/eventsource/?types=*&closeafter=no&ping=0');
      const opening = await first.until((text) => text.includes('\n\n'));
      const id = /^id: (.*)$/m.exec(opening)?.[1] ?? '';
      first.close();
      await change();
      const second = openEvents('/jmap/eventsource/?types=*&closeafter=state&ping=0', { 'last-event-id': id });
      assert.match(await second.until((text) => text.includes('event: state')), /"Email":"\d+"/);
      await second.closed;
      const third = openEvents('/jmap/eventsource/?types=*&closeafter=no&ping=1');
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.doesNotMatch(await third.until((text) => text.includes('\n\n')), /event: state/);
      third.close();
    });

    it('speaks JMAP over a WebSocket, and pushes there', async () => {
      const socket = openSocket({ authorization: test.alice.basic });
      await once(socket, 'open');
      const heard = listen(socket);
      socket.send(
        JSON.stringify({
          '@type': 'Request',
          id: 'R1',
          using: [coreCapability],
          methodCalls: [['Core/echo', { a: 1 }, 'c']],
        }),
      );
      const answer = await heard((message) => message['requestId'] === 'R1');
      assert.deepEqual([answer['@type'], answer['methodResponses']], ['Response', [['Core/echo', { a: 1 }, 'c']]]);
      socket.send('{');
      const refused = await heard((message) => message['@type'] === 'RequestError');
      assert.equal(refused['type'], 'urn:ietf:params:jmap:error:notJSON');
      socket.send(JSON.stringify({ '@type': 'WebSocketPushEnable', dataTypes: ['Email'] }));
      // Nothing says when pushes begin.
      const changing = setInterval(() => void change(), 200);
      const pushed = await heard((message) => message['@type'] === 'StateChange');
      clearInterval(changing);
      const changed = pushed['changed'] as Record<string, object>;
      assert.deepEqual(Object.keys(changed[test.alice.jmapAccountId] ?? {}), ['Email']);
      socket.close();
    });

    it('opens no WebSocket for a stranger, nor for another site’s page with our cookie', async () => {
      assert.equal(await refusalOf(openSocket({})), 401);
      const login = await fetch(`${server.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userName: test.alice.userName, password: test.alice.password }),
      });
      const cookie = login.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
      assert.equal(await refusalOf(openSocket({ cookie, origin: 'https://evil.example' })), 403);
      const own = openSocket({ cookie, origin: server.url });
      await once(own, 'open');
      own.close();
    });

    it('takes a cookie for the API only with the header of our pages', async () => {
      const login = await fetch(`${server.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userName: test.alice.userName, password: test.alice.password }),
      });
      const cookie = login.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
      const post = (headers: Record<string, string>) =>
        fetch(`${server.url}/jmap/api`, {
          method: 'POST',
          headers: { cookie, 'content-type': 'application/json', ...headers },
          body: '{"using":[],"methodCalls":[]}',
        });
      assert.equal((await post({})).status, 403);
      assert.equal((await post({ 'x-pli-client': 'web', origin: 'https://evil.example' })).status, 403);
      assert.equal((await post({ 'x-pli-client': 'web', 'sec-fetch-site': 'cross-site' })).status, 403);
      assert.equal((await post({ 'x-pli-client': 'web', origin: server.url })).status, 200);
      assert.equal((await fetch(`${server.url}/.well-known/jmap`, { headers: { cookie } })).status, 200);
    });

    function openSocket(headers: Record<string, string>): WebSocket {
      return new WebSocket(`${server.url.replace('http', 'ws')}/jmap/ws`, 'jmap', { headers });
    }

    function openEvents(path: string, headers: Record<string, string> = {}) {
      let text = '';
      let wake = () => undefined as void;
      const { promise: closed, resolve: close } = Promise.withResolvers<void>();
      const request = httpRequest(`${server.url}${path}`, { headers: { authorization: test.alice.basic, ...headers } });
      request.on('response', (response) => {
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
          wake();
        });
        response.on('error', () => undefined);
        response.on('close', close);
      });
      request.on('error', () => undefined);
      request.end();
      return {
        closed,
        close: () => request.destroy(),
        async until(isThere: (text: string) => boolean): Promise<string> {
          const giveUpAt = Date.now() + 60_000;
          while (!isThere(text)) {
            if (Date.now() > giveUpAt) throw new Error(`only heard ${text}`);
            await new Promise<void>((resolve) => {
              wake = resolve;
              setTimeout(resolve, 100);
            });
          }
          return text;
        },
      };
    }
  });
});

type Message = Record<string, unknown>;

function listen(socket: WebSocket): (isIt: (message: Message) => boolean) => Promise<Message> {
  const messages: Message[] = [];
  let wake = () => undefined as void;
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as Message);
    wake();
  });
  return async (isIt) => {
    const giveUpAt = Date.now() + 60_000;
    for (;;) {
      const found = messages.find(isIt);
      if (found) return found;
      if (Date.now() > giveUpAt) throw new Error(`only heard ${JSON.stringify(messages)}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 100);
      });
    }
  };
}

async function refusalOf(socket: WebSocket): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  socket.on('error', () => undefined);
  socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
  socket.on('open', () => resolve(undefined));
  return promise;
}
