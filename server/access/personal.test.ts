/** What a password tells of its holder. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isPersonal } from './personal.ts';

const facts = {
  userName: 'mhoarau2',
  givenName: 'Marie-Laure',
  familyName: 'Hoarau',
  email: 'marie-laure.hoarau2@valmont.example',
  birthDate: '1981-03-09',
  institution: 'Académie de Valmont',
};

const cases: readonly { readonly password: string; readonly isPersonal: boolean; readonly because: string }[] = [
  { password: 'xX!HOARAU77', isPersonal: true, because: 'the family name, whatever its case' },
  { password: 'H0@r4u-77xX', isPersonal: true, because: 'and with signs for letters' },
  { password: 'h.o.a.r.a.u-Xx7', isPersonal: true, because: 'and with signs between' },
  { password: 'Marielaure!7', isPersonal: true, because: 'the given name in one' },
  { password: 'xLaure!712', isPersonal: true, because: 'a part of it' },
  { password: 'Mhoarau2!x', isPersonal: true, because: 'the user name' },
  { password: 'kQ!09/03/1981', isPersonal: true, because: 'the date of birth as it is written' },
  { password: 'kQ!zz090381', isPersonal: true, because: 'and in six digits' },
  { password: 'kQ!19810309', isPersonal: true, because: 'and the other way round' },
  { password: 'V@lmont-2026', isPersonal: true, because: 'the name of the institution' },
  { password: 'Pli-2026!xK', isPersonal: true, because: 'and of the house, where it stands alone' },
  { password: 'Simplifie-7', isPersonal: false, because: 'inside a word it is one of many' },
  { password: 'kQ!zz1981wW', isPersonal: false, because: 'a year is everybody’s' },
  { password: 'Tortue-Bleue-42', isPersonal: false, because: 'nothing of hers' },
];
for (const { password, isPersonal: wanted, because } of cases)
  test(`${password}: ${because}`, () => assert.equal(isPersonal(password, facts), wanted));

test('a short name counts where it stands alone, not inside other letters', () => {
  const luc = {
    ...facts,
    givenName: 'Luc',
    familyName: 'Roy',
    userName: 'lroy',
    email: 'l.r@x.example',
    birthDate: null,
  };
  assert.equal(isPersonal('luc-4821!Z', luc), true);
  assert.equal(isPersonal('zlucK9!wwp', luc), false);
});
