/** Somebody has another name, another first address: what they send under follows, whichever way it came, unless they chose it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { readCsv } from '#formats/csv/read.ts';
import { operator } from '#server/access/actor.ts';
import { updateIdentity } from '#server/mail/identities/change.ts';
import { type Identity, listIdentities } from '#server/mail/identities/list.ts';
import { listTrace } from '#server/records/trace.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '#tools/testing/house.ts';

import { replaceAddress } from './alias.ts';
import { changeProfileIn, type ProfileChange } from './change.ts';
import { importPeople } from './import.ts';
import { undoRun } from './import-undo.ts';
import { selectProfile } from './queries/change.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`who has another name on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
    });
    after(() => store.close());
    const identityOf = async ({ accountId }: TestPerson): Promise<Identity> => {
      const [first] = (await listIdentities(store, operator, accountId)).identities;
      assert.ok(first);
      return first;
    };
    const sendsAs = async (who: TestPerson): Promise<string> => {
      const { name: said, email } = await identityOf(who);
      return `${said} <${email}>`;
    };
    const change = ({ accountId, personId }: TestPerson, what: ProfileChange) =>
      transaction(store, accountId, (tx) => changeProfileIn(store, tx, operator, personId, what, store.now()));
    const importing = (line: string) =>
      importPeople(
        store,
        operator,
        readCsv(
          (async function* () {
            yield new TextEncoder().encode(`userName;givenName;familyName;email\n${line}\n`);
          })(),
        ),
        { tenantId: test.tenantId, isUpdating: true },
      );

    it('sends under the new name and address, by a change, an import, its undoing and the command line', async () => {
      const { alice } = test;
      const { state } = await listIdentities(store, operator, alice.accountId);
      await change(alice, { familyName: 'Durand', email: 'alice.durand@academie.example' });
      assert.equal(await sendsAs(alice), 'Alice Durand <alice.durand@academie.example>');
      assert.notEqual((await listIdentities(store, operator, alice.accountId)).state, state, 'clients are told');
      const { run } = await importing('amartin;Alice;Duval;a.duval@academie.example');
      assert.equal(await sendsAs(alice), 'Alice Duval <a.duval@academie.example>');
      assert.ok(run !== undefined);
      await undoRun(store, operator, test.tenantId, run);
      assert.equal(await sendsAs(alice), 'Alice Durand <alice.durand@academie.example>');
      await replaceAddress(store, operator, alice.accountId, 'alice@academie.example');
      assert.equal(await sendsAs(alice), 'Alice Durand <alice@academie.example>');
    });

    it('keeps the name its holder wrote, and the name recipients see where it is no longer made of both', async () => {
      const { bruno } = test;
      const { id } = await identityOf(bruno);
      await updateIdentity(store, operator, bruno.accountId, id, { name: 'Bruno, du bureau' });
      await change(bruno, { familyName: 'Grand', email: 'bruno.grand@academie.example' });
      assert.equal(await sendsAs(bruno), 'Bruno, du bureau <bruno.grand@academie.example>');
      await change(bruno, { name: 'Bruno de la DSI' });
      await importing('bpetit;Bruno;Moyen;');
      const profile = await read(store, (tx) => selectProfile(tx, { tenantId: test.tenantId, ...bruno }));
      assert.deepEqual([profile?.familyName, profile?.name], ['Moyen', 'Bruno de la DSI']);
    });

    it('says in the trace what is different, in the same words whichever way it came', async () => {
      const lines = await listTrace(store, test.tenantId, { verbs: ['changePerson', 'undoImport'] });
      const changed = lines
        .filter(({ accountId }) => accountId === test.alice.accountId)
        .map(({ verb, details }) => [verb, details['changed']]);
      const renamed = ['familyName', 'name', 'email'];
      assert.deepEqual(changed.toReversed(), [
        ['changePerson', renamed],
        ['changePerson', renamed],
        ['undoImport', renamed],
      ]);
    });
  });
});
