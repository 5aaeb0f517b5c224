import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { finderOf } from './find.ts';

test('a key is found where indexOf finds it, however long and however much like itself', () => {
  const bits = fc.array(fc.constantFrom('a', 'b', 'é', '😀'), { maxLength: 40 }).map((list) => list.join(''));
  fc.assert(
    fc.property(bits, bits, fc.nat(300), fc.nat(400), (piece, more, repeats, from) => {
      const key = piece.repeat(repeats) + more;
      const text = more + piece.repeat(repeats + 3) + more + key + more;
      assert.equal(finderOf(key)(text, from), text.indexOf(key, from));
      assert.equal(finderOf(`${key}x`)(text), text.indexOf(`${key}x`));
    }),
    { numRuns: 300 },
  );
});

test('a key that repeats itself is sought in the time of its text', () => {
  const key = `${'a'.repeat(30_000)}b${'a'.repeat(29_999)}`;
  const text = `${'a'.repeat(1_000_000)}c`;
  const started = process.threadCpuUsage();
  assert.equal(finderOf(key)(text), -1);
  const { user, system } = process.threadCpuUsage(started);
  assert.ok((user + system) / 1_000 < 1_000, `${(user + system) / 1_000} ms`);
});
