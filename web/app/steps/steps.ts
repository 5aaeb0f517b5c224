/** What the server asks for between a right password and the work, and how a step is answered. */
import type { Judgement } from '#web/entry/NewPassword.tsx';
import { isObject } from '#web/sync/shape.ts';

const known = ['secondFactor', 'password', 'terms', 'recovery', 'enrol'] as const;
export type LoginStep = (typeof known)[number];

export type StepOutcome =
  | { readonly kind: 'done'; readonly steps: readonly LoginStep[] }
  /** What was given will not do. */
  | { readonly kind: 'refused'; readonly answer: Readonly<Record<string, unknown>> }
  /** The login is too old, or another tab finished it. */
  | { readonly kind: 'tooLate' }
  /** In an open session: whoever is there proves first who they are. */
  | { readonly kind: 'stepUpNeeded' }
  | { readonly kind: 'tryLater' }
  | { readonly kind: 'unreachable' };

const headers = { 'content-type': 'application/json', 'x-pli-client': 'web' };

/** The steps of an answer, in order. A step this page does not know is one a newer page does: it is loaded anew. */
export function readSteps(answer: unknown): readonly LoginStep[] {
  const given = isObject(answer) && Array.isArray(answer['steps']) ? answer['steps'] : [];
  return given.map((name: unknown) => {
    const step = known.find((it) => it === name);
    if (step === undefined) throw new Error(`This page is too old for the step ${String(name)}`);
    return step;
  });
}

/** The steps of a login that was begun before this page was loaded. */
export async function fetchSteps(): Promise<readonly LoginStep[]> {
  try {
    const response = await fetch('/auth/state');
    return response.ok ? readSteps(await response.json()) : [];
  } catch {
    return [];
  }
}

/** What the page of a step shows; nothing where the server does not answer, and the first try says so. */
export async function fetchStep(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const response = await fetch(path);
    const answer: unknown = response.ok ? await response.json() : undefined;
    return isObject(answer) ? answer : {};
  } catch {
    return {};
  }
}

/** What the server says of a password being typed: the rules it knows an answer to. */
export async function judgePassword(path: string, password: string): Promise<Judgement> {
  try {
    const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify({ password }) });
    const answer: unknown = response.ok ? await response.json() : undefined;
    if (!isObject(answer)) return {};
    const { personal, guessable } = answer;
    return {
      ...(typeof personal === 'boolean' && { personal }),
      ...(typeof guessable === 'boolean' && { guessable }),
    };
  } catch {
    return {};
  }
}

export async function postStep(path: string, body: Readonly<Record<string, unknown>>): Promise<StepOutcome> {
  try {
    const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return { kind: 'done', steps: readSteps(answer) };
    if (isObject(answer) && answer['kind'] === 'stepUpNeeded') return { kind: 'stepUpNeeded' };
    if (response.status === 422) return { kind: 'refused', answer: isObject(answer) ? answer : {} };
    if (response.status === 401 || response.status === 423) return { kind: 'tooLate' };
    return response.status === 429 ? { kind: 'tryLater' } : { kind: 'unreachable' };
  } catch {
    return { kind: 'unreachable' };
  }
}
