/** Who may write drafts and nothing else: replaces them, drops them, files them when sent, and touches no other email. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { grantMandate } from '#server/access/mandate.ts';
import type { Right } from '#server/access/rights.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import {
  type Client,
  clientOf,
  importOne,
  lines,
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

  const opened = async (rights: readonly Right[]): Promise<{ readonly chief: Client; readonly helper: Client }> => {
    const { store, tenantId, alice, bruno } = house;
    const { accountId } = await addFunctionalAccount(store, operator, { tenantId, name: `Boîte ${rights.join(' ')}` });
    await grantMandate(store, operator, { tenantId, accountId, personId: alice.personId, rights: ['manage'] });
    await grantMandate(store, operator, { tenantId, accountId, personId: bruno.personId, rights });
    const on = (person: typeof alice) => clientOf(house, { ...person, jmapAccountId: `a${accountId}` });
    return { chief: on(alice), helper: on(bruno) };
  };
  const draft = (drafts: string, subject: string) => ({
    mailboxIds: { [drafts]: true },
    keywords: { $draft: true },
    subject,
    bodyStructure: { partId: '1', type: 'text/plain' },
    bodyValues: { 1: { value: subject } },
  });
  const made = async (who: Client, drafts: string, subject: string): Promise<string> => {
    const { created } = await who.call('Email/set', { create: { d: draft(drafts, subject) } });
    return String((created as Record<string, { id: string }>)['d']?.id);
  };

  test('a draft is replaced as it is saved again, and dropped', async () => {
    const { helper } = await opened(['draft']);
    const { drafts = '' } = await mailboxesByRole(helper);
    const first = await made(helper, drafts, 'un');
    const answer = await helper.call('Email/set', { create: { d: draft(drafts, 'deux') }, destroy: [first] });
    assert.deepEqual(answer['destroyed'], [first]);
    const id = String((answer['created'] as Record<string, { id: string }>)['d']?.id);
    await helper.call('Email/set', { update: { [id]: { 'keywords/$flagged': true } } });
    assert.deepEqual((await helper.call('Email/set', { destroy: [id] }))['destroyed'], [id]);
  });

  test('no other email is changed, moved or destroyed, and no draft goes elsewhere', async () => {
    const { chief, helper } = await opened(['draft']);
    const { drafts = '', inbox = '', sent = '', trash = '' } = await mailboxesByRole(helper);
    const letter = await importOne(chief, lines('From: a@x.example', 'Subject: x', '', 'x'), {
      mailboxIds: { [inbox]: true },
    });
    const both = await importOne(chief, lines('From: a@x.example', 'Subject: y', '', 'y'), {
      mailboxIds: { [inbox]: true, [drafts]: true },
      keywords: { $draft: true },
    });
    const mine = await made(helper, drafts, 'un');
    const tries = [
      { destroy: [letter] },
      { destroy: [mine, letter] },
      { destroy: [both] },
      { update: { [letter]: { 'keywords/$flagged': true } } },
      { update: { [mine]: { mailboxIds: { [inbox]: true } } } },
      { update: { [mine]: { [`mailboxIds/${trash}`]: true } } },
      { update: { [mine]: { mailboxIds: { [sent]: true }, 'keywords/$draft': null } } },
      { update: { [mine]: { 'keywords/$draft': null } } },
      { update: { [mine]: { keywords: { $seen: true } } } },
    ];
    for (const args of tries) assert.equal(await helper.refused('Email/set', args), 'forbidden', JSON.stringify(args));
  });

  test('who may send files what was sent', async () => {
    const { helper } = await opened(['sendOnBehalf']);
    const { drafts = '', sent = '', inbox = '' } = await mailboxesByRole(helper);
    const mine = await made(helper, drafts, 'un');
    const elsewhere = { [mine]: { mailboxIds: { [inbox]: true }, 'keywords/$draft': null } };
    assert.equal(await helper.refused('Email/set', { update: elsewhere }), 'forbidden');
    const update = { [mine]: { mailboxIds: { [sent]: true }, 'keywords/$draft': null, 'keywords/$seen': true } };
    assert.deepEqual((await helper.call('Email/set', { update }))['updated'], { [mine]: null });
    assert.equal(await helper.refused('Email/set', { destroy: [mine] }), 'forbidden');
  });
});
