/**
 * What the time of an answer tells of who exists: the same refusal for a name that somebody has and for one that nobody
 * has, at the login and at the page that recovers a password. The rows of a pair differ by noise alone.
 */
import { type Challenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import type { Bench, House } from './house.ts';

const tries = 40;
const targetMs = 300;

export const door: Bench = {
  name: 'door',
  run: async (house) => {
    const { userName } = await house.lab.addAccount('connue');
    const samples = new Map<string, number[]>();
    // In turns, so that whatever else the machine does falls on all of them alike.
    for (let turn = 0; turn < tries; turn += 1)
      for (const [kind, name] of [
        ['a known name', userName],
        ['an unknown name', `${userName}x`],
      ] as const) {
        const note = (what: string, ms: number): unknown =>
          samples.getOrInsertComputed(`${what}, ${kind}`, () => []).push(ms);
        note('login refused', await postMs(house, '/auth/login', { userName: name, password: `faux ${turn}` }));
        const solved = await solve(house);
        note(
          'recovery asked',
          await postMs(house, '/auth/recover', { name, birthDate: '01/01/1970', numen: '', solved }),
        );
      }
    return [...samples].map(([name, samplesMs]) => ({ kind: 'latency', name, samplesMs, targetMs }));
  },
};

async function postMs({ ready }: House, path: string, body: object): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(new URL(path, ready.url), { method: 'POST', body: JSON.stringify(body) });
  await response.arrayBuffer();
  return performance.now() - startedAt;
}

async function solve({ ready }: House): Promise<object> {
  // Of our own server, which makes it with the same library.
  const { challenge } = (await (await fetch(new URL('/auth/recover', ready.url))).json()) as { challenge: Challenge };
  return { challenge, solution: await solveChallenge({ challenge, deriveKey }) };
}
