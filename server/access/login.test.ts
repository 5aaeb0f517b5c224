import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { listTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { operator } from './actor.ts';
import { authenticateBasic } from './authenticate.ts';
import { authenticateSession, listSessions, login, logout, logoutElsewhere } from './login.ts';
import { setAccessPolicy } from './policy.ts';
import { selectFailures } from './queries/throttle.ts';
import { Refusal } from './refusal.ts';

const refusedWith = (reason: string) => (error: unknown) => error instanceof Refusal && error.reason === reason;
const from = { remoteAddress: '192.0.2.1', userAgent: 'test' };

/** Of the whole process, for argon2 runs on its thread pool. */
async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`logging in on ${name}`, () => {
    let store: Store;
    let other: Store;
    let tenantId: TenantId;
    let now = Date.now();
    before(async () => {
      const options = { databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now };
      store = await openStore(options);
      other = await openStore(options);
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      for (const [givenName, familyName] of [
        ['Claire', 'Dupont'],
        ['Marc', 'Petit'],
        ['Zoé', 'Lebon'],
      ] as const)
        await addPerson(store, operator, { tenantId, givenName, familyName, password: 'Été-2026!' });
    });
    after(async () => {
      await store.close();
      await other.close();
    });

    it('lets in by user name and by e-mail address, in any case and any Unicode form', async () => {
      for (const userName of [
        'cdupont',
        'CDupont',
        ' claire.dupont@valmont.example ',
        'Claire.Dupont@Valmont.EXAMPLE',
      ]) {
        const { actor } = await login(store, { userName, password: 'Été-2026!', ...from });
        assert.equal(actor.tenantId, tenantId);
      }
      await login(store, { userName: 'cdupont', password: 'Été-2026!'.normalize('NFD'), ...from });
    });

    it('gives one answer to a wrong password and to an unknown name', async () => {
      for (const userName of [
        'cdupont',
        'nobody',
        'nobody@valmont.example',
        'x@elsewhere.example',
        '',
        'é'.repeat(999),
      ])
        await assert.rejects(login(store, { userName, password: 'wrong', ...from }), refusedWith('badCredentials'));
    });

    it('keeps a session until it is idle too long, and its token in no table', async () => {
      const { sessionToken, actor } = await login(store, { userName: 'cdupont', password: 'Été-2026!', ...from });
      assert.match(sessionToken, /^\d+\.[\w-]{43}$/);
      assert.deepEqual((await authenticateSession(other, sessionToken, '192.0.2.1')).actor, actor);
      now += 11 * 3_600_000;
      await authenticateSession(store, sessionToken, '192.0.2.1');
      now += 11 * 3_600_000;
      await authenticateSession(store, sessionToken, '192.0.2.1');
      now += 13 * 3_600_000;
      await assert.rejects(authenticateSession(store, sessionToken, '192.0.2.1'), refusedWith('badCredentials'));
    });

    it('ends a session in use after its absolute term', async () => {
      const { sessionToken } = await login(store, { userName: 'cdupont', password: 'Été-2026!', ...from });
      for (let hours = 0; hours < 30 * 24 - 10; hours += 10) {
        await authenticateSession(store, sessionToken, '192.0.2.1');
        now += 10 * 3_600_000;
      }
      now += 10 * 3_600_000;
      await assert.rejects(authenticateSession(store, sessionToken, '192.0.2.1'), refusedWith('badCredentials'));
    });

    it('refuses a cookie that was made up', async () => {
      for (const cookie of ['', 'x', `${tenantId}.${'A'.repeat(43)}`, `0.${'A'.repeat(43)}`, `9999.${'A'.repeat(43)}`])
        await assert.rejects(authenticateSession(store, cookie, '192.0.2.1'), refusedWith('badCredentials'));
    });

    it('logs out here, and elsewhere', async () => {
      const request = { userName: 'mpetit', password: 'Été-2026!', ...from };
      const one = await login(store, request);
      const two = await login(store, request);
      const three = await login(store, request);
      assert.equal((await listSessions(store, one.actor)).length, 3);
      await logout(store, three.actor);
      assert.equal(await logoutElsewhere(store, one.actor), 1);
      await authenticateSession(store, one.sessionToken, '192.0.2.1');
      await assert.rejects(authenticateSession(other, two.sessionToken, '192.0.2.1'), refusedWith('badCredentials'));
      const verbs = (await listTrace(store, tenantId, { personId: one.actor.personId })).map(({ verb }) => verb);
      const told = verbs.filter((verb) => verb !== 'newDevice');
      assert.deepEqual(told.slice(0, 3), ['logoutElsewhere', 'logout', 'login']);
    });

    it('brakes guessing in every process at once, and only there', async () => {
      const guess = (at: Store, remoteAddress: string) =>
        authenticateBasic(at, { userName: 'zlebon', password: 'wrong', remoteAddress });
      for (let failures = 0; failures < 5; failures += 1)
        await assert.rejects(guess(failures % 2 ? store : other, '2001:db8::1'), refusedWith('badCredentials'));
      // Another address of the same network is the same guesser.
      await assert.rejects(guess(other, '2001:db8:0:0:ffff::9'), refusedWith('tryLater'));
      const right = { userName: 'zlebon', password: 'Été-2026!' };
      await assert.rejects(
        authenticateBasic(store, { ...right, remoteAddress: '2001:db8::1' }),
        refusedWith('tryLater'),
      );
      await authenticateBasic(store, { ...right, remoteAddress: '192.0.2.77' });
      now += 3_000;
      await authenticateBasic(other, { ...right, remoteAddress: '2001:db8::1' });
    });

    it('gives a crowd of attempts at once no more tries than a row of them', async () => {
      const guesses = Array.from({ length: 40 }, () =>
        authenticateBasic(store, { userName: 'mpetit', password: 'wrong', remoteAddress: '198.51.100.7' }),
      );
      const reasons = (await Promise.allSettled(guesses)).map((one) =>
        one.status === 'rejected' && one.reason instanceof Refusal ? one.reason.reason : 'in',
      );
      assert.equal(reasons.filter((reason) => reason === 'badCredentials').length, 5);
      assert.equal(reasons.filter((reason) => reason === 'tryLater').length, 35);
    });

    it('verifies a password once for a program that repeats it', async () => {
      const request = { userName: 'cdupont', password: 'Été-2026!', remoteAddress: '192.0.2.9' };
      const hashed = await cpuMsOf(() => authenticateBasic(store, request));
      const repeated = await cpuMsOf(async () => {
        for (let times = 0; times < 50; times += 1) await authenticateBasic(store, request);
      });
      // Of the processor, whatever else the machine does: argon2id alone would take fifty times the first.
      assert.ok(repeated < 25 * hashed, `${repeated} ms after ${hashed} ms`);
    });

    it('forgets what failed long ago', async () => {
      now += 7 * 3_600_000;
      const request = { userName: 'nobody', password: 'wrong', remoteAddress: '203.0.113.1' };
      await assert.rejects(authenticateBasic(store, request), refusedWith('badCredentials'));
      const keys = ['a:198.51.100.7', 'a:203.0.113.1'];
      const left = await read(store, (tx) => selectFailures(tx, keys));
      assert.deepEqual(left, [{ key: 'a:203.0.113.1', failures: 1, blockedUntil: 0 }]);
    });

    it('counts nothing in laboratory mode', async () => {
      setAccessPolicy(other, { isThrottled: false });
      for (let failures = 0; failures < 12; failures += 1) {
        const request = { userName: 'lab', password: 'wrong', remoteAddress: '203.0.113.5' };
        await assert.rejects(authenticateBasic(other, request), refusedWith('badCredentials'));
      }
      assert.deepEqual(await read(store, (tx) => selectFailures(tx, ['a:203.0.113.5'])), []);
    });
  });
});
