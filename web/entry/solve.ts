/** The browser's share of the check against robots (server/entry/challenge.ts), in a worker: the page stays usable. */
import type { Challenge, Solution } from 'altcha-lib/types';

export interface Solved {
  readonly challenge: Challenge;
  readonly solution: Solution;
}

/** @throws {Error} where the browser cannot. */
export function solveInWorker(challenge: unknown): Promise<Solved> {
  const worker = new Worker(new URL('./solve.worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Solved>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Solved | undefined>) =>
      data ? resolve(data) : reject(new Error('the challenge was not solved')),
    );
    worker.addEventListener('error', () => reject(new Error('the worker did not run')));
    worker.postMessage(challenge);
  }).finally(() => worker.terminate());
}
