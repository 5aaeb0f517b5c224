/** A brake on octets: as many a second as are allowed, measured from the start, so that pauses elsewhere are made good. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Pace {
  /** Waits until `octets` more are due. */
  spend(octets: number, signal: AbortSignal): Promise<void>;
}

/** What was not used for so long is not made good: no burst after a pause. */
const creditMs = 2_000;

/** @param octetsPerSecond 0 for as fast as it goes. */
export function pace(octetsPerSecond: number): Pace {
  let dueAt = performance.now();
  return {
    async spend(octets, signal) {
      if (octetsPerSecond <= 0) return;
      const now = performance.now();
      dueAt = Math.max(dueAt, now - creditMs) + (octets / octetsPerSecond) * 1000;
      if (dueAt > now) await sleep(dueAt - now, undefined, { signal });
    },
  };
}
