/** A login in several steps: nothing opens before the last one, and each one gives another token. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { skipAddress } from '#server/entry/recovery-address.ts';
import { listTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

import { operator } from './actor.ts';
import { authenticateBasic } from './authenticate.ts';
import { choosePassword } from './choose-password.ts';
import { authenticateSession, listSessions, login } from './login.ts';
import { pendingLogin } from './pending.ts';
import { Refusal } from './refusal.ts';
import { unfinishedMs } from './steps.ts';

const refusedWith = (reason: string) => (error: unknown) => error instanceof Refusal && error.reason === reason;
const from = '192.0.2.1';
const provisional = 'Provisoire-2026';
const chosen = 'Tortue+Cuivre=42';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`a login in steps on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let now = Date.now();
    let count = 0;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
    });
    after(() => store.close());

    const newcomer = async () => {
      count += 1;
      const given = { tenantId, givenName: 'Zoé', familyName: `Nom${'abcdefgh'.charAt(count)}`, password: provisional };
      const { userName } = await addPerson(store, operator, { ...given, mustChangePassword: true });
      return { userName, password: provisional, remoteAddress: from, userAgent: 'test' };
    };

    it('a provisional password opens the page where it is replaced, and nothing else', async () => {
      const request = await newcomer();
      const begun = await login(store, request);
      assert.deepEqual(begun.steps, ['password', 'recovery']);
      await assert.rejects(authenticateSession(store, begun.sessionToken, from), refusedWith('loginUnfinished'));
      await assert.rejects(authenticateBasic(store, request), refusedWith('loginUnfinished'));

      const pending = await pendingLogin(store, begun.sessionToken, from);
      assert.deepEqual([pending.steps, pending.actor.scopes], [['password', 'recovery'], []]);
      assert.equal((await listSessions(store, pending.actor)).length, 0, 'it is no session yet');
      for (const wrong of ['', provisional])
        await assert.rejects(choosePassword(store, pending, wrong), refusedWith('weakPassword'));
      const next = await choosePassword(store, pending, chosen);
      assert.deepEqual(next.steps, ['recovery']);
      assert.notEqual(next.sessionToken, begun.sessionToken);
      await assert.rejects(
        authenticateBasic(store, { ...request, password: chosen }),
        refusedWith('loginUnfinished'),
        'a login that was not finished opens nothing to programs either',
      );
      const done = await skipAddress(store, await pendingLogin(store, next.sessionToken, from));
      assert.deepEqual(done.steps, []);

      await assert.rejects(authenticateSession(store, begun.sessionToken, from), refusedWith('badCredentials'));
      const { actor } = await authenticateSession(store, done.sessionToken, from);
      assert.ok(actor.scopes.includes('mail'));
      await assert.rejects(pendingLogin(store, done.sessionToken, from), refusedWith('badCredentials'));
      const verbs = (await listTrace(store, tenantId, { personId: actor.personId })).map(({ verb }) => verb).toSorted();
      assert.deepEqual(verbs, ['activate', 'login', 'setPassword'], 'the login counts when it is done');
      await assert.rejects(login(store, request), refusedWith('badCredentials'));
      assert.deepEqual((await login(store, { ...request, password: chosen })).steps, []);
    });

    it('of two tabs at the same step one is first, and the other is told', async () => {
      const begun = await login(store, await newcomer());
      const [one, other] = await Promise.all([1, 2].map(() => pendingLogin(store, begun.sessionToken, from)));
      assert.ok(one && other);
      const outcomes = await Promise.allSettled([
        choosePassword(store, one, chosen),
        choosePassword(store, other, `${chosen}-autre`),
      ]);
      assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    });

    it('ends soon when nobody goes on, and is shut when the person is', async () => {
      const begun = await login(store, await newcomer());
      now += unfinishedMs + 1;
      await assert.rejects(pendingLogin(store, begun.sessionToken, from), refusedWith('badCredentials'));
      for (const cookie of ['', '1.x', `${tenantId}.${'A'.repeat(43)}`])
        await assert.rejects(pendingLogin(store, cookie, from), refusedWith('badCredentials'));
    });
  });
});
