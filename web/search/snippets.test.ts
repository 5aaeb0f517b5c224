import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMarked } from './snippets.ts';

test('marks become pieces and entities characters, once', () => {
  assert.deepEqual(readMarked('La <mark>sortie</mark> &amp;lt; <b>'), [
    { text: 'La ', isLit: false },
    { text: 'sortie', isLit: true },
    { text: ' &lt; <b>', isLit: false },
  ]);
  assert.deepEqual(readMarked(''), []);
});
