import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { it } from 'node:test';

import { fetchImage, imageTypeOf } from './fetch.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex');

async function withServer(answer: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  await work(`http://127.0.0.1:${address.port}`);
  server.closeAllConnections();
  server.close();
}

it('gives an image as what its octets are, and sends nothing of ours along', async () => {
  let headers: object = {};
  await withServer(
    (request, response) => {
      headers = request.headers;
      response.setHeader('content-type', 'text/html').end(png);
    },
    async (url) => {
      const image = await fetchImage(`${url}/a.png`, { mayReachInside: true });
      assert.equal(image?.type, 'image/png');
      assert.deepEqual(image?.octets, png);
      assert.deepEqual(Object.keys(headers).toSorted(), ['accept', 'connection', 'host', 'user-agent']);
    },
  );
});

it('never reaches inside: a literal address, a name, a redirect or another scheme', async () => {
  let asked = 0;
  await withServer(
    (_request, response) => {
      asked += 1;
      response.end(png);
    },
    async (url) => {
      const { port } = new URL(url);
      const inside = [
        url,
        `http://localhost:${port}/`,
        `http://[::1]:${port}/`,
        `http://2130706433:${port}/`,
        `http://[::ffff:127.0.0.1]:${port}/`,
      ];
      for (const each of [...inside, 'file:///etc/passwd', 'ftp://127.0.0.1/', `http://a@127.0.0.1:${port}/`, 'x']) {
        assert.equal(await fetchImage(each, { mayReachInside: false }), undefined, each);
      }
    },
  );
  assert.equal(asked, 0);
});

it('follows few redirects and gives up on a circle', async () => {
  await withServer(
    (request, response) => {
      if (request.url === '/image') response.end(png);
      else response.writeHead(302, { location: request.url === '/once' ? '/image' : request.url }).end();
    },
    async (url) => {
      assert.equal((await fetchImage(`${url}/once`, { mayReachInside: true }))?.type, 'image/png');
      assert.equal(await fetchImage(`${url}/circle`, { mayReachInside: true }), undefined);
    },
  );
});

it('takes nothing that is too large or no picture', async () => {
  await withServer(
    (request, response) => {
      if (request.url === '/svg') response.setHeader('content-type', 'image/svg+xml').end('<svg onload="alert(1)"/>');
      else response.end(Buffer.concat([png, Buffer.alloc(11 * 1024 * 1024)]));
    },
    async (url) => {
      assert.equal(await fetchImage(`${url}/svg`, { mayReachInside: true }), undefined);
      assert.equal(await fetchImage(`${url}/large`, { mayReachInside: true }), undefined);
    },
  );
  assert.equal(imageTypeOf(Buffer.from('<html>')), undefined);
});
