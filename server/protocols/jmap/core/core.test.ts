/** Blobs, quotas and push subscriptions over real HTTP. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { after, before, describe, it } from 'node:test';

import { testCertificate } from '#tools/testing/certificate.ts';
import { openTestHouse, type TestHouse, type HttpServer } from '#tools/testing/house.ts';
import type { Pusher } from '#server/push/pusher.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { blobCapability, coreCapability, quotaCapability } from '#server/protocols/jmap/capabilities.ts';
import { echo } from '#server/protocols/jmap/engine/echo.ts';
import { registryOf } from '#server/protocols/jmap/engine/method.ts';
import { operator } from '#server/access/actor.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import { startJmapPush } from '#server/protocols/jmap/push.ts';
import { blobMethods } from './blob.ts';
import { pushSubscriptionMethods } from './push-subscription.ts';
import { quotaMethods } from './quota.ts';

type Args = Record<string, unknown>;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`JMAP's core types on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    let pusher: Pusher;
    let device: Device;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      server = await test.start([
        jmapHead({ registry: registryOf([echo], blobMethods, quotaMethods, pushSubscriptionMethods) }),
      ]);
      device = await openDevice();
      pusher = startJmapPush({ ...test.house, isLab: true }, { extraCa: device.certificate });
    });
    after(async () => {
      pusher.close();
      device.server.close();
      await server.close();
      await store.close();
    });

    const ask = async (
      ...calls: readonly (readonly [string, Args])[]
    ): Promise<readonly (readonly [string, Args])[]> => {
      const answer = await fetch(`${server.url}/jmap/api`, {
        method: 'POST',
        headers: { authorization: test.alice.basic, 'content-type': 'application/json' },
        body: JSON.stringify({
          using: [coreCapability, blobCapability, quotaCapability],
          methodCalls: calls.map(([method, args], index) => [method, args, String(index)]),
        }),
      });
      assert.equal(answer.status, 200);
      const { methodResponses } = (await answer.json()) as { methodResponses: [string, Args, string][] };
      return methodResponses.map(([method, args]) => [method, args]);
    };
    const one = async (method: string, args: Args): Promise<Args> => {
      const [answer] = await ask([method, args]);
      return answer?.[1] ?? {};
    };

    it('makes a blob of pieces, and gives it in part with its digest', async () => {
      const accountId = test.alice.jmapAccountId;
      const [made, got] = await ask(
        [
          'Blob/upload',
          {
            accountId,
            create: {
              a: { data: [{ 'data:asText': 'été ' }, { 'data:asBase64': 'YmllbiDDoCB0b3Vz' }], type: 'text/plain' },
              b: { data: [{ blobId: '#a', offset: 6, length: 4 }, { 'data:asText': '!' }] },
              c: { data: [{ 'data:asBase64': 'no' }] },
              d: { data: [{ 'data:asText': 'x', blobId: '#a' }] },
              e: { data: [{ blobId: '#a', offset: 6, length: 400 }] },
            },
          },
        ],
        ['Blob/get', { accountId, ids: ['#b', 'Gnone'], properties: ['data:asText', 'size', 'digest:sha-256'] }],
      );
      const { created, notCreated } = (made?.[1] ?? {}) as {
        created: Record<string, Args>;
        notCreated: Record<string, Args>;
      };
      assert.equal(created['a']?.['size'], 18);
      assert.deepEqual(Object.keys(notCreated), ['c', 'd', 'e']);
      const digest = createHash('sha256').update('bien!').digest('base64');
      const [blob] = (got?.[1]['list'] ?? []) as readonly Args[];
      assert.deepEqual(blob, { id: created['b']?.['id'], size: 5, 'digest:sha-256': digest, 'data:asText': 'bien!' });
      assert.deepEqual(got?.[1]['notFound'], ['Gnone']);
      const ids = [created['a']?.['id']];
      const cut = await one('Blob/get', { accountId, ids, offset: 1, length: 3 });
      assert.deepEqual(cut['list'], [
        { ...ids.map((id) => ({ id }))[0], size: 18, 'data:asBase64': 'qXTD', isEncodingProblem: true },
      ]);
      const beyond = await one('Blob/get', { accountId, ids, offset: 16, length: 9, properties: ['data:asText'] });
      assert.deepEqual((beyond['list'] as readonly Args[])[0]?.['isTruncated'], true);
      const used = await one('Blob/lookup', { accountId, ids, typeNames: ['Email'] });
      assert.deepEqual(used['list'], [{ id: ids[0], matchedIds: { Email: [] } }]);
      assert.equal((await one('Blob/lookup', { accountId, ids, typeNames: ['Sieve'] }))['type'], 'unknownDataType');
    });

    it('copies blobs into another account one may write in, whole or a part alone', async () => {
      const [accountId, shared] = [test.alice.jmapAccountId, test.bruno.jmapAccountId];
      const data = [{ 'data:asText': 'Bonjour à tous' }];
      const { created } = (await one('Blob/upload', { accountId, create: { a: { data } } })) as {
        created: Record<string, { id: string }>;
      };
      const id = created['a']?.id ?? '';
      const part = `${id}_0_7_i`;
      const args = { fromAccountId: accountId, accountId: shared, blobIds: [id, part, 'Gnone'] };
      assert.equal((await one('Blob/copy', args))['type'], 'accountNotFound');
      const to = { tenantId: test.tenantId, accountId: test.bruno.accountId, personId: test.alice.personId };
      await grantMandate(store, operator, { ...to, rights: ['read'] });
      const refused = await one('Blob/copy', args);
      assert.equal(refused['type'], 'accountReadOnly');
      await grantMandate(store, operator, { ...to, rights: ['draft'] });
      const { copied, notCopied } = (await one('Blob/copy', args)) as Record<string, Record<string, unknown>>;
      assert.equal(copied?.[id], id);
      assert.deepEqual(notCopied, { Gnone: { type: 'blobNotFound' } });
      const ids = [id, copied?.[part], part];
      const got = await one('Blob/get', { accountId: shared, ids, properties: ['data:asText'] });
      assert.deepEqual(
        (got['list'] as readonly Args[]).map((blob) => blob['data:asText']),
        ['Bonjour à tous', 'Bonjour', 'Bonjour'],
      );
      assert.equal((await one('Blob/copy', { ...args, fromAccountId: 'a999' }))['type'], 'fromAccountNotFound');
    });

    it('says how full an account is, and when that changed', async () => {
      const accountId = test.alice.jmapAccountId;
      assert.deepEqual((await one('Quota/get', { accountId }))['list'], [], 'nothing limits it yet');
      await store.engine.write((connection) =>
        connection.run({ sql: `update account set quota_octets = 1000 where id = ${test.alice.accountId}` }, []),
      );
      const before = await one('Quota/get', { accountId });
      await transaction(store, test.alice.accountId, async (tx) => tx.grow(250, 1));
      const after = await one('Quota/get', { accountId, properties: ['used', 'hardLimit'] });
      assert.deepEqual(after['list'], [{ id: 'octets', used: 250, hardLimit: 1000 }]);
      const changes = await one('Quota/changes', { accountId, sinceState: before['state'] });
      assert.deepEqual([changes['updated'], changes['newState']], [['octets'], after['state']]);
      const query = await one('Quota/query', { accountId, filter: { resourceType: 'octets' }, calculateTotal: true });
      assert.deepEqual([query['ids'], query['total']], [['octets'], 1]);
      assert.deepEqual((await one('Quota/query', { accountId, filter: { scope: 'global' } }))['ids'], []);
      assert.equal((await one('Quota/set', { accountId }))['type'], 'unknownMethod');
    });

    it('pushes to a device once it has shown that it hears us, and never before', async () => {
      const create = {
        ok: { deviceClientId: 'd1', url: device.url, types: ['Mailbox'] },
        plain: { deviceClientId: 'd1', url: 'http://localhost/' },
        keyed: { deviceClientId: 'd1', url: device.url, keys: { p256dh: 'AAAA', auth: 'AAAA' } },
        known: { deviceClientId: 'd1', url: device.url, verificationCode: 'x' },
      };
      const made = await one('PushSubscription/set', { create });
      const { ok } = made['created'] as { ok: { id: string; expires: string } };
      assert.match(ok.expires, /^\d{4}-.*Z$/);
      assert.deepEqual(Object.keys(made['notCreated'] as Args), ['plain', 'keyed', 'known']);
      const verification = await device.next();
      assert.equal(verification['@type'], 'PushVerification');
      assert.equal(verification['pushSubscriptionId'], ok.id);

      await transaction(store, test.alice.accountId, async (tx) => tx.changed('Mailbox'));
      const wrong = await one('PushSubscription/set', { update: { [ok.id]: { verificationCode: 'wrong' } } });
      assert.equal((wrong['notUpdated'] as Record<string, Args>)[ok.id]?.['type'], 'invalidProperties');
      const { verificationCode } = verification;
      const right = await one('PushSubscription/set', { update: { [ok.id]: { verificationCode } } });
      assert.deepEqual(right['updated'], { [ok.id]: null });

      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(device.waiting(), 0, 'what happened before is not pushed');
      await transaction(store, test.alice.accountId, async (tx) => tx.changed('Mailbox', 'Email'));
      const pushed = await device.next();
      assert.equal(pushed['@type'], 'StateChange');
      const changed = (pushed['changed'] as Record<string, Args>)[test.alice.jmapAccountId];
      assert.deepEqual(Object.keys(changed ?? {}), ['Mailbox']);

      const got = await one('PushSubscription/get', {});
      assert.deepEqual((got['list'] as readonly Args[])[0]?.['verificationCode'], verificationCode);
      assert.equal((await one('PushSubscription/get', { properties: ['url'] }))['type'], 'forbidden');
      const gone = await one('PushSubscription/set', { destroy: [ok.id, 'none'] });
      assert.deepEqual(gone['destroyed'], [ok.id]);
      assert.deepEqual(gone['notDestroyed'], { none: { type: 'notFound' } });
    });
  });
});

interface Device {
  readonly server: Server;
  readonly url: string;
  readonly certificate: string;
  next(): Promise<Args>;
  waiting(): number;
}

/** A push service of our own, on the loopback address, with a certificate of its own. */
async function openDevice(): Promise<Device> {
  const { key, cert: certificate } = testCertificate('localhost');
  const received: Args[] = [];
  const server = createServer({ key, cert: certificate }, (request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      received.push(JSON.parse(body) as Args);
      response.writeHead(201).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    server,
    url: `https://localhost:${port}/push`,
    certificate,
    waiting: () => received.length,
    async next() {
      const giveUpAt = Date.now() + 60_000;
      while (received.length === 0) {
        if (Date.now() > giveUpAt) throw new Error('nothing was pushed');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return received.shift() ?? {};
    },
  };
}
