import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { grantMandate } from '#server/access/mandate.ts';
import { operator } from '#server/access/actor.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { InvalidScript } from '#server/filters/check.ts';
import { setFilterPolicy } from '#server/filters/policy.ts';
import { asId, type SieveScriptId } from '#server/store/ids.ts';
import { rows } from '#server/store/statement.ts';
import { read } from '#server/store/store.ts';
import { openAcademy, type TestAcademy, type TestSender } from '#server/submission/sender.testing.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { activateScript, createScript, nameOctets, putScript, removeScript, updateScriptOf } from './change.ts';
import { listScripts, readScript, scriptChanges } from './list.ts';
import { haveSpace } from './space.ts';

const keep = Buffer.from('keep;\r\n');
const origin = 'managesieve';

forEachDatabase((_name, databaseUrl, folder) => {
  let academy: TestAcademy;
  let alice: TestSender;
  before(async () => {
    academy = await openAcademy(databaseUrl, folder);
    alice = academy.alice;
  });
  after(() => academy.store.close());

  const named = (name: string) => ({ kind: 'name', name }) as const;
  const put = (name: string, content: Uint8Array = keep, who = alice) =>
    putScript(academy.store, who.actor, who.accountId, { name, content, origin });
  const names = async () => (await listScripts(academy.store, alice.actor, alice.accountId)).map(({ name }) => name);
  const linked = () =>
    read(academy.store, (tx) =>
      rows(
        tx,
        tx.q
          .selectFrom('blob_link')
          .select('owner')
          .where('account_id', '=', alice.accountId)
          .where('kind', '=', 'script'),
      ),
    );

  test('a script is kept as its octets, replaced by its name, and gone with its blob', async () => {
    const { store } = academy;
    const first = await put('un');
    const written = Buffer.from('# été\r\nkeep;\r\n');
    const second = await put('un', written);
    assert.equal(second.id, first.id);
    assert.deepEqual(Buffer.from((await readScript(store, alice.actor, alice.accountId, 'un')).content), written);
    assert.equal((await linked()).length, 1);
    await removeScript(store, alice.actor, alice.accountId, named('un'));
    assert.deepEqual(await linked(), []);
    await assert.rejects(readScript(store, alice.actor, alice.accountId, 'un'), refusedFor('noSuchScript'));
  });

  test('one is active at most; the active one can be rewritten and not deleted', async () => {
    const { store } = academy;
    await put('a');
    await put('b');
    await activateScript(store, alice.actor, alice.accountId, named('a'));
    const changed = await activateScript(store, alice.actor, alice.accountId, named('b'));
    assert.deepEqual(Object.fromEntries(changed.map(({ name, isActive }) => [name, isActive])), { a: false, b: true });
    assert.deepEqual(await activateScript(store, alice.actor, alice.accountId, named('b')), []);
    assert.equal((await put('b', Buffer.from('discard;'))).isActive, true);
    await assert.rejects(removeScript(store, alice.actor, alice.accountId, named('b')), refusedFor('scriptIsActive'));
    await assert.rejects(activateScript(store, alice.actor, alice.accountId, named('zzz')), refusedFor('noSuchScript'));
    await activateScript(store, alice.actor, alice.accountId, null);
    for (const name of await names()) await removeScript(store, alice.actor, alice.accountId, named(name));
  });

  test('what is no script says where, in its writer’s language, and nothing is kept', async () => {
    const error = await put('faux', Buffer.from('keep;\r\nfileinto "x";')).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof InvalidScript);
    assert.equal(error.error.line, 2);
    assert.match(error.message, /^Ligne 2/);
    await assert.rejects(put('faux', Buffer.from([0x6b, 0xff])), refusedFor('invalidScript'));
    assert.deepEqual(await names(), []);
  });

  const badNames = ['', 'a\nb', 'a\u2028b', 'é'.repeat(nameOctets / 2 + 1)];
  for (const name of badNames) {
    test(`no script is named ${JSON.stringify(name).slice(0, 20)}`, async () => {
      await assert.rejects(put(name), refusedFor('invalidProperties'));
    });
  }

  test('limits hold for number and size, and HAVESPACE knows them', async () => {
    const { store } = academy;
    setFilterPolicy(store, { scripts: 2, scriptOctets: 100 });
    await put('un');
    await put('deux');
    await assert.rejects(put('trois'), refusedFor('overQuota'));
    await put('deux', Buffer.from('stop;'));
    await assert.rejects(put('un', Buffer.alloc(101, ' ')), refusedFor('tooLarge'));
    const space = (name: string, sizeOctets: number) =>
      haveSpace(store, alice.actor, alice.accountId, { name, sizeOctets });
    await space('un', 100);
    await assert.rejects(space('trois', 1), refusedFor('overQuota'));
    await assert.rejects(space('un', 101), refusedFor('tooLarge'));
    setFilterPolicy(store, { scripts: 32, scriptOctets: 131_072 });
    for (const name of await names()) await removeScript(store, alice.actor, alice.accountId, named(name));
  });

  test('a name is one name however its accents are written', async () => {
    const { store } = academy;
    await put('e\u0301te\u0301');
    await put('été');
    assert.deepEqual(await names(), ['été']);
    await put('autre');
    const rename = (name: string) =>
      updateScriptOf(store, alice.actor, alice.accountId, named('autre'), { name, origin });
    await assert.rejects(rename('été'), refusedFor('alreadyExists'));
    await rename('encore');
    assert.deepEqual(await names(), ['encore', 'été']);
    for (const name of await names()) await removeScript(store, alice.actor, alice.accountId, named(name));
  });

  test('scripts are for who may manage the account, and unknown to others', async () => {
    const { store, bruno, tenantId } = academy;
    await put('secret');
    const look = () => listScripts(store, bruno.actor, alice.accountId);
    await assert.rejects(look(), refusedFor('noSuchAccount'));
    const { personId } = bruno.actor;
    await grantMandate(store, operator, { tenantId, accountId: alice.accountId, personId, rights: ['write'] });
    await assert.rejects(look(), refusedFor('mayNot'));
    await assert.rejects(
      putScript(store, bruno.actor, alice.accountId, { name: 'x', content: Buffer.from('nonsense'), origin }),
      refusedFor('mayNot'),
    );
    await grantMandate(store, operator, { tenantId, accountId: alice.accountId, personId, rights: ['manage'] });
    assert.equal((await look()).length, 1);
  });

  test('changes tell what was made, changed and destroyed since', async () => {
    const { store } = academy;
    const state = async () => (await scriptChanges(store, alice.actor, alice.accountId, '0', 100)).newState;
    const before_ = await state();
    const made = await createScript(store, alice.actor, alice.accountId, {
      name: 'neuf',
      content: keep,
      origin: 'jmap',
    });
    const known = await put('secret', Buffer.from('stop;'));
    const changed = await scriptChanges(store, alice.actor, alice.accountId, before_, 100);
    assert.deepEqual([changed.created, changed.updated], [[made.id], [known.id]]);
    const middle = await state();
    await removeScript(store, alice.actor, alice.accountId, { kind: 'id', id: made.id });
    assert.deepEqual((await scriptChanges(store, alice.actor, alice.accountId, middle, 100)).destroyed, [made.id]);
    await assert.rejects(
      scriptChanges(store, alice.actor, alice.accountId, '999999', 100),
      refusedFor('cannotCalculateChanges'),
    );
    await assert.rejects(
      removeScript(store, alice.actor, alice.accountId, { kind: 'id', id: asId<SieveScriptId>(made.id) }),
      refusedFor('noSuchScript'),
    );
  });
});
