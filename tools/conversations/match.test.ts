import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillNames, findDifference, matchLine } from './match.ts';

const lines = [
  { pattern: '* 1 EXPUNGE', line: '* 1 EXPUNGE', fits: true, because: 'the same text fits' },
  { pattern: '* 1 EXPUNGE', line: '* 11 EXPUNGE', fits: false, because: 'another number does not' },
  { pattern: '* 2 FETCH (UID 2)', line: '* 2 FETCH (UID 2) x', fits: false, because: 'data is compared to its end' },
  { pattern: 'a1 OK', line: 'a1 OK done', fits: true, because: 'the words of a completion may be left out' },
  { pattern: 'a1 OK', line: 'a1 OKAY', fits: false, because: 'but not half a word' },
  {
    pattern: 'a1 NO [NONEXISTENT]',
    line: 'a1 NO [NONEXISTENT] no',
    fits: true,
    because: 'a code counts, its words do not',
  },
  { pattern: '250', line: '250-SIZE', fits: false, because: 'a reply that goes on is not a last line' },
  { pattern: '250 2.1.0', line: '250 2.1.0 ok', fits: true, because: 'an enhanced code, too' },
  { pattern: '* … (UID …)', line: '* 2 FETCH (UID 7)', fits: true, because: '… is anything' },
  { pattern: 'a.c', line: 'abc', fits: false, because: 'a full stop is a full stop' },
];

for (const { pattern, line, fits, because } of lines) {
  test(`a line is matched: ${because}`, () => assert.equal(matchLine(pattern, line, new Map()), fits));
}

test('what is captured may be used afterwards, and only what was captured', () => {
  const names = new Map([['alice.email', 'alice@example.org']]);
  assert.ok(matchLine('* OK [UIDVALIDITY <validity:\\d+>]', '* OK [UIDVALIDITY 42]', names));
  assert.equal(fillNames('$validity $seen <$alice.email>.', names), '42 $seen <alice@example.org>.');
  assert.ok(!matchLine('<n:\\d+> x', '7 y', names));
  assert.equal(names.get('n'), undefined);
});

const values = [
  { expected: { a: 1 }, actual: { a: 1, b: 2 }, fits: true, because: 'an object may have more' },
  { expected: { a: 1 }, actual: { a: 2 }, fits: false, because: 'a value differs' },
  { expected: { a: 1 }, actual: {}, fits: false, because: 'a property is missing' },
  { expected: { a: null }, actual: {}, fits: false, because: 'null is not absent' },
  { expected: { a: '(absent)' }, actual: {}, fits: true, because: 'absence can be asked for' },
  { expected: { a: '(absent)' }, actual: { a: null }, fits: false, because: 'null is there' },
  { expected: { a: '…' }, actual: { a: false }, fits: true, because: 'anything may be there' },
  { expected: { a: '…' }, actual: {}, fits: false, because: 'anything is not nothing' },
  { expected: [1], actual: [1, 2], fits: false, because: 'an array is exact' },
  { expected: [1, '…'], actual: [1, 2, 3], fits: true, because: 'unless it goes on' },
  { expected: [1, '…'], actual: [1], fits: true, because: 'with nothing perhaps' },
  { expected: ['a…'], actual: ['abc'], fits: true, because: 'strings are patterns' },
  { expected: '7', actual: 7, fits: false, because: 'text is no number' },
  { expected: {}, actual: [], fits: false, because: 'an array is no object' },
];

for (const { expected, actual, fits, because } of values) {
  test(`JSON is matched: ${because}`, () =>
    assert.equal(findDifference(expected, actual, new Map()) === undefined, fits));
}
