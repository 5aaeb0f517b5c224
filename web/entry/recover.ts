/** Asking for a code, and showing it. */
import { readSteps } from '#web/app/steps/steps.ts';
import type { LoginStep } from '#web/app/steps/steps.ts';
import { isObject, numberOr, textOr } from '#web/sync/shape.ts';
import { solveInWorker } from './solve.ts';

export interface Asked {
  readonly name: string;
  readonly birthDate: string;
  readonly numen: string;
}

export type AskOutcome =
  | { readonly kind: 'asked'; readonly ticket: string }
  | { readonly kind: 'unsolved' }
  | { readonly kind: 'tryLater' }
  | { readonly kind: 'unreachable' };

const headers = { 'content-type': 'application/json', 'x-pli-client': 'web' };

/** @param onSolved the sum is done, and the request is on its way. */
export async function askForCode(asked: Asked, onSolved: () => void): Promise<AskOutcome> {
  try {
    const given: unknown = await (await fetch('/auth/recover')).json();
    const solved = await solveInWorker(isObject(given) ? given['challenge'] : undefined).catch(() => undefined);
    if (!solved) return { kind: 'unsolved' };
    onSolved();
    const response = await fetch('/auth/recover', {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...asked, solved }),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok && isObject(answer)) return { kind: 'asked', ticket: textOr(answer['ticket'], '') };
    if (response.status === 422) return { kind: 'unsolved' };
    return { kind: response.status === 429 ? 'tryLater' : 'unreachable' };
  } catch {
    return { kind: 'unreachable' };
  }
}

export type CodeOutcome =
  | { readonly kind: 'done'; readonly steps: readonly LoginStep[] }
  | { readonly kind: 'wrong'; readonly left: number }
  | { readonly kind: 'over' }
  | { readonly kind: 'tryLater' }
  | { readonly kind: 'unreachable' };

export async function showCode(ticket: string, code: string): Promise<CodeOutcome> {
  try {
    const body = JSON.stringify({ ticket, code });
    const response = await fetch('/auth/recover/code', { method: 'POST', headers, body });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return { kind: 'done', steps: readSteps(answer) };
    if (response.status === 422 && isObject(answer) && answer['kind'] === 'wrong')
      return { kind: 'wrong', left: numberOr(answer['left'], 0) };
    if (response.status === 422 || response.status === 423) return { kind: 'over' };
    return { kind: response.status === 429 ? 'tryLater' : 'unreachable' };
  } catch {
    return { kind: 'unreachable' };
  }
}
