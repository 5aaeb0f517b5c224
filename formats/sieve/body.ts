/** The two faces of a compiled script: what `Script` shows to others, and what `evaluate` and `include` run. */
import type { RunCommand } from './run.ts';
import type { ScriptBody } from './types.ts';

const bodies = new WeakMap<ScriptBody, RunCommand>();

export function sealBody(run: RunCommand): ScriptBody {
  const body: ScriptBody = { sieveBody: true };
  bodies.set(body, run);
  return body;
}

/** @throws {Error} for a script that `compileSieve` did not make. */
export function openBody(body: ScriptBody): RunCommand {
  const run = bodies.get(body);
  if (run === undefined) throw new Error('A script that compileSieve did not make.');
  return run;
}
