/** Importing people and units from OpenLDAP's slapd, and what its entries say in columns. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { addDomain } from '#server/directory/domain.ts';
import { type ImportedLine, importPeople, type ImportOptions } from '#server/directory/import.ts';
import { listRuns } from '#server/directory/import-runs.ts';
import { undoRun } from '#server/directory/import-undo.ts';
import { findPerson } from '#server/directory/people.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { listUnits } from '#server/directory/unit.ts';
import { addProvider, changeProvider } from '#server/federation/providers.ts';
import type { TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { directoryBase, directoryReader, type Slapd, startSlapd } from '#tools/testing/slapd.ts';

import { fieldsOf, mappingOf, readColumns } from './columns.ts';
import { readPeople } from './people.ts';
import { importUnits, planUnits } from './units.ts';

const crowd = 1_250;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function entries(): string {
  const unit = (dn: string, ou: string, description: string): string =>
    `dn: ${dn}\nobjectClass: organizationalUnit\nou: ${ou}\ndescription:: ${base64(description)}\n`;
  const person = (uid: string, lines: readonly string[]): string =>
    [
      `dn: uid=${uid},ou=agents,${directoryBase}`,
      'objectClass: inetOrgPerson',
      'objectClass: agent',
      `uid: ${uid}`,
      `cn: ${uid}`,
      ...lines,
      '',
    ].join('\n');
  return [
    `dn: ou=agents,${directoryBase}\nobjectClass: organizationalUnit\nou: agents\n`,
    unit(`ou=rectorat,${directoryBase}`, 'rectorat', 'Rectorat de Valmont'),
    unit(`ou=0590121L,ou=rectorat,${directoryBase}`, '0590121L', 'Collège Jean Moulin'),
    person('eprofesseur', [
      `givenName:: ${base64('Élise')}`,
      `sn:: ${base64('Professeur')}`,
      'mail: elise@valmont.example',
      'mailAlternateAddress: e.p@valmont.example',
      'mailAlternateAddress: elise.p@valmont.example',
      'FrEduRne: 0590121L$UAJ$PU$ENS$0590121L$T3$CLG$340',
      'dateNaissance: 19801231',
      'eduPersonPrimaryAffiliation: teacher',
      'title: Professeure de physique',
      'employeeNumber: 4001',
      'preferredLanguage: fr-FR, en;q=0.5',
      `jpegPhoto:: ${Buffer.from([0xff, 0xd8, 0xff, 0, 1]).toString('base64')}`,
    ]),
    person('hostile', ['sn: x', `givenName:: ${base64('a\r\nuserPassword: b')}`, 'employeeNumber: 4002']),
    person('ailleurs', ['sn: Ailleurs', 'mail: a@elsewhere.example', 'employeeNumber: 4003']),
    ...Array.from({ length: crowd }, (_, n) =>
      person(`p${n}`, ['sn: Nombreux', 'givenName: Ana', `employeeNumber: ${10_000 + n}`]),
    ),
  ].join('\n');
}

const told = (line: ImportedLine): string => {
  if (line.kind === 'refused') return `${line.kind} ${line.problem}`;
  if (line.kind === 'changed')
    return `changed ${line.changes.map(({ field, to }) => `${field}>${to ?? ''}`).join(' ')}`;
  return line.kind;
};

describe('people of a directory', () => {
  const folder = temporaryFolder();
  let slapd: Slapd;
  let store: Store;
  let tenantId: TenantId;
  before(async () => {
    mkdirSync(join(folder, 'ldap'));
    slapd = await startSlapd(join(folder, 'ldap'), entries());
    store = await openStore({ databaseUrl: `sqlite:${folder}/pli.sqlite`, blobsUrl: `file:${folder}/blobs` });
    tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
    await addDomain(store, operator, { tenantId, name: 'valmont.example' });
  });
  after(async () => {
    await store.close();
    await slapd.stop();
  });

  const directory = async (settings: Readonly<Record<string, unknown>> = {}) => {
    const added = await addProvider(store, operator, tenantId, {
      kind: 'ldap',
      name: 'Annuaire',
      isEnabled: false,
      settings: {
        url: slapd.plainUrl,
        mayReachInside: true,
        certificates: [slapd.authority],
        base: `ou=agents,${directoryBase}`,
        bindDn: directoryReader.dn,
        unitsBase: `ou=rectorat,${directoryBase}`,
        ...settings,
      },
      secret: directoryReader.password,
    });
    assert.ok(added.settings.kind === 'ldap');
    return { ...added, settings: added.settings };
  };
  const run = async (provider: Awaited<ReturnType<typeof directory>>, options: Partial<ImportOptions> = {}) => {
    const heard: ImportedLine[] = [];
    const summary = await importPeople(store, operator, readPeople(store, provider), {
      tenantId,
      onLine: (line) => heard.push(line),
      from: { kind: 'ldap', source: provider.name },
      ...options,
    });
    return { summary, heard };
  };

  it('brings units, the one above first, and tells which are there or differ', async () => {
    const provider = await directory();
    const dry = await importUnits(store, operator, provider, { isDryRun: true });
    assert.deepEqual(
      dry.map((one) => (one.kind === 'added' ? `${one.code} ${one.name} ${one.parentCode ?? '-'}` : one.kind)),
      ['rectorat Rectorat de Valmont -', '0590121l Collège Jean Moulin rectorat'],
    );
    assert.deepEqual(await listUnits(store, operator, tenantId), []);
    await importUnits(store, operator, provider, { isDryRun: false });
    assert.equal((await listUnits(store, operator, tenantId)).length, 2);
    const again = await importUnits(store, operator, provider, { isDryRun: false });
    assert.deepEqual(
      again.map(({ kind }) => kind),
      ['present', 'present'],
    );
    const lost = {
      dn: 'ou=x,o=y',
      values: new Map([
        ['ou', ['x']],
        ['supanncodeentiteparent', ['nowhere']],
      ]),
    };
    assert.deepEqual(planUnits([lost], []), [{ kind: 'refused', dn: 'ou=x,o=y', problem: 'noParent' }]);
  });

  it('adds everybody, by pages, with what academies write; what is unfit is refused line by line', async () => {
    const provider = await directory();
    const { summary, heard } = await run(provider);
    assert.equal(summary.added, crowd + 1, 'the server gives 500 at once');
    assert.deepEqual(
      heard
        .filter(({ kind }) => kind === 'refused')
        .map(told)
        .sort(),
      ['refused badCharacters', 'refused foreignDomain'],
    );
    const card = await findPerson(store, operator, 'eprofesseur', tenantId);
    assert.deepEqual(
      [card.givenName, card.familyName, card.email, card.population, card.functionName, card.externalId, card.language],
      ['Élise', 'Professeur', 'elise@valmont.example', 'teacher', 'Professeure de physique', '4001', 'fr-fr'],
    );
    assert.deepEqual(
      card.addresses.map(({ address }) => address),
      ['e.p@valmont.example', 'elise.p@valmont.example', 'elise@valmont.example'],
    );
    assert.equal((await listUnits(store, operator, tenantId)).find(({ id }) => id === card.unitId)?.code, '0590121l');
    const again = await run(provider, { isUpdating: true });
    assert.deepEqual([again.summary.added, again.summary.changed, again.summary.present], [0, 0, crowd + 1]);
    assert.deepEqual(
      (await listRuns(store, operator, tenantId)).map(({ kind, source }) => `${kind} ${source}`),
      ['ldap Annuaire', 'ldap Annuaire'],
    );
    assert.ok(summary.run);
    assert.equal((await undoRun(store, operator, tenantId, summary.run)).removed, crowd + 1);
  });

  it('fails where the directory is lost in the middle, and closes nobody for it', async () => {
    const at = Number(new URL(slapd.plainUrl).port);
    let passed = 0;
    const cutting = createServer((socket) => {
      const behind = connect(at, '127.0.0.1');
      socket.pipe(behind);
      for (const one of [socket, behind]) one.on('error', () => undefined);
      behind.on('data', (piece: Buffer) => {
        passed += piece.length;
        if (passed > 60_000) socket.destroy();
        else socket.write(piece);
      });
      socket.on('close', () => behind.destroy());
    }).listen(0, '127.0.0.1');
    await once(cutting, 'listening');
    const address = cutting.address();
    assert.ok(typeof address === 'object' && address);
    const provider = await directory({ url: `ldap://127.0.0.1:${address.port}`, isPlain: true });
    const closing = { populations: new Set(['staff']), atMost: 10_000 };
    await assert.rejects(run(provider, { closing }), /ProviderFault/);
    cutting.close();
    const [last] = await listRuns(store, operator, tenantId);
    assert.equal(last?.finishedAt, null);
    await changeProvider(store, operator, tenantId, provider.id, {
      secret: 'wrong',
      settings: { url: slapd.plainUrl },
    });
    await assert.rejects(run({ ...provider, secret: null }), /no password to bind with/);
  });
});

describe('columns of a directory', () => {
  const values = new Map([
    ['uid', ['jdupont']],
    ['sn', ['Dupont']],
    ['entpersonprofils', ['National_ELV']],
    ['badge', ['B7']],
    ['employeenumber', ['E1']],
  ]);
  const read = (given: readonly string[]) =>
    Object.fromEntries(fieldsOf({ dn: '', values }, mappingOf(given)).map((field, at) => [readColumns[at], field]));

  it('are what an administrator says, else what is usual', () => {
    assert.deepEqual([read([])['population'], read([])['externalId']], ['pupil', 'E1']);
    assert.equal(read(['externalId=badge'])['externalId'], 'B7');
    assert.equal(read(['externalId=absent', 'externalId=badge'])['externalId'], 'B7');
  });
});
