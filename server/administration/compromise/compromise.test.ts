/** An account that others got into: shut at once, looked into by who may, its mail held and never lost, and given back. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { type Sink, startSink } from '#tools/testing/mail-sink.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { openSession, proveNow } from '#server/access/actor.testing.ts';
import { addCredential, listCredentials } from '#server/access/credential.ts';
import { login } from '#server/access/login.ts';
import { grantMandate, listMandates } from '#server/access/mandate.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { grantRole } from '#server/access/role.ts';
import { addPerson } from '#server/directory/person.ts';
import { entryJobs } from '#server/entry/jobs.ts';
import { listScripts } from '#server/filters/scripts/list.ts';
import { activateScript, putScript } from '#server/filters/scripts/change.ts';
import { changeVacation, readVacation } from '#server/filters/vacation/change.ts';
import { createIdentity, updateIdentity } from '#server/mail/identities/change.ts';
import { listIdentities } from '#server/mail/identities/list.ts';
import { listTrace } from '#server/records/trace.ts';
import { leaseJobs } from '#server/store/jobs.ts';
import { changes } from '#server/store/statement.ts';
import { write } from '#server/store/store.ts';
import { letter, openAcademy, type TestAcademy } from '#server/submission/sender.testing.ts';
import { submitMessage } from '#server/submission/submit.ts';

import { actOnPerson } from '#server/administration/act.ts';
import { readDetails, readSummaries } from '#server/administration/card.ts';
import { readCase } from './findings.ts';
import { openCase, planSince } from './open.ts';
import { giveBack, settleHeld, undoFindings } from './settle.ts';

const day = 86_400_000;

describe('since when to look', () => {
  const now = 100 * day;
  const home = '192.0.2.1';
  for (const { logins, since, because } of [
    { logins: [], since: now - 7 * day, because: 'seven days where nobody ever signed in' },
    {
      logins: [
        [90, home],
        [1, home],
      ],
      since: now - 7 * day,
      because: 'seven days where every address is known',
    },
    {
      logins: [
        [90, home],
        [20, '203.0.113.9'],
        [1, home],
      ],
      since: now - 20 * day,
      because: 'the first strange one',
    },
    {
      logins: [
        [90, home],
        [2, '203.0.113.9'],
      ],
      since: now - 7 * day,
      because: 'never less than seven days',
    },
    {
      logins: [
        [90, home],
        [60, '203.0.113.9'],
      ],
      since: now - 7 * day,
      because: 'what is older than a month is old',
    },
  ] as const)
    it(because, () => {
      const given = logins.map(([days, from]) => ({ at: now - days * day, from }));
      assert.equal(planSince(given, now).since, since);
    });
});

forEachDatabase((name, databaseUrl, folder) => {
  describe(`a compromised account on ${name}`, () => {
    let academy: TestAcademy;
    let sink: Sink;
    let chief: PersonActor;
    let support: PersonActor;
    let since = 0;
    const script = (to: string) => Buffer.from(`redirect "${to}";`);
    const who = () => ({ tenantId: academy.tenantId, personId: academy.alice.actor.personId });
    const outside = 'ami@elsewhere.example';

    before(async () => {
      sink = await startSink('127.0.0.4');
      academy = await openAcademy(databaseUrl, folder, { portOf: () => sink.port });
      academy.mx.set('elsewhere.example', {
        kind: 'found',
        records: [{ exchange: 'mx.elsewhere.example', priority: 0 }],
      });
      academy.addresses.set('mx.elsewhere.example', ['127.0.0.4']);
      const { store, tenantId, alice, bruno } = academy;
      // Her account has been at work for long, and her recovery address is known.
      await write(store, (tx) =>
        changes(
          tx,
          tx.q
            .updateTable('person')
            .set({ activated_at: 1, recovery_email: outside, recovery_verified_at: 1 })
            .where('account_id', '=', alice.accountId),
        ),
      );
      await putScript(store, alice.actor, alice.accountId, {
        name: 'a moi',
        content: script('vieux@x.example'),
        origin: 'jmap',
      });
      academy.turnClock(10 * day);
      since = academy.now();
      academy.turnClock(day);
      const add = async (familyName: string, kind: 'tenant' | 'support') => {
        const { personId } = await addPerson(store, operator, {
          tenantId,
          givenName: 'Test',
          familyName,
          password: null,
        });
        await grantRole(store, operator, { tenantId, personId, kind, reason: 'essai' });
        return openSession(store, { tenantId, personId });
      };
      chief = await add('Chef', 'tenant');
      support = await add('Aide', 'support');
      // What somebody else did in her name.
      const own = await openSession(store, who());
      await addCredential(store, own, { ...who(), kind: 'appPassword', name: 'pirate' });
      await putScript(store, own, alice.accountId, {
        name: 'a moi',
        content: script('vol@pirate.example'),
        origin: 'jmap',
      });
      await putScript(store, own, alice.accountId, {
        name: 'neuf',
        content: script('vol@autre.example'),
        origin: 'jmap',
      });
      await activateScript(store, own, alice.accountId, { kind: 'name', name: 'neuf' });
      await changeVacation(store, own, alice.accountId, { isEnabled: true, textBody: 'Écrivez à vol@pirate.example' });
      await updateIdentity(store, own, alice.accountId, alice.identityId, {
        replyTo: [{ name: null, email: 'vol@pirate.example' }],
      });
      await createIdentity(store, own, alice.accountId, {
        name: 'Rectorat',
        email: alice.email,
        replyTo: null,
        bcc: null,
        textSignature: '',
        htmlSignature: '',
      });
      await grantMandate(store, own, {
        tenantId,
        accountId: alice.accountId,
        personId: bruno.actor.personId,
        rights: ['sendAs'],
      });
    });
    after(async () => {
      await sink.close();
      await academy.store.close();
    });

    /** Handed in, and not yet sent. */
    const handIn = async (to: string) => (await academy.send(letter(academy.alice.email, to))).submissionId;
    const takenBy = (id: string) => sink.taken.filter(({ octets }) => octets.toString().includes(id)).length;
    const runLetters = async (): Promise<void> => {
      const { store, house } = academy;
      const kinds = entryJobs(store, { hostName: house.outbound.hostName, timeZone: 'Europe/Paris' });
      for (const job of await leaseJobs(store, Object.keys(kinds), { limit: 50, forMs: 1, owner: 'test' }))
        await kinds[job.kind]?.run(job);
      await academy.runDue();
    };
    const held = async () => (await readCase(academy.store, chief, who())).held.map(({ id }) => id);

    it('support shuts it at once, with every key, and sees domains alone', async () => {
      const { store, alice, tenantId } = academy;
      await handIn('un@elsewhere.example');
      const before = await readCase(store, support, who());
      assert.deepEqual([before.open, before.isWhole], [undefined, false]);
      await assert.rejects(openCase(store, academy.bruno.actor, who(), { reason: 'x' }), refusedFor('mayNot'));
      await assert.rejects(openCase(store, support, who(), { reason: ' ' }), refusedFor('invalidProperties'));
      await assert.rejects(openCase(store, support, who(), { reason: 'x', since: 1 }), refusedFor('invalidProperties'));
      const opened = await openCase(store, support, who(), { reason: 'envois en masse', since });
      assert.deepEqual([opened.details.sessions, opened.details.credentials], [1, 1]);
      await assert.rejects(openCase(store, chief, who(), { reason: 'x' }), refusedFor('alreadyExists'));
      const [summary] = await readSummaries(store, operator, tenantId, [alice.actor.personId]);
      assert.deepEqual([summary?.state, summary?.stateReason], ['blocked', 'envois en masse']);
      assert.deepEqual(await listCredentials(store, operator, who()), []);
      const { findings, sent, held: waiting, isWhole } = await readCase(store, support, who());
      assert.equal(isWhole, false);
      assert.deepEqual(findings.find(({ name: of }) => of === 'neuf')?.details, ['autre.example']);
      assert.ok(!JSON.stringify({ findings, sent, waiting }).includes('vol@'));
      assert.deepEqual(
        sent.map(({ count, domains, recipients, subject }) => [count, domains, recipients, subject]),
        [[1, ['elsewhere.example'], null, null]],
      );
      for (const late of [
        () => undoFindings(store, support, who(), { ids: ['vacation'] }),
        () => settleHeld(store, support, who(), { ids: [], fate: 'drop' }),
        () => giveBack(store, support, who(), { rest: 'drop', reason: 'x' }),
      ])
        await assert.rejects(late(), refusedFor('mayNot'));
    });

    it('nothing of it leaves, what a mandate sends neither; letters about it do', async () => {
      const { store, alice, bruno } = academy;
      const sentBefore = sink.taken.length;
      await runLetters();
      assert.equal(sink.taken.length, sentBefore + 1);
      const text = sink.taken.at(-1)?.octets.toString() ?? '';
      assert.match(text, /To: ami@elsewhere\.example/);
      await grantMandate(store, operator, {
        ...who(),
        accountId: alice.accountId,
        personId: bruno.actor.personId,
        rights: ['sendAs'],
      });
      const octets = Buffer.from(letter(alice.email, 'deux@elsewhere.example'));
      const message = { kind: 'octets', octets, received: () => 'Received: test\r\n' } as const;
      const envelope = {
        mailFrom: { email: alice.email, parameters: null },
        rcptTo: [{ email: 'deux@elsewhere.example', parameters: null }],
      };
      await submitMessage(store, bruno.actor, { accountId: alice.accountId, envelope, message });
      await academy.runDue();
      assert.equal(takenBy('deux@elsewhere.example'), 0);
      assert.equal((await held()).length, 2);
      const [line] = await listTrace(store, academy.tenantId, {
        accountId: alice.accountId,
        verbs: ['readCompromise'],
      });
      assert.equal(line?.personId, chief.personId, 'that somebody looked is told');
    });

    it('an administrator sees what was changed and to whom was written, and undoes what they choose', async () => {
      const { store, alice, tenantId } = academy;
      const { findings, sent } = await readCase(store, chief, who());
      assert.deepEqual(
        findings.map(({ kind, name: of, isNew, details }) => [kind, of, isNew, [...details]]),
        [
          ['script', 'a moi', false, ['vol@pirate.example']],
          ['script', 'neuf', true, ['vol@autre.example']],
          ['vacation', '', false, []],
          ['identity', alice.email, false, ['vol@pirate.example', 'replyTo']],
          ['identity', alice.email, true, ['name', 'replyTo', 'bcc', 'textSignature', 'htmlSignature']],
          ['mandate', 'Bruno Petit', true, findings.find(({ kind }) => kind === 'mandate')?.details],
          ['mandate', 'Bruno Petit', true, findings.findLast(({ kind }) => kind === 'mandate')?.details],
        ].filter(([, , , details]) => details !== undefined),
      );
      assert.deepEqual(
        new Set(sent.map(({ subject, recipients }) => `${subject} ${recipients?.join()}`)),
        new Set(['Réunion deux@elsewhere.example', 'Réunion un@elsewhere.example']),
      );
      academy.turnClock(16 * 60_000);
      const ids = findings.map(({ id }) => id);
      await assert.rejects(undoFindings(store, chief, who(), { ids }), refusedFor('stepUpNeeded'));
      await proveNow(store, chief);
      assert.deepEqual((await undoFindings(store, chief, who(), { ids })).toSorted(), ids.toSorted());
      const scripts = await listScripts(store, operator, alice.accountId);
      assert.deepEqual(
        scripts.map((one) => [one.name, one.isActive]),
        [['a moi', false]],
      );
      assert.equal(scripts[0]?.sizeOctets, script('vieux@x.example').length, 'it says again what it said');
      assert.equal((await readVacation(store, operator, alice.accountId)).isEnabled, false);
      const { identities } = await listIdentities(store, operator, alice.accountId);
      assert.deepEqual(identities.map(({ name: of, replyTo }) => [of, replyTo]).at(-1), ['Alice Martin', null]);
      assert.ok(
        (await listMandates(store, operator, tenantId, alice.accountId)).every(({ revokedAt }) => revokedAt !== null),
      );
      assert.deepEqual((await readCase(store, chief, who())).findings, []);
    });

    it('what is held is let go or given up one by one, and never both', async () => {
      const { store } = academy;
      const [first, second] = await held();
      assert.ok(first && second);
      assert.equal(await settleHeld(store, chief, who(), { ids: [first], fate: 'release' }), 1);
      assert.equal(await settleHeld(store, chief, who(), { ids: [first], fate: 'drop' }), 0);
      await academy.runDue();
      assert.equal(takenBy('un@elsewhere.example'), 1);
      assert.equal(await settleHeld(store, chief, who(), { ids: [second], fate: 'drop' }), 1);
      await academy.runDue();
      assert.equal(takenBy('deux@elsewhere.example'), 0);
      assert.deepEqual(await held(), []);
    });

    it('it is given back by its own step alone, which leads through a new password', async () => {
      const { store, alice, tenantId, bruno } = academy;
      await assert.rejects(actOnPerson(store, chief, who(), { kind: 'reopen' }, 'x'), refusedFor('invalidProperties'));
      const [summary] = await readSummaries(store, operator, tenantId, [alice.actor.personId]);
      assert.ok(summary);
      const { acts, compromisedAt } = await readDetails(store, chief, who(), summary);
      assert.ok(!acts.includes('reopen') && compromisedAt !== null);
      await grantMandate(store, operator, {
        tenantId,
        accountId: alice.accountId,
        personId: bruno.actor.personId,
        rights: ['sendAs'],
      });
      const message = {
        kind: 'octets',
        octets: Buffer.from(letter(alice.email, 'trois@elsewhere.example')),
        received: () => 'Received: test\r\n',
      } as const;
      await submitMessage(store, bruno.actor, { accountId: alice.accountId, envelope: null, message });
      await academy.runDue();
      assert.equal(takenBy('trois@elsewhere.example'), 0);
      const { provisionalPassword } = await giveBack(store, chief, who(), {
        rest: 'release',
        reason: 'identité vérifiée',
      });
      await academy.runDue();
      assert.equal(takenBy('trois@elsewhere.example'), 1);
      const remote = { remoteAddress: '192.0.2.7', userAgent: 'test' };
      const begun = await login(store, { userName: summary.userName, password: provisionalPassword, ...remote });
      assert.equal(begun.steps[0], 'password');
      assert.equal((await readCase(store, chief, who())).open, undefined);
      await runLetters();
      assert.match(sink.taken.map(({ octets }) => octets.toString()).join(''), /Votre compte vous est rendu/);
      const verbs = [
        'openCompromise',
        'closeDoors',
        'lockPerson',
        'undoScript',
        'restoreIdentity',
        'settleHeld',
        'closeCompromise',
      ];
      for (const verb of verbs)
        assert.ok((await listTrace(store, tenantId, { accountId: alice.accountId, verbs: [verb] })).length > 0, verb);
    });
  });
});
