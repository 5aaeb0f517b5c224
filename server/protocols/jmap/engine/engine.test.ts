/**
 * The engine over real HTTP, with a small type kept in memory under the real clock of a real account.
 * Longer than other files because that type stands here whole, and every case is about it.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { aBoolean, anInt, aString, nullable, optional, setOf } from '#formats/jmap/arguments.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { applyPatch } from '#formats/jmap/patch.ts';
import { operator } from '#server/access/actor.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { Refusal } from '#server/access/refusal.ts';
import { openTestHouse, type TestHouse, type HttpServer } from '#tools/testing/house.ts';
import type { AccountId, Brand } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { coreCapability } from '#server/protocols/jmap/capabilities.ts';
import type { Capability } from '#server/protocols/jmap/http/capability.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import { capabilities } from '#server/protocols/jmap/methods.ts';
import type { AccountContext } from './context.ts';
import { defineType } from './define.ts';
import { echo } from './echo.ts';
import { type Method, registryOf } from './method.ts';
import { windowOf } from './query.ts';
import { eachDestroy, eachUpdate } from './set.ts';
import { numberedIds } from './type.ts';

type WidgetId = Brand<number, 'WidgetId'>;
const widgetUrn = 'urn:example:widget';
const ids = numberedIds<WidgetId>('w');

/** Widgets of each account: a name, a parent, and a set of tags. */
function widgetMethods(): readonly Method[] {
  const kept = new Map<AccountId, Map<WidgetId, JsonObject>>();
  const of = ({ accountId }: Pick<AccountContext, 'accountId'>) => {
    const known = kept.get(accountId) ?? new Map<WidgetId, JsonObject>();
    kept.set(accountId, known);
    return known;
  };
  return defineType({
    name: 'Widget',
    capability: widgetUrn,
    state: 'Identity',
    ids,
    properties: {
      name: { read: aString, isRequired: true },
      size: { read: anInt, otherwise: 1 },
      parentId: { read: nullable(aString), otherwise: null, refersTo: 'id' },
      tags: { read: setOf(), otherwise: {}, readEntry: (path, value) => path.length === 1 && value !== false },
      color: { read: nullable(aString), otherwise: null, isImmutable: true },
      serial: { isServerSet: true },
    },
    get: {
      args: { loudly: optional(aBoolean, false) },
      run: async (ctx, wanted, properties, { loudly }) => {
        const all = of(ctx);
        return [...(wanted ?? all.keys())].flatMap((id) => {
          const record = all.get(id);
          if (!record) return [];
          const members = properties.map((name): [string, Json] => [name, record[name] ?? null]);
          return [{ ...Object.fromEntries(members), id: ids.print(id), ...(loudly && { name: 'LOUD' }) }];
        });
      },
    },
    set: {
      create: (ctx, record) =>
        transaction(ctx.store, ctx.accountId, async (tx) => {
          if (record['name'] === 'refused') throw new Refusal('overQuota');
          if (record['name'] === 'broken') throw new Error('a bug');
          tx.changed('Identity');
          const id = tx.newId<WidgetId>();
          const whole = { ...record, serial: `s${id}` };
          of(ctx).set(id, whole);
          return { id, properties: { serial: whole.serial } };
        }),
      update: (ctx, updates) =>
        eachUpdate(updates, async (id, patch) => {
          const record = of(ctx).get(id);
          if (!record) throw new Refusal('noSuchIdentity');
          await transaction(ctx.store, ctx.accountId, async (tx) => tx.changed('Identity'));
          of(ctx).set(id, applyPatch(record, patch));
          return null;
        }),
      destroy: (ctx, some) =>
        eachDestroy(some, async (id) => {
          if (!of(ctx).delete(id)) throw new Refusal('noSuchIdentity');
          await transaction(ctx.store, ctx.accountId, async (tx) => tx.changed('Identity'));
        }),
    },
    copy: {
      run: async (ctx, from, id, overrides) => {
        const record = of(from).get(id);
        if (!record) throw new Refusal('noSuchIdentity');
        return transaction(ctx.store, ctx.accountId, async (tx) => {
          tx.changed('Identity');
          const copyId = tx.newId<WidgetId>();
          of(ctx).set(copyId, { ...record, ...overrides });
          return { id: copyId, properties: {} };
        });
      },
    },
    query: {
      conditions: { name: aString, minSize: anInt },
      sorts: ['name'],
      run: async (ctx, query) => {
        const all = [...of(ctx)].filter(([, record]) => {
          const condition = query.filter?.kind === 'condition' ? query.filter.condition : {};
          return condition['name'] === undefined || condition['name'] === record['name'];
        });
        const window = windowOf(
          all.map(([id]) => id),
          query,
        );
        return { queryState: 'q', canCalculateChanges: false, ...window };
      },
    },
  });
}

