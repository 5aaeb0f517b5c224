/** Which acts of the console take two administrators is written down for whoever runs it: all of them, and no others. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { secondKinds } from '#formats/policies/policies.ts';

import { consoleMethods } from './methods.ts';

/** Methods that change nothing. */
const reading = /\/(?:get|query|list|check|read|count|addresses|outcome)$/;

test('the manual says of every method that changes something whether it takes two', async () => {
  const manual = await readFile(new URL('../../../../docs/operator.md', import.meta.url), 'utf8');
  const [, section = ''] = /\n## Double validation\n(.*?)\n## /s.exec(manual) ?? [];
  const rows = section.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| Action |'));
  const cells = rows.map((row) => row.split(' | '));
  const named = new Set(cells.flatMap(([, methods = '']) => methods.match(/\w+\/\w+/g) ?? []));
  const changing = consoleMethods.map(({ name }) => name).filter((name) => !reading.test(name));
  assert.deepEqual(changing.filter((name) => !named.has(name)).toSorted(), []);
  const known = new Set([...changing, 'Mandate/set']);
  assert.deepEqual([...named].filter((name) => !known.has(name)).toSorted(), []);
  const rules = new Set(cells.flatMap(([, , rule = '']) => rule.match(/(?<=`)\w+(?=`)/g) ?? []));
  assert.deepEqual([...rules].toSorted(), [...secondKinds].toSorted());
});
