/** Two people and one functional account by JMAP: what is read is read for each, wherever it is asked. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { grantMandate } from '#server/access/mandate.ts';
import type { Right } from '#server/access/rights.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { setSeenIsPersonal } from '#server/mail/personal/switch.ts';
import type { AccountId } from '#server/store/ids.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import type { TestPerson } from '#tools/testing/house.ts';

import {
  at,
  type Client,
  clientOf,
  first,
  importOne,
  lines,
  list,
  type MailHouse,
  mailboxesByRole,
  openMailHouse,
} from './house.testing.ts';

forEachDatabase((_name, databaseUrl) => {
  let house: MailHouse;
  before(async () => {
    house = await openMailHouse(databaseUrl);
  });
  after(() => house.close());

  const newAccount = async (name: string): Promise<AccountId> => {
    const { tenantId, store } = house;
    const { accountId } = await addFunctionalAccount(store, operator, { tenantId, name });
    await setSeenIsPersonal(store, operator, accountId, true);
    return accountId;
  };

  /** Who acts on the account by a mandate. */
  const clientOn = async (accountId: AccountId, person: TestPerson, rights: readonly Right[]): Promise<Client> => {
    const { store, tenantId } = house;
    await grantMandate(store, operator, { tenantId, accountId, personId: person.personId, rights });
    return clientOf(house, { ...person, jmapAccountId: `a${accountId}` });
  };

  test('keywords, queries, counts and changes are the reader’s own', async () => {
    const accountId = await newAccount('Scolarité');
    const alice = await clientOn(accountId, house.alice, ['draft', 'write']);
    const bruno = await clientOn(accountId, house.bruno, ['draft', 'write']);
    const { inbox = '' } = await mailboxesByRole(alice);
    const letter = (subject: string) => lines('From: a@x.example', `Subject: ${subject}`, '', subject);
    const place = { mailboxIds: { [inbox]: true } };
    const one = await importOne(alice, letter('un'), place);
    const two = await importOne(alice, letter('deux'), { ...place, keywords: { $seen: true, $flagged: true } });
    const keywords = async (who: Client, id: string) =>
      at(first(await who.call('Email/get', { ids: [id], properties: ['keywords'] })), 'keywords');
    assert.deepEqual(await keywords(alice, two), { $seen: true, $flagged: true });
    assert.deepEqual(await keywords(bruno, two), { $flagged: true });

    const unread = async (who: Client) => {
      const mailbox = first(await who.call('Mailbox/get', { ids: [inbox] }));
      return [mailbox['unreadEmails'], mailbox['unreadThreads']];
    };
    assert.deepEqual(
      [await unread(alice), await unread(bruno)],
      [
        [1, 1],
        [2, 2],
      ],
    );

    const { state, list: none } = await bruno.call('Email/get', { ids: [] });
    assert.deepEqual(none, []);
    const { state: mailboxState } = await bruno.call('Mailbox/get', { ids: [] });
    const answer = await bruno.call('Email/set', { update: { [one]: { 'keywords/$seen': true } } });
    assert.deepEqual(answer['updated'], { [one]: null });
    assert.deepEqual(await keywords(bruno, one), { $seen: true });
    assert.deepEqual(await keywords(alice, one), {});
    assert.deepEqual((await bruno.call('Email/changes', { sinceState: state ?? null }))['updated'], [one]);
    const counts = await bruno.call('Mailbox/changes', { sinceState: mailboxState ?? null });
    assert.deepEqual(counts['updated'], [inbox]);
    assert.ok(list(counts['updatedProperties']).includes('unreadEmails'));

    await alice.call('Email/set', { update: { [two]: { keywords: { urgent: true } } } });
    assert.deepEqual(await keywords(alice, two), { urgent: true });
    assert.deepEqual(await keywords(bruno, two), { urgent: true });
    await bruno.call('Email/set', { update: { [two]: { keywords: { urgent: true, $seen: true } } } });
    assert.deepEqual(
      [await unread(alice), await unread(bruno)],
      [
        [2, 2],
        [0, 0],
      ],
    );

    const found = async (who: Client, filter: { readonly [name: string]: string }) =>
      (await who.call('Email/query', { filter: { inMailbox: inbox, ...filter } }))['ids'];
    assert.deepEqual(await found(alice, { notKeyword: '$seen' }), [two, one]);
    assert.deepEqual(await found(bruno, { notKeyword: '$seen' }), []);
    assert.deepEqual(await found(bruno, { hasKeyword: '$seen' }), [two, one]);
    assert.deepEqual(await found(bruno, { noneInThreadHaveKeyword: '$seen' }), []);
    assert.deepEqual(await found(alice, { noneInThreadHaveKeyword: '$seen' }), [two, one]);
  });

  test('who may only read says what they have read, and changes nothing else', async () => {
    const accountId = await newAccount('Intendance');
    const alice = await clientOn(accountId, house.alice, ['draft', 'write']);
    const bruno = await clientOn(accountId, house.bruno, ['read']);
    const { inbox = '' } = await mailboxesByRole(alice);
    const id = await importOne(alice, lines('From: a@x.example', '', 'un'), { mailboxIds: { [inbox]: true } });
    const session: unknown = await (await bruno.fetch('/.well-known/jmap')).json();
    assert.match(JSON.stringify(session), new RegExp(`"a${accountId}":{"name":"Intendance",[^}]*"isReadOnly":false`));
    const rights = at(first(await bruno.call('Mailbox/get', { ids: [inbox] })), 'myRights');
    assert.deepEqual([at(rights, 'maySetSeen'), at(rights, 'maySetKeywords')], [true, false]);
    await bruno.call('Email/set', { update: { [id]: { 'keywords/$seen': true } } });
    const mailbox = first(await bruno.call('Mailbox/get', { ids: [inbox] }));
    assert.equal(mailbox['unreadEmails'], 0);
    assert.equal(first(await alice.call('Mailbox/get', { ids: [inbox] }))['unreadEmails'], 1);
    assert.equal(await bruno.refused('Email/set', { update: { [id]: { 'keywords/$flagged': true } } }), 'forbidden');
  });
});
