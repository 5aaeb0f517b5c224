/** Credential stuffing: a thousand addresses try a name at once. Who is at home comes in, before them and afterwards. */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';

interface Answer {
  readonly status: number;
  readonly cookies: readonly string[];
}

/** Logs in from an address of the loopback network, all of which are ours. */
function logInFrom(url: string, localAddress: string, login: object, cookie = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...(cookie !== '' && { cookie }) };
    const asked = request(
      new URL('/auth/login', url),
      { method: 'POST', localAddress, headers, agent: new Agent({ keepAlive: false }) },
      (answer) => {
        answer.resume();
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, cookies: answer.headers['set-cookie'] ?? [] }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(JSON.stringify(login));
  });
}

const home = '127.9.0.1';
const addresses = Array.from({ length: 1000 }, (_, index) => `127.1.${index >> 8}.${index & 255}`);

forEachDatabase((name, databaseUrl, folder) => {
  describe(`credential stuffing on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      server = await test.start([]);
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    it('a thousand addresses at one name neither lock its holder out nor stand before them', async () => {
      const { userName, password } = test.alice;
      const right = { userName, password };
      const known = await logInFrom(server.url, home, right);
      assert.equal(known.status, 200);
      const device = known.cookies.find((cookie) => cookie.includes('pli-device='))?.split(';', 1)[0] ?? '';
      assert.notEqual(device, '');

      let open = addresses.length;
      const waiting = [...addresses];
      const statuses = new Set<number>();
      const guess = async (): Promise<void> => {
        for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
          const { status } = await logInFrom(server.url, address, { userName, password: `deviné ${address}` });
          statuses.add(status);
          open -= 1;
        }
      };
      const guessers = Array.from({ length: 40 }, guess);
      // Long enough for a line to stand at the door.
      while (open === addresses.length) await sleep(5);
      const before = open;
      // A wrong one of her own first, so that what follows is not remembered from a moment ago.
      assert.equal((await logInFrom(server.url, home, { userName, password: `${password} ` })).status, 401);
      assert.equal((await logInFrom(server.url, home, right)).status, 200);
      assert.ok(open > 0 && open <= before, 'she came in while others still waited');

      await Promise.all(guessers);
      assert.deepEqual(
        [...statuses].filter((status) => ![401, 429, 503].includes(status)),
        [],
      );
      // Her name is closed to strangers by now …
      assert.equal((await logInFrom(server.url, '127.8.0.1', { userName, password: 'deviné' })).status, 429);
      // … but not to her own browser on its way, nor to anybody else.
      assert.equal((await logInFrom(server.url, '127.8.0.2', { userName, password: 'faute' }, device)).status, 401);
      assert.equal((await logInFrom(server.url, '127.8.0.2', right, device)).status, 200);
      const { userName: other, password: others } = test.bruno;
      assert.equal((await logInFrom(server.url, '127.8.0.3', { userName: other, password: others })).status, 200);
    });

    it('guesses from where somebody usually is are counted there', async () => {
      const { userName, password } = test.bruno;
      await logInFrom(server.url, home, { userName, password });
      for (let times = 0; times < 5; times += 1)
        assert.equal((await logInFrom(server.url, home, { userName, password: `faux ${times}` })).status, 401);
      assert.equal((await logInFrom(server.url, home, { userName, password: 'faux encore' })).status, 429);
    });
  });
});
