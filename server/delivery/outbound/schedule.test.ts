import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveUpAfterMs, planRetry, warnAfterMs } from './schedule.ts';

/** Plays a message that never gets through; answers when it was tried and when it was warned of. */
function play(random: number, mayWarn: boolean) {
  const triedAtMs = [0];
  const warnedAtMs: number[] = [];
  for (let attempts = 1; attempts < 1000; attempts += 1) {
    const nowMs = triedAtMs.at(-1) ?? 0;
    const step = planRetry({ queuedAtMs: 0, attempts, nowMs, hasWarned: warnedAtMs.length > 0, mayWarn }, random);
    if (step.kind === 'giveUp') return { triedAtMs, warnedAtMs };
    if (step.mustWarn) warnedAtMs.push(nowMs);
    assert.ok(step.atMs > nowMs, 'time goes on');
    triedAtMs.push(step.atMs);
  }
  throw new Error('it never gives up');
}

test('a message is tried for five days, often at first, to the very end', () => {
  for (const random of [0, 0.5, 0.999]) {
    const { triedAtMs } = play(random, true);
    assert.equal(triedAtMs.at(-1), giveUpAfterMs);
    assert.ok(triedAtMs.filter((atMs) => atMs < 3_600_000).length >= 5, 'five times in the first hour');
    assert.ok(triedAtMs.length > 30 && triedAtMs.length < 50, `${triedAtMs.length} attempts`);
    const gaps = triedAtMs.slice(1).map((atMs, index) => atMs - (triedAtMs[index] ?? 0));
    assert.ok(Math.max(...gaps) <= 4.4 * 3_600_000);
  }
});

test('the sender is warned once, after four hours, unless they said not to', () => {
  const { warnedAtMs } = play(0.5, true);
  assert.equal(warnedAtMs.length, 1);
  assert.ok((warnedAtMs[0] ?? 0) >= warnAfterMs && (warnedAtMs[0] ?? 0) < 2 * warnAfterMs);
  assert.deepEqual(play(0.5, false).warnedAtMs, []);
});

test('a queue that slept over the end gives up at once', () => {
  const waiting = { queuedAtMs: 0, attempts: 3, hasWarned: false, mayWarn: true };
  assert.deepEqual(planRetry({ ...waiting, nowMs: giveUpAfterMs + 1 }, 0), { kind: 'giveUp' });
});
