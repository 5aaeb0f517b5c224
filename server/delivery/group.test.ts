/** Mail to a group's address: to each member once, one copy kept, and nothing from whoever may not write to it. */
import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { appoint } from '#server/directory/appointments/appoint.ts';
import { changeGroup, createGroup, removeGroup } from '#server/directory/groups/change.ts';
import type { Group } from '#server/directory/groups/read.ts';
import { addPerson, type AddedPerson } from '#server/directory/person.ts';
import { addUnits } from '#server/directory/unit.ts';
import { asUuid } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { changes, rows } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import type { Arrival } from './arrival.ts';
import { deliver, deliverEach } from './deliver.ts';
import { findRecipient, type Recipient } from './recipient.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`mail to groups on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let chloe: AddedPerson;
    let inner: Group;
    let outer: Group;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      const { tenantId, alice, bruno } = test;
      chloe = await addPerson(store, operator, { tenantId, givenName: 'Chloé', familyName: 'Durand', password: null });
      const member = ({ personId }: AddedPerson) => ({ kind: 'person', id: personId }) as const;
      inner = await createGroup(store, operator, tenantId, { name: 'Dedans', added: [member(alice), member(bruno)] });
      outer = await createGroup(store, operator, tenantId, {
        name: 'Tous ensemble',
        email: true,
        added: [member(alice), { kind: 'group', id: inner.id }],
      });
    });
    after(() => store.close());
    const recipient = async (address: string, writer?: string): Promise<Recipient> => {
      const found = await findRecipient(store, address, 0, writer);
      assert.ok(found.kind === 'here');
      return found;
    };
    const arrivalFrom = (mailFrom: string): Arrival => ({
      id: asUuid(randomUUIDv7()),
      at: store.now(),
      by: 'lmtp',
      mailFrom,
      remoteAddress: '',
      helloName: '',
      tls: null,
      authentication: null,
      verdicts: [],
    });
    const letter = Buffer.from('Subject: à tous\r\n\r\nbonjour\r\n');
    const send = (recipients: readonly Recipient[], mailFrom: string) =>
      deliver(store, letter, arrivalFrom(mailFrom), recipients);
    const countOf = async ({ accountId }: AddedPerson): Promise<number> =>
      (
        await read(store, (tx) =>
          rows(tx, tx.q.selectFrom('account').select('email_count').where('id', '=', accountId)),
        )
      )[0]?.email_count ?? 0;

    it('each member gets it once, whichever ways lead to them, and one copy is kept', async () => {
      const { alice, bruno } = test;
      const to = await recipient('tous-ensemble@academie.example', chloe.email);
      const outcomes = await send([to, await recipient(alice.email)], chloe.email);
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['delivered', 'delivered'],
      );
      assert.deepEqual([await countOf(alice), await countOf(bruno), await countOf(chloe)], [1, 1, 0]);
      const kept = await read(store, (tx) => rows(tx, tx.q.selectFrom('message').select('hash')));
      assert.equal(kept.length, 1);
    });

    it('is written to by who may, and is nobody’s address for the others', async () => {
      const { tenantId, alice, bruno } = test;
      const address = outer.email ?? '';
      const mayWrite = async (writer: string | undefined): Promise<boolean> => {
        const found = findRecipient(store, address, 0, writer);
        if (
          await found.then(
            () => true,
            () => false,
          )
        )
          return true;
        await assert.rejects(found, refusedFor('noSuchRecipient'));
        return false;
      };
      const may = async (): Promise<readonly boolean[]> => [
        await mayWrite(alice.email),
        await mayWrite(bruno.email),
        await mayWrite(chloe.email),
        await mayWrite('somebody@elsewhere.example'),
        await mayWrite(undefined),
        await mayWrite(''),
      ];
      const who = { tenantId, groupId: outer.id };
      assert.deepEqual(await may(), [true, true, true, false, false, false]);
      await changeGroup(store, operator, who, () => ({ senders: 'members' }));
      assert.deepEqual(await may(), [true, true, false, false, false, false]);
      await changeGroup(store, operator, who, () => ({ senders: 'named', addedWriters: [chloe.personId] }));
      assert.deepEqual(await may(), [false, false, true, false, false, false]);
    });

    it('a unit in it is everybody of that unit and below, on the day', async () => {
      const { tenantId, alice } = test;
      const units = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'Nord' },
        { kind: 'service', code: 'ecole', name: 'École', parentCode: 'nord' },
      ]);
      const [nord, ecole] = units;
      assert.ok(nord !== undefined && ecole !== undefined);
      const given = { tenantId, givenName: 'Éric', familyName: 'Vidal', unitId: ecole, password: null };
      const eric = await addPerson(store, operator, given);
      const all = await createGroup(store, operator, tenantId, {
        name: 'Tout le nord',
        email: true,
        senders: 'members',
        added: [{ kind: 'unit', id: nord }],
      });
      assert.deepEqual(
        all.members.map(({ kind, name: said }) => `${kind} ${said}`),
        ['unit Nord'],
      );
      const address = all.email ?? '';
      await send([await recipient(address, eric.email)], eric.email);
      assert.deepEqual([await countOf(eric), await countOf(alice)], [1, 1]);
      await assert.rejects(recipient(address, alice.email), refusedFor('noSuchRecipient'));
      const who = { tenantId, personId: eric.personId };
      await appoint(store, operator, who, { unitId: null, functionName: null, from: '2020-09-01', until: null });
      await assert.rejects(recipient(address, eric.email), refusedFor('noSuchRecipient'));
      const none = { kind: 'unit', id: 999_999 } as const;
      const change = changeGroup(store, operator, { tenantId, groupId: all.id }, () => ({ added: [none] }));
      await assert.rejects(change, refusedFor('invalidProperties'));
    });

    it('sent again because one member failed, it comes to that one alone; sent anew when all have it, to everybody', async () => {
      const { alice, bruno } = test;
      const statesOf = (states: string) => (accountId: number) =>
        write(store, (tx) => changes(tx, tx.q.updateTable('account').set({ states }).where('id', '=', accountId)));
      const to = await recipient('tous-ensemble@academie.example', chloe.email);
      const again = async (): Promise<readonly unknown[]> => {
        const [outcome] = await deliverEach(store, letter, arrivalFrom(chloe.email), [to]);
        return [outcome?.kind, await countOf(alice), await countOf(bruno)];
      };
      const [states] = await read(store, (tx) =>
        rows(tx, tx.q.selectFrom('account').select('states').where('id', '=', bruno.accountId)),
      );
      await statesOf('{')(bruno.accountId);
      assert.deepEqual(await again(), ['failed', 2, 1]);
      assert.deepEqual(await again(), ['failed', 2, 1], 'who has it does not get it twice');
      await statesOf(states?.states ?? '')(bruno.accountId);
      assert.deepEqual(await again(), ['delivered', 2, 2]);
      assert.deepEqual(await again(), ['delivered', 3, 3], 'another message of the same octets');
    });

    it('whoever leaves gets nothing more; an empty group and one that is gone are nobody', async () => {
      const { tenantId, alice, bruno } = test;
      await changeGroup(store, operator, { tenantId, groupId: outer.id }, () => ({
        senders: 'tenant',
        removed: [{ kind: 'group', id: inner.id }],
      }));
      await send([await recipient(outer.email ?? '', bruno.email)], bruno.email);
      assert.deepEqual([await countOf(alice), await countOf(bruno)], [4, 3]);
      const empty = await createGroup(store, operator, tenantId, { name: 'Vide', email: true });
      await assert.rejects(recipient(empty.email ?? '', bruno.email), refusedFor('noSuchRecipient'));
      const to = await recipient(outer.email ?? '', bruno.email);
      await removeGroup(store, operator, { tenantId, groupId: outer.id });
      await assert.rejects(recipient(outer.email ?? '', bruno.email), refusedFor('noSuchRecipient'));
      const [outcome] = await send([to], bruno.email);
      assert.equal(outcome?.kind, 'refused', 'gone between the address and the message');
    });
  });
});
