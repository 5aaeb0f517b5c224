/** Lines of an import with a first day: planned, shown, done on the day, taken back by the undoing. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { readCsv } from '#formats/csv/read.ts';
import { operator } from '#server/access/actor.ts';
import type { TenantId, UnitId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { listAppointments } from './appointments/appoint.ts';
import { takeEffect } from './appointments/job.ts';
import { addDomain } from './domain.ts';
import { importPeople } from './import.ts';
import { planRow } from './import-row.ts';
import { undoRun } from './import-undo.ts';
import { findPerson } from './people.ts';
import { selectProfile } from './queries/change.ts';
import { addTenant } from './tenant.ts';
import { addUnits } from './unit.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`appointments by import on ${name}`, () => {
    let store: Store;
    let tenantId: TenantId;
    let now = Date.parse('2026-06-15T10:00:00Z');
    let nord: UnitId;
    let sud: UnitId;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs`, now: () => now });
      tenantId = await addTenant(store, operator, { slug: 'valmont', name: 'Valmont' });
      await addDomain(store, operator, { tenantId, name: 'valmont.example' });
      const units = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'Nord' },
        { kind: 'dsden', code: 'sud', name: 'Sud' },
      ]);
      assert.ok(units[0] !== undefined && units[1] !== undefined);
      [nord, sud] = [units[0], units[1]];
    });
    after(() => store.close());
    const run = async (lines: readonly string[], isDryRun = false) => {
      const heard: string[] = [];
      const text = ['externalId;userName;familyName;unit;function;from;until;leave', ...lines].join('\n');
      const source = readCsv(
        (async function* () {
          yield new TextEncoder().encode(text);
        })(),
      );
      const summary = await importPeople(store, operator, source, {
        tenantId,
        isUpdating: true,
        isDryRun,
        onLine: (line) => {
          if (line.kind === 'changed')
            heard.push(line.changes.map(({ field, to }) => `${field} ${to ?? ''}`).join(', '));
          else heard.push(line.kind === 'refused' ? line.problem : line.kind);
        },
      });
      return { heard, id: summary.run };
    };
    const place = async (userName: string) => {
      const who = await findPerson(store, operator, userName, tenantId);
      const profile = await read(store, (tx) => selectProfile(tx, who));
      const states = (await listAppointments(store, operator, who)).map(({ state }) => state);
      return [profile?.unitId, profile?.functionName, ...states];
    };
    const planned = 'E1;rose;Noël;sud;Principale;01/09/2026;31/08/2027;';

    it('plans what begins later, once, and shows it first; whoever is new is there at once', async () => {
      await run(['E1;rose;Noël;nord;Adjointe;;;']);
      assert.deepEqual((await run([planned], true)).heard, ['appointment 2026-09-01 2027-08-31 sud']);
      assert.deepEqual(await place('rose'), [nord, 'Adjointe']);
      const { heard, id } = await run([planned, 'E2;luc;Roy;sud;Agent;2026-09-01;;']);
      assert.deepEqual(heard, ['appointment 2026-09-01 2027-08-31 sud', 'added']);
      assert.deepEqual((await run([planned])).heard, ['present']);
      assert.deepEqual(await place('rose'), [nord, 'Adjointe', 'planned']);
      assert.deepEqual(await place('luc'), [sud, 'Agent', 'planned']);
      assert.ok(id !== undefined);
      await undoRun(store, operator, tenantId, id);
      assert.deepEqual(await place('rose'), [nord, 'Adjointe', 'cancelled']);
      assert.deepEqual((await run([planned])).heard, ['appointment 2026-09-01 2027-08-31 sud']);
      now = Date.parse('2026-09-01T10:00:00Z');
      assert.equal(await takeEffect(store), 1);
      assert.deepEqual(await place('rose'), [sud, 'Principale', 'cancelled', 'current']);
    });

    it('does at once what began already, and refuses days that make no sense', async () => {
      const { heard } = await run([
        'E1;rose;Noël;nord;En mission;2026-09-01;2026-12-31;oui',
        'E3;a;A;nord;;2026-02-30;;',
        'E3;a;A;nord;;;2026-12-31;',
        'E3;a;A;nord;;2026-09-01;2026-08-31;',
        'E3;a;A;nord;;2026-09-01;;oui',
      ]);
      assert.deepEqual(heard, ['appointment 2026-09-01 2026-12-31 nord', 'badDay', 'badDay', 'badDay', 'badDay']);
      assert.deepEqual((await place('rose')).slice(0, 2), [nord, 'En mission']);
      now = Date.parse('2027-01-01T10:00:00Z');
      await takeEffect(store);
      assert.deepEqual((await place('rose')).slice(0, 2), [sud, 'Principale']);
    });
  });
});

it('reads a day as LDAP writes it', () => {
  const row = planRow(['userName', 'familyName', 'from'], ['rose', 'Noël', '20260901000000Z']);
  assert.ok(!('problem' in row));
  assert.equal(row.from, '2026-09-01');
});
