import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printFailures } from './failures.ts';

const failure = (number: number, lines: number) => ({
  where: 'e2e/a.test.ts',
  name: `the ${number}th`,
  said: Array.from({ length: lines }, (_, at) => `line ${at}\n\n`).join(''),
});

test('a failure is named by its file and test, with what it said', () => {
  assert.equal(
    printFailures([
      { where: 'server/a.test.ts', name: 'sqlite: it holds', said: 'Expected values\n\n0 !== 1\n' },
      { where: 'tsc -p .', name: '', said: 'error TS1' },
    ]),
    '✖ server/a.test.ts: sqlite: it holds\n    Expected values\n    0 !== 1\n✖ tsc -p .\n    error TS1',
  );
});

test('nothing is said where nothing failed', () => {
  assert.equal(printFailures([]), '');
});

test('a long error is cut at fifteen lines, and says by how much', () => {
  const lines = printFailures([failure(1, 40)]).split('\n');
  assert.equal(lines.length, 16);
  assert.equal(lines.at(-1), '    … 26 lines more, above');
});

test('the more there are the shorter each, so that all stand on the last screen', () => {
  for (const many of [2, 3, 5, 8]) {
    const printed = printFailures(Array.from({ length: many }, (_, number) => failure(number, 40)));
    assert.ok(printed.split('\n').length <= 42, `${many} take ${printed.split('\n').length}`);
    assert.equal(printed.match(/^✖/gm)?.length, many);
  }
});
