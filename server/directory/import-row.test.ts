/** What a line of people.csv says beside the name: NUMEN, date of birth, recovery address. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isBad, planRow, readBirthDate } from './import-row.ts';

const columns = ['userName', 'familyName', 'numen', 'birthDate', 'recoveryEmail'] as const;

test('a NUMEN is read as people write it, a date as French or ISO', () => {
  const row = planRow(columns, ['inavarro', 'Navarro', '01 e 95 01234abc', '7/4/1990', 'Ines@Ailleurs.example']);
  assert.ok(!isBad(row));
  assert.deepEqual(
    [row.numen, row.birthDate, row.recoveryEmail],
    ['01E9501234ABC', '1990-04-07', 'ines@ailleurs.example'],
  );
});

test('a NUMEN that is none is refused, and never told whole', () => {
  for (const numen of ['01E9501234AB', '01E9501234ABCD', 'A1E9501234ABC', '01E95012345BC', 'x'.repeat(500)]) {
    const row = planRow(columns, ['inavarro', 'Navarro', numen, '', '']);
    assert.ok(isBad(row) && row.problem === 'badNumen', numen);
    assert.ok(row.value.length <= 4 && !row.value.includes(numen), row.value);
  }
});

const dates: readonly [text: string, date: string | undefined][] = [
  ['1980-12-31', '1980-12-31'],
  ['31/12/1980', '1980-12-31'],
  ['1.2.1980', '1980-02-01'],
  ['29/02/2000', '2000-02-29'],
  ['29/02/2001', undefined],
  ['31/04/1980', undefined],
  ['1980-13-01', undefined],
  ['01/01/1800', undefined],
  ['31/12/80', undefined],
  ['', undefined],
];
for (const [text, date] of dates)
  test(`${JSON.stringify(text)} is ${date ?? 'no day of birth'}`, () => assert.equal(readBirthDate(text), date));
