import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { readCsv } from '#formats/csv/read.ts';
import { operator, type PersonActor } from '#server/access/actor.ts';
import { login } from '#server/access/login.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { findAccountByAddress } from './address.ts';
import { addDomain } from './domain.ts';
import { type ImportedLine, type ImportOptions, importPeople } from './import.ts';
import { findPeople, findPerson, listPeople } from './people.ts';
import { addTenant } from './tenant.ts';
import { addUnits } from './unit.ts';

async function* octets(text: string): AsyncGenerator<Uint8Array> {
  const all = new TextEncoder().encode(text);
  for (let at = 0; at < all.length; at += 65_536) yield all.subarray(at, at + 65_536);
}

const print = (line: ImportedLine): string => {
  if (line.kind === 'closed') return `closed ${line.userName}`;
  if (line.kind === 'changed')
    return `${line.line} ${line.changes.map(({ field, from, to }) => `${field} ${from ?? '-'} → ${to ?? '-'}`).join(', ')}`;
  if (line.kind === 'added') return `${line.line} ${line.userName} ${line.email}`;
  return line.kind === 'present' ? `${line.line} present` : `${line.line} ${line.problem}`;
};

forEachDatabase((name, databaseUrl, folder) => {
  describe(`importing people on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      await addUnits(store, operator, tenantId, [
        { kind: 'rectorate', code: 'rectorat', name: 'Rectorat' },
        { kind: 'service', code: 'dsi', name: 'DSI', parentCode: 'rectorat' },
      ]);
    });
    after(() => store.close());

    const run = async (text: string, options: Partial<ImportOptions> = {}) => {
      const lines: string[] = [];
      const summary = await importPeople(store, operator, readCsv(octets(text)), {
        tenantId,
        onLine: (line) => lines.push(print(line)),
        ...options,
      });
      return { lines, summary };
    };

    const file = [
      'userName;password;givenName;familyName;email;aliases;unit;population;function;quota;externalId;language',
      ';;Jean;Dupont;;;dsi;staff;Ingénieur;2G;E1;fr',
      ';;Julie;Dupont;;;rectorat/dsi;staff;;;E2;',
      'jdupont2;Été-2026!;Jules;Dupont;jules@valmont.example;j.d@valmont.example;;teacher;;;;',
      ';;;;;;;;;;E3;',
      ';;Sans;Clef;;;;;;;;',
      'a b;;X;Y;;;;;;;;',
      ';;X;Y;x@elsewhere.example;;;;;;;',
      ';;X;Y;not an address;;;;;;;',
      ';;X;Y;;;nowhere;;;;E4;',
      ';;X;Y;;;;;;beaucoup;E5;',
      ';;X;Y;;j.d@valmont.example;;;;;E6;',
      ';;Jean;Dupont;;;;;;;E1;',
      ';;"Open;',
    ].join('\n');
    const firstReport = [
      '2 jdupont jean.dupont@valmont.example',
      '3 jdupont1 julie.dupont@valmont.example',
      '4 jdupont2 jules@valmont.example',
      '5 noName',
      '6 noKey',
      '7 badUserName',
      '8 foreignDomain',
      '9 badEmail',
      '10 noSuchUnit',
      '11 badQuota',
      '12 twiceInFile',
      '13 twiceInFile',
      '14 unclosedQuote',
    ];

    it('says in a dry run what it would do, line by line, and does nothing', async () => {
      const { lines, summary } = await run(file, { isDryRun: true });
      assert.deepEqual(lines, firstReport);
      const { lines: count, added, present, refused, changed, closed, run: number } = summary;
      assert.deepEqual([count, added, present, refused, changed, closed, number], [13, 3, 0, 10, 0, 0, undefined]);
      assert.deepEqual(await listPeople(store, operator, tenantId), []);
    });

    it('does it, and a second run finds everybody there', async () => {
      assert.deepEqual((await run(file)).lines, firstReport);
      const again = await run(file);
      assert.deepEqual(again.lines.slice(0, 3), ['2 present', '3 present', '4 present']);
      assert.equal(again.summary.added, 0);
      assert.equal((await listPeople(store, operator, tenantId)).length, 3);
    });

    it('makes people who can log in and receive, with their unit, quota and aliases', async () => {
      const remoteAddress = '192.0.2.1';
      const asked = { userName: 'jdupont2', password: 'Été-2026!', remoteAddress };
      const { actor, steps } = await login(store, { ...asked, userAgent: 'test' });
      assert.equal(steps[0], 'password', 'the password of a file is a provisional one');
      const route = await read(store, (tx) => findAccountByAddress(tx, 'J.D+listes@Valmont.example'));
      const card = await findPerson(store, operator, 'jules@valmont.example');
      assert.deepEqual(route, {
        kind: 'account',
        tenantId,
        accountId: card.accountId,
        state: 'active',
        isGroup: false,
        detail: 'listes',
        quotaOctets: card.quotaOctets,
        usedOctets: 0,
      });
      assert.equal(actor.personId, card.personId);
      const jean = await findPerson(store, operator, 'jdupont', tenantId);
      assert.equal(jean.quotaOctets, 2 * 1024 ** 3);
      assert.equal(jean.state, 'provisioned');
      assert.notEqual(jean.unitId, null);
    });

    it('refuses a user name that another external id has', async () => {
      const { lines } = await run('userName;familyName;externalId\njdupont;Durand;E99\njdupont;Dupont;E1\n');
      assert.deepEqual(lines, ['2 userNameTaken', '3 present']);
    });

    it('refuses a file whose first line names other columns', async () => {
      await assert.rejects(
        run('login;nom\na;b\n'),
        (error) => error instanceof Refusal && /login, nom/.test(error.message),
      );
    });

    it('takes 20,000 people, goes on where it was stopped, and finds them by a few letters', async (context) => {
      const lines = Array.from({ length: 20_000 }, (_, index) => {
        const family = `Martin${String.fromCharCode(97 + (index % 26))}${String.fromCharCode(97 + (index % 17))}`;
        return `Élise;${family};N${index};teacher;dsi`;
      });
      const big = `givenName,familyName,externalId,population,unit\n${lines.join('\n')}\n`.replaceAll(';', ',');
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield* octets(big.slice(0, 200_000));
        throw new Error('the power went');
      }
      await assert.rejects(importPeople(store, operator, readCsv(broken()), { tenantId }), /power/);
      const startedAt = performance.now();
      const { summary } = await run(big);
      const seconds = (performance.now() - startedAt) / 1000;
      assert.equal(summary.added + summary.present, 20_000);
      assert.ok(summary.present > 4_000 && summary.added > 4_000);
      context.diagnostic(`${name}: ${Math.round(summary.added / seconds)} people/s`);
      const { personId } = await findPerson(store, operator, 'jdupont', tenantId);
      const actor: PersonActor = { kind: 'person', tenantId, personId, by: 'session', scopes: [], from: '' };
      const searchedAt = performance.now();
      const found = await findPeople(store, actor, 'eli martinz');
      context.diagnostic(`completion: ${(performance.now() - searchedAt).toFixed(1)} ms`);
      assert.equal(found.length, 10);
      assert.ok(found.every((entry) => /Élise Martinz/.test(entry.name) && entry.unitName === 'DSI'));
      assert.deepEqual((await findPeople(store, actor, 'dup jul')).map((entry) => entry.name).sort(), [
        'Jules Dupont',
        'Julie Dupont',
      ]);
    });

    it('lists page by page without missing or repeating anybody', async () => {
      const seen = new Set<number>();
      let after: { sortKey: string; personId: number } | undefined;
      for (;;) {
        const page = await listPeople(store, operator, tenantId, { limit: 1000, ...(after && { after }) });
        for (const { personId } of page) seen.add(personId);
        const last = page.at(-1);
        if (!last) break;
        after = { sortKey: last.sortKey, personId: last.personId };
      }
      assert.equal(seen.size, 20_003);
    });
  });
});
