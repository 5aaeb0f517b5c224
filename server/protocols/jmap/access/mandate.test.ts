/** Mandates over real HTTP: given, answered, ended, by whom they concern and nobody else. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse, type TestPerson } from '#tools/testing/house.ts';
import { operator } from '#server/access/actor.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { accessCapability, coreCapability } from '#server/protocols/jmap/capabilities.ts';
import { printAccountId } from '#server/protocols/jmap/engine/context.ts';
import { jmapHead } from '#server/protocols/jmap/head.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

type Args = Record<string, unknown>;
type Proof = Readonly<Record<string, string>>;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`mandates by JMAP on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    let alice: Proof;
    let bruno: Proof;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      server = await test.start([jmapHead()]);
      [alice, bruno] = await Promise.all([sessionOf(test.alice), sessionOf(test.bruno)]);
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const sessionOf = async ({ userName, password }: TestPerson): Promise<Proof> => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ userName, password });
      const answer = await fetch(`${server.url}/auth/login`, { method: 'POST', headers, body });
      return { cookie: answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '', 'x-pli-client': 'web' };
    };
    const ask = async (proof: Proof, method: string, args: Args): Promise<readonly [string, Args]> => {
      const answer = await fetch(`${server.url}/jmap/api`, {
        method: 'POST',
        headers: { ...proof, 'content-type': 'application/json' },
        body: JSON.stringify({ using: [coreCapability, accessCapability], methodCalls: [[method, args, '0']] }),
      });
      const { methodResponses }: { methodResponses: [string, Args, string][] } = JSON.parse(await answer.text());
      const [response] = methodResponses;
      assert.ok(response);
      return [response[0], response[1]];
    };
    const listOf = async (proof: Proof, accountId: string): Promise<Args[]> =>
      (await ask(proof, 'Mandate/get', { accountId, ids: null }))[1]['list'] as Args[];
    const set = async (proof: Proof, accountId: string, args: Args): Promise<Args> =>
      (await ask(proof, 'Mandate/set', { accountId, ...args }))[1];
    const accountsOf = async (proof: Proof): Promise<string[]> => {
      const session: Args = JSON.parse(
        await (await fetch(`${server.url}/.well-known/jmap`, { headers: proof })).text(),
      );
      return Object.keys(session['accounts'] as Args);
    };

    it('one gives, the other accepts, both see it, and it ends at once', async () => {
      const [mine, theirs] = [test.alice.jmapAccountId, test.bruno.jmapAccountId];
      const create = { a: { holderEmail: test.bruno.email.toUpperCase(), rights: ['sendOnBehalf'], reason: 'congés' } };
      const made = await set(alice, mine, { create });
      const { id, ...rest } = (made['created'] as Record<string, Args>)['a'] ?? {};
      assert.deepEqual(
        [rest['state'], rest['holderEmail'], rest['rights'], rest['isAccepted'], rest['isHeld']],
        ['asked', test.bruno.email, ['read', 'draft', 'sendOnBehalf'], null, false],
      );
      assert.deepEqual(await accountsOf(bruno), [theirs]);
      const [asked] = await listOf(bruno, theirs);
      assert.deepEqual([asked?.['id'], asked?.['isHeld'], asked?.['accountId']], [id, true, mine]);

      // Whoever gave it does not answer in the other's place.
      const own = await set(alice, mine, { update: { [String(id)]: { isAccepted: true } } });
      assert.deepEqual((own['notUpdated'] as Args)[String(id)], { type: 'notFound' });
      const done = await set(bruno, theirs, { update: { [String(id)]: { isAccepted: true } } });
      assert.deepEqual((done['updated'] as Args)[String(id)], { state: 'valid', isHeld: true });
      assert.deepEqual((await accountsOf(bruno)).toSorted(), [mine, theirs].toSorted());
      assert.deepEqual(
        (await listOf(alice, mine)).map(({ state }) => state),
        ['valid'],
      );

      const ended = await set(alice, mine, { destroy: [id] });
      assert.deepEqual(ended['destroyed'], [id]);
      assert.deepEqual(await accountsOf(bruno), [theirs]);
      assert.equal((await listOf(bruno, theirs))[0]?.['state'], 'revoked');
    });

    it('in a shared mailbox who manages it gives access, and who only reads does not even see who has it', async () => {
      const { accountId } = await addFunctionalAccount(store, operator, {
        tenantId: test.tenantId,
        name: 'Secrétariat',
      });
      const shared = printAccountId(accountId);
      const to = { tenantId: test.tenantId, accountId };
      await grantMandate(store, operator, { ...to, personId: test.alice.personId, rights: ['manage'] });
      const create = { a: { holderEmail: test.bruno.email, rights: ['read'] } };
      const made = await set(alice, shared, { create });
      const { id } = (made['created'] as Record<string, Args>)['a'] ?? {};
      await set(bruno, test.bruno.jmapAccountId, { update: { [String(id)]: { isAccepted: true } } });
      assert.deepEqual((await ask(bruno, 'Mandate/get', { accountId: shared, ids: null }))[1]['type'], 'forbidden');
      const tried = await set(bruno, shared, { create: { a: { holderEmail: test.alice.email, rights: ['read'] } } });
      assert.ok(tried['type'] === 'accountReadOnly' || JSON.stringify(tried).includes('forbidden'));
      // More than one has oneself is not to be given.
      const more = await set(alice, shared, { create: { a: { holderEmail: test.bruno.email, rights: ['sendAs'] } } });
      assert.deepEqual((more['notCreated'] as Args)['a'], { type: 'forbidden' });
    });

    it('refuses what makes no sense, and tells no password or program anything', async () => {
      const accountId = test.alice.jmapAccountId;
      const rows: readonly (readonly [Args, readonly string[]])[] = [
        [{ rights: ['read'] }, ['holderEmail']],
        [{ holderEmail: 'personne@ailleurs.example', rights: ['read'] }, ['holderEmail']],
        [{ holderEmail: test.bruno.email, rights: [] }, ['rights']],
        [{ holderEmail: test.bruno.email, rights: ['own'] }, ['rights']],
        [{ holderEmail: test.bruno.email, rights: ['read'], reason: 'x'.repeat(501) }, ['reason']],
        [{ holderEmail: test.bruno.email, rights: ['read'], isAccepted: true }, ['isAccepted']],
        [{ holderEmail: test.bruno.email, rights: ['read'], state: 'valid' }, ['state']],
      ];
      for (const [record, properties] of rows) {
        const refused = (await set(alice, accountId, { create: { a: record } }))['notCreated'] as Args;
        assert.deepEqual(refused['a'], { type: 'invalidProperties', properties }, JSON.stringify(record));
      }
      const program = { authorization: test.alice.basic };
      assert.equal((await ask(program, 'Mandate/get', { accountId, ids: null }))[1]['type'], 'forbidden');
    });
  });
});
