import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { casemapOctets } from './casemap.ts';

const same = (a: string, b: string) => Buffer.compare(casemapOctets(a), casemapOctets(b)) === 0;
const holds = (text: string, needle: string) => Buffer.from(casemapOctets(text)).includes(casemapOctets(needle));

test('case, composition and width make no difference (RFC 5051)', () => {
  for (const [a, b] of [
    ['RÉUNION', 'réunion'],
    ['e\u0301cole', 'École'],
    ['Ｐｌｉ', 'pli'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
    ['Привет', 'ПРИВЕТ'],
    ['ﬁn', 'FIN'],
    ['a\u0301\u0323', 'a\u0323\u0301'],
    ['\u{10400}', '\u{10428}'],
    ['ǅ', 'ǆ'],
  ] as const)
    assert.ok(same(a, b), `${a} ${b}`);
});

test('an accent makes a difference, unless it only follows', () => {
  assert.ok(!same('ecole', 'école'));
  assert.ok(!holds('école', 'ecole'));
  assert.ok(holds('café', 'CAFE'));
});

test('a part of a text is found in it, whatever stands around it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, part) => {
      const text = `${before} ${part} .`;
      assert.ok(holds(text, part), JSON.stringify({ text, part }));
    }),
    { seed: 5, numRuns: 500 },
  );
});

test('composed and taken apart is the same, on the fast way and on the slow one', () => {
  const pieces = fc.constantFrom(
    'a',
    'É',
    'ﾞ',
    '¨',
    '’',
    '\u0323',
    '\u0301',
    'が',
    '한',
    '\ud83d',
    '\u{1f600}',
    'œ',
    '½',
    'ẞ',
    'İ',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (some) => {
      const text = some.join('');
      const whole = Buffer.from(casemapOctets(text));
      assert.deepEqual(whole, Buffer.from(casemapOctets(text.normalize('NFD'))), text);
    }),
    { seed: 7, numRuns: 2000 },
  );
});
