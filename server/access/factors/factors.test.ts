/** Second factors as people use them, and as others try to: codes, recovery codes, passkeys, trusted devices. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { authenticateBasic } from '#server/access/authenticate.ts';
import { addCredential } from '#server/access/credential.ts';
import { authenticateSession, type Begun, login } from '#server/access/login.ts';
import { pendingLogin } from '#server/access/pending.ts';
import { setPassword } from '#server/access/person-state.ts';
import { Refusal } from '#server/access/refusal.ts';
import { actOnPerson } from '#server/administration/act.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import type { Notice } from '#server/notices/notice.ts';
import { listTrace } from '#server/records/trace.ts';
import type { PersonId, TenantId } from '#server/store/ids.ts';
import { selectJobs } from '#server/store/jobs.ts';
import { changePolicy } from '#server/policies/policies.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';

import type { Answer } from './answer.ts';
import { createPasskey, type SoftKey, usePasskey } from './authenticator.testing.ts';
import { forgetDevice, listDevices } from './device.ts';
import { beginPasskey, beginTotp, confirmPasskey, confirmTotp, enrollingAt, enrollingIn } from './enrol.ts';
import { listFactors, removeFactor, renameFactor, renewRecoveryCodes } from './factors.ts';
import { loginByPasskey, offerDoor } from './passkey-login.ts';
import { offerProof, proveAgain, waysToProve } from './prove.ts';
import { factorsOf } from './reset.ts';
import { answerSecondFactor, offerPasskey, offerSecondFactor } from './second-factor.ts';
import { isWithin } from './settings.ts';
import { hotp, stepAt } from './totp.ts';
import type { Site } from './webauthn.ts';

const refusedWith = (reason: string) => (error: unknown) => error instanceof Refusal && error.reason === reason;
const from = '192.0.2.1';
const password = 'Un-mot-de-passe-long-2026';
const site: Site = { rpId: 'mail.valmont.example', origin: 'https://mail.valmont.example' };

interface Somebody {
  readonly userName: string;
  readonly personId: PersonId;
  readonly actor: PersonActor;
  readonly deviceToken: string;
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`second factors on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let now = Date.now();
    let count = 0;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Académie de Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
    });
    after(() => store.close());

    const enter = (userName: string, more: { deviceToken?: string; remoteAddress?: string } = {}): Promise<Begun> =>
      login(store, { userName, password, remoteAddress: from, userAgent: 'test', ...more });
    const inside = async (begun: Begun): Promise<PersonActor> => {
      assert.deepEqual(begun.steps, []);
      return (await authenticateSession(store, begun.sessionToken, from)).actor;
    };
    const somebody = async (population = 'staff'): Promise<Somebody> => {
      count += 1;
      const given = { tenantId, givenName: 'Zoé', familyName: `Nom${'abcdefghijklmnopqrstuvwxyz'.charAt(count)}` };
      const { userName, personId } = await addPerson(store, operator, { ...given, population, password });
      const begun = await enter(userName);
      return { userName, personId, actor: await inside(begun), deviceToken: begun.deviceToken ?? '' };
    };
    const withTotp = async (actor: PersonActor) => {
      const who = await enrollingIn(store, actor);
      const { id, secret, uri } = await beginTotp(store, who);
      const key = fromBase32(secret);
      // Two steps later, so that the next code is another one.
      const added = await confirmTotp(store, who, { id, code: hotp(key, stepAt(now)), name: 'Téléphone' });
      now += 60_000;
      return { ...added, uri, code: () => hotp(key, stepAt(now)) };
    };
    const withPasskey = async (actor: PersonActor): Promise<SoftKey> => {
      const who = await enrollingIn(store, actor);
      const { key, response } = createPasskey(await beginPasskey(store, who, site), { site });
      await confirmPasskey(store, who, { response, name: 'Clé du bureau', site });
      return key;
    };
    const answer = async (begun: Begun, given: Answer, trust = false): Promise<Begun> =>
      answerSecondFactor(store, await pendingLogin(store, begun.sessionToken, from), { answer: given, trust, site });
    const verbsOf = async ({ personId }: Pick<Somebody, 'personId'>): Promise<readonly string[]> =>
      (await listTrace(store, tenantId, { personId })).map(({ verb }) => verb);
    const noticesTo = async ({ actor }: Somebody): Promise<readonly Notice['kind'][]> => {
      const jobs = await read(store, (tx) => selectJobs(tx, { kinds: ['notice'], limit: 1000 }));
      const { accountId } = (await enrollingIn(store, actor)).holder;
      return jobs
        .filter((job) => job.accountId === accountId)
        .map(({ payload }) => (payload as { notice: Notice }).notice.kind);
    };

    it('a code of the telephone opens what the password alone opened before, and each code once', async () => {
      const zoe = await somebody();
      const totp = await withTotp(zoe.actor);
      assert.match(totp.uri, /^otpauth:\/\/totp\/Acad%C3%A9mie%20de%20Valmont:/);
      const begun = await enter(zoe.userName);
      assert.deepEqual(begun.steps, ['secondFactor']);
      await assert.rejects(authenticateSession(store, begun.sessionToken, from), refusedWith('loginUnfinished'));
      const offer = await offerSecondFactor(store, await pendingLogin(store, begun.sessionToken, from));
      assert.deepEqual(offer, { kinds: ['totp', 'recovery'], trustDays: 30 });

      await assert.rejects(answer(begun, { kind: 'totp', code: '000000' }), refusedWith('badCredentials'));
      const code = totp.code();
      const done = await answer(begun, { kind: 'totp', code });
      assert.equal((await inside(done)).personId, zoe.personId);
      const again = await enter(zoe.userName);
      await assert.rejects(answer(again, { kind: 'totp', code }), refusedWith('badCredentials'));
      now += 30_000;
      await inside(await answer(again, { kind: 'totp', code: totp.code() }));
      const verbs = await verbsOf(zoe);
      for (const verb of ['login', 'factorFailed', 'addFactor']) assert.ok(verbs.includes(verb), verb);
    });

    it('one code at once in two tabs lets one of them in', async () => {
      const zoe = await somebody();
      const totp = await withTotp(zoe.actor);
      const [one, other] = [await enter(zoe.userName), await enter(zoe.userName)];
      const given = { kind: 'totp', code: totp.code() } as const;
      const outcomes = await Promise.allSettled([answer(one, given), answer(other, given)]);
      assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    });

    it('a secret that was never confirmed counts for nothing, and none is in the table as it is', async () => {
      const zoe = await somebody();
      const who = await enrollingIn(store, zoe.actor);
      const first = await beginTotp(store, who);
      const second = await beginTotp(store, who);
      await inside(await enter(zoe.userName));
      const confirm = (id: string, secret: string, code = hotp(fromBase32(secret), stepAt(now))) =>
        confirmTotp(store, who, { id, code, name: 'x' });
      await assert.rejects(confirm(first.id, first.secret), refusedWith('badCredentials'), 'the later one replaced it');
      await assert.rejects(confirm(second.id, second.secret, '123456'), refusedWith('badCredentials'));
      await confirm(second.id, second.secret);
      now += 60_000;
      await assert.rejects(confirm(second.id, second.secret), refusedWith('badCredentials'), 'it is confirmed once');
      const stored = await read(store, (tx) => tx.connection.all({ sql: 'select key from factor' }, []));
      assert.ok(stored.length > 0);
      for (const { key } of stored) assert.ok(!String(key).includes(second.secret));
    });

    it('guessing codes is braked, and a right password does not forgive it', async () => {
      const zoe = await somebody();
      await withTotp(zoe.actor);
      const begun = await enter(zoe.userName);
      for (let failures = 0; failures < 5; failures += 1) {
        await enter(zoe.userName);
        await assert.rejects(answer(begun, { kind: 'totp', code: '000000' }), refusedWith('badCredentials'));
      }
      await assert.rejects(answer(begun, { kind: 'recovery', code: 'x' }), refusedWith('tryLater'));
    });

    it('a recovery code opens once, is told of, and is renewed', async () => {
      const zoe = await somebody();
      const { recoveryCodes = [] } = await withTotp(zoe.actor);
      assert.equal(new Set(recoveryCodes).size, 10);
      const [first = '', second = ''] = recoveryCodes;
      const begun = await enter(zoe.userName);
      await inside(await answer(begun, { kind: 'recovery', code: ` ${first.toUpperCase().replace('-', ' ')} ` }, true));
      const again = await enter(zoe.userName, { deviceToken: begun.deviceToken ?? '' });
      assert.deepEqual(again.steps, ['secondFactor'], 'a code from paper earns no trust');
      await assert.rejects(answer(again, { kind: 'recovery', code: first }), refusedWith('badCredentials'));
      assert.equal((await listFactors(store, zoe.actor)).recoveryCodesLeft, 9);
      const other = await somebody();
      await withTotp(other.actor);
      const theirs = await enter(other.userName);
      await assert.rejects(answer(theirs, { kind: 'recovery', code: second }), refusedWith('badCredentials'));

      const renewed = await renewRecoveryCodes(store, zoe.actor);
      await assert.rejects(answer(again, { kind: 'recovery', code: second }), refusedWith('badCredentials'));
      await inside(await answer(again, { kind: 'recovery', code: renewed[0] ?? '' }));
      assert.deepEqual(
        (await noticesTo(zoe)).filter((kind) => kind !== 'newDevice'),
        ['factorAdded', 'recoveryUsed', 'recoveryRenewed', 'recoveryUsed'],
      );
    });

    it('a passkey is a second factor, and opens alone', async () => {
      const zoe = await somebody();
      const key = await withPasskey(zoe.actor);
      const begun = await enter(zoe.userName);
      const pending = await pendingLogin(store, begun.sessionToken, from);
      assert.deepEqual((await offerSecondFactor(store, pending)).kinds, ['passkey', 'recovery']);
      const options = await offerPasskey(store, pending, site);
      const response = usePasskey(key, options, { site, isVerified: false });
      await inside(await answer(begun, { kind: 'passkey', response }));
      const again = await enter(zoe.userName);
      await assert.rejects(answer(again, { kind: 'passkey', response }), refusedWith('badCredentials'));

      const browser = { remoteAddress: from, userAgent: 'test', door: 'door', site };
      const alone = usePasskey(key, offerDoor(store, 'door', site), { site });
      const inAlone = await loginByPasskey(store, { ...browser, response: alone });
      assert.equal((await inside(inAlone)).personId, zoe.personId);
      await assert.rejects(loginByPasskey(store, { ...browser, response: alone }), refusedWith('badCredentials'));
    });

    it('a passkey for another page, another browser, another purpose, without a PIN or too late is refused', async () => {
      const zoe = await somebody();
      const key = await withPasskey(zoe.actor);
      const open = (response: object, door = 'door') =>
        loginByPasskey(store, { remoteAddress: `198.51.100.${(count += 1)}`, userAgent: '', door, site, response });
      const ask = () => offerDoor(store, 'door', site);
      const wrong: readonly (readonly [string, object, string?])[] = [
        ['origin', usePasskey(key, ask(), { site: { ...site, origin: 'https://mail.va1mont.example' } })],
        ['rpId', usePasskey(key, ask(), { site: { ...site, rpId: 'va1mont.example' } })],
        ['browser', usePasskey(key, ask(), { site }), 'another'],
        ['PIN', usePasskey(key, ask(), { site, isVerified: false })],
        ['purpose', usePasskey(key, await offerProof(store, zoe.actor, site), { site })],
        ['challenge', usePasskey(key, { challenge: randomBytes(56).toString('base64url') }, { site })],
        ['handle', usePasskey({ ...key, userHandle: Buffer.alloc(38, 1).toString('base64url') }, ask(), { site })],
        ['nothing', {}],
        ['nothing of a kind', { id: 'x', response: { clientDataJSON: 'x', authenticatorData: 'x', signature: 'x' } }],
      ];
      for (const [because, response, door] of wrong)
        await assert.rejects(open(response, door), refusedWith('badCredentials'), because);
      const late = usePasskey(key, ask(), { site });
      now += 5 * 60_000 + 1;
      await assert.rejects(open(late), refusedWith('badCredentials'));
      await inside(await open(usePasskey(key, ask(), { site })));
    });

    it('a copy of a passkey is found by its counter, and its holder is told', async () => {
      const zoe = await somebody();
      const key = await withPasskey(zoe.actor);
      const copy = { ...key };
      const open = async (one: SoftKey) =>
        loginByPasskey(store, {
          remoteAddress: '203.0.113.9',
          userAgent: '',
          door: 'd',
          site,
          response: usePasskey(one, offerDoor(store, 'd', site), { site }),
        });
      await inside(await open(key));
      await inside(await open(key));
      await assert.rejects(open(copy), refusedWith('badCredentials'));
      assert.ok((await noticesTo(zoe)).includes('passkeyCopied'));
      assert.ok((await verbsOf(zoe)).includes('refuseCopiedPasskey'));
    });

    it('a passkey is made once, here, and by whoever asked for it', async () => {
      const zoe = await somebody();
      const other = await somebody();
      const who = await enrollingIn(store, zoe.actor);
      const options = await beginPasskey(store, who, site);
      const { response, key } = createPasskey(options, { site });
      const elsewhere = createPasskey(options, { site: { rpId: 'evil.example', origin: 'https://evil.example' } });
      const make = async (given: object, actor = zoe.actor) =>
        confirmPasskey(store, await enrollingIn(store, actor), { response: given, name: 'Clé', site });
      await assert.rejects(make(elsewhere.response), refusedWith('badCredentials'));
      await assert.rejects(make(response, other.actor), refusedWith('badCredentials'));
      await make(response);
      await assert.rejects(make(response), refusedWith('badCredentials'));
      const begun = await enter(other.userName);
      assert.deepEqual(begun.steps, []);
      const again = createPasskey(await beginPasskey(store, who, site), { site });
      await make(again.response);
      const { factors } = await listFactors(store, zoe.actor);
      assert.deepEqual(
        factors.map(({ kind, isDiscoverable, transports }) => [kind, isDiscoverable, transports]),
        [
          ['passkey', true, ['internal']],
          ['passkey', true, ['internal']],
        ],
      );
      assert.equal(key.id, factors[0]?.credentialId);
    });

    it('a device that is trusted goes without, until it is forgotten, too old, or the password changes', async () => {
      const zoe = await somebody();
      const totp = await withTotp(zoe.actor);
      const trust = async (): Promise<string> => {
        const begun = await enter(zoe.userName);
        now += 30_000;
        await inside(await answer(begun, { kind: 'totp', code: totp.code() }, true));
        return begun.deviceToken ?? '';
      };
      const stepsWith = async (deviceToken: string) => (await enter(zoe.userName, { deviceToken })).steps;
      const one = await trust();
      assert.match(one, /^[\w-]{43}$/);
      assert.deepEqual(await stepsWith(one), []);
      assert.deepEqual(await stepsWith(`${one.slice(0, -1)}_`), ['secondFactor']);
      const other = await somebody();
      await withTotp(other.actor);
      assert.deepEqual((await enter(other.userName, { deviceToken: one })).steps, ['secondFactor'], 'of one person');

      const actor = await inside(await enter(zoe.userName, { deviceToken: one }));
      const [trusted] = (await listDevices(store, actor)).filter(({ trustedUntil }) => trustedUntil > now);
      assert.ok(trusted);
      assert.equal(await forgetDevice(store, other.actor, trusted.id), false);
      assert.equal(await forgetDevice(store, actor, trusted.id), true);
      assert.deepEqual(await stepsWith(one), ['secondFactor']);

      const three = await trust();
      now += 30 * 86_400_000;
      assert.deepEqual(await stepsWith(three), ['secondFactor']);
      const four = await trust();
      await changePolicy(store, operator, tenantId, 'factors', { trustDays: 0 });
      assert.deepEqual(await stepsWith(four), ['secondFactor'], 'the tenant thought better of it');
      await changePolicy(store, operator, tenantId, 'factors', { trustDays: 30 });

      const two = await trust();
      await setPassword(store, operator, { tenantId, personId: zoe.personId }, { password: `${password}-autre` });
      const changed = { userName: zoe.userName, password: `${password}-autre`, remoteAddress: from, userAgent: '' };
      assert.deepEqual((await login(store, { ...changed, deviceToken: two })).steps, ['secondFactor']);
    });

    it('a letter tells of a new device, never of the first', async () => {
      const zoe = await somebody();
      assert.deepEqual(await noticesTo(zoe), []);
      await inside(await enter(zoe.userName, { deviceToken: zoe.deviceToken }));
      assert.deepEqual(await noticesTo(zoe), []);
      await inside(await enter(zoe.userName));
      assert.deepEqual(await noticesTo(zoe), ['newDevice']);
      assert.equal((await listDevices(store, zoe.actor)).length, 2);
    });

    it('no program gets in by the plain password of whoever has a factor; an app password does', async () => {
      const zoe = await somebody();
      const request = { userName: zoe.userName, password, remoteAddress: from };
      await authenticateBasic(store, request);
      await withTotp(zoe.actor);
      await assert.rejects(authenticateBasic(store, request), refusedWith('secondFactorNeeded'));
      const wrong = { ...request, password: 'wrong' };
      await assert.rejects(authenticateBasic(store, wrong), refusedWith('badCredentials'), 'told to who knows it');
      const { secret } = await addCredential(store, operator, { ...zoe.actor, kind: 'appPassword', name: 'x' });
      await authenticateBasic(store, { ...request, password: secret });
    });

    it('what is worth stealing a session for asks for a fresh proof: the password, or a factor where there is one', async () => {
      const zoe = await somebody();
      now += 16 * 60_000;
      const who = await enrollingIn(store, zoe.actor);
      await assert.rejects(beginTotp(store, who), refusedWith('stepUpNeeded'));
      const app = { ...zoe.actor, kind: 'appPassword', name: 'x' } as const;
      await assert.rejects(addCredential(store, zoe.actor, app), refusedWith('stepUpNeeded'));
      assert.deepEqual(await waysToProve(store, zoe.actor), ['password']);
      const prove = (proof: Parameters<typeof proveAgain>[2]['proof']) => proveAgain(store, zoe.actor, { proof, site });
      await assert.rejects(prove({ kind: 'password', password: 'wrong' }), refusedWith('badCredentials'));
      await prove({ kind: 'password', password });
      await addCredential(store, zoe.actor, app);
      const totp = await withTotp(zoe.actor);
      const { id } = totp;
      const key = await withPasskey(zoe.actor);

      now += 16 * 60_000;
      await assert.rejects(removeFactor(store, zoe.actor, id), refusedWith('stepUpNeeded'));
      assert.deepEqual(await waysToProve(store, zoe.actor), ['passkey', 'totp', 'recovery']);
      await assert.rejects(prove({ kind: 'password', password }), refusedWith('secondFactorNeeded'));
      const code = totp.code();
      await prove({ kind: 'totp', code });
      await assert.rejects(prove({ kind: 'totp', code }), refusedWith('badCredentials'));
      now += 16 * 60_000;
      const response = usePasskey(key, await offerProof(store, zoe.actor, site), { site });
      await prove({ kind: 'passkey', response });
      const other = await somebody();
      assert.equal(await removeFactor(store, other.actor, id), false);
      assert.equal(await renameFactor(store, zoe.actor, id, ' Mon téléphone '), true);
      assert.equal((await listFactors(store, zoe.actor)).factors[0]?.name, 'Mon téléphone');
      assert.equal(await removeFactor(store, zoe.actor, id), true);
      assert.equal((await listFactors(store, zoe.actor)).recoveryCodesLeft, 10);
      const [last] = (await listFactors(store, zoe.actor)).factors;
      await removeFactor(store, zoe.actor, last?.id ?? '');
      assert.equal((await listFactors(store, zoe.actor)).recoveryCodesLeft, 0);
      await inside(await enter(zoe.userName));
    });

    it('only a session of one’s own may look or change', async () => {
      const zoe = await somebody();
      const program: PersonActor = { ...zoe.actor, by: 'appPassword' };
      for (const work of [
        () => listFactors(store, program),
        () => enrollingIn(store, program),
        () => removeFactor(store, program, 'x'),
        () => renewRecoveryCodes(store, program),
        () => listDevices(store, program),
        () => forgetDevice(store, program, 'x'),
        () => waysToProve(store, program),
      ])
        await assert.rejects(work(), refusedWith('mayNot'));
    });

    it('where the institution demands one, the login ends with making it', async () => {
      await changePolicy(store, operator, tenantId, 'factors', { populations: ['agent'] });
      count += 1;
      const given = { tenantId, givenName: 'Ève', familyName: 'Agent', population: 'agent', password };
      const { userName, personId } = await addPerson(store, operator, given);
      const begun = await enter(userName);
      assert.deepEqual(begun.steps, ['enrol']);
      await assert.rejects(
        authenticateBasic(store, { userName, password, remoteAddress: from }),
        refusedWith('secondFactorNeeded'),
      );
      const who = enrollingAt(await pendingLogin(store, begun.sessionToken, from));
      const { id, secret } = await beginTotp(store, who);
      const code = hotp(fromBase32(secret), stepAt(now));
      const added = await confirmTotp(store, who, { id, code, name: 'Téléphone' });
      assert.equal(added.recoveryCodes?.length, 10);
      assert.ok(added.begun);
      assert.equal((await inside(added.begun)).personId, personId);
      now += 60_000;
      assert.deepEqual((await enter(userName)).steps, ['secondFactor']);
      await changePolicy(store, operator, tenantId, 'factors', { populations: [] });
    });

    it('outside the networks it names, the institution demands one; inside it does not', async () => {
      const zoe = await somebody();
      await changePolicy(store, operator, tenantId, 'factors', { insideNetworks: ['10.0.0.0/8', '2001:db8::/32'] });
      for (const [remoteAddress, steps] of [
        ['10.1.2.3', []],
        ['::ffff:10.1.2.3', []],
        ['2001:db8::7', []],
        ['11.0.0.1', ['enrol']],
        ['2001:db9::1', ['enrol']],
      ] as const)
        assert.deepEqual((await enter(zoe.userName, { remoteAddress })).steps, steps, remoteAddress);
      for (const insideNetworks of [['10.0.0.0/33'], ['x'], ['10.0.0/8']])
        await assert.rejects(
          changePolicy(store, operator, tenantId, 'factors', { insideNetworks }),
          refusedWith('invalidProperties'),
        );
      await changePolicy(store, operator, tenantId, 'factors', { insideNetworks: [] });
      assert.equal(isWithin('nowhere', ['0.0.0.0/0']), false);
    });

    it('support resets, says why, ends the sessions, and the person is told', async () => {
      const zoe = await somebody();
      await withTotp(zoe.actor);
      const who = { tenantId, personId: zoe.personId };
      assert.equal((await factorsOf(store, operator, who)).factors.length, 1);
      const nobody = await somebody();
      const reset = { kind: 'resetFactors' } as const;
      await assert.rejects(actOnPerson(store, nobody.actor, who, reset, 'curious'), refusedWith('mayNot'));
      const { sessionToken } = await enter(zoe.userName);
      const told = await noticesTo(zoe);
      assert.deepEqual(await actOnPerson(store, operator, who, reset, 'téléphone perdu'), { removed: 1 });
      await assert.rejects(pendingLogin(store, sessionToken, from), refusedWith('badCredentials'));
      await inside(await enter(zoe.userName));
      assert.deepEqual((await noticesTo(zoe)).slice(told.length)[0], 'factorsReset');
      const [line] = (await listTrace(store, tenantId)).filter(({ verb }) => verb === 'resetFactors');
      assert.deepEqual(line?.details, { of: zoe.personId, removed: 1, reason: 'téléphone perdu' });
    });
  });
});

function fromBase32(text: string): Buffer {
  const bits = Array.from(text, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Buffer.from(
    bits
      .join('')
      .match(/.{8}/g)
      ?.map((octet) => Number.parseInt(octet, 2)) ?? [],
  );
}
