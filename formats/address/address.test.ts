import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foldTokens } from '#formats/message/printfield.ts';
import { workedMs } from '#tools/testing/worked.ts';
import { addressTokens, groupTokens } from './print.ts';
import { flattenGroups, readAddressGroups } from './read.ts';
import type { AddressGroup } from './types.ts';

const rows: readonly { raw: string; is: readonly (readonly [string | null, string])[]; because: string }[] = [
  { raw: 'a@b.fr', is: [[null, 'a@b.fr']], because: 'a bare address' },
  { raw: '<a@b.fr>', is: [[null, 'a@b.fr']], because: 'brackets alone' },
  {
    raw: 'Jean Dupont <a@b.fr>, c@d.fr',
    is: [
      ['Jean Dupont', 'a@b.fr'],
      [null, 'c@d.fr'],
    ],
    because: 'two',
  },
  { raw: '"Dupont, Jean" <a@b.fr>', is: [['Dupont, Jean', 'a@b.fr']], because: 'a comma in quotes' },
  { raw: '"a \\"b\\" c" <a@b.fr>', is: [['a "b" c', 'a@b.fr']], because: 'escaped quotes' },
  {
    raw: 'a@b.fr (Jean (le grand))',
    is: [['Jean (le grand)', 'a@b.fr']],
    because: 'a comment is the name where there is no other',
  },
  { raw: '=?utf-8?Q?H=C3=A9l=C3=A8ne?= <a@b.fr>', is: [['Hélène', 'a@b.fr']], because: 'encoded-word' },
  {
    raw: '"=?utf-8?Q?Dupont=2C_Ren=C3=A9?=" <a@b.fr>',
    is: [['Dupont, René', 'a@b.fr']],
    because: 'encoded-word in quotes is met',
  },
  {
    raw: '=?utf-8?Q?Dupont,Ren=C3=A9?= <a@b.fr>',
    is: [['Dupont,René', 'a@b.fr']],
    because: 'a bare comma within an encoded-word is met',
  },
  {
    raw: '=?utf-8?B?w4k=?= =?utf-8?B?bGllIEw=?=\r\n =?utf-8?Q?y?= <a@b.fr>',
    is: [['Élie Ly', 'a@b.fr']],
    because: 'words over lines',
  },
  { raw: '<@x.fr,@y.fr:a@b.fr>', is: [[null, 'a@b.fr']], because: 'an obsolete route goes' },
  { raw: '"john doe"@b.fr', is: [[null, '"john doe"@b.fr']], because: 'a quoted local part keeps its quotes' },
  { raw: 'john . doe @ example . org', is: [[null, 'john.doe@example.org']], because: 'obsolete white space' },
  { raw: 'Jean Dupont jean@b.fr', is: [['Jean Dupont', 'jean@b.fr']], because: 'forgotten brackets' },
  {
    raw: 'a@b.fr; c@d.fr',
    is: [
      [null, 'a@b.fr'],
      [null, 'c@d.fr'],
    ],
    because: 'semicolons of Outlook',
  },
  { raw: ', ,a@b.fr,,', is: [[null, 'a@b.fr']], because: 'empty members' },
  { raw: 'Jean <a@b.fr', is: [['Jean', 'a@b.fr']], because: 'a bracket that never closes' },
  { raw: '<<a@b.fr>>', is: [[null, 'a@b.fr']], because: 'doubled brackets' },
  { raw: '"Jean <a@b.fr>', is: [['Jean', 'a@b.fr']], because: 'a quote that never closes' },
  { raw: 'mailto:a@b.fr', is: [[null, 'a@b.fr']], because: 'pasted from a link' },
  { raw: 'élève@académie.fr', is: [[null, 'élève@académie.fr']], because: 'RFC 6532' },
  { raw: 'root', is: [[null, 'root']], because: 'a local user' },
  { raw: 'Le secrétariat', is: [['Le secrétariat', '']], because: 'words that are no address' },
  { raw: '', is: [], because: 'nothing' },
];

for (const row of rows) {
  test(`addresses: ${row.because}`, () => {
    const read = flattenGroups(readAddressGroups(row.raw)).map((address) => [address.name, address.email]);
    assert.deepEqual(read, row.is);
  });
}

test('groups keep their names, and what stands between them is grouped without one', () => {
  assert.deepEqual(readAddressGroups('x@y.fr, Classe 3B: a@b.fr, Léa <c@d.fr>; z@y.fr, undisclosed-recipients:;'), [
    { name: null, addresses: [{ name: null, email: 'x@y.fr' }] },
    {
      name: 'Classe 3B',
      addresses: [
        { name: null, email: 'a@b.fr' },
        { name: 'Léa', email: 'c@d.fr' },
      ],
    },
    { name: null, addresses: [{ name: null, email: 'z@y.fr' }] },
    { name: 'undisclosed-recipients', addresses: [] },
  ]);
});

const email = fc.stringMatching(/^[a-z0-9.+-]{1,20}@[a-z0-9-]{1,12}\.[a-z]{2,4}$/);
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).map((text) =>
  text
    .replace(/\p{Cc}/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim(),
);
const address = fc.record({ name: name.map((text) => (text === '' ? null : text)), email }, { noNullPrototype: true });

test('what is printed reads back, folded or not, and no line is too long', () => {
  fc.assert(
    fc.property(fc.array(address, { minLength: 1, maxLength: 12 }), (addresses) => {
      const field = foldTokens('To', addressTokens(addresses));
      assert.deepEqual(flattenGroups(readAddressGroups(field.slice(3))), addresses);
      for (const line of field.split('\r\n')) assert.ok(line.length <= 998);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('printed groups read back', () => {
  const groups: AddressGroup[] = [
    { name: 'Équipe, 2', addresses: [{ name: 'Zoé "Z"', email: 'z@b.fr' }] },
    { name: 'Vide', addresses: [] },
    { name: null, addresses: [{ name: null, email: 'a@b.fr' }] },
  ];
  assert.deepEqual(readAddressGroups(groupTokens(groups).join(' ')), groups);
});

test('a name cannot end the field or forge an address', () => {
  const field = foldTokens('To', addressTokens([{ name: 'a\r\nBcc: x@y.fr', email: 'a@b.fr>\r\nX: <c@d.fr' }]));
  assert.equal(field.split('\r\n').filter((line) => line !== '' && !line.startsWith(' ')).length, 1);
  assert.equal(flattenGroups(readAddressGroups(field.slice(3))).length, 1);
});

test('hostile lists take linear time', () => {
  const pieces = ['"\\"', '(', '<', '=?a?q?', '"', ' . ', '@ ', ':', '((', '"a" <', '<"', ' .a@', '=?a?b?=?a?q?'];
  for (const piece of pieces) {
    const started = workedMs();
    readAddressGroups(piece.repeat(Math.ceil(300_000 / piece.length)));
    assert.ok(workedMs() - started < 1_500, piece);
  }
  const started = workedMs();
  assert.equal(readAddressGroups(`<"${'>'.repeat(1_000_000)}"@b.fr>`).length, 1);
  assert.ok(workedMs() - started < 1_500);
});
