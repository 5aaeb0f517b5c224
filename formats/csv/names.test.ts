import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNames } from './names.ts';
import { printCsvLine } from './print.ts';

const files = [
  { text: '', names: [], because: 'nothing is nobody' },
  { text: 'jdupont\nmmartin\n', names: ['jdupont', 'mmartin'], because: 'one column needs no heading' },
  { text: 'identifiant\njdupont\n', names: ['jdupont'], because: 'a heading is nobody' },
  { text: 'Nom;E-mail\nDupont;a@b.example\n\n', names: ['a@b.example'], because: 'the column that is named so' },
  {
    text: '\uFEFFuserName,reason\n" jdupont ",x\n',
    names: ['jdupont'],
    because: 'the mark of spreadsheets is no letter',
  },
] as const;

for (const { text, names, because } of files)
  test(`the people a file names: ${because}`, () => assert.deepEqual(readNames(text), names));

test('a cell that would be a formula is text, and quotes are doubled', () => {
  assert.equal(printCsvLine(['=1+1', 'a"b', 'c,d', 'é']), `'=1+1,"a""b","c,d",é\r\n`);
});