type Answered = readonly [string, Record<string, unknown>, string];

function listIn(answer: Answered | undefined): readonly JsonObject[] {
  const list = answer?.[1]['list'];
  assert.ok(Array.isArray(list), JSON.stringify(answer));
  return list as readonly JsonObject[];
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`the JMAP engine on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      const widgets: Capability = { urn: widgetUrn, session: () => ({}), account: () => ({}) };
      server = await test.start([
        jmapHead({ registry: registryOf([echo], widgetMethods()), capabilities: [...capabilities, widgets] }),
      ]);
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const post = (body: string, headers: Record<string, string> = {}) =>
      fetch(`${server.url}/jmap/api`, {
        method: 'POST',
        headers: { authorization: test.alice.basic, 'content-type': 'application/json', ...headers },
        body,
      });
    type Answer = { methodResponses: [string, Record<string, unknown>, string][]; createdIds?: unknown };
    const ask = async (methodCalls: unknown, more: object = {}): Promise<Answer['methodResponses']> => {
      const answer = await post(JSON.stringify({ using: [coreCapability, widgetUrn], methodCalls, ...more }));
      assert.equal(answer.status, 200);
      const body = (await answer.json()) as Answer;
      return body.methodResponses;
    };
    const set = async (args: object) => {
      const [answer] = await ask([['Widget/set', { accountId: test.alice.jmapAccountId, ...args }, '0']]);
      assert.ok(answer);
      return answer;
    };
    const made = async (record: object): Promise<string> => {
      const [, args] = await set({ create: { k: record } });
      return (args['created'] as { k: { id: string } }).k.id;
    };

    it('refuses whole requests with the URN of what is wrong', async () => {
      const using = [coreCapability];
      const rows: readonly { body: string; type: string; headers?: Record<string, string>; limit?: string }[] = [
        { body: '{', type: 'notJSON' },
        { body: '{"using":[],"using":[],"methodCalls":[]}', type: 'notJSON' },
        { body: '{}', type: 'notJSON', headers: { 'content-type': 'text/plain' } },
        { body: '[]', type: 'notRequest' },
        { body: JSON.stringify({ using, methodCalls: [['Core/echo', {}]] }), type: 'notRequest' },
        { body: JSON.stringify({ using: ['urn:none'], methodCalls: [] }), type: 'unknownCapability' },
        {
          body: JSON.stringify({ using, methodCalls: Array.from({ length: 65 }, () => ['Core/echo', {}, 'a']) }),
          type: 'limit',
          limit: 'maxCallsInRequest',
        },
        {
          body: `{"using":[],"methodCalls":[],"x":"${'x'.repeat(10_000_000)}"}`,
          type: 'limit',
          limit: 'maxSizeRequest',
        },
      ];
      for (const { body, type, headers, limit } of rows) {
        const answer = await post(body, headers);
        const problem = (await answer.json()) as Record<string, unknown>;
        assert.equal(answer.status, 400, type);
        assert.equal(problem['type'], `urn:ietf:params:jmap:error:${type}`);
        assert.equal(problem['limit'], limit);
      }
    });

    it('asks who it is, and a browser without a window of its own', async () => {
      const program = await post('{}', { authorization: 'Basic eDp5' });
      assert.equal(program.status, 401);
      assert.match(program.headers.get('www-authenticate') ?? '', /Basic/);
      const browser = await fetch(`${server.url}/.well-known/jmap`, { headers: { 'sec-fetch-site': 'same-origin' } });
      assert.equal(browser.status, 401);
      assert.equal(browser.headers.get('www-authenticate'), null);
    });

    it('echoes, and goes on after a method that fails', async () => {
      const answers = await ask([
        ['Core/echo', { hello: true }, 'a'],
        ['Core/none', {}, 'b'],
        ['Core/echo', { there: '\0' }, 'c'],
        ['Core/echo', {}, 'd'],
      ]);
      assert.deepEqual(answers[0], ['Core/echo', { hello: true }, 'a']);
      assert.deepEqual(
        answers.slice(1).map(([method, args, callId]) => [method, args['type'], callId]),
        [
          ['error', 'unknownMethod', 'b'],
          ['error', 'invalidArguments', 'c'],
          ['Core/echo', undefined, 'd'],
        ],
      );
    });

    it('does not know methods of a capability the request does not use', async () => {
      const answers = await ask([['Widget/get', { accountId: test.alice.jmapAccountId, ids: [] }, '0']], {
        using: [coreCapability],
      });
      assert.equal(answers[0]?.[1]['type'], 'unknownMethod');
    });

    it('creates, refers to what it creates, and says what it set', async () => {
      const [method, args] = await set({
        create: {
          child: { name: 'child', parentId: '#parent', tags: { a: true } },
          parent: { name: 'parent' },
          lost: { name: 'lost', parentId: '#nobody' },
          nameless: { size: 'big' },
          refused: { name: 'refused' },
          serial: { name: 'x', serial: 'mine' },
        },
      });
      assert.equal(method, 'Widget/set');
      const { parent, child } = args['created'] as { parent: { id: string }; child: { id: string } };
      assert.match(parent.id, /^w\d+$/);
      const refused = args['notCreated'] as Record<string, { type: string; properties?: string[] }>;
      assert.deepEqual(refused['lost'], { type: 'invalidProperties', properties: ['parentId'] });
      assert.deepEqual(refused['nameless'], { type: 'invalidProperties', properties: ['size', 'name'] });
      assert.deepEqual(refused['refused'], { type: 'overQuota' });
      assert.deepEqual(refused['serial'], { type: 'invalidProperties', properties: ['serial'] });
      const [got] = await ask([
        ['Widget/get', { accountId: test.alice.jmapAccountId, ids: [child.id, 'w9999', 'nonsense'] }, '0'],
      ]);
      const list = listIn(got);
      assert.equal(list[0]?.['parentId'], parent.id);
      assert.equal(list[0]?.['size'], 1);
      assert.deepEqual(got?.[1]['notFound'], ['w9999', 'nonsense']);
    });

    it('takes creation ids across methods and requests', async () => {
      const accountId = test.alice.jmapAccountId;
      const answer = await post(
        JSON.stringify({
          using: [coreCapability, widgetUrn],
          createdIds: {},
          methodCalls: [
            ['Widget/set', { accountId, create: { one: { name: 'one' } } }, '0'],
            ['Widget/set', { accountId, update: { '#one': { name: 'two' } } }, '1'],
            ['Widget/get', { accountId, ids: ['#one'], properties: ['name'] }, '2'],
          ],
        }),
      );
      const body = (await answer.json()) as Answer;
      const { one } = body.createdIds as { one: string };
      assert.deepEqual(body.methodResponses[2]?.[1]['list'], [{ id: one, name: 'two' }]);
      const again = await ask([['Widget/get', { accountId, ids: ['#one'], properties: ['name'] }, '0']], {
        createdIds: { one },
      });
      assert.deepEqual(again[0]?.[1]['list'], [{ id: one, name: 'two' }]);
    });

    it('resolves back-references, and says where they lead nowhere', async () => {
      const accountId = test.alice.jmapAccountId;
      await made({ name: 'findable' });
      const reference = { resultOf: '0', name: 'Widget/query', path: '/ids' };
      const answers = await ask([
        ['Widget/query', { accountId, filter: { name: 'findable' } }, '0'],
        ['Widget/get', { accountId, '#ids': reference, properties: ['name'] }, '1'],
        ['Core/echo', { '#parents': { resultOf: '1', name: 'Widget/get', path: '/list/*/name' } }, '2'],
        ['Widget/get', { accountId, '#ids': { ...reference, path: '/none' } }, '3'],
        ['Widget/get', { accountId, '#ids': { ...reference, resultOf: '9' } }, '4'],
        ['Widget/get', { accountId, ids: [], '#ids': reference }, '5'],
      ]);
      assert.equal(listIn(answers[1])[0]?.['name'], 'findable');
      assert.deepEqual(answers[2]?.[1], { parents: ['findable'] });
      assert.deepEqual(
        answers.slice(3).map(([, args]) => args['type']),
        ['invalidResultReference', 'invalidResultReference', 'invalidArguments'],
      );
    });

    it('does not let references grow without end', async () => {
      const double = (from: number) => ({ resultOf: String(from), name: 'Core/echo', path: '' });
      const calls = Array.from({ length: 60 }, (_, n) =>
        n === 0
          ? ['Core/echo', { x: 'x'.repeat(1000) }, '0']
          : ['Core/echo', { '#a': double(n - 1), '#b': double(n - 1) }, String(n)],
      );
      const answers = await ask(calls);
      assert.equal(answers.at(-1)?.[1]['type'], 'invalidResultReference');
    });

    it('patches within a property, and refuses what contradicts itself or may not change', async () => {
      const id = await made({ name: 'patched', tags: { a: true, b: true }, color: 'red' });
      const update = async (patch: object) => {
        const [, args] = await set({ update: { [id]: patch } });
        return (args['notUpdated'] as Record<string, { type: string }> | null)?.[id]?.type ?? 'updated';
      };
      assert.equal(await update({ 'tags/a': null, 'tags/c': true, size: null }), 'updated');
      assert.equal(await update({ tags: { x: true }, 'tags/a': true }), 'invalidPatch');
      assert.equal(await update({ 'tags/a': false }), 'invalidProperties');
      assert.equal(await update({ none: 1 }), 'invalidProperties');
      assert.equal(await update({ color: 'blue' }), 'invalidProperties');
      assert.equal(await update({ color: 'red', id, name: 'renamed' }), 'updated');
      assert.equal(await update({ id: 'w1' }), 'invalidProperties');
      assert.equal(await update({ '__proto__/polluted': true }), 'invalidProperties');
      const [got] = await ask([['Widget/get', { accountId: test.alice.jmapAccountId, ids: [id] }, '0']]);
      const [record] = listIn(got);
      assert.deepEqual(record?.['tags'], { b: true, c: true });
      assert.equal(record?.['size'], 1);
      assert.equal(record?.['name'], 'renamed');
    });

    it('keeps to ifInState, and says the state before and after', async () => {
      const [, first] = await set({ create: { k: { name: 'stated' } } });
      assert.equal(Number(first['newState']), Number(first['oldState']) + 1);
      const [kind, stale] = await set({ ifInState: first['oldState'], create: { k: { name: 'never' } } });
      assert.deepEqual([kind, stale['type']], ['error', 'stateMismatch']);
      const [, next] = await set({ ifInState: first['newState'], create: { k: { name: 'again' } } });
      assert.equal(next['oldState'], first['newState']);
    });

    it('destroys, and tells what was not there', async () => {
      const id = await made({ name: 'doomed' });
      const [, args] = await set({ update: { [id]: { name: 'x' } }, destroy: [id, 'w9999'] });
      assert.deepEqual(args['destroyed'], [id]);
      assert.deepEqual(args['notUpdated'], { [id]: { type: 'willDestroy' } });
      assert.deepEqual(args['notDestroyed'], { w9999: { type: 'notFound' } });
    });

    it('says a fault of ours without details, and that part of the work is done', async () => {
      const [kind, alone] = await set({ create: { b: { name: 'broken' } } });
      assert.deepEqual([kind, alone], ['error', { type: 'serverFail' }]);
      const [, after] = await set({ create: { a: { name: 'fine' }, b: { name: 'broken' } } });
      assert.equal(after['type'], 'serverPartialFail');
    });

    it('checks arguments, properties, accounts and limits', async () => {
      const accountId = test.alice.jmapAccountId;
      const rows: readonly (readonly [string, object, string])[] = [
        ['Widget/get', {}, 'invalidArguments'],
        ['Widget/get', { accountId, ids: 'w1' }, 'invalidArguments'],
        ['Widget/get', { accountId, more: 1 }, 'invalidArguments'],
        ['Widget/get', { accountId, properties: ['none'] }, 'invalidArguments'],
        ['Widget/get', { accountId: 'a99999', ids: [] }, 'accountNotFound'],
        ['Widget/get', { accountId: test.bruno.jmapAccountId, ids: [] }, 'accountNotFound'],
        ['Widget/get', { accountId, ids: Array.from({ length: 1001 }, (_, n) => `w${n + 1}`) }, 'requestTooLarge'],
        ['Widget/set', { accountId, destroy: Array.from({ length: 501 }, (_, n) => `w${n + 1}`) }, 'requestTooLarge'],
        ['Widget/query', { accountId, filter: { none: 1 } }, 'unsupportedFilter'],
        ['Widget/query', { accountId, filter: { name: 1 } }, 'invalidArguments'],
        ['Widget/query', { accountId, filter: { operator: 'XOR', conditions: [] } }, 'invalidArguments'],
        ['Widget/query', { accountId, sort: [{ property: 'none' }] }, 'unsupportedSort'],
        ['Widget/query', { accountId, sort: [{ property: 'name', collation: 'none' }] }, 'unsupportedSort'],
        ['Widget/query', { accountId, anchor: 'w99999' }, 'anchorNotFound'],
        ['Widget/query', { accountId, limit: -1 }, 'invalidArguments'],
        ['Widget/copy', { accountId, fromAccountId: 'a99999', create: {} }, 'fromAccountNotFound'],
      ];
      for (const [method, args, type] of rows) {
        const [answer] = await ask([[method, args, '0']]);
        assert.deepEqual(
          [answer?.[0], answer?.[1]['type']],
          ['error', type],
          `${method} ${JSON.stringify(args).slice(0, 80)}`,
        );
      }
    });

    it('copies between accounts under a mandate, destroys the original, and respects a mandate to read', async () => {
      const { tenantId, alice, bruno } = test;
      const given = { tenantId, accountId: bruno.accountId, personId: alice.personId };
      await grantMandate(store, operator, { ...given, rights: ['read'] });
      const id = await made({ name: 'travelling' });
      const copy = {
        fromAccountId: alice.jmapAccountId,
        accountId: bruno.jmapAccountId,
        create: { c: { id, name: 'arrived' } },
        onSuccessDestroyOriginal: true,
      };
      const [refused] = await ask([['Widget/copy', copy, '0']]);
      assert.equal(refused?.[1]['type'], 'accountReadOnly');
      await grantMandate(store, operator, { ...given, rights: ['write'] });
      const [copied, destroyed] = await ask([['Widget/copy', copy, 'c1']]);
      const { c = { id: '' } } = (copied?.[1]['created'] ?? {}) as { c?: { id: string } };
      assert.deepEqual([destroyed?.[0], destroyed?.[1]['destroyed'], destroyed?.[2]], ['Widget/set', [id], 'c1']);
      const [got] = await ask([
        ['Widget/get', { accountId: bruno.jmapAccountId, ids: [c.id], properties: ['name'], loudly: false }, '0'],
      ]);
      assert.deepEqual(got?.[1]['list'], [{ id: c.id, name: 'arrived' }]);
    });

    it('pages by position from either end and by anchor', async () => {
      const accountId = test.alice.jmapAccountId;
      const [whole] = await ask([['Widget/query', { accountId, calculateTotal: true }, '0']]);
      const all = whole?.[1]['ids'] as string[];
      assert.equal(whole?.[1]['total'], all.length);
      const rows: readonly (readonly [object, readonly string[], number])[] = [
        [{ position: 1, limit: 2 }, all.slice(1, 3), 1],
        [{ position: -2 }, all.slice(-2), all.length - 2],
        [{ position: -999, limit: 1 }, all.slice(0, 1), 0],
        [{ anchor: all[2], anchorOffset: -1, limit: 2 }, all.slice(1, 3), 1],
        [{ anchor: all[0], anchorOffset: -5, limit: 1 }, all.slice(0, 1), 0],
        [{ position: 9999 }, [], 9999],
      ];
      for (const [args, expected, position] of rows) {
        const [answer] = await ask([['Widget/query', { accountId, ...args }, '0']]);
        assert.deepEqual(answer?.[1]['ids'], expected, JSON.stringify(args));
        assert.equal(answer?.[1]['position'], position, JSON.stringify(args));
      }
    });
  });
});
