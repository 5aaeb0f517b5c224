/** What the pages of second factors ask of the server (/auth/…), and what its answers come to. */
import { sessionFetch } from '#web/sync/sessionFetch.ts';
import { isObject, textOr } from '#web/sync/shape.ts';

export type Reply =
  | { readonly kind: 'done'; readonly answer: Readonly<Record<string, unknown>> }
  /** The code, key or password is wrong. `left`: how many tries remain, where they are counted. */
  | { readonly kind: 'wrong'; readonly left: number | undefined }
  /** The session is right, and asks for a fresh proof first. */
  | { readonly kind: 'stepUpNeeded' }
  /** Refused for a reason of its own: `tooMany`, `alreadyExists` … */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The login or session is over. */
  | { readonly kind: 'tooLate' }
  | { readonly kind: 'tryLater' }
  | { readonly kind: 'unreachable' };

const headers = { 'content-type': 'application/json', 'x-pli-client': 'web' };

export function read(path: string): Promise<Reply> {
  return ask(path, { headers });
}

export function send(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<Reply> {
  return ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function ask(path: string, init: RequestInit): Promise<Reply> {
  try {
    const response = await sessionFetch(path, init);
    const value: unknown = await response.json().catch(() => undefined);
    const answer = isObject(value) ? value : {};
    if (response.ok) return { kind: 'done', answer };
    const reason = textOr(answer['kind'], '');
    if (reason === 'stepUpNeeded') return { kind: 'stepUpNeeded' };
    if (response.status === 422) return { kind: 'wrong', left: leftIn(answer) };
    if (response.status === 400) return { kind: 'refused', reason };
    if (response.status === 401 || response.status === 423) return { kind: 'tooLate' };
    return response.status === 429 ? { kind: 'tryLater' } : { kind: 'unreachable' };
  } catch {
    return { kind: 'unreachable' };
  }
}

export type ProofKind = 'passkey' | 'totp' | 'recovery' | 'password';
const kinds: readonly ProofKind[] = ['passkey', 'totp', 'recovery', 'password'];

/** The kinds of an answer, in its order; those this page does not know are left out. */
export function readKinds(answer: Readonly<Record<string, unknown>>): readonly ProofKind[] {
  const given = Array.isArray(answer['kinds']) ? answer['kinds'] : [];
  return given.flatMap((name: unknown) => kinds.filter((it) => it === name));
}

export function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((it) => typeof it === 'string') : [];
}

/** None of a code that is over. */
function leftIn(answer: Readonly<Record<string, unknown>>): number | undefined {
  if (answer['kind'] === 'over') return 0;
  return typeof answer['left'] === 'number' ? answer['left'] : undefined;
}
