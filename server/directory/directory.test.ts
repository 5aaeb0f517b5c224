import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { findAccountByAddress, parseAddress } from './address.ts';
import { addAlias, removeAlias, replaceAddress } from './alias.ts';
import { addDomain, listDomains } from './domain.ts';
import { addFunctionalAccount } from './functional.ts';
import { findPerson } from './people.ts';
import { addPerson } from './person.ts';
import { planDomainRecords, printZoneLine } from './records.ts';
import { addTenant } from './tenant.ts';
import { moveUnit } from './arrange-unit.ts';
import { addUnits, listUnits } from './unit.ts';

const refusedWith = (reason: string) => (error: unknown) => error instanceof Refusal && error.reason === reason;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`the directory on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
    });
    after(() => store.close());

    const route = (address: string) => read(store, (tx) => findAccountByAddress(tx, address));
    const add = (givenName: string, familyName: string, more = {}) =>
      addPerson(store, operator, { tenantId, givenName, familyName, password: null, ...more });

    it('a domain belongs to one tenant, and its records fit a zone file', async () => {
      await assert.rejects(
        addDomain(store, operator, { tenantId, name: 'Valmont.Example.' }),
        refusedWith('alreadyExists'),
      );
      for (const wrong of ['', 'a b', '192.0.2.1', 'localhost', '-a.example', `${'a'.repeat(64)}.example`])
        await assert.rejects(addDomain(store, operator, { tenantId, name: wrong }), refusedWith('invalidArguments'));
      const [domain] = await listDomains(store, operator, tenantId);
      assert.ok(domain?.isDefault);
      const records = planDomainRecords(domain, { hostname: 'mx.valmont.example', mtaStsId: '1' });
      assert.deepEqual(new Set(records.map(({ type }) => type)), new Set(['MX', 'TXT']));
      const dkim = records.find((record) => record.name.includes('_domainkey'));
      assert.ok(dkim);
      for (const string of printZoneLine(dkim).match(/"[^"]*"/g) ?? []) assert.ok(string.length <= 257);
      assert.equal(printZoneLine(dkim).replaceAll('" "', '').includes(dkim.value), true);
    });

    it('homonyms get numbers, and every account its mailboxes and identity', async () => {
      const first = await add('Jean', 'Dupont');
      const second = await add('Julie', 'Dupont');
      assert.deepEqual([first.userName, second.userName], ['jdupont', 'jdupont1']);
      assert.equal((await add('Jean', 'Dupont')).email, 'jean.dupont1@valmont.example');
      const mailboxes = await read(store, (tx) =>
        rows(
          tx,
          tx.q.selectFrom('mailbox').select(['id', 'role']).where('account_id', '=', first.accountId).orderBy('id'),
        ),
      );
      assert.deepEqual(
        mailboxes.map(({ role }) => role),
        ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash'],
      );
      const [account] = await read(store, (tx) =>
        rows(tx, tx.q.selectFrom('account').select(['modseq', 'next_id']).where('id', '=', first.accountId)),
      );
      // The next number is free: six mailboxes and one identity have theirs.
      assert.deepEqual({ ...account }, { modseq: 1, next_id: 8 });
    });

    it('two at once never get one name', async () => {
      const added = await Promise.allSettled(Array.from({ length: 8 }, () => add('Zoé', 'Martin')));
      const names = added.flatMap((one) => (one.status === 'fulfilled' ? [one.value.userName] : []));
      assert.equal(new Set(names).size, names.length);
      assert.equal(names.length, 8);
    });

    it('an address leads to its account, with detail or without, and nowhere else', async () => {
      const { accountId } = await add('Ève', 'Noël', { aliases: ['eve+paris@valmont.example'] });
      const found = {
        kind: 'account',
        tenantId,
        accountId,
        state: 'active',
        isGroup: false,
        detail: undefined,
        quotaOctets: null,
        usedOctets: 0,
      };
      assert.deepEqual(await route('Eve.Noel@VALMONT.example'), found);
      assert.deepEqual(await route('eve.noel+listes@valmont.example'), { ...found, detail: 'listes' });
      assert.deepEqual(await route('eve+paris@valmont.example'), found);
      assert.deepEqual(await route('nobody@valmont.example'), { kind: 'nobody', tenantId });
      assert.deepEqual(await route('+eve@valmont.example'), { kind: 'nobody', tenantId });
      for (const foreign of [
        'eve.noel@elsewhere.example',
        'eve.noel',
        '',
        '@valmont.example',
        'a@b@',
        '\0@valmont.example',
      ])
        assert.deepEqual(await route(foreign), { kind: 'elsewhere' });
    });

    it('a provisional address is replaced and stays as an alias', async () => {
      const { accountId, email } = await add('Anne', 'Le Gall', { email: 'tmp1@valmont.example', isProvisional: true });
      await replaceAddress(store, operator, accountId, 'anne.le-gall@valmont.example');
      await addAlias(store, operator, accountId, 'Direction@valmont.example');
      const card = await findPerson(store, operator, email);
      assert.equal(card.email, 'anne.le-gall@valmont.example');
      assert.deepEqual(
        card.addresses.map(({ address, kind }) => [address, kind]),
        [
          ['anne.le-gall@valmont.example', 'primary'],
          ['direction@valmont.example', 'alias'],
          ['tmp1@valmont.example', 'alias'],
        ],
      );
      await assert.rejects(
        addAlias(store, operator, accountId, 'jean.dupont@valmont.example'),
        refusedWith('alreadyExists'),
      );
      await assert.rejects(addAlias(store, operator, accountId, 'a@elsewhere.example'), refusedWith('noSuchDomain'));
      await removeAlias(store, operator, accountId, 'direction@valmont.example');
      await assert.rejects(removeAlias(store, operator, accountId, card.email), refusedWith('noSuchRecipient'));
    });

    it('a functional mailbox has an address and nobody logs in to it', async () => {
      const { accountId, email } = await addFunctionalAccount(store, operator, {
        tenantId,
        name: 'Collège Jean-Moulin',
      });
      assert.equal(email, 'college-jean-moulin@valmont.example');
      assert.equal((await route(email)).kind, 'account');
      await assert.rejects(findPerson(store, operator, email), refusedWith('noSuchPerson'));
      assert.ok(accountId > 0);
    });

    it('a unit moves with all below it, and never below itself', async () => {
      const [academy, rectorat, dsi, school] = await addUnits(store, operator, tenantId, [
        { kind: 'academy', code: 'academie', name: 'Académie' },
        { kind: 'rectorate', code: 'rectorat', name: 'Rectorat', parentCode: 'academie' },
        { kind: 'service', code: 'dsi', name: 'DSI', parentCode: 'rectorat' },
        { kind: 'college', code: '9610001K', name: 'Collège Jean-Moulin' },
      ]);
      assert.ok(academy && rectorat && dsi && school);
      await moveUnit(store, operator, tenantId, { unitId: rectorat, parentId: school });
      const below = await listUnits(store, operator, tenantId, school);
      assert.deepEqual(
        below.map(({ code, path }) => [code, path]),
        [
          ['9610001k', `/${school}/`],
          ['rectorat', `/${school}/${rectorat}/`],
          ['dsi', `/${school}/${rectorat}/${dsi}/`],
        ],
      );
      await assert.rejects(
        moveUnit(store, operator, tenantId, { unitId: school, parentId: dsi }),
        refusedWith('wouldLoop'),
      );
      await moveUnit(store, operator, tenantId, { unitId: rectorat, parentId: null });
      assert.equal((await listUnits(store, operator, tenantId, academy)).length, 1);
      const again = { kind: 'service', code: 'DSI', name: 'x' };
      await assert.rejects(addUnits(store, operator, tenantId, [again]), refusedWith('alreadyExists'));
    });
  });
});

describe('addresses', () => {
  for (const [text, address] of [
    ['Jean.Dupont@Valmont.EXAMPLE', 'jean.dupont@valmont.example'],
    [' a@b.example. ', 'a@b.example'],
    ['élodie@académie.example', 'élodie@xn--acadmie-eya.example'],
    ['a..b@c.example', undefined],
    ['.a@c.example', undefined],
    ['a b@c.example', undefined],
    ['a@[192.0.2.1]', undefined],
    [`${'a'.repeat(65)}@c.example`, undefined],
    ['a\r\nb@c.example', undefined],
  ] as const)
    it(`${JSON.stringify(text)} is ${address ?? 'none'}`, () => assert.equal(parseAddress(text)?.address, address));
});
