/** Principals, and what one is told of one's rights (RFC 9670). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { grantMandate, revokeMandate } from '#server/access/mandate.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addPerson } from '#server/directory/person.ts';
import { addTenant } from '#server/directory/tenant.ts';
import type { AccountId } from '#server/store/ids.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import type { TestPerson } from '#tools/testing/house.ts';

import {
  coreCapability,
  mailCapability,
  principalsCapability,
  principalsOwnerCapability,
} from '#server/protocols/jmap/capabilities.ts';
import {
  type Arguments,
  asObject,
  at,
  clientOf,
  first,
  list,
  type MailHouse,
  openMailHouse,
  text,
} from '#server/protocols/jmap/mail/house.testing.ts';

const using = [coreCapability, mailCapability, principalsCapability];

forEachDatabase((_name, databaseUrl) => {
  let house: MailHouse;
  let accountId: AccountId;
  before(async () => {
    house = await openMailHouse(databaseUrl);
    const { store, tenantId, alice } = house;
    ({ accountId } = await addFunctionalAccount(store, operator, { tenantId, name: 'Scolarité' }));
    await grantMandate(store, operator, { tenantId, accountId, personId: alice.personId, rights: ['manage'] });
  });
  after(async () => {
    await house.close();
  });

  const ask = async (person: TestPerson, name: string, args: Arguments, on = person.jmapAccountId) => {
    const [answer] = await clientOf(house, { ...person, jmapAccountId: on }).request([[name, args]], using);
    assert.ok(answer);
    return answer[0] === 'error' ? text(answer[1]['type']) : answer[1];
  };
  const got = async (...asked: Parameters<typeof ask>) => {
    const answer = await ask(...asked);
    assert.ok(typeof answer !== 'string', `${asked[1]}: ${JSON.stringify(answer)}`);
    return answer;
  };

  test('accounts say whose they are, and one’s own is where principals are looked for', async () => {
    const session = asObject(JSON.parse(await (await clientOf(house, house.alice).fetch('/.well-known/jmap')).text()));
    const said = (id: string, urn: string) => at(session, 'accounts', id, 'accountCapabilities', urn);
    const own = house.alice.jmapAccountId;
    const me = `o${house.alice.accountId}`;
    assert.deepEqual(said(own, principalsCapability), { currentUserPrincipalId: me });
    assert.equal(said(`a${accountId}`, principalsCapability), undefined);
    assert.deepEqual(said(own, principalsOwnerCapability), { accountIdForPrincipal: own, principalId: me });
    assert.deepEqual(said(`a${accountId}`, principalsOwnerCapability), {
      accountIdForPrincipal: own,
      principalId: `o${accountId}`,
    });
    // Said of accounts alone (RFC 9670 §1.5.2), and nothing of availability.
    assert.deepEqual(
      Object.keys(asObject(session['capabilities'])).filter((urn) => urn.includes('principals')),
      [principalsCapability],
    );
  });

  test('principals are found by what one knows of them, never all, and none of another institution', async () => {
    const { alice, bruno } = house;
    const find = async (filter: Arguments) => {
      const answer = await ask(alice, 'Principal/query', { filter });
      return typeof answer === 'string' ? answer : answer['ids'];
    };
    const [me, he, office] = [`o${alice.accountId}`, `o${bruno.accountId}`, `o${accountId}`];
    assert.deepEqual(await find({ text: 'brun' }), [he]);
    assert.deepEqual(await find({ name: 'Petit' }), [he]);
    assert.deepEqual(await find({ email: bruno.email.toUpperCase() }), [he]);
    assert.deepEqual(await find({ text: 'scol' }), [office]);
    assert.deepEqual(await find({ text: 'scol', type: 'individual' }), []);
    assert.deepEqual(await find({ accountIds: [alice.jmapAccountId, bruno.jmapAccountId, `a${accountId}`] }), [
      me,
      office,
    ]);
    assert.equal(await find({}), 'unsupportedFilter');
    assert.equal(await find({ type: 'individual' }), 'unsupportedFilter');
    assert.equal(await ask(alice, 'Principal/get', { ids: null }), 'requestTooLarge');
    assert.equal(
      await ask(alice, 'Principal/query', { filter: { text: 'x' } }, `a${accountId}`),
      'accountNotSupportedByMethod',
    );
    const other = await addTenant(house.store, operator, { slug: 'ailleurs', name: 'Ailleurs' });
    await addDomain(house.store, operator, { tenantId: other, name: 'ailleurs.example' });
    const stranger = await addPerson(house.store, operator, {
      tenantId: other,
      givenName: 'Zoé',
      familyName: 'Lointaine',
      password: null,
    });
    const answer = await got(alice, 'Principal/get', { ids: [he, office, `o${stranger.accountId}`] });
    assert.deepEqual(answer['notFound'], [`o${stranger.accountId}`]);
    const [person, resource] = list(answer['list']).toSorted((a, b) =>
      text(at(a, 'name')).localeCompare(text(at(b, 'name'))),
    );
    assert.deepEqual(
      [at(person, 'type'), at(person, 'email'), at(person, 'accounts')],
      ['individual', bruno.email, null],
    );
    assert.equal(at(resource, 'type'), 'resource');
    assert.deepEqual(Object.keys(asObject(at(resource, 'accounts'))), [`a${accountId}`]);
    assert.deepEqual(await find({ email: stranger.email }), []);
    const refused = await got(alice, 'Principal/set', { create: { a: { name: 'x' } }, destroy: [me] });
    assert.equal(at(refused, 'notCreated', 'a', 'type'), 'forbidden');
    assert.equal(at(refused, 'notDestroyed', me, 'type'), 'forbidden');
    assert.equal(await ask(alice, 'Principal/changes', { sinceState: '0' }), 'cannotCalculateChanges');
    assert.equal(
      await ask(alice, 'Principal/queryChanges', { sinceQueryState: '0', filter: { text: 'x' } }),
      'cannotCalculateChanges',
    );
  });

  test('one mailbox alone is not shared: it is refused, and said where it is done instead', async () => {
    const on = `a${accountId}`;
    const mailbox = first(await got(house.alice, 'Mailbox/get', { ids: null, properties: ['shareWith'] }, on));
    const id = text(mailbox['id']);
    for (const patch of [
      { shareWith: { o1: { mayReadItems: true } } },
      { shareWith: null },
      { 'shareWith/o1': null },
    ]) {
      const answer = await got(house.alice, 'Mailbox/set', { update: { [id]: patch } }, on);
      assert.equal(at(answer, 'notUpdated', id, 'type'), 'forbidden', JSON.stringify(answer));
      assert.match(text(at(answer, 'notUpdated', id, 'description')), /Mandate\/set/);
    }
    const create = { a: { name: 'Partagé', shareWith: { o1: { mayReadItems: true } } } };
    assert.equal(at(await got(house.alice, 'Mailbox/set', { create }, on), 'notCreated', 'a', 'type'), 'forbidden');
  });

  test('who is given rights, and loses them, is told; what was told is dismissed', async () => {
    const { store, tenantId, bruno } = house;
    const given = { tenantId, accountId, personId: bruno.personId, rights: ['read'] } as const;
    await revokeMandate(store, operator, tenantId, await grantMandate(store, operator, given));
    const { ids: first = [] } = await got(bruno, 'ShareNotification/query', {});
    assert.equal(list(first).length, 2);
    const dismissed = await got(bruno, 'ShareNotification/set', { destroy: first });
    assert.deepEqual(dismissed['destroyed'], first);
    const { state } = await got(bruno, 'ShareNotification/get', { ids: null });
    const before = Number.parseInt(text(state), 10);
    // One change may be heard twice where another process could have made it, and one of a moment ago late.
    const told = new Set<number>();
    const stop = store.changes.listen(bruno.accountId, ({ states: { ShareNotification: at = 0 } }) => {
      if (at > before) told.add(at);
    });
    const id = await grantMandate(store, operator, given);
    // A second one that says nothing new is no news.
    const again = await grantMandate(store, operator, given);
    await revokeMandate(store, operator, tenantId, again);
    await revokeMandate(store, operator, tenantId, id);
    stop();
    assert.equal(told.size, 2);
    const { list: all = [] } = await got(bruno, 'ShareNotification/get', { ids: null });
    const rights = list(all).map((one) => [at(one, 'oldRights', 'mayReadItems'), at(one, 'newRights', 'mayReadItems')]);
    assert.deepEqual(rights, [
      [true, undefined],
      [undefined, true],
    ]);
    const [newest] = list(all);
    assert.deepEqual(
      [at(newest, 'objectType'), at(newest, 'objectAccountId'), at(newest, 'name'), at(newest, 'newRights')],
      ['Mailbox', `a${accountId}`, 'Scolarité', null],
    );
    const changes = await got(bruno, 'ShareNotification/changes', { sinceState: state ?? '' });
    assert.equal(list(changes['created']).length, 2);
    const query = await got(bruno, 'ShareNotification/query', {
      filter: { objectAccountId: `a${accountId}` },
      sort: [{ property: 'created', isAscending: false }],
    });
    assert.deepEqual(
      query['ids'],
      list(all).map((one) => at(one, 'id')),
    );
    const refused = await got(bruno, 'ShareNotification/set', { create: { a: {} } });
    assert.equal(at(refused, 'notCreated', 'a', 'type'), 'forbidden');
    assert.equal(
      await ask(house.alice, 'ShareNotification/get', { ids: null }, `a${accountId}`),
      'accountNotSupportedByMethod',
    );
  });
});
