import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMarks } from './rfc-index.ts';

const rows = [
  {
    source: '// RFC 9051 §6.4.3, §6.4.9).',
    marks: ['9051 6.4.3', '9051 6.4.9'],
    because: 'a list belongs to one document',
  },
  { source: '/* see RFC 8621 §4.1.1. Next */', marks: ['8621 4.1.1'], because: 'a full stop is no part of a section' },
  { source: '(RFC 5530)', marks: ['5530 '], because: 'a document may be meant whole' },
  {
    source: '* RFC 5322 §3.2.2 and\n * §3.4',
    marks: ['5322 3.2.2', '5322 3.4'],
    because: 'a list may run over the line',
  },
  { source: 'RFC 5228 §A.1', marks: ['5228 A.1'], because: 'appendices have letters' },
  { source: 'RFC 2045 §6 RFC 2047 §2', marks: ['2045 6', '2047 2'], because: 'two documents side by side' },
];

for (const { source, marks, because } of rows) {
  test(`marks are read: ${because}`, () => {
    assert.deepEqual(
      findMarks(source).map(({ rfc, section }) => `${rfc} ${section}`),
      marks,
    );
  });
}
