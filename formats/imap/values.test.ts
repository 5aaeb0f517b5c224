import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workedMs } from '#tools/testing/worked.ts';
import { openCursor } from './cursor.ts';
import { printDateTime, readDateTime, readDay } from './date.ts';
import { literalAhead } from './literal.ts';
import { matchesBelow, matchesPattern } from './mailbox-pattern.ts';
import { printMailbox } from './mailbox.ts';
import { partialSpan } from './partial.ts';
import {
  countOf,
  indicesOfNumbers,
  indicesOfUids,
  isInRanges,
  printInOrder,
  printRanges,
  rangesOf,
  readSequenceSet,
  resolveSet,
} from './sequence-set.ts';
import { printAstring, printString } from './string.ts';
import { decodeUtf7, printUtf7 } from './utf7.ts';

const pairsOf = (text: string): Uint32Array => {
  const set = readSequenceSet(openCursor(text));
  assert.ok(set.kind === 'ranges');
  return set.pairs;
};

const sets = [
  { set: '559:*', last: 42, is: '42:559', because: '* is the last email, however low its UID' },
  { set: '4,1:2,3', last: 9, is: '1:4', because: 'neighbours are one range' },
  { set: '9:7,8', last: 9, is: '7:9', because: 'a range may be written backwards' },
  { set: '*', last: 7, is: '7', because: '* alone' },
  { set: '*:*,2', last: 7, is: '2,7', because: '* twice' },
  { set: '1:*', last: 0, is: '', because: 'an empty mailbox has no last email' },
  { set: '4294967295,1', last: 3, is: '1,4294967295', because: 'the largest number' },
];

test('sets are put in order with * as the last email', () => {
  for (const { set, last, is, because } of sets) assert.equal(printRanges(resolveSet(pairsOf(set), last)), is, because);
});

test('sets find UIDs by their ranges and sequence numbers only within the mailbox', () => {
  const uids = Uint32Array.of(2, 3, 7, 9, 20, 0, 0);
  const find = (set: string): number[] => [...indicesOfUids(resolveSet(pairsOf(set), 20), uids, 5)];
  assert.deepEqual(find('1:8'), [0, 1, 2]);
  assert.deepEqual(find('8:100'), [3, 4]);
  assert.deepEqual(find('4,5,21:4294967295'), []);
  assert.deepEqual(find('*'), [4]);
  const numbers = (set: string): number[] | undefined => {
    const found = indicesOfNumbers(resolveSet(pairsOf(set), 5), 5);
    return found && [...found];
  };
  assert.deepEqual(numbers('2:3,*'), [1, 2, 4]);
  assert.equal(numbers('2,6'), undefined);
  assert.deepEqual([...(indicesOfNumbers(resolveSet(pairsOf('1:*'), 0), 0) ?? [1])], []);
  const ranges = resolveSet(pairsOf('2:4,7'), 9);
  assert.deepEqual(
    [1, 2, 4, 5, 7, 8].map((number) => isInRanges(ranges, number)),
    [false, true, true, false, true, false],
  );
  assert.equal(countOf(ranges), 4);
  assert.equal(printRanges(rangesOf(Uint32Array.of(1, 2, 3, 5, 9, 10), 5)), '1:3,5,9');
  assert.equal(printInOrder([3, 4, 2, 1, 7, 8]), '3:4,2,1,7:8');
});

const utf7 = [
  ['~peter/mail/&U,BTFw-/&ZeVnLIqe-', '~peter/mail/台北/日本語'],
  ['&AMk-coles R&-D', 'Écoles R&D'],
  ['&2D3eAA-', '😀'],
] as const;

test('modified UTF-7 is read and printed, and has one spelling only', () => {
  for (const [wire, name] of utf7) {
    assert.equal(decodeUtf7(wire), name);
    assert.equal(printUtf7(name), wire);
  }
  for (const wrong of ['&', '&AGE-', '&AMk', '&AMk-&AMk-', '&AMl-', '&A!k-', '&2D0-', 'a&b'])
    assert.equal(decodeUtf7(wrong), undefined, wrong);
  assert.equal(printMailbox('Écoles', false), '&AMk-coles');
  assert.equal(printMailbox('Écoles', true), '"\xc3\x89coles"');
});

const patterns = [
  { pattern: '*', fits: ['INBOX', 'a/b', ''], not: [] },
  { pattern: '%', fits: ['INBOX', 'a'], not: ['a/b'] },
  { pattern: 'a/%', fits: ['a/b', 'a/'], not: ['a', 'a/b/c', 'b/a'] },
  { pattern: 'a%/c*', fits: ['ab/c', 'a/cde/f'], not: ['a/b/c'] },
  { pattern: 'inbox', fits: ['INBOX'], not: ['inbox2'] },
  { pattern: 'Inbox/%', fits: ['INBOX/a'], not: ['INBOX'] },
  { pattern: '*%*é', fits: ['é', 'a/é'], not: ['e'] },
  { pattern: '', fits: [''], not: ['a'] },
];

