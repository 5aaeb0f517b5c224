/** Two members of a functional mailbox, one who only reads it and one who leaves it: conversations as they work on them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { grantMandate, revokeMandate } from '#server/access/mandate.ts';
import type { MandateId, Right } from '#server/access/rights.ts';
import { deliver } from '#server/delivery/deliver.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addPerson } from '#server/directory/person.ts';
import { answeringMs } from '#server/mail/conversations/change.ts';
import { verifyMail } from '#server/mail/verify/verify.ts';
import { listTrace } from '#server/records/trace.ts';
import { type AccountId, asUuid } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import type { TestPerson } from '#tools/testing/house.ts';

import { coreCapability, mailCapability, sharedCapability } from '#server/protocols/jmap/capabilities.ts';
import {
  type Arguments,
  asObject,
  at,
  type Client,
  clientOf,
  created,
  first,
  lines,
  list,
  type MailHouse,
  mailboxesByRole,
  openMailHouse,
  text,
} from '#server/protocols/jmap/mail/house.testing.ts';

const using = [coreCapability, mailCapability, sharedCapability];

forEachDatabase((_name, databaseUrl) => {
  let house: MailHouse;
  let store: Store;
  let accountId: AccountId;
  let carol: TestPerson;
  const mandates = new Map<string, MandateId>();
  before(async () => {
    house = await openMailHouse(databaseUrl);
    const { tenantId } = house;
    ({ store } = house);
    ({ accountId } = await addFunctionalAccount(store, operator, { tenantId, name: 'Scolarité' }));
    const password = 'un-mot-de-passe-long-pour-carol';
    const person = await addPerson(store, operator, { tenantId, givenName: 'Carol', familyName: 'Faure', password });
    const basic = `Basic ${Buffer.from(`${person.userName}:${password}`).toString('base64')}`;
    carol = { ...person, password, basic, jmapAccountId: `a${person.accountId}` };
    const give = async (who: TestPerson, rights: readonly Right[]) => {
      const { personId } = who;
      mandates.set(who.userName, await grantMandate(store, operator, { tenantId, accountId, personId, rights }));
    };
    await give(house.alice, ['manage', 'sendAs']);
    await give(house.bruno, ['draft']);
    await give(carol, ['read']);
  });
  after(() => house.close());

  const as = (person: TestPerson): Client => clientOf(house, { ...person, jmapAccountId: `a${accountId}` });
  /** @returns the answer, or the type of the error. */
  const ask = async (person: TestPerson, name: string, args: Arguments) => {
    const [answer] = await as(person).request([[name, args]], using);
    assert.ok(answer);
    return answer[0] === 'error' ? text(answer[1]['type']) : answer[1];
  };
  const got = async (person: TestPerson, name: string, args: Arguments) => {
    const answer = await ask(person, name, args);
    assert.ok(typeof answer !== 'string', `${name}: ${JSON.stringify(answer)}`);
    return answer;
  };
  let count = 0;
  const arrive = async (subject: string, answersTo?: string): Promise<string> => {
    count += 1;
    const id = `<m${count}@x.example>`;
    const reply = answersTo === undefined ? [] : [`In-Reply-To: ${answersTo}`];
    const octets = Buffer.from(
      lines('From: parent@x.example', `Message-ID: ${id}`, ...reply, `Subject: ${subject}`, '', 'Bonjour'),
    );
    const { tenantId } = house;
    const arrival = {
      id: asUuid(crypto.randomUUID()),
      at: store.now(),
      by: 'mx',
      mailFrom: 'parent@x.example',
      remoteAddress: '192.0.2.1',
      helloName: 'x.example',
      tls: null,
      authentication: null,
      verdicts: [],
    } as const;
    await deliver(store, octets, arrival, [{ tenantId, accountId, address: 'scolarite@x', detail: undefined }]);
    return id;
  };
  const threadOf = async (subject: string): Promise<string> => {
    const { inbox = '' } = await mailboxesByRole(as(house.alice));
    const found = await got(house.alice, 'Email/query', { filter: { inMailbox: inbox } });
    const emails = await got(house.alice, 'Email/get', {
      ids: found['ids'] ?? [],
      properties: ['subject', 'threadId'],
    });
    const email = list(emails['list'])
      .map(asObject)
      .find((one) => text(one['subject']).endsWith(subject));
    return text(email?.['threadId']);
  };
  const conversation = async (person: TestPerson, id: string) =>
    first(await got(person, 'Conversation/get', { ids: [id] }));
  const change = async (person: TestPerson, id: string, patch: Arguments) => {
    const answer = await ask(person, 'Conversation/set', { update: { [id]: { ...patch } } });
    return typeof answer === 'string' ? answer : (at(answer, 'notUpdated', id, 'type') ?? 'done');
  };
  const verbs = async () =>
    (await listTrace(store, house.tenantId, { accountId }))
      .map(({ verb }) => verb)
      .filter((verb) => /Conv|Comm/.test(verb));

  test('what one member does with a conversation the others see, are told of and find in the records', async () => {
    await arrive('Inscription');
    const id = await threadOf('Inscription');
    const before = await got(house.bruno, 'Conversation/get', { ids: [id, 't999'] });
    assert.deepEqual(before['notFound'], ['t999']);
    assert.equal(at(list(before['list'])[0], 'assigneeId'), null);
    assert.equal(at(list(before['list'])[0], 'isClosed'), false);
    const told: string[] = [];
    const stop = store.changes.listen(accountId, ({ states }) => told.push(...Object.keys(states)));
    const [member] = list((await got(house.bruno, 'Member/get', { ids: null }))['list']).filter(
      (one) => at(one, 'isSelf') === true,
    );
    const bruno = text(at(member, 'id'));
    assert.equal(await change(house.bruno, id, { assigneeId: bruno, isClosed: true }), 'done');
    stop();
    assert.deepEqual(told, ['Conversation']);
    const seen = await conversation(carol, id);
    assert.deepEqual([seen['assigneeId'], seen['assigneeName'], seen['isClosed']], [bruno, 'Bruno Petit', true]);
    const changes = await got(carol, 'Conversation/changes', { sinceState: before['state'] ?? '' });
    assert.deepEqual([changes['created'], changes['updated']], [[], [id]]);
    assert.deepEqual((await verbs()).toSorted(), ['assignConversation', 'closeConversation']);
    assert.equal(await change(house.bruno, id, { assigneeId: null, isClosed: false }), 'done');
    assert.deepEqual((await verbs()).slice(0, 2).toSorted(), ['assignConversation', 'reopenConversation']);
  });

  test('who only reads sees all of it and changes nothing; who is no member gets nothing to do', async () => {
    const id = await threadOf('Inscription');
    assert.equal(await change(carol, id, { isClosed: true }), 'accountReadOnly');
    const comment = { create: { a: { conversationId: id, text: 'non' } } };
    assert.equal(await ask(carol, 'ConversationComment/set', comment), 'accountReadOnly');
    assert.equal(await change(house.bruno, id, { assigneeId: 'p999' }), 'invalidProperties');
    assert.equal(await change(house.bruno, 't999', { isClosed: true }), 'notFound');
    assert.equal(list((await got(carol, 'Member/get', { ids: null }))['list']).length, 3);
  });

  test('a comment is read by the members, taken back by its author or who manages, and no message holds it', async () => {
    const id = await threadOf('Inscription');
    const say = async (who: TestPerson, said: string, mentions: readonly string[] = []) =>
      ask(who, 'ConversationComment/set', { create: { a: { conversationId: id, text: said, mentions } } });
    const [alice = '', bruno = ''] = list((await got(carol, 'Member/get', { ids: null }))['list']).map((one) =>
      text(at(one, 'id')),
    );
    const one = await say(house.bruno, ' Vu avec la famille.\r\nÀ suivre. ', [alice]);
    const two = await say(house.alice, 'Je m’en charge.', [bruno]);
    assert.ok(typeof one !== 'string' && typeof two !== 'string');
    assert.equal(created(one)['text'], 'Vu avec la famille.\nÀ suivre.');
    const query = await got(carol, 'ConversationComment/query', { filter: { conversationId: id } });
    const { list: all } = await got(carol, 'ConversationComment/get', { ids: query['ids'] ?? [] });
    assert.deepEqual(
      list(all).map((each) => [at(each, 'authorName'), at(each, 'mentions'), at(each, 'mayDestroy')]),
      [
        ['Bruno Petit', [alice], false],
        ['Alice Martin', [bruno], false],
      ],
    );
    assert.equal((await conversation(carol, id))['comments'], 2);
    for (const bad of ['', ' \n ', 'x'.repeat(4001), 'a\u0007b', 'a\u202Eb'])
      assert.equal(at(await say(house.bruno, bad), 'notCreated', 'a', 'type'), 'invalidProperties');
    assert.equal(at(await say(house.bruno, 'x', ['p999']), 'notCreated', 'a', 'type'), 'invalidProperties');
    assert.equal(await ask(carol, 'ConversationComment/query', {}), 'unsupportedFilter');

    const [first_, second] = list(query['ids']).map(text);
    const drop = async (who: TestPerson, comment = '') => {
      const answer = await got(who, 'ConversationComment/set', { destroy: [comment] });
      return at(answer, 'notDestroyed', comment, 'type') ?? 'done';
    };
    assert.equal(await drop(house.bruno, second), 'forbidden');
    assert.equal(await drop(house.alice, first_), 'done');
    assert.equal(await drop(house.alice, second), 'done');
    assert.equal((await conversation(carol, id))['comments'], 0);
    const told = (await verbs()).slice(0, 4).toSorted();
    assert.deepEqual(told, ['addComment', 'addComment', 'removeComment', 'removeComment']);
  });

  test('a message that comes into a closed conversation opens it; one that another conversation gets does not', async () => {
    const question = await arrive('Cantine');
    await arrive('Transport');
    const [cantine, transport] = [await threadOf('Cantine'), await threadOf('Transport')];
    for (const id of [cantine, transport]) assert.equal(await change(house.alice, id, { isClosed: true }), 'done');
    await arrive('Re: Cantine', question);
    assert.equal((await conversation(carol, cantine))['isClosed'], false);
    assert.equal((await conversation(carol, transport))['isClosed'], true);
    const [line] = await listTrace(store, house.tenantId, { accountId, verbs: ['reopenConversation'] });
    assert.deepEqual([line?.actor, line?.personId], ['delivery', null]);
  });

  test('lists ask for what is mine, nobody’s, open and closed, and follow at once', async () => {
    const { inbox = '' } = await mailboxesByRole(as(house.alice));
    const subjects = async (condition: Arguments) => {
      const { ids } = await got(house.bruno, 'Email/query', {
        filter: { inMailbox: inbox, ...condition },
        collapseThreads: true,
      });
      const found = await got(house.bruno, 'Email/get', { ids: ids ?? [], properties: ['subject'] });
      return list(found['list'])
        .map((one) => text(at(one, 'subject')))
        .sort();
    };
    const members = list((await got(carol, 'Member/get', { ids: null }))['list']);
    const bruno = text(at(members[1], 'id'));
    const [inscription, transport] = [await threadOf('Inscription'), await threadOf('Transport')];
    assert.deepEqual(await subjects({ conversationIsClosed: true }), ['Transport']);
    assert.deepEqual(await subjects({ conversationIsClosed: false }), ['Inscription', 'Re: Cantine']);
    assert.deepEqual(await subjects({ conversationAssigneeId: bruno }), []);
    await change(house.alice, inscription, { assigneeId: bruno });
    assert.deepEqual(await subjects({ conversationAssigneeId: bruno }), ['Inscription']);
    assert.deepEqual(await subjects({ conversationAssigneeId: null }), ['Re: Cantine', 'Transport']);
    assert.deepEqual((await got(carol, 'Conversation/query', { filter: { assigneeId: bruno } }))['ids'], [inscription]);
    assert.deepEqual((await got(carol, 'Conversation/query', { filter: { isClosed: true } }))['ids'], [transport]);
    const open = await got(carol, 'Conversation/query', { filter: { isClosed: false, assigneeId: null } });
    assert.equal(list(open['ids']).length, 1);
  });

  test('who manages says whether what is read is read for each or for all, and every protocol follows', async () => {
    const ask_ = async (who: TestPerson) =>
      at(first(await got(who, 'SharedSettings/get', { ids: null })), 'isSeenPersonal');
    const set = async (who: TestPerson, isSeenPersonal: boolean) =>
      at(
        await got(who, 'SharedSettings/set', { update: { singleton: { isSeenPersonal } } }),
        'notUpdated',
        'singleton',
        'type',
      );
    assert.equal(await ask_(carol), false);
    assert.equal(await set(house.bruno, true), 'forbidden');
    assert.equal(await set(house.alice, true), undefined);
    assert.equal(await ask_(carol), true);
    const { inbox = '' } = await mailboxesByRole(as(house.alice));
    const unread = async (who: TestPerson) =>
      at(first(await got(who, 'Mailbox/get', { ids: [inbox] })), 'unreadEmails');
    const before = await unread(carol);
    const { ids = [] } = await got(house.alice, 'Email/query', { filter: { inMailbox: inbox }, limit: 1 });
    const [id] = list(ids).map(text);
    assert.ok(id);
    await got(house.alice, 'Email/set', { update: { [id]: { 'keywords/$seen': true } } });
    assert.equal(await unread(house.alice), Number(before) - 1);
    assert.equal(await unread(carol), before);
    assert.equal(await set(house.alice, false), undefined);
    assert.equal(await unread(carol), Number(before) - 1, 'what anybody has read is read for all');
  });

  test('who answers is seen until they stop, or for two minutes after they last said so', async (t) => {
    const id = await threadOf('Transport');
    const names = async () =>
      list((await conversation(house.alice, id))['answering']).map((one) => text(at(one, 'name')));
    await change(house.bruno, id, { isAnswering: true });
    assert.deepEqual(await names(), ['Bruno Petit']);
    await change(house.bruno, id, { isAnswering: false });
    assert.deepEqual(await names(), []);
    await change(house.bruno, id, { isAnswering: true });
    const later = store.now() + answeringMs;
    t.mock.method(store, 'now', () => later);
    assert.deepEqual(await names(), []);
  });

  test('whose mandate ends loses what was theirs at once, and may be given nothing', async () => {
    const id = await threadOf('Inscription');
    await change(house.bruno, id, { isAnswering: true });
    const mandate = mandates.get(house.bruno.userName);
    assert.ok(mandate);
    await revokeMandate(store, operator, house.tenantId, mandate);
    assert.equal(await ask(house.bruno, 'Conversation/get', { ids: [id] }), 'accountNotFound');
    assert.equal(await change(house.bruno, id, { isClosed: true }), 'accountNotFound');
    const left = await conversation(house.alice, id);
    assert.deepEqual([left['assigneeId'], left['answering']], [null, []]);
    assert.equal(await change(house.alice, id, { assigneeId: `p${house.bruno.personId}` }), 'invalidProperties');
    const { ids } = await got(house.alice, 'Email/query', { filter: { conversationAssigneeId: null } });
    assert.equal(list(ids).length, 4);
  });

  test('what was kept beside a thread goes with its last email, and nothing stray is left', async () => {
    const id = await threadOf('Transport');
    await got(house.alice, 'ConversationComment/set', { create: { a: { conversationId: id, text: 'adieu' } } });
    const { state } = await got(house.alice, 'Conversation/get', { ids: [] });
    const emails = at(first(await got(house.alice, 'Thread/get', { ids: [id] })), 'emailIds') ?? [];
    await got(house.alice, 'Email/set', { destroy: emails });
    const changes = await got(house.alice, 'Conversation/changes', { sinceState: state ?? '' });
    assert.deepEqual(changes['destroyed'], [id]);
    const { ids } = await got(house.alice, 'ConversationComment/query', { filter: { conversationId: id } });
    assert.deepEqual(ids, []);
    assert.deepEqual(await Array.fromAsync(verifyMail(store)), []);
  });

  test('the session says of which accounts several people work in, to its owner when somebody else comes', async () => {
    const said = async (person: TestPerson, account: string) =>
      at(
        asObject(JSON.parse(await (await clientOf(house, person).fetch('/.well-known/jmap')).text())),
        'accounts',
        account,
        'accountCapabilities',
        sharedCapability,
      );
    const { alice, bruno, tenantId } = house;
    assert.deepEqual(await said(alice, `a${accountId}`), {
      memberId: `p${alice.personId}`,
      isFunctional: true,
      mayWork: true,
      mayManage: true,
    });
    assert.equal(at(await said(carol, `a${accountId}`), 'mayWork'), false);
    assert.equal(await said(alice, alice.jmapAccountId), undefined);
    const given = { tenantId, accountId: alice.accountId, personId: bruno.personId, rights: ['read'] } as const;
    await grantMandate(store, operator, given);
    assert.equal(at(await said(alice, alice.jmapAccountId), 'isFunctional'), false);
  });
});
