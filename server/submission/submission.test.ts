/**
 * Submissions from their checks to what their senders are told. Longer than other files because every case needs the same
 * academy, the same two servers elsewhere and the same names for them, which are opened once for each database.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { dkimVerify } from 'mailauth';

import { parseMessage } from '#formats/message/parse.ts';
import { operator } from '#server/access/actor.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { Refusal } from '#server/access/refusal.ts';
import { planDomainRecords } from '#server/directory/records.ts';
import { listTrace } from '#server/records/trace.ts';
import { rows } from '#server/store/statement.ts';
import { read } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type Sink, startSink } from '#tools/testing/mail-sink.ts';

import { cancelSubmission, destroySubmission } from './change.ts';
import { completeRecipients } from './complete.ts';
import { InvalidRecipients, type SubmissionEnvelope } from './envelope.ts';
import { submissionChanges } from './list.ts';
import { setSubmissionPolicy } from './policy.ts';
import { dropQueued, listQueue, retryQueued, showQueued } from './queue.ts';
import { returnToSender } from './return.ts';
import { submitMessage } from './submit.ts';
import { letter, openAcademy, type TestAcademy } from './sender.testing.ts';

const hourMs = 3_600_000;

forEachDatabase((_name, databaseUrl, folder) => {
  let academy: TestAcademy;
  let sink: Sink;
  let second: Sink;
  const ports = new Map<string, number>();

  before(async () => {
    sink = await startSink('127.0.0.2');
    second = await startSink('127.0.0.3');
    ports.set('127.0.0.2', sink.port).set('127.0.0.3', second.port);
    academy = await openAcademy(databaseUrl, folder, { portOf: ({ address }) => ports.get(address) ?? 1 });
    goesTo('elsewhere.example', ['mx.elsewhere.example', '127.0.0.2']);
  });
  after(async () => {
    await sink.close();
    await second.close();
    await academy.store.close();
  });

  function goesTo(domain: string, ...hosts: readonly (readonly [string, string])[]): void {
    academy.mx.set(domain, {
      kind: 'found',
      records: hosts.map(([exchange], index) => ({ exchange, priority: index })),
    });
    for (const [name, address] of hosts) academy.addresses.set(name, [address]);
  }

  const from = () => academy.alice.email;
  const own = () => academy.alice.accountId;
  const envelopeTo = (email: string, parameters: Record<string, string | null> | null = null): SubmissionEnvelope => ({
    mailFrom: { email: from(), parameters: null },
    rcptTo: [{ email, parameters }],
  });
  const lastOf = async (accountId = own()) => (await academy.inbox(accountId)).at(-1) ?? '';
  const stateOf = async (id: Parameters<TestAcademy['status']>[0]) =>
    (await academy.status(id)).recipients.map(({ address, delivered, smtpReply }) => ({
      address,
      delivered,
      smtpReply,
    }));

  describe('within the house', () => {
    test('a colleague receives it octet for octet, and nothing is queued', async () => {
      const message = letter(from(), academy.bruno.email);
      const { submissionId, undoStatus } = await academy.send(message);
      assert.equal(undoStatus, 'final');
      await academy.runDue();
      assert.equal(await lastOf(academy.bruno.accountId), message);
      assert.deepEqual(await stateOf(submissionId), [
        { address: academy.bruno.email, delivered: 'yes', smtpReply: '250 2.1.5 Delivered' },
      ]);
      assert.deepEqual(await listQueue(academy.store, operator, { limit: 10 }), []);
      const [line] = await listTrace(academy.store, academy.tenantId, { accountId: own() });
      assert.equal(line?.verb, 'submit');
      assert.equal(line?.personId, academy.alice.actor.personId);
    });

    test('Bcc does not travel, and stays in the copy of the sender', async () => {
      const message = letter(from(), academy.bruno.email, [`Bcc: ${academy.school.email},`, ' x@elsewhere.example']);
      const { submissionId } = await academy.send(message);
      await academy.runDue();
      const expected = message.replace(/Bcc: .*\r\n .*\r\n/, '');
      assert.equal(await lastOf(academy.bruno.accountId), expected);
      assert.equal(await lastOf(academy.school.accountId), expected);
      assert.doesNotMatch(sink.taken.at(-1)?.octets.toString() ?? 'Bcc:', /^Bcc:/m);
      assert.equal((await academy.status(submissionId)).recipients.length, 3);
    });

    test('an address nobody has comes back as a report; the others have theirs', async () => {
      const nobody = `nobody@${academy.domain.name}`;
      const count = (await academy.inbox(academy.bruno.accountId)).length;
      const { submissionId } = await academy.send(letter(from(), `${academy.bruno.email}, ${nobody}`));
      await academy.runDue();
      assert.equal((await academy.inbox(academy.bruno.accountId)).length, count + 1);
      assert.deepEqual((await stateOf(submissionId)).map(({ delivered }) => delivered).toSorted(), ['no', 'yes']);
      const report = await lastOf();
      const { structure, envelope } = parseMessage(Buffer.from(report));
      assert.equal(structure.subtype, 'report');
      assert.match(envelope.subject ?? '', /^Message non remis \(Réunion\) \/ Message not delivered/);
      assert.match(report, new RegExp(`Final-Recipient: rfc822; ${nobody}\\r\\nAction: failed\\r\\nStatus: 5\\.1\\.1`));
      assert.equal((await academy.status(submissionId)).envelope.reports.length, 1);
    });

    test('a run that died half-way gives nobody a second copy', async () => {
      const count = (await academy.inbox(academy.bruno.accountId)).length;
      await academy.send(letter(from(), academy.bruno.email));
      const { submissionJobs } = await import('./run.ts');
      const { leaseJobs } = await import('#server/store/jobs.ts');
      const { deliver } = await import('#server/delivery/deliver.ts');
      // The first run: it delivers, and is gone before it can say so.
      const [job] = await leaseJobs(academy.store, ['submit'], { limit: 1, forMs: 1, owner: 'dead' });
      assert.ok(job);
      const submission = await academy.status(JSON.parse(JSON.stringify(job.payload)).submissionId);
      const { openBlob } = await import('#server/store/blobs/store.ts');
      const blob = await openBlob(academy.store, academy.tenantId, submission.hash);
      const recipient = {
        ...academy.bruno,
        tenantId: academy.tenantId,
        address: academy.bruno.email,
        detail: undefined,
      };
      const about = { by: 'submission', mailFrom: from(), remoteAddress: '', helloName: '', tls: null } as const;
      const arrival = {
        id: submission.envelope.arrivalId,
        at: academy.now(),
        ...about,
        authentication: null,
        verdicts: [],
      };
      await deliver(academy.store, (await blob?.bytes()) ?? new Uint8Array(), arrival, [recipient]);
      academy.turnClock(60_000);
      await academy.runDue();
      assert.equal((await academy.inbox(academy.bruno.accountId)).length, count + 1);
      // And a run whose lease was taken by another one meanwhile does nothing.
      await submissionJobs(academy.house).submit.run(job);
      assert.equal((await academy.inbox(academy.bruno.accountId)).length, count + 1);
    });

    test('whom one wrote to is offered again', async () => {
      await academy.send(letter(from(), '"Zoé Léandre" <zoe@elsewhere.example>'));
      await academy.runDue();
      const found = await completeRecipients(academy.store, academy.alice.actor, own(), 'lea', 5);
      assert.deepEqual(
        found.map(({ name, email }) => [name, email]),
        [['Zoé Léandre', 'zoe@elsewhere.example']],
      );
    });
  });

  describe('what is refused', () => {
    const refusals: readonly {
      readonly because: string;
      readonly reason: string;
      readonly message?: () => string;
      readonly envelope?: () => SubmissionEnvelope;
    }[] = [
      {
        because: 'From is somebody else',
        reason: 'forbiddenFrom',
        message: () => letter(academy.bruno.email, 'x@y.fr'),
      },
      {
        because: 'one From of two is somebody else',
        reason: 'forbiddenFrom',
        message: () => letter(`${from()}>, <x@elsewhere.example`, 'x@y.fr'),
        envelope: () => envelopeTo('x@y.fr'),
      },
      {
        because: 'the envelope sender is somebody else',
        reason: 'forbiddenMailFrom',
        envelope: () => ({ ...envelopeTo('x@y.fr'), mailFrom: { email: academy.bruno.email, parameters: null } }),
      },
      { because: 'nobody is to get it', reason: 'noRecipients', envelope: () => ({ ...envelopeTo(''), rcptTo: [] }) },
      {
        because: 'a recipient is no address',
        reason: 'invalidRecipients',
        envelope: () => envelopeTo('x@y.fr>\r\nDATA'),
      },
      {
        because: 'a parameter is none of SMTP',
        reason: 'invalidProperties',
        envelope: () => envelopeTo('x@y.fr', { NOTIFY: 'SOMETIMES' }),
      },
      {
        because: 'a value would begin another parameter',
        reason: 'invalidProperties',
        envelope: () => envelopeTo('x@y.fr', { NOTIFY: 'NEVER ORCPT=rfc822;x' }),
      },
      {
        because: 'it is held too long',
        reason: 'invalidProperties',
        envelope: () => ({
          ...envelopeTo('x@y.fr'),
          mailFrom: { email: from(), parameters: { HOLDFOR: '99999999' } },
        }),
      },
      {
        because: 'it has no Date',
        reason: 'invalidEmail',
        message: () => letter(from(), 'x@y.fr').replace(/^Date: .*\r\n/m, ''),
      },
    ];
    for (const { because, reason, message, envelope } of refusals) {
      test(because, async () => {
        const sent = academy.send(message?.() ?? letter(from(), 'x@y.fr'), envelope?.() ?? null);
        await assert.rejects(sent, (error) => error instanceof Refusal && error.reason === reason);
      });
    }

    test('bad recipients are named, and too many are counted', async () => {
      const bad = { ...envelopeTo('x@y.fr'), rcptTo: [{ email: 'nonsense', parameters: null }] };
      await assert.rejects(academy.send(letter(from(), 'x@y.fr'), bad), (error) => {
        assert.ok(error instanceof InvalidRecipients);
        assert.deepEqual(error.addresses, ['nonsense']);
        return true;
      });
      setSubmissionPolicy(academy.store, { recipients: 1 });
      const two = academy.send(letter(from(), 'x@y.fr, z@y.fr'));
      await assert.rejects(two, (error) => error instanceof Refusal && error.details.limit === 1);
      setSubmissionPolicy(academy.store, { recipients: 2000 });
    });

    test('nobody sends from an account they hold no mandate on; on behalf of one, they are named', async () => {
      const { store, school, bruno, tenantId } = academy;
      const message = letter(school.email, academy.alice.email);
      const submit = () =>
        submitMessage(store, bruno.actor, {
          accountId: school.accountId,
          envelope: {
            mailFrom: { email: school.email, parameters: null },
            rcptTo: [{ email: from(), parameters: null }],
          },
          message: { kind: 'octets', octets: Buffer.from(message), received: () => '' },
        });
      await assert.rejects(submit(), (error) => error instanceof Refusal && error.reason === 'noSuchAccount');
      const grant = (rights: 'sendOnBehalf' | 'sendAs') =>
        grantMandate(store, operator, {
          tenantId,
          accountId: school.accountId,
          personId: bruno.actor.personId,
          rights: [rights],
        });
      await grant('sendOnBehalf');
      await submit();
      await academy.runDue();
      assert.match(await lastOf(), new RegExp(`^Sender: Bruno Petit <${bruno.email}>\r$`, 'm'));
      await grant('sendAs');
      await submit();
      await academy.runDue();
      assert.doesNotMatch(await lastOf(), /^Sender:/m);
    });
  });

  describe('to other servers', () => {
    test('it goes out signed, with a Received field, and the answer is kept', async () => {
      const { submissionId } = await academy.send(letter(from(), 'bob@elsewhere.example'));
      await academy.runDue();
      const mail = sink.taken.at(-1);
      assert.ok(mail);
      assert.equal(mail.mailFrom, from());
      assert.deepEqual(
        mail.recipients.map(({ address }) => address),
        ['bob@elsewhere.example'],
      );
      assert.match(mail.octets.toString(), /\r\n\r\nBonjour,\r\n\.\r\nAlice\r\n$/, 'a dot on its own line passes');
      assert.match(mail.octets.toString(), /^Received: by mail\.\S+ \(Pli\) with HTTP id /m);
      const published = planDomainRecords(academy.domain, {
        hostname: 'x',
        mtaStsId: '1',
      });
      const verified = await dkimVerify(mail.octets, {
        resolver: async (name) => {
          const record = published.find((one) => one.name === name && one.type === 'TXT');
          if (!record) throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
          return [[record.value]];
        },
      });
      assert.deepEqual(
        verified.results.map(({ status, signingDomain }) => [status.result, signingDomain]),
        [['pass', academy.domain.name]],
      );
      const [state] = await stateOf(submissionId);
      assert.equal(state?.delivered, 'unknown');
      assert.match(state?.smtpReply ?? '', /^250 2\.0\.0 Message taken as sunk/);
    });

    test('the next host is asked when the first does not answer', async () => {
      goesTo('two.example', ['dead.two.example', '127.0.0.9'], ['mx.two.example', '127.0.0.3']);
      await academy.send(letter(from(), 'bob@two.example'));
      await academy.runDue();
      assert.deepEqual(
        second.taken.at(-1)?.recipients.map(({ address }) => address),
        ['bob@two.example'],
      );
    });

    test('without MX the domain is its own host', async () => {
      academy.mx.set('bare.example', { kind: 'noRecords' });
      academy.addresses.set('bare.example', ['127.0.0.3']);
      await academy.send(letter(from(), 'bob@bare.example'));
      await academy.runDue();
      assert.equal(second.taken.at(-1)?.recipients[0]?.address, 'bob@bare.example');
    });

    const dead: readonly { readonly because: string; readonly domain: string; readonly status: string }[] = [
      { because: 'the domain does not exist', domain: 'nowhere.example', status: '5.1.2' },
      { because: 'the domain takes no mail', domain: 'null.example', status: '5.1.10' },
      { because: 'the domain leads back to us by name', domain: 'ours.example', status: '5.4.6' },
      { because: 'the domain leads back to us by address', domain: 'loop.example', status: '5.4.6' },
      { because: 'its host has no address', domain: 'empty.example', status: '5.4.4' },
    ];
    for (const { because, domain, status } of dead) {
      test(`it comes back at once: ${because}`, async () => {
        academy.mx.set('null.example', { kind: 'found', records: [{ exchange: '.', priority: 0 }] });
        goesTo('ours.example', [academy.house.outbound.hostName, '127.0.0.2']);
        goesTo('loop.example', ['localhost.loop.example', '127.0.0.1']);
        academy.mx.set('empty.example', { kind: 'found', records: [{ exchange: 'no.example', priority: 0 }] });
        const { submissionId } = await academy.send(letter(from(), `bob@${domain}`));
        await academy.runDue();
        assert.match(await lastOf(), new RegExp(`bob@${domain}\\r\\nAction: failed\\r\\nStatus: ${status}\\r`));
        const [state] = await stateOf(submissionId);
        assert.equal(state?.delivered, 'no');
        assert.ok(state?.smtpReply.includes(status), state?.smtpReply);
      });
    }

    test('a refused recipient comes back, the others go on', async () => {
      sink.rcpt = (address) => (address.startsWith('gone') ? new Refusal('noSuchRecipient') : undefined);
      const { submissionId } = await academy.send(letter(from(), 'gone@elsewhere.example, here@elsewhere.example'));
      await academy.runDue();
      sink.rcpt = () => undefined;
      assert.deepEqual(
        sink.taken.at(-1)?.recipients.map(({ address }) => address),
        ['here@elsewhere.example'],
      );
      assert.deepEqual(
        (await stateOf(submissionId)).toSorted((a, b) => (a.address < b.address ? -1 : 1)),
        [
          { address: 'gone@elsewhere.example', delivered: 'no', smtpReply: '550 5.1.1 No such recipient here' },
          {
            address: 'here@elsewhere.example',
            delivered: 'unknown',
            smtpReply: `250 2.0.0 Message taken as sunk${sink.taken.length}`,
          },
        ],
      );
      const report = await lastOf();
      assert.match(report, /Remote-MTA: dns; mx\.elsewhere\.example\r\n/);
      assert.match(report, /Diagnostic-Code: smtp; 550 5\.1\.1 No such recipient here\r\n/);
      assert.doesNotMatch(report, /Final-Recipient: rfc822; here@/);
    });

    test('who says later is asked again, until it goes', async () => {
      let asked = 0;
      sink.rcpt = () => ((asked += 1) < 3 ? new Refusal('rateLimited') : undefined);
      const { submissionId } = await academy.send(letter(from(), 'grey@elsewhere.example'));
      await academy.runDue();
      assert.deepEqual(await stateOf(submissionId), [
        {
          address: 'grey@elsewhere.example',
          delivered: 'queued',
          smtpReply: '450 4.7.1 Too much at once, try again later',
        },
      ]);
      const [waiting] = await listQueue(academy.store, operator, { limit: 10 });
      assert.equal(waiting?.domain, 'elsewhere.example');
      assert.ok((waiting?.nextTryAt ?? 0) > academy.now() && (waiting?.nextTryAt ?? 0) < academy.now() + 180_000);
      academy.turnClock(180_000);
      await academy.runDue();
      academy.turnClock(600_000);
      await academy.runDue();
      sink.rcpt = () => undefined;
      assert.equal(asked, 3);
      assert.equal((await stateOf(submissionId))[0]?.delivered, 'unknown');
      assert.deepEqual(await listQueue(academy.store, operator, { limit: 10 }), []);
    });

    test('the sender is warned after four hours and told after five days', async () => {
      sink.message = () => new Refusal('tooBusy');
      const before = (await academy.inbox(own())).length;
      const { submissionId } = await academy.send(letter(from(), 'slow@elsewhere.example'));
      for (let hours = 0; hours < 10; hours += 1) {
        await academy.runDue();
        academy.turnClock(hourMs);
      }
      const warned = (await academy.inbox(own())).slice(before);
      assert.equal(warned.length, 1, 'once');
      assert.match(warned[0] ?? '', /Action: delayed\r\nStatus: 4\.3\.2\r/);
      assert.match(warned[0] ?? '', /Will-Retry-Until: Sat, 28 Nov 2026/);
      for (let hours = 0; hours < 5 * 24; hours += 2) {
        await academy.runDue();
        academy.turnClock(2 * hourMs);
      }
      sink.message = () => undefined;
      const told = (await academy.inbox(own())).slice(before + 1);
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', /Action: failed/);
      assert.equal((await stateOf(submissionId))[0]?.delivered, 'no');
      assert.deepEqual(await listQueue(academy.store, operator, { limit: 10 }), []);
    });

    test('a blob is kept no longer than the message is under way', async () => {
      const links = await read(academy.store, (tx) =>
        rows(tx, tx.q.selectFrom('blob_link').select('owner').where('kind', '=', 'submission')),
      );
      const reports = await read(academy.store, (tx) =>
        rows(tx, tx.q.selectFrom('submission').select('envelope').where('account_id', '=', own())),
      );
      const kept = reports.flatMap(({ envelope }) => (JSON.parse(envelope) as { reports: string[] }).reports);
      assert.equal(links.length, kept.length);
    });

    test('busy hosts are come back to', async () => {
      const slow = { ...academy.house.outbound, connectionsPerHost: 0 };
      const { transmitter } = await import('#server/delivery/outbound/transmit.ts');
      const mail = { mailFrom: '', ret: undefined, envid: undefined, octets: Buffer.from('x: y\r\n\r\n') };
      const to = [{ address: 'x@elsewhere.example', notify: undefined, orcpt: undefined }];
      assert.deepEqual(await transmitter(slow)('elsewhere.example', mail, to), { kind: 'busy' });
    });
  });

  describe('what senders are told (RFC 3461)', () => {
    test('success is told where it is asked for', async () => {
      await academy.send(letter(from(), academy.bruno.email), {
        mailFrom: { email: from(), parameters: { ENVID: 'é+1', RET: 'HDRS' } },
        rcptTo: [{ email: academy.bruno.email, parameters: { NOTIFY: 'SUCCESS', ORCPT: 'rfc822;b=runo@old.example' } }],
      });
      await academy.runDue();
      const report = await lastOf();
      assert.match(report, /Action: delivered\r\nStatus: 2\.1\.5/);
      assert.match(report, /Original-Recipient: rfc822; b=runo@old\.example/);
      assert.match(report, /Original-Envelope-Id: é\+1/);
    });

    test('a server that speaks DSN is told the wishes; we then say nothing', async () => {
      const count = (await academy.inbox(own())).length;
      await academy.send(letter(from(), 'bob@elsewhere.example'), {
        mailFrom: { email: from(), parameters: { ENVID: 'a b' } },
        rcptTo: [{ email: 'bob@elsewhere.example', parameters: { NOTIFY: 'SUCCESS,DELAY' } }],
      });
      await academy.runDue();
      const mail = sink.taken.at(-1);
      assert.equal(mail?.mail.envid, 'a b');
      assert.deepEqual(mail?.recipients[0]?.parameters.notify, ['success', 'delay']);
      assert.equal((await academy.inbox(own())).length, count);
    });

    test('NEVER is never', async () => {
      const count = (await academy.inbox(own())).length;
      const { submissionId } = await academy.send(
        letter(from(), 'bob@nowhere.example'),
        envelopeTo('bob@nowhere.example', { NOTIFY: 'NEVER' }),
      );
      await academy.runDue();
      assert.equal((await academy.inbox(own())).length, count);
      assert.equal((await stateOf(submissionId))[0]?.delivered, 'no');
    });
  });

  describe('holding', () => {
    const held = (seconds: number): SubmissionEnvelope => ({
      ...envelopeTo(academy.bruno.email),
      mailFrom: { email: from(), parameters: { HOLDFOR: String(seconds) } },
    });

    test('what is held leaves at its time, and until then can be taken back', async () => {
      const { store, alice, bruno } = academy;
      const count = (await academy.inbox(bruno.accountId)).length;
      const sent = await academy.send(letter(from(), bruno.email), held(10));
      assert.equal(sent.undoStatus, 'pending');
      assert.equal(sent.sendAt, academy.now() + 10_000);
      const undone = await academy.send(letter(from(), bruno.email), held(10));
      await cancelSubmission(store, alice.actor, own(), undone.submissionId);
      academy.turnClock(9_000);
      await academy.runDue();
      assert.equal((await academy.inbox(bruno.accountId)).length, count);
      academy.turnClock(1_000);
      await academy.runDue();
      assert.equal((await academy.inbox(bruno.accountId)).length, count + 1);
      assert.equal((await academy.status(undone.submissionId)).undoStatus, 'canceled');
      assert.equal((await academy.status(sent.submissionId)).undoStatus, 'final');
      const late = cancelSubmission(store, alice.actor, own(), sent.submissionId);
      await assert.rejects(late, (error) => error instanceof Refusal && error.reason === 'cannotUnsend');
      const foreign = cancelSubmission(store, bruno.actor, own(), sent.submissionId);
      await assert.rejects(foreign, (error) => error instanceof Refusal && error.reason === 'noSuchAccount');
    });

    test('what is destroyed is not listed any more, and leaves all the same', async () => {
      const { store, alice, bruno } = academy;
      const count = (await academy.inbox(bruno.accountId)).length;
      const sent = await academy.send(letter(from(), bruno.email), held(10));
      const { newState } = await submissionChanges(store, alice.actor, own(), '0', 10_000);
      await destroySubmission(store, alice.actor, own(), sent.submissionId);
      const changed = await submissionChanges(store, alice.actor, own(), newState, 100);
      assert.deepEqual(changed.destroyed, [sent.submissionId]);
      assert.deepEqual([...changed.created, ...changed.updated], []);
      await assert.rejects(academy.status(sent.submissionId));
      academy.turnClock(10_000);
      await academy.runDue();
      assert.equal((await academy.inbox(bruno.accountId)).length, count + 1);
    });
  });

  describe('the queue by hand', () => {
    test('a message is shown, tried now, and given up', async () => {
      sink.rcpt = () => new Refusal('rateLimited');
      const { submissionId } = await academy.send(letter(from(), 'q@elsewhere.example'));
      await academy.runDue();
      const [queued] = await listQueue(academy.store, operator, { domain: 'elsewhere.example', limit: 10 });
      assert.ok(queued);
      assert.equal(queued.lastError, '450 4.7.1 Too much at once, try again later');
      await retryQueued(academy.store, operator, queued.id);
      await academy.runDue();
      assert.equal((await showQueued(academy.store, operator, queued.id)).failures, 2);
      await dropQueued(academy.store, operator, queued.id);
      sink.rcpt = () => undefined;
      assert.match((await stateOf(submissionId))[0]?.smtpReply ?? '', /Given up by an administrator/);
      const gone = showQueued(academy.store, operator, queued.id);
      await assert.rejects(gone, (error) => error instanceof Refusal && error.reason === 'noSuchJob');
      assert.throws(() => void listQueue(academy.store, academy.alice.actor, { limit: 1 }), Refusal);
    });
  });

  describe('what we took and could not file', () => {
    const refused = () => [
      {
        recipient: {
          tenantId: academy.tenantId,
          accountId: academy.bruno.accountId,
          address: academy.bruno.email,
          detail: undefined,
        },
        refusal: new Refusal('overQuota'),
      },
    ];

    test('goes back to its sender elsewhere, from nobody', async () => {
      const octets = Buffer.from(letter('x@elsewhere.example', academy.bruno.email));
      const about = { hostName: 'mail.here.example', timeZone: 'Europe/Paris' };
      await returnToSender(academy.store, about, { octets, mailFrom: 'x@elsewhere.example', refused: refused() });
      const [queued] = await listQueue(academy.store, operator, { limit: 10 });
      assert.equal(queued?.mailFrom, '');
      await academy.runDue();
      const mail = sink.taken.at(-1);
      assert.equal(mail?.mailFrom, '');
      assert.match(mail?.octets.toString() ?? '', /Action: failed\r\nStatus: 5\.2\.2/);
      const links = await read(academy.store, (tx) =>
        rows(tx, tx.q.selectFrom('blob_link').select('owner').where('kind', '=', 'queue')),
      );
      assert.deepEqual(links, []);
    });

    test('is filed at once where the sender is one of us; nobody answers a bounce', async () => {
      const octets = Buffer.from(letter(from(), academy.bruno.email));
      const about = { hostName: 'mail.here.example', timeZone: 'Europe/Paris' };
      const count = (await academy.inbox(own())).length;
      await returnToSender(academy.store, about, { octets, mailFrom: from(), refused: refused() });
      await returnToSender(academy.store, about, { octets, mailFrom: '', refused: refused() });
      assert.equal((await academy.inbox(own())).length, count + 1);
      assert.deepEqual(await listQueue(academy.store, operator, { limit: 10 }), []);
    });
  });
});
