/** One's own factors, sessions, devices and log over real HTTP: listed, ended, and nobody else's. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse, type TestPerson } from '#tools/testing/house.ts';
import { accessCapability, coreCapability } from '#server/protocols/jmap/capabilities.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

type Args = Record<string, unknown>;
type Headers = Readonly<Record<string, string>>;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`getting in, over JMAP, on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      server = await test.start([jmapHead()]);
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const post = (path: string, body: Args, headers: Headers = {}): Promise<Response> =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-pli-client': 'web', ...headers },
        body: JSON.stringify(body),
      });
    const cookiesOf = (answer: Response): string =>
      answer.headers
        .getSetCookie()
        .map((one) => one.split(';', 1)[0])
        .join('; ');
    const logIn = async ({ userName, password }: TestPerson, cookie = ''): Promise<Headers> => {
      const answer = await post('/auth/login', { userName, password }, { cookie });
      assert.equal(answer.status, 200);
      return { cookie: cookiesOf(answer), 'x-pli-client': 'web' };
    };
    const ask = async (method: string, args: Args, proof: Headers, who: TestPerson = test.alice): Promise<Args> => {
      const calls = [[method, { accountId: who.jmapAccountId, ...args }, '0']];
      const answer = await post('/jmap/api', { using: [coreCapability, accessCapability], methodCalls: calls }, proof);
      const { methodResponses }: { methodResponses: [string, Args][] } = JSON.parse(await answer.text());
      return methodResponses[0]?.[1] ?? {};
    };
    const listOf = async (method: string, proof: Headers, who: TestPerson = test.alice): Promise<Args[]> =>
      (await ask(method, { ids: null }, proof, who))['list'] as Args[];

    it('one session ends another, which is then nobody’s', async () => {
      const here = await logIn(test.alice);
      const there = await logIn(test.alice);
      const sessions = await listOf('LoginSession/get', here);
      assert.deepEqual(sessions.map(({ isThis }) => String(isThis)).toSorted(), ['false', 'true']);
      const other = sessions.find(({ isThis }) => isThis === false)?.['id'];
      const bruno = await logIn(test.bruno);
      const foreign = await ask('LoginSession/set', { destroy: [other] }, bruno, test.bruno);
      assert.deepEqual(foreign['notDestroyed'], { [String(other)]: { type: 'notFound' } });
      assert.deepEqual((await ask('LoginSession/set', { destroy: [other] }, here))['destroyed'], [other]);
      assert.equal((await fetch(`${server.url}/.well-known/jmap`, { headers: there })).status, 401);
      assert.equal((await fetch(`${server.url}/.well-known/jmap`, { headers: here })).status, 200);
    });

    it('what listens under a session that was ended elsewhere is cut off at once', async () => {
      const here = await logIn(test.alice);
      const there = await logIn(test.alice);
      const url = `${server.url}/jmap/eventsource?types=*&closeafter=no&ping=0`;
      const stream = await fetch(url, { headers: there });
      const reader = stream.body?.getReader();
      assert.ok(reader);
      const startedAt = performance.now();
      const others = (await listOf('LoginSession/get', here)).filter(({ isThis }) => isThis === false);
      await ask('LoginSession/set', { destroy: others.map(({ id }) => id) }, here);
      const readAll = async (): Promise<void> => {
        while (!(await reader.read()).done);
      };
      await readAll().catch(() => undefined);
      assert.ok(performance.now() - startedAt < 50_000, 'and not at the next look, a minute later');
    });

    it('a browser is known again by its cookie, and forgotten when asked', async () => {
      const first = await logIn(test.bruno);
      const again = await logIn(test.bruno, first['cookie']);
      const before = await listOf('Device/get', again, test.bruno);
      const mine = before.find(({ isThis }) => isThis === true);
      assert.equal(before.filter(({ id }) => id === mine?.['id']).length, 1);
      assert.equal(mine?.['trustedUntil'], null);
      await ask('Device/set', { destroy: [mine?.['id']] }, again, test.bruno);
      assert.ok(!(await listOf('Device/get', again, test.bruno)).some(({ id }) => id === mine?.['id']));
    });

    it('the log tells who came in and who did not, page by page, and nothing of others', async () => {
      const { userName } = test.alice;
      assert.equal((await post('/auth/login', { userName, password: 'wrong' })).status, 401);
      const here = await logIn(test.alice);
      const first = await ask('SignInEvent/list', { limit: 2 }, here);
      const [login, failed] = first['list'] as Args[];
      const seen = [login?.['verb'], failed?.['verb']];
      assert.ok(seen.includes('newDevice') || seen.includes('login'), String(seen));
      assert.equal(first['hasMore'], true);
      const all = (await ask('SignInEvent/list', { limit: 100 }, here))['list'] as Args[];
      const verbs = all.map(({ verb }) => verb);
      for (const verb of ['login', 'loginFailed', 'logoutSession', 'newDevice']) assert.ok(verbs.includes(verb), verb);
      assert.equal(all.find(({ verb }) => verb === 'loginFailed')?.['isOwn'], false);
      const rest = await ask('SignInEvent/list', { limit: 100, before: failed?.['id'] }, here);
      assert.equal((rest['list'] as Args[]).length, all.length - 2);
      const bruno = await logIn(test.bruno);
      const foreign = await ask('SignInEvent/list', {}, bruno, test.alice);
      assert.equal(foreign['type'], 'accountNotFound');
    });

    it('a program sees and ends none of it', async () => {
      const proof = { authorization: test.alice.basic };
      for (const method of ['Security/get', 'SignInEvent/list'])
        assert.equal((await ask(method, {}, proof))['type'], 'forbidden', method);
      for (const method of ['Factor/get', 'LoginSession/get', 'Device/get'])
        assert.equal((await ask(method, { ids: null }, proof))['type'], 'forbidden', method);
    });

    it('a form of another site makes no factor, and proves nothing', async () => {
      const here = await logIn(test.alice);
      for (const path of [
        '/auth/enrol/totp',
        '/auth/enrol/passkey',
        '/auth/recovery-codes',
        '/auth/prove',
        '/auth/passkey',
      ]) {
        const foreign = await post(path, {}, { ...here, origin: 'https://evil.example' });
        assert.equal(foreign.status, 403, path);
        const bare = await fetch(`${server.url}${path}`, { method: 'POST', headers: { cookie: here['cookie'] ?? '' } });
        assert.equal(bare.status, 403, path);
      }
      assert.deepEqual(await listOf('Factor/get', here), []);
    });
  });
});
