import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMailto } from './mailto.ts';
import { isAddress, readRecipients, withRecipients } from './recipients.ts';

const lists: readonly (readonly [string, readonly string[], string])[] = [
  ['a@x.fr, b@x.fr; c@x.fr', ['a@x.fr', 'b@x.fr', 'c@x.fr'], 'commas and semicolons'],
  ['a@x.fr\nb@x.fr\tc@x.fr', ['a@x.fr', 'b@x.fr', 'c@x.fr'], 'a column of a spreadsheet'],
  ['Zoé Martin <z@x.fr>', ['Zoé Martin|z@x.fr'], 'a name'],
  ['"Martin, Zoé" <z@x.fr>; b@x.fr', ['Martin, Zoé|z@x.fr', 'b@x.fr'], 'a comma in quotes'],
  ['Martin, Zoé <z@x.fr>; Diop, Awa <a@x.fr>', ['Martin, Zoé|z@x.fr', 'Diop, Awa|a@x.fr'], 'as Outlook copies them'],
  ['Équipe: a@x.fr, b@x.fr;', ['a@x.fr', 'b@x.fr'], 'a group gives its members'],
  ['mailto:a@x.fr', ['a@x.fr'], 'a link'],
  ['a@x.fr <a@x.fr>', ['a@x.fr'], 'a name that is the address says nothing'],
  ['dupont', ['dupont'], 'what is no address stays, to be mended'],
  [' ,; ', [], 'nothing'],
];
for (const [text, expected, because] of lists)
  test(`${because}: ${JSON.stringify(text)}`, () =>
    assert.deepEqual(
      readRecipients(text).map(({ name, email }) => (name === null ? email : `${name}|${email}`)),
      expected,
    ));

const addresses: readonly (readonly [string, boolean])[] = [
  ['a@x.fr', true],
  ["o'neil+x@sous.x-y.fr", true],
  ['zoé@école.fr', true],
  ['"a b"@x.fr', true],
  ['a@x', false],
  ['a@@x.fr', false],
  ['a..b@x.fr', false],
  ['a b@x.fr', false],
  ['a@x.fr.', false],
  ['a@-x.fr', false],
  ['a@1.2', false],
  ['@x.fr', false],
  ['a@x.fr>', false],
];
for (const [email, isGood] of addresses)
  test(`${email} ${isGood ? 'can' : 'cannot'} be written to`, () => assert.equal(isAddress(email), isGood));

test('nobody is added twice', () => {
  const one = readRecipients('a@x.fr');
  assert.deepEqual(
    withRecipients(one, readRecipients('A@x.fr, b@x.fr, B@X.fr')).map(({ email }) => email),
    ['a@x.fr', 'b@x.fr'],
  );
});

test('a mailto address gives people, subject and text, and nothing else', () => {
  const it = readMailto(
    'mailto:a@x.fr,b@x.fr?cc=c%40x.fr&subject=R%C3%A9union%0D%0ABcc:%20z&body=Ligne%0D%0Adeux&attach=/etc/passwd',
  );
  assert.deepEqual(
    [it.to.length, it.cc[0]?.email, it.subject, it.text],
    [2, 'c@x.fr', 'Réunion Bcc: z', 'Ligne\ndeux'],
  );
  assert.equal(readMailto('mailto:?subject=%E9').subject, '%E9');
});
