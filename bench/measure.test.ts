import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, printRows, sample } from './measure.ts';

test('a percentile is a sample: the nearest rank', () => {
  const samples = [5, 1, 4, 2, 3];
  assert.equal(percentile(samples, 0.5), 3);
  assert.equal(percentile(samples, 0.95), 5);
  assert.equal(percentile([7], 0.5), 7);
});

test('sampling does each piece once, and so many at once', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  const samples = await sample(20, 4, async (index) => {
    most = Math.max(most, ++running);
    await sleep(1);
    running--;
    done.push(index);
  });
  assert.equal(samples.length, 20);
  assert.equal(most, 4);
  assert.deepEqual(
    done.toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, index) => index),
  );
});

test('a ratio of one or more always means that the promise is kept', () => {
  const lines = printRows([
    { kind: 'latency', name: 'fast', samplesMs: [2], targetMs: 5 },
    { kind: 'rate', name: 'many', perSecond: 3000, targetPerSecond: 1200 },
    { kind: 'amount', name: 'small', value: 40, unit: 'kB', atMost: 100 },
  ]).split('\n');
  for (const line of lines.slice(1)) assert.match(line, /2\.50$/);
});
