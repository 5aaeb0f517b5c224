/** Getting in for the first time, and again: NUMEN, rules of passwords, terms, recovery address, codes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { openSession, proveNow } from '#server/access/actor.testing.ts';
import { authenticateBasic } from '#server/access/authenticate.ts';
import { choosePassword } from '#server/access/choose-password.ts';
import { authenticateSession, login } from '#server/access/login.ts';
import { judgeLive, WeakPassword } from '#server/access/password-policy.ts';
import { passwordStep } from '#server/access/password-step.ts';
import { type PendingLogin, pendingLogin } from '#server/access/pending.ts';
import { setPassword } from '#server/access/person-state.ts';
import { Refusal } from '#server/access/refusal.ts';
import { setAccessKey } from '#server/access/secret.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { changeTenantSettings } from '#server/directory/settings.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { runJobs } from '#server/jobs/run.ts';
import { type AccountId, type TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { listTrace } from '#server/records/trace.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { newChallenge, isSolved } from './challenge.ts';
import { entryJobs } from './jobs.ts';
import { isKnownKey, rememberKey } from './key.ts';
import { askToRecover, fits, recoverByCode } from './recover.ts';
import { confirmRecovery, ownRecovery, proposeRecovery, removeRecovery } from './own-recovery.ts';
import { confirmAddress, proposeAddress, skipAddress } from './recovery-address.ts';
import { acceptTerms } from './terms.ts';

const refusedWith = (reason: string) => (error: unknown) => error instanceof Refusal && error.reason === reason;
const weak =
  (...rules: readonly string[]) =>
  (error: unknown) => {
    assert.ok(error instanceof WeakPassword, String(error));
    assert.deepEqual(error.rules, rules);
    return true;
  };
const browser = { remoteAddress: '192.0.2.1', userAgent: 'test' };
const numen = '11E2601234KQZ';
const chosen = 'Tortue+Cuivre=42';
const other = 'Wagon/Bleuet?73';
const hostName = 'mail.valmont.example';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`getting in on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let elsewhere: AccountId;
    let now = Date.now();
    let stop: () => Promise<void>;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      const terms = { version: '2026', text: 'Soyez aimables.' };
      await write(store, (tx) => changeTenantSettings(tx, tenantId, { terms }));
      const sister = { tenantId, givenName: 'Zoé', familyName: 'Ailleurs', password: 'Wagon/Bleuet?73' };
      elsewhere = (await addPerson(store, operator, sister)).accountId;
      const jobs = runJobs(store, entryJobs(store, { hostName, timeZone: 'Europe/Paris' }), {
        lookEveryMs: 50,
        onFault: (_, error) => assert.fail(String(error)),
      });
      stop = () => jobs.close();
    });
    after(async () => {
      await stop();
      await store.close();
    });

    /** The newest letter in somebody's inbox, once `fits` finds it. */
    const letter = async (accountId: AccountId, isIt: RegExp): Promise<string> => {
      for (let tries = 0; tries < 2_000; tries += 1) {
        const found = await read(store, (tx) =>
          rows(
            tx,
            tx.q
              .selectFrom('email')
              .innerJoin('message', 'message.hash', 'email.hash')
              .select(['message.envelope', 'message.preview'])
              .where('email.account_id', '=', accountId)
              .orderBy('email.id', 'desc'),
          ),
        );
        const text = found.map(({ envelope, preview }) => `${envelope} ${preview}`).find((one) => isIt.test(one));
        if (text !== undefined) return text;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error('no letter came');
    };
    const codeIn = (text: string): string => /(\d{3}) (\d{3})/.exec(text)?.slice(1).join('') ?? '';
    const go = (cookie: string): Promise<PendingLogin> => pendingLogin(store, cookie, browser.remoteAddress);

    it('a NUMEN opens the way in once, and nothing but the way in', async () => {
      const person = { tenantId, givenName: 'Inès', familyName: 'Navarro', password: null, numen };
      const { userName } = await addPerson(store, operator, { ...person, birthDate: '1990-04-17' });
      await assert.rejects(addPerson(store, operator, { ...person, givenName: 'Autre' }), refusedWith('alreadyExists'));
      const asked = { userName, ...browser };
      await assert.rejects(login(store, { ...asked, password: '11E2601234KQY' }), refusedWith('badCredentials'));
      await assert.rejects(authenticateBasic(store, { ...asked, password: numen }), refusedWith('badCredentials'));

      const begun = await login(store, { ...asked, password: '11 e 26 01234 kqz' });
      assert.deepEqual(begun.steps, ['password', 'terms', 'recovery']);
      await assert.rejects(authenticateBasic(store, { ...asked, password: numen }), refusedWith('badCredentials'));
      let pending = await go(begun.sessionToken);
      assert.equal((await passwordStep(store, pending)).reason, 'first');
      for (const [password, ...rules] of [
        ['court', 'length', 'upper', 'digit', 'special', 'guessable'],
        ['Navarro!x72Kw', 'personal'],
        ['zZ!17/04/1990', 'personal'],
        [`x!${numen}z`, 'personal'],
        ['Toulouse2026!', 'guessable'],
      ] as const)
        await assert.rejects(choosePassword(store, pending, password), weak(...rules));
      const live = await judgeLive(store, pending.holder, 'Navarro!x72Kw');
      assert.equal(live.personal, false);
      assert.notEqual(live.guessable, false, 'true, or not known in time');

      const second = await choosePassword(store, pending, chosen);
      assert.deepEqual(second.steps, ['terms', 'recovery']);
      pending = await go(second.sessionToken);
      await assert.rejects(acceptTerms(store, pending, '2025'), refusedWith('stateMismatch'));
      const third = await acceptTerms(store, pending, '2026');
      assert.deepEqual(third.steps, ['recovery']);
      const done = await skipAddress(store, await go(third.sessionToken));
      const { actor } = await authenticateSession(store, done.sessionToken, browser.remoteAddress);
      assert.deepEqual(
        (await listTrace(store, tenantId, { personId: actor.personId })).map(({ verb }) => verb).toSorted(),
        ['acceptTerms', 'activate', 'login', 'setPassword'],
      );
      await assert.rejects(login(store, { ...asked, password: numen }), refusedWith('badCredentials'));
      assert.deepEqual((await login(store, { ...asked, password: chosen })).steps, [], 'nothing is asked twice');
    });

    it('a provisional password ends, and its holder alone is told so', async () => {
      const person = { tenantId, givenName: 'Ugo', familyName: 'Provi', password: 'abc', mustChangePassword: true };
      const { userName } = await addPerson(store, operator, person);
      now += 31 * 86_400_000;
      const asked = { userName, ...browser };
      await assert.rejects(login(store, { ...asked, password: 'abd' }), refusedWith('badCredentials'));
      await assert.rejects(
        login(store, { ...asked, password: 'abc' }),
        (error: unknown) => error instanceof Refusal && error.details.description === 'provisionalExpired',
      );
    });

    it('passwords of before are not taken again, and one too old is replaced', async () => {
      const person = { tenantId, givenName: 'Anna', familyName: 'Ancienne', password: chosen };
      const { personId, userName } = await addPerson(store, operator, person);
      const who = { tenantId, personId };
      await setPassword(store, operator, who, { password: other });
      await assert.rejects(setPassword(store, operator, who, { password: chosen }), weak('history'));
      await assert.rejects(setPassword(store, operator, who, { password: other }), weak('history'));
      await write(store, (tx) => changeTenantSettings(tx, tenantId, { passwords: { history: 1, maxAgeDays: 100 } }));
      await setPassword(store, operator, who, { password: chosen });
      now += 101 * 86_400_000;
      const asked = { userName, password: chosen, ...browser };
      const begun = await login(store, asked);
      assert.deepEqual(begun.steps, ['password']);
      assert.equal((await passwordStep(store, await go(begun.sessionToken))).reason, 'expired');
      await assert.rejects(authenticateBasic(store, asked), refusedWith('loginUnfinished'));
      await write(store, (tx) => changeTenantSettings(tx, tenantId, { passwords: {} }));
      assert.deepEqual((await login(store, asked)).steps, []);
    });

    it('a recovery address counts once its code came back, and opens the way in again', async () => {
      const person = { tenantId, givenName: 'Paul', familyName: 'Perdu', password: 'abc', mustChangePassword: true };
      const added = await addPerson(store, operator, { ...person, birthDate: '1970-01-31' });
      const first = await login(store, { userName: added.userName, password: 'abc', ...browser });
      const second = await choosePassword(store, await go(first.sessionToken), chosen);
      let pending = await go((await acceptTerms(store, await go(second.sessionToken), '2026')).sessionToken);
      for (const address of ['nobody', added.email])
        await assert.rejects(proposeAddress(store, pending, { address, hostName }), refusedWith('invalidArguments'));
      await proposeAddress(store, pending, { address: 'zoe.ailleurs@valmont.example', hostName });
      const code = codeIn(await letter(elsewhere, /adresse de secours/));
      assert.match(code, /^\d{6}$/);
      const wrong = code === '000000' ? '000001' : '000000';
      assert.deepEqual(await confirmAddress(store, pending, wrong), { kind: 'wrong', left: 4 });
      const confirmed = await confirmAddress(store, pending, code);
      assert.equal(confirmed.kind, 'done');

      // Some time later, nothing of it is remembered but the day of birth.
      const asked = { name: added.email, birthDate: '31/01/1970', numen: '', remoteAddress: '192.0.2.9' };
      const ticket = await askToRecover(store, asked);
      const sent = codeIn(await letter(elsewhere, /nouveau mot de passe a été demandé/));
      const stranger = await askToRecover(store, { ...asked, name: 'personne', birthDate: '01/01/1980' });
      assert.equal(stranger.length, ticket.length);
      for (const [one, typed, outcome] of [
        [stranger, sent, { kind: 'wrong', left: 4 }],
        [ticket, sent === '000000' ? '000001' : '000000', { kind: 'wrong', left: 4 }],
        ['x', sent, { kind: 'over' }],
      ] as const)
        assert.deepEqual(await recoverByCode(store, { ticket: one, typed, browser }), outcome);
      const open = await login(store, { userName: added.userName, password: chosen, ...browser });
      const found = await recoverByCode(store, { ticket, typed: ` ${sent.slice(0, 3)} ${sent.slice(3)}`, browser });
      assert.ok(found.kind === 'done');
      assert.deepEqual(found.begun.steps, ['password']);
      assert.deepEqual(
        await recoverByCode(store, { ticket, typed: sent, browser }),
        { kind: 'over' },
        'it serves once',
      );
      pending = await go(found.begun.sessionToken);
      assert.equal((await passwordStep(store, pending)).reason, 'recovered');
      await assert.rejects(choosePassword(store, pending, chosen), weak('history'));
      const again = await choosePassword(store, pending, other);
      assert.deepEqual(again.steps, []);
      await authenticateSession(store, again.sessionToken, browser.remoteAddress);
      await assert.rejects(
        authenticateSession(store, open.sessionToken, browser.remoteAddress),
        refusedWith('badCredentials'),
        'what was open before is not any more',
      );
      await letter(added.accountId, /mot de passe a été changé/);
      await letter(elsewhere, /mot de passe a été changé/);
    });

    it('in an open session the recovery address is changed by a fresh proof and a code, and told to the one before', async () => {
      const person = { tenantId, givenName: 'Rosa', familyName: 'Change', password: chosen };
      const added = await addPerson(store, operator, person);
      const former = await addPerson(store, operator, { ...person, givenName: 'Ancienne' });
      const actor = await openSession(store, { tenantId, ...added });
      const change = async (address: string, of: AccountId): Promise<void> => {
        await proposeRecovery(store, actor, { address, hostName });
        const code = codeIn(await letter(of, new RegExp(`adresse de secours du compte ${added.email}`)));
        const wrong = code === '000000' ? '000001' : '000000';
        assert.deepEqual(await confirmRecovery(store, actor, wrong), { kind: 'wrong', left: 4 });
        assert.deepEqual(await confirmRecovery(store, actor, code), { kind: 'done' });
        assert.deepEqual(await confirmRecovery(store, actor, code), { kind: 'over' }, 'it serves once');
      };
      assert.deepEqual(await ownRecovery(store, actor), { address: null, confirmedAt: null, asking: 'offered' });
      for (const address of ['nobody', added.email])
        await assert.rejects(proposeRecovery(store, actor, { address, hostName }), refusedWith('invalidArguments'));
      await change(former.email, former.accountId);
      assert.deepEqual(await ownRecovery(store, actor), {
        address: former.email,
        confirmedAt: now,
        asking: 'offered',
      });
      now += 20 * 60_000;
      const given = { address: 'zoe.ailleurs@valmont.example', hostName };
      await assert.rejects(proposeRecovery(store, actor, given), refusedWith('stepUpNeeded'));
      await assert.rejects(confirmRecovery(store, actor, '000000'), refusedWith('stepUpNeeded'));
      await assert.rejects(removeRecovery(store, actor), refusedWith('stepUpNeeded'));
      await assert.rejects(ownRecovery(store, { ...actor, by: 'token' }), refusedWith('mayNot'));

      await proveNow(store, actor);
      await change(given.address, elsewhere);
      await letter(former.accountId, /adresse de secours a été changée/);
      await letter(added.accountId, /adresse de secours a été changée/);
      await write(store, (tx) => changeTenantSettings(tx, tenantId, { recovery: { asking: 'required' } }));
      await assert.rejects(removeRecovery(store, actor), refusedWith('mayNot'));
      await write(store, (tx) => changeTenantSettings(tx, tenantId, { recovery: { asking: 'offered' } }));
      await removeRecovery(store, actor);
      assert.equal((await ownRecovery(store, actor)).address, null);
      await letter(elsewhere, /adresse de secours a été retirée/);
      const verbs = (await listTrace(store, tenantId, { personId: added.personId })).map(({ verb }) => verb);
      for (const verb of ['setRecoveryAddress', 'forgetRecoveryAddress']) assert.ok(verbs.includes(verb), verb);
    });

    it('five wrong codes end a request, and ten minutes do', async () => {
      const asked = { name: 'personne', birthDate: '', numen: '', remoteAddress: '192.0.2.10' };
      const ticket = await askToRecover(store, asked);
      const tries = [];
      for (let n = 0; n < 6; n += 1) tries.push(await recoverByCode(store, { ticket, typed: `00000${n}`, browser }));
      assert.deepEqual(
        tries.map((tried) => (tried.kind === 'wrong' ? tried.left : tried.kind)),
        [4, 3, 2, 1, 0, 'over'],
      );
      const late = await askToRecover(store, asked);
      now += 11 * 60_000;
      assert.deepEqual(await recoverByCode(store, { ticket: late, typed: '000000', browser }), { kind: 'over' });
    });

    it('another key than that of the database is noticed', async () => {
      assert.equal(await isKnownKey(store), undefined);
      const [key, foreign] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
      for (const [one, isKnown] of [
        [key, true],
        [foreign, false],
        [key, true],
      ] as const) {
        setAccessKey(store, one);
        await rememberKey(store);
        assert.equal(await isKnownKey(store), isKnown);
      }
    });

    it('a challenge that is not solved, or not ours, or taken before, is no challenge', async () => {
      const { solveChallenge } = await import('altcha-lib');
      const { deriveKey } = await import('altcha-lib/algorithms/pbkdf2');
      const challenge = await newChallenge(store);
      for (const bad of [undefined, {}, { challenge }, { challenge, solution: { counter: 1, derivedKey: 'ab' } }])
        assert.equal(await isSolved(store, bad), false);
      const solution = await solveChallenge({ challenge, deriveKey });
      const forged = { ...challenge, parameters: { ...challenge.parameters, keyPrefix: '00' } };
      assert.equal(await isSolved(store, { challenge: forged, solution }), false);
      assert.equal(await isSolved(store, { challenge, solution }), true);
      assert.equal(await isSolved(store, { challenge, solution }), false);
    });
  });
});

const facts: readonly [given: [string | null, string | null], fits: boolean, because: string][] = [
  [['1970-01-31', null], true, 'the day alone'],
  [[null, 'N'], true, 'the NUMEN alone'],
  [['1970-01-31', 'N'], true, 'both'],
  [['1970-01-30', 'N'], false, 'one of the two is wrong'],
  [[null, null], false, 'nothing was said'],
];
for (const [[birthDate, numenHash], isFit, because] of facts)
  it(`what is told ${isFit ? 'fits' : 'does not fit'}: ${because}`, () =>
    assert.equal(fits({ birthDate, numenHash }, { birthDate: '1970-01-31', numenHash: 'N' }), isFit));
it('what the institution does not know proves nothing', () =>
  assert.equal(fits({ birthDate: '1970-01-31', numenHash: null }, { birthDate: null, numenHash: null }), false));
