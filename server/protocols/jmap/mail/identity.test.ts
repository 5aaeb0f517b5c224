import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { JsonObject } from '#formats/jmap/json.ts';
import { operator } from '#server/access/actor.ts';
import { addAlias } from '#server/directory/alias.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import {
  at,
  type Client,
  clientOf,
  created,
  first,
  list,
  type MailHouse,
  openMailHouse,
  text,
} from './house.testing.ts';

forEachDatabase((name, databaseUrl) => {
  describe(`Identity on ${name}`, () => {
    let house: MailHouse;
    let alice: Client;
    const alias = 'a.martin@academie.example';
    before(async () => {
      house = await openMailHouse(databaseUrl);
      alice = clientOf(house, house.alice);
      await addAlias(house.store, operator, house.alice.accountId, alias);
    });
    after(() => house.close());

    it('a new account has one, which stays', async () => {
      const identity = first(await alice.call('Identity/get', { ids: null }));
      assert.deepEqual(identity, {
        id: identity['id'],
        name: 'Alice Martin',
        email: house.alice.email,
        replyTo: null,
        bcc: null,
        textSignature: '',
        htmlSignature: '',
        mayDelete: false,
      });
      const { notDestroyed } = await alice.call('Identity/set', { destroy: [text(identity['id'])] });
      assert.equal(at(notDestroyed, text(identity['id']), 'type'), 'forbidden');
    });

    it('another is made for an alias, changed and destroyed, and changes tell of it', async () => {
      const { state } = await alice.call('Identity/get', { ids: [] });
      const replyTo = [{ name: 'Secrétariat', email: 'secretariat@academie.example' }];
      const answer = await alice.call('Identity/set', { create: { a: { email: alias, name: 'A. Martin', replyTo } } });
      const made = created(answer);
      const id = text(made['id']);
      assert.deepEqual(made, { id, bcc: null, textSignature: '', htmlSignature: '', mayDelete: true });
      const { updated } = await alice.call('Identity/set', {
        update: { [id]: { textSignature: '--\nA.', replyTo: null } },
      });
      assert.deepEqual(updated, { [id]: null });
      const got = first(
        await alice.call('Identity/get', { ids: [id], properties: ['replyTo', 'textSignature', 'email'] }),
      );
      assert.deepEqual(got, { id, replyTo: null, textSignature: '--\nA.', email: alias });
      assert.deepEqual((await alice.call('Identity/changes', { sinceState: text(state) }))['created'], [id]);
      const { state: then } = await alice.call('Identity/get', { ids: [] });
      assert.deepEqual((await alice.call('Identity/set', { destroy: [id] }))['destroyed'], [id]);
      assert.deepEqual((await alice.call('Identity/changes', { sinceState: text(then) }))['destroyed'], [id]);
    });

    const refused: readonly { record: JsonObject; type: string; properties: readonly string[] }[] = [
      { record: { name: 'x' }, type: 'invalidProperties', properties: ['email'] },
      { record: { email: 'bruno.petit@academie.example' }, type: 'forbiddenFrom', properties: ['email'] },
      { record: { email: 'nobody' }, type: 'forbiddenFrom', properties: ['email'] },
      { record: { email: alias, mayDelete: true }, type: 'invalidProperties', properties: ['mayDelete'] },
      { record: { email: alias, bcc: ['x'] }, type: 'invalidProperties', properties: ['bcc'] },
      { record: { email: alias, name: 'x'.repeat(501) }, type: 'invalidProperties', properties: ['name'] },
    ];
    for (const { record, type, properties } of refused) {
      it(`says ${type} to ${JSON.stringify(record).slice(0, 60)}`, async () => {
        const { notCreated } = await alice.call('Identity/set', { create: { a: record } });
        assert.equal(at(notCreated, 'a', 'type'), type);
        assert.deepEqual(list(at(notCreated, 'a', 'properties')), properties);
      });
    }

    it('keeps its address', async () => {
      const identity = first(await alice.call('Identity/get', { ids: null }));
      const id = text(identity['id']);
      const { notUpdated } = await alice.call('Identity/set', { update: { [id]: { email: alias } } });
      assert.deepEqual(at(notUpdated, id), { type: 'invalidProperties', properties: ['email'] });
    });
  });
});
