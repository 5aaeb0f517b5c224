import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { runJobs, type JobRunner } from '#server/jobs/run.ts';
import { planOutbound } from '#server/delivery/outbound/options.ts';
import { giveUpAfterMs, warnAfterMs } from '#server/delivery/outbound/schedule.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import {
  asObject,
  at,
  type Client,
  clientOf,
  created,
  first,
  importOne,
  lines,
  list,
  mailboxesByRole,
  type MailHouse,
  openMailHouse,
  text,
} from '#server/protocols/jmap/mail/house.testing.ts';
import { submissionJobs } from '#server/submission/run.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

forEachDatabase((_name, databaseUrl) => {
  let house: MailHouse;
  let alice: Client;
  let bruno: Client;
  let jobs: JobRunner;
  let identityId: string;
  let mailboxes: Readonly<Record<string, string>>;

  before(async () => {
    house = await openMailHouse(databaseUrl);
    const settings = { hostName: 'x.example', isLab: true, smarthost: '', connectionsPerHost: 1, ca: undefined };
    const kinds = submissionJobs({
      store: house.store,
      outbound: planOutbound(settings),
      connections: 4,
      patience: { giveUpAfterMs, warnAfterMs },
      timeZone: 'Europe/Paris',
      onEvent: () => undefined,
    });
    jobs = runJobs(house.store, { ...kinds }, { lookEveryMs: 50, onFault: (_job, error) => console.error(error) });
    alice = clientOf(house, house.alice);
    bruno = clientOf(house, house.bruno);
    mailboxes = await mailboxesByRole(alice);
    const made = await alice.call('Identity/set', { create: { a: { name: 'Alice', email: house.alice.email } } });
    identityId = text(created(made)['id']);
  });
  after(async () => {
    await jobs.close();
    await house.close();
  });

  const message = (to: string, more: readonly string[] = []): string =>
    lines(
      `From: Alice <${house.alice.email}>`,
      `To: ${to}`,
      'Subject: Conseil de classe',
      'Date: Mon, 23 Nov 2026 09:00:00 +0100',
      `Message-ID: <${Math.random()}@x.example>`,
      ...more,
      '',
      'Bonjour',
    );
  const draft = (octets: string): Promise<string> =>
    importOne(alice, octets, {
      mailboxIds: { [mailboxes['drafts'] ?? '']: true },
      keywords: { $draft: true, $seen: true },
    });
  const submit = (record: JsonObject, more: Readonly<Record<string, Json>> = {}) =>
    alice.call('EmailSubmission/set', { create: { a: { identityId, ...record } }, ...more });
  const errorOf = (answer: JsonObject) => asObject(at(answer, 'notCreated', 'a'));
  const held = (to: string) => ({
    mailFrom: { email: house.alice.email, parameters: { HOLDFOR: '3600' } },
    rcptTo: [{ email: to, parameters: null }],
  });

  async function settled(id: string): Promise<JsonObject> {
    for (let tries = 0; tries < 2_000; tries += 1) {
      const record = first(await alice.call('EmailSubmission/get', { ids: [id] }));
      const states = Object.values(asObject(record['deliveryStatus'])).map((one) => at(one, 'delivered'));
      if (!states.includes('queued')) return record;
      await new Promise((resolve) => void setTimeout(resolve, 25));
    }
    throw new Error('it stays in the queue');
  }

  test('a draft is sent, filed in Sent, and what became of it is told', async () => {
    const emailId = await draft(message(house.bruno.email));
    const { sent = '', drafts = '' } = mailboxes;
    const answers = await alice.request([
      [
        'EmailSubmission/set',
        {
          create: { a: { identityId, emailId } },
          onSuccessUpdateEmail: {
            '#a': { [`mailboxIds/${drafts}`]: null, [`mailboxIds/${sent}`]: true, 'keywords/$draft': null },
          },
        },
      ],
    ]);
    assert.deepEqual(
      answers.map(([name]) => name),
      ['EmailSubmission/set', 'Email/set'],
    );
    const [, answer = {}] = answers[0] ?? [];
    const { id, ...made } = created(answer);
    assert.equal(made['undoStatus'], 'final');
    assert.deepEqual(at(made, 'envelope', 'rcptTo'), [{ email: house.bruno.email, parameters: null }]);
    const record = await settled(text(id));
    assert.deepEqual(record['deliveryStatus'], {
      [house.bruno.email]: { smtpReply: '250 2.1.5 Delivered', delivered: 'yes', displayed: 'unknown' },
    });
    assert.equal(record['emailId'], emailId);
    assert.equal(record['identityId'], identityId);
    assert.match(text(record['sendAt']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/);
    const email = first(await alice.call('Email/get', { ids: [emailId], properties: ['mailboxIds', 'keywords'] }));
    assert.deepEqual(email['mailboxIds'], { [sent]: true });
    assert.deepEqual(email['keywords'], { $seen: true });
    assert.equal(list((await bruno.call('Email/query', {}))['ids']).length, 1, 'Bruno has it, once');
  });

  test('changes and queries tell of it', async () => {
    const before = text((await alice.call('EmailSubmission/get', { ids: [] }))['state']);
    const emailId = await draft(message(house.bruno.email));
    const query = { filter: { emailIds: [emailId] }, sort: [{ property: 'sentAt' }] };
    const empty = await alice.call('EmailSubmission/query', query);
    assert.deepEqual(empty['ids'], []);
    const id = text(created(await submit({ emailId, envelope: held(house.bruno.email) }))['id']);
    const changes = await alice.call('EmailSubmission/changes', { sinceState: before });
    assert.deepEqual(changes['created'], [id]);
    const found = await alice.call('EmailSubmission/query', { ...query, calculateTotal: true });
    assert.deepEqual([found['ids'], found['total']], [[id], 1]);
    const delta = await alice.call('EmailSubmission/queryChanges', {
      ...query,
      sinceQueryState: text(empty['queryState']),
    });
    assert.deepEqual([delta['removed'], delta['added']], [[], [{ id, index: 0 }]]);
    const pending = { filter: { operator: 'AND', conditions: [query.filter, { undoStatus: 'pending' }] } };
    assert.deepEqual((await alice.call('EmailSubmission/query', pending))['ids'], [id]);
    assert.deepEqual((await alice.call('EmailSubmission/query', { filter: { identityIds: ['i9999'] } }))['ids'], []);
    assert.equal(await alice.refused('EmailSubmission/query', { filter: { subject: 'x' } }), 'unsupportedFilter');
    assert.equal(await alice.refused('EmailSubmission/query', { sort: [{ property: 'x' }] }), 'unsupportedSort');
  });

  test('what is held can be taken back, with what was to follow', async () => {
    const emailId = await draft(message(house.bruno.email));
    const made = created(await submit({ emailId, envelope: held(house.bruno.email) }));
    assert.equal(made['undoStatus'], 'pending');
    const id = text(made['id']);
    const answers = await alice.request([
      [
        'EmailSubmission/set',
        {
          update: { [id]: { undoStatus: 'canceled' } },
          onSuccessUpdateEmail: { [id]: { 'keywords/$flagged': true } },
        },
      ],
    ]);
    assert.equal(at(answers[0]?.[1], 'updated', id), null);
    assert.equal(at(answers[1]?.[1], 'updated', emailId), null);
    const email = first(await alice.call('Email/get', { ids: [emailId], properties: ['keywords'] }));
    assert.equal(at(email, 'keywords', '$flagged'), true);
    const record = first(await alice.call('EmailSubmission/get', { ids: [id] }));
    assert.equal(record['undoStatus'], 'canceled');
    const final = await submit({ emailId });
    const late = await alice.call('EmailSubmission/set', {
      update: { [text(created(final)['id'])]: { undoStatus: 'canceled' }, [id]: { emailId: 'e1' } },
    });
    assert.equal(at(late, 'notUpdated', text(created(final)['id']), 'type'), 'cannotUnsend');
    assert.equal(at(late, 'notUpdated', id, 'type'), 'invalidProperties');
  });

  test('one is destroyed, and its email with it where asked', async () => {
    const emailId = await draft(message(house.bruno.email));
    const id = text(created(await submit({ emailId }))['id']);
    await settled(id);
    const answers = await alice.request([
      ['EmailSubmission/set', { destroy: [id, 's99999'], onSuccessDestroyEmail: [id] }],
    ]);
    assert.deepEqual(answers[0]?.[1]['destroyed'], [id]);
    assert.equal(at(answers[0]?.[1], 'notDestroyed', 's99999', 'type'), 'notFound');
    assert.deepEqual(answers[1]?.[1]['destroyed'], [emailId]);
    assert.deepEqual((await alice.call('EmailSubmission/get', { ids: [id] }))['notFound'], [id]);
  });

  test('a message for outside comes back in laboratory mode, and the report is named', async () => {
    const emailId = await draft(message('bob@elsewhere.example'));
    const id = text(created(await submit({ emailId }))['id']);
    const record = await settled(id);
    assert.equal(at(record, 'deliveryStatus', 'bob@elsewhere.example', 'delivered'), 'no');
    const [blobId] = list(record['dsnBlobIds']);
    const download = await alice.fetch(
      `/jmap/download/${house.alice.jmapAccountId}/${text(blobId)}/r?accept=text/plain`,
    );
    assert.match(await download.text(), /report-type=delivery-status/);
  });

  test('what may not be sent is refused in the words of RFC 8621 §7.5', async () => {
    const emailId = await draft(message(house.bruno.email));
    const envelope = (mailFrom: string, ...rcptTo: readonly string[]): JsonObject => ({
      mailFrom: { email: mailFrom, parameters: null },
      rcptTo: rcptTo.map((email) => ({ email, parameters: null })),
    });
    const ours = house.alice.email;
    const foreign = await draft(message('x@y.fr').replace(ours, house.bruno.email));
    const bare = await draft(lines(`From: ${ours}`, 'To: x@y.fr', '', 'x'));
    const rows: readonly (readonly [string, JsonObject, JsonObject])[] = [
      ['forbiddenFrom', { emailId: foreign, envelope: envelope(ours, 'x@y.fr') }, {}],
      ['forbiddenMailFrom', { emailId, envelope: envelope(house.bruno.email, 'x@y.fr') }, {}],
      ['noRecipients', { emailId, envelope: envelope(ours) }, {}],
      ['invalidRecipients', { emailId, envelope: envelope(ours, 'x@y.fr', 'rien') }, { invalidRecipients: ['rien'] }],
      ['invalidEmail', { emailId: bare }, { properties: ['sentAt', 'messageId'] }],
      ['invalidProperties', { emailId: 'e99999' }, { properties: ['emailId'] }],
      ['invalidProperties', { emailId, identityId: 'i99999' }, { properties: ['identityId'] }],
      ['invalidProperties', { emailId, envelope: { mailFrom: 1 } }, { properties: ['envelope'] }],
      ['invalidProperties', {}, { properties: ['emailId'] }],
    ];
    for (const [type, record, more] of rows) {
      const { description: _, ...error } = errorOf(await submit(record));
      assert.deepEqual(error, { type, ...more }, JSON.stringify(record));
    }
    const theirs = await alice.refused('EmailSubmission/set', { accountId: house.bruno.jmapAccountId, create: {} });
    assert.equal(theirs, 'accountNotFound');
  });

  test('the session says how long a message may be held', async () => {
    const session = asObject(JSON.parse(await (await alice.fetch('/.well-known/jmap')).text()));
    const account = at(session, 'accounts', house.alice.jmapAccountId, 'accountCapabilities');
    assert.equal(at(account, 'urn:ietf:params:jmap:submission', 'maxDelayedSend'), 366 * 86_400);
  });
});
