/** What the hard tests share: how much they do, ports, chance, and the platform's own check of everything it keeps. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab, Ready } from '#tools/lab.ts';
import { listOf, recordOf } from './jmap.ts';

/** PLI_TEST_LONG=1 does many times more: before a release, or after a change of the store. */
export const isLong = (process.env['PLI_TEST_LONG'] ?? '') !== '';

/** @throws {Error} when the server has no such port. */
export function portOf(ready: Ready, head: string): number {
  const port = ready.ports[head];
  if (port === undefined) throw new Error(`The server has no port for ${head}`);
  return port;
}

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Runs `pli verify` on what the server keeps. @throws {AssertionError} with the problems it found. */
export async function assertSound(lab: Lab): Promise<void> {
  const said = await lab.pli(['verify', '--json']).catch((error: unknown) => assert.fail(String(error)));
  const result = recordOf(JSON.parse(said));
  const problems = listOf(result['findings']).map(recordOf);
  assert.deepEqual(
    problems.filter((each) => each['kind'] === 'problem'),
    [],
  );
}

/** Resident memory of a process in octets, as Linux counts it. */
export function residentOctets(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

/** Looks every few milliseconds. @throws {Error} when `isTrue` stays false for `withinMs`. */
export async function until(isTrue: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > giveUpAt)
      throw new Error(`It did not come true within ${withinMs} ms: ${isTrue.toString()}`);
    await sleep(5);
  }
}
