/** Imports that change and close people, what their dry run shows, and their undoing. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { readCsv } from '#formats/csv/read.ts';
import { operator } from '#server/access/actor.ts';
import { login } from '#server/access/login.ts';
import { unlockPerson } from '#server/access/person-state.ts';
import { asId, type PeopleRunId, type TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { findAccountByAddress } from './address.ts';
import { closeUnit } from './arrange-unit.ts';
import { addDomain } from './domain.ts';
import { type ImportedLine, type ImportOptions, importPeople } from './import.ts';
import { listRuns } from './import-runs.ts';
import { undoRun, type UndoneLine } from './import-undo.ts';
import { findPerson, listPeople, type PersonCard } from './people.ts';
import { addTenant } from './tenant.ts';
import { addUnits, listUnits } from './unit.ts';
import { verifyDirectory } from './verify.ts';

async function* octets(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

const told = (line: ImportedLine): string => {
  switch (line.kind) {
    case 'added':
      return `${line.line} + ${line.userName}`;
    case 'changed':
      return `${line.line} ~ ${line.changes.map(({ field, from, to }) => `${field}:${from ?? ''}>${to ?? ''}`).join(' ')}`;
    case 'present':
      return `${line.line} = ${line.differs.map(({ field }) => field).join(' ')}`.trim();
    case 'closed':
      return `- ${line.userName}`;
    case 'refused':
      return `${line.line} ! ${line.problem}`;
  }
};

const undone = ({ line, userName, outcome }: UndoneLine): string =>
  `${line ?? '-'} ${userName} ${outcome.kind}${'fields' in outcome ? ` ${outcome.fields.join(' ')}` : ''}`;

forEachDatabase((name, databaseUrl, folder) => {
  describe(`imports that change people, and their undoing, on ${name}`, () => {
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

    const run = async (lines: readonly string[], options: Partial<ImportOptions> = {}) => {
      const heard: string[] = [];
      const summary = await importPeople(store, operator, readCsv(octets(lines.join('\n'))), {
        tenantId,
        onLine: (line) => heard.push(told(line)),
        ...options,
      });
      return { heard, summary, id: summary.run };
    };
    const undo = async (id: PeopleRunId | undefined, isDryRun = false) => {
      assert.ok(id !== undefined);
      const heard: string[] = [];
      await undoRun(store, operator, tenantId, id, { isDryRun, onLine: (line) => heard.push(undone(line)) });
      return heard;
    };
    const card = (userName: string): Promise<PersonCard> => findPerson(store, operator, userName, tenantId);
    const kept = async (userName: string) => {
      const { createdAt: _, ...rest } = await card(userName);
      return rest;
    };
    const problems = async (): Promise<readonly string[]> => Array.fromAsync(verifyDirectory(store));

    const header =
      'externalId;userName;givenName;familyName;email;aliases;unit;population;function;quota;numen;password';
    const first = [
      header,
      'E1;;Jean;Dupont;;;dsi;staff;Ingénieur;2G;01E9501234ABC;',
      'E2;;Ana;Garcia;;;;teacher;;;;',
      'E3;;Léa;Morel;;;;teacher;;;;Été-2026!x',
    ];

    it('shows in a dry run what would change, field by field, and says it of an import without --update too', async () => {
      await run(first);
      const other = [
        header,
        'E1;jdurand;Jean;Durand;jean.durand@valmont.example;jd@valmont.example;rectorat;teacher;;3G;02E9501234ABC;',
        'E2;;Ana;Garcia;;;;;;;;',
        'E4;;Bob;Neuf;;;;;;;;',
      ];
      const expected = [
        '2 ~ userName:jdupont>jdurand familyName:Dupont>Durand alias:>jean.durand@valmont.example ' +
          'alias:>jd@valmont.example email:jean.dupont@valmont.example>jean.durand@valmont.example ' +
          'unit:rectorat/dsi>rectorat population:staff>teacher quota:2147483648>3221225472 numen:…>…',
        '3 =',
        '4 + bneuf',
      ];
      const before = await kept('jdupont');
      const dry = await run(other, { isDryRun: true, isUpdating: true });
      assert.deepEqual(dry.heard, expected);
      assert.equal(dry.id, undefined);
      assert.deepEqual(await kept('jdupont'), before);
      const shy = await run(other.slice(0, 3));
      assert.match(shy.heard[0] ?? '', /^2 = userName familyName alias alias email unit population quota numen$/);
      assert.equal(shy.summary.differing, 1);
      assert.deepEqual(await kept('jdupont'), before);

      const done = await run(other, { isUpdating: true });
      assert.deepEqual(done.heard, expected);
      const after = await card('jdurand');
      assert.equal(after.functionName, 'Ingénieur', 'an empty cell leaves what is there');
      assert.deepEqual(
        after.addresses.map(({ address, kind }) => `${address} ${kind}`),
        ['jd@valmont.example alias', 'jean.dupont@valmont.example alias', 'jean.durand@valmont.example primary'],
      );
      assert.deepEqual((await run(other, { isUpdating: true })).heard, ['2 =', '3 =', '4 =']);
      assert.deepEqual(await problems(), []);

      assert.deepEqual(await undo(done.id, true), ['4 bneuf removed', '2 jdurand undone']);
      assert.deepEqual(await undo(done.id), ['4 bneuf removed', '2 jdurand undone']);
      assert.deepEqual(await kept('jdupont'), before);
      const route = await read(store, (tx) => findAccountByAddress(tx, 'bob.neuf@valmont.example'));
      assert.equal(route.kind, 'nobody');
      assert.deepEqual(await problems(), []);
      assert.deepEqual(await undo(done.id), [], 'a second undoing finds nothing left');
      assert.ok((await listRuns(store, operator, tenantId)).some(({ id, undoneAt }) => id === done.id && undoneAt));
    });

    it('leaves what somebody changed since, and says which fields', async () => {
      const changed = await run(['externalId;givenName;familyName;function', 'E2;Anna;García;Directrice'], {
        isUpdating: true,
      });
      await run(['externalId;givenName;familyName;function', 'E2;Anna;García;Principale'], { isUpdating: true });
      assert.deepEqual(await undo(changed.id), ['2 agarcia changedSince function']);
      const after = await card('agarcia');
      assert.deepEqual([after.givenName, after.familyName, after.functionName], ['Ana', 'Garcia', 'Principale']);
    });

    it('refuses a change that takes what is somebody else’s, or what a line before has taken', async () => {
      const lines = [
        'externalId;userName;familyName;aliases',
        'E2;jdupont;Garcia;',
        'E1;;Dupont;ana.garcia@valmont.example',
        'E2;nouveau;Garcia;',
        'E3;nouveau;Morel;',
        'E1;;Dupont;x@elsewhere.example',
      ];
      const { heard } = await run(lines, { isUpdating: true, isDryRun: true });
      assert.deepEqual(heard, [
        '2 ! userNameTaken',
        '3 ! addressTaken',
        '4 ~ userName:agarcia>nouveau',
        '5 ! twiceInFile',
        '6 ! foreignDomain',
      ]);
    });

    it('puts nobody in a closed unit, and leaves there who is', async () => {
      const named = ['externalId;familyName;unit', 'H1;Demeure;dsi'];
      await run(named);
      const [dsi] = (await listUnits(store, operator, tenantId)).filter(({ code }) => code === 'dsi');
      assert.ok(dsi);
      await closeUnit(store, operator, tenantId, dsi.id, true);
      assert.deepEqual((await run([...named, 'H2;Arrive;dsi'], { isUpdating: true })).heard, ['2 =', '3 ! noSuchUnit']);
      await closeUnit(store, operator, tenantId, dsi.id, false);
    });

    it('closes whom no line names, of the populations named, and opens them again when undone or named again', async () => {
      await run(['externalId;familyName;population', 'E7;Parti;teacher', 'E8;Resté;staff', 'E9;Aussi;teacher']);
      const file = ['externalId;familyName', 'E2;García', 'E3;Morel'];
      const closing = { populations: new Set(['teacher']), atMost: 5 };
      const dry = await run(file, { closing, isDryRun: true });
      assert.deepEqual(dry.heard.slice(2), ['- parti', '- aussi']);
      assert.equal((await card('parti')).state, 'provisioned');
      const tooMany = await run(file, { closing: { ...closing, atMost: 1 } });
      assert.deepEqual([tooMany.summary.notClosed, tooMany.summary.closed], ['tooMany', 0]);
      const unsure = await run([...file, '"E7;Parti'], { closing });
      assert.equal(unsure.summary.notClosed, 'unreadableLines');
      const named = await run([...file, 'E7;', 'E9;Aussi;trop'], { closing });
      assert.equal(named.summary.closed, 0, 'a line that is refused still names somebody');

      const done = await run(file, { closing });
      assert.deepEqual(done.heard.slice(2), ['- parti', '- aussi']);
      const gone = await card('parti');
      assert.deepEqual([gone.state, gone.stateReason], ['closed', `import ${done.id ?? 0}`]);
      const route = await read(store, (tx) => findAccountByAddress(tx, gone.email));
      assert.equal(route.kind, 'account', 'the account and its mail stay');
      const back = await run(['externalId;familyName', 'E9;Aussi'], { isUpdating: true });
      assert.deepEqual(back.heard, ['2 ~ state:closed>provisioned']);
      assert.deepEqual(await undo(done.id), ['- aussi changedSince state stateReason', '- parti undone']);
      assert.equal((await card('parti')).state, 'provisioned');
      await unlockPerson(store, operator, await card('parti'));
    });

    it('keeps who came in, and closes who was only touched', async () => {
      const added = await run([
        'externalId;userName;familyName;password',
        'F1;venu;Venu;Été-2026!x',
        'F2;touche;Touche;',
        'F3;jamais;Jamais;Été-2026!x',
      ]);
      await login(store, { userName: 'venu', password: 'Été-2026!x', remoteAddress: '192.0.2.1', userAgent: 'test' });
      await unlockPerson(store, operator, await card('touche'));
      assert.deepEqual(await undo(added.id), ['4 jamais removed', '3 touche closed', '2 venu inUse']);
      assert.equal((await card('venu')).state, 'active');
      assert.equal((await card('touche')).state, 'closed');
      await assert.rejects(card('jamais'), /no one person is called jamais/);
      assert.deepEqual(await problems(), []);
      const again = await run(['externalId;userName;familyName', 'F3;jamais;Jamais']);
      assert.deepEqual(again.heard, ['2 + jamais'], 'the names are free again');
      assert.ok((await listPeople(store, operator, tenantId)).some(({ userName }) => userName === 'jamais'));
    });

    it('undoes more than a page of lines, and a run that was interrupted', async () => {
      async function* broken() {
        const lines = Array.from({ length: 620 }, (_, index) => `G${index};Nombreux`);
        yield* readCsv(octets(`externalId;familyName\n${lines.join('\n')}\n`));
        throw new Error('the power went');
      }
      const before = (await listPeople(store, operator, tenantId, { limit: 1000 })).length;
      await assert.rejects(importPeople(store, operator, broken(), { tenantId }), /power/);
      const [last] = await listRuns(store, operator, tenantId);
      assert.equal(last?.finishedAt, null);
      const lines = await undo(last?.id);
      assert.equal(lines.length, 500);
      assert.ok(lines.every((line) => line.endsWith('removed')));
      assert.equal((await listPeople(store, operator, tenantId, { limit: 1000 })).length, before);
      await assert.rejects(undoRun(store, operator, tenantId, asId<PeopleRunId>(99)), /noSuchJob/);
    });
  });
});
