import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { directoryWords, sortKey } from './fold.ts';
import { parseUserName, planAddress, planUserName } from './names.ts';

const names = [
  { given: 'Jean', family: 'Dupont', taken: [], userName: 'jdupont', address: 'jean.dupont', because: 'the rule' },
  {
    given: 'Julie',
    family: 'Dupont',
    taken: ['jdupont', 'jdupont1', 'julie.dupont'],
    userName: 'jdupont2',
    address: 'julie.dupont1',
    because: 'homonyms get the lowest free number',
  },
  {
    given: 'Jean',
    family: 'Dupont',
    taken: ['jdupont', 'jdupont2'],
    userName: 'jdupont1',
    address: 'jean.dupont',
    because: 'a free number is used before a higher one',
  },
  { given: 'Sean', family: "O'Neil", userName: 'soneil', address: 'sean.oneil', because: 'an apostrophe joins' },
  { given: 'Sean', family: 'O’Neil', userName: 'soneil', address: 'sean.oneil', because: 'the typographic one too' },
  {
    given: 'Anne',
    family: 'de La Fontaine',
    userName: 'adelafontaine',
    address: 'anne.de-la-fontaine',
    because: 'particles belong to the name',
  },
  {
    given: 'Jean-Pierre',
    family: 'Martin',
    userName: 'jmartin',
    address: 'jean-pierre.martin',
    because: 'the first letter of a double name is one letter',
  },
  { given: 'François', family: 'Besançon', userName: 'fbesancon', address: 'francois.besancon', because: 'ç is c' },
  { given: 'Zoé', family: 'Lœwenbrück', userName: 'zloewenbruck', address: 'zoe.loewenbruck', because: 'œ is oe' },
  { given: 'Jürgen', family: 'Groß', userName: 'jgross', address: 'jurgen.gross', because: 'ß is ss' },
  { given: 'Łukasz', family: 'Wiśniewski', userName: 'lwisniewski', address: 'lukasz.wisniewski', because: 'ł is l' },
  { given: 'Élodie', family: 'Yılmaz', userName: 'eyilmaz', address: 'elodie.yilmaz', because: 'ı has no dot to lose' },
  { given: '李', family: '王', userName: 'compte', address: 'compte', because: 'no Latin letter is left' },
  { given: 'Mei', family: '王', userName: 'mei', address: 'mei', because: 'only the given name is Latin' },
  { given: '', family: 'Secrétariat', userName: 'secretariat', address: 'secretariat', because: 'one name alone' },
  {
    given: 'ＡＮＮＡ',
    family: 'Le Gall',
    userName: 'alegall',
    address: 'anna.le-gall',
    because: 'full width is width',
  },
  {
    given: 'Ana',
    family: '<script>',
    userName: 'ascript',
    address: 'ana.script',
    because: 'nothing but letters stays',
  },
];

describe('user names and addresses', () => {
  for (const { given, family, taken, userName, address, because } of names) {
    it(`${given} ${family} is ${userName}: ${because}`, () => {
      const isTaken = (name: string): boolean => taken?.some((one) => one === name) ?? false;
      assert.equal(planUserName(given, family, isTaken), userName);
      assert.equal(planAddress(given, family, isTaken), address);
    });
  }

  it('keeps a very long name within what an address may have', () => {
    const long = 'A'.repeat(300);
    assert.ok(planUserName(long, long, () => false).length <= 32);
    assert.ok(planAddress(long, long, () => false).length <= 64);
  });

  it('takes a typed user name in lower case, and none that looks like an address', () => {
    assert.equal(parseUserName(' JDupont '), 'jdupont');
    for (const wrong of ['', 'a b', 'a@b', '.a', 'a\nb', 'x'.repeat(65)]) assert.equal(parseUserName(wrong), undefined);
  });

  it('sorts without accents and finds by every word', () => {
    assert.equal(sortKey('Évrard', 'Zoé'), 'evrard zoe');
    assert.deepEqual(directoryWords("O'Neil", 'Jean-Pierre'), ['oneil', 'neil', 'jean', 'pierre', 'jeanpierre']);
  });
});