test('patterns of LIST match whole names, % no delimiter', () => {
  for (const { pattern, fits, not } of patterns) {
    for (const name of fits) assert.ok(matchesPattern(pattern, name), `${pattern} ${name}`);
    for (const name of not) assert.ok(!matchesPattern(pattern, name), `${pattern} ${name}`);
  }
  assert.ok(matchesBelow('a/b%/c', 'a') && matchesBelow('a/b%/c', 'a/bx') && !matchesBelow('a/b%/c', 'a/x'));
  assert.ok(!matchesBelow('a', 'a') && matchesBelow('%/%', 'a') && !matchesBelow('%', 'a'));
});

test('a pattern made to be slow is not', () => {
  const start = workedMs();
  for (let turn = 0; turn < 20; turn += 1) assert.ok(!matchesPattern('*a'.repeat(120), `${'a'.repeat(1_000)}b`));
  assert.ok(workedMs() - start < 2_000);
});

test('dates are read in any zone and printed in UTC', () => {
  const at = readDateTime(openCursor('" 1-Jan-2026 00:30:00 +0100"'));
  assert.equal(printDateTime(at), '"31-Dec-2025 23:30:00 +0000"');
  assert.equal(readDateTime(openCursor(printDateTime(at))), at);
  assert.equal(printDateTime(-1000), '"31-Dec-1969 23:59:59 +0000"');
  assert.equal(readDay(openCursor('"2-Jan-1970"')), 1);
  assert.throws(() => readDay(openCursor('29-Feb-2023')));
  assert.throws(() => readDateTime(openCursor('"1-Jan-2026 00:30:00 +0100"')), 'one digit without its space');
});

const literals = [
  { line: 'a LOGIN {6}', is: [6, true, false, 'string'] },
  { line: 'a LOGIN {6+}', is: [6, false, false, 'string'] },
  { line: 'a append {5}', is: [5, true, false, 'string'] },
  { line: 'a APPEND INBOX (\\Seen) {70000}', is: [70_000, true, false, 'message'] },
  { line: 'a APPEND INBOX UTF8 (~{7+}', is: [7, false, true, 'message'] },
  { line: 'a APPEND INBOX CATENATE (URL {3}', is: [3, true, false, 'string'] },
  { line: 'a APPEND INBOX CATENATE (URL x TEXT {3}', is: [3, true, false, 'message'] },
  { line: 'a SEARCH TEXT "APPEND {3}', is: [3, true, false, 'string'] },
  { line: 'a SEARCH TEXT "{3}"', is: undefined },
  { line: 'a SEARCH TEXT {9999999999999999}', is: undefined },
  { line: '{1}', is: [1, true, false, 'string'] },
  { line: 'a NOOP', is: undefined },
];

test('a line tells the literal it ends in, and what it is for', () => {
  for (const { line, is } of literals) {
    const ahead = literalAhead(line);
    assert.deepEqual(ahead && [ahead.sizeOctets, ahead.isSynchronising, ahead.isBinary, ahead.purpose], is, line);
  }
});

test('strings print as atoms, quoted or as literals of exact octets', () => {
  assert.equal(printAstring('abc'), 'abc');
  assert.equal(printAstring('nil'), '"nil"');
  assert.equal(printAstring(''), '""');
  assert.equal(printString('a"b\\'), '"a\\"b\\\\"');
  assert.equal(printString('é'), '{2}\r\n\xc3\xa9');
  assert.equal(printString('é', true), '"\xc3\xa9"');
  assert.equal(printString('a\r\nb', true), '{4}\r\na\r\nb');
  assert.equal(printString('x'.repeat(5_000)), `{5000}\r\n${'x'.repeat(5_000)}`);
  assert.ok(!printString('a\0b').includes('\0'));
});

test('pages count from either end', () => {
  const span = (first: number, last: number, isFromEnd: boolean) =>
    Object.values(partialSpan({ first, last, isFromEnd }, 10));
  assert.deepEqual(span(1, 3, false), [0, 3]);
  assert.deepEqual(span(9, 30, false), [8, 10]);
  assert.deepEqual(span(30, 40, false), [10, 10]);
  assert.deepEqual(span(1, 3, true), [7, 10]);
  assert.deepEqual(span(9, 30, true), [0, 2]);
  assert.deepEqual(span(30, 40, true), [0, 0]);
});
