/** Logging in and out of the browser session: a cookie that scripts cannot read. */
import { isObject, numberOr, textOr } from '#web/sync/shape.ts';
import { readSteps } from './steps/steps.ts';
import type { LoginStep } from './steps/steps.ts';

/** What the login page says about the house, before anybody is known. */
export interface HouseInfo {
  readonly tenantName: string;
  readonly isDemonstration: boolean;
  readonly accounts: readonly DemonstrationAccount[];
}

export interface DemonstrationAccount {
  readonly userName: string;
  readonly password: string;
  readonly displayName: string;
}

export type LoginOutcome =
  /** `steps`: what is left to do before the session is open. */
  | { readonly kind: 'ok'; readonly steps: readonly LoginStep[] }
  | { readonly kind: 'refused' }
  /** Somebody must unlock the account first. */
  | { readonly kind: 'locked' }
  | { readonly kind: 'tryLater'; readonly afterSeconds: number }
  | { readonly kind: 'unreachable' };

const headers = { 'content-type': 'application/json', 'x-pli-client': 'web' };

export async function logIn(userName: string, password: string): Promise<LoginOutcome> {
  try {
    const response = await fetch('/auth/login', {
      method: 'POST',
      headers,
      body: JSON.stringify({ userName, password }),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return { kind: 'ok', steps: readSteps(answer) };
    if (response.status === 429) {
      return {
        kind: 'tryLater',
        afterSeconds: numberOr(isObject(answer) ? answer['retryAfterSeconds'] : undefined, 60),
      };
    }
    if (response.status === 423) return { kind: 'locked' };
    return response.status >= 500 ? { kind: 'unreachable' } : { kind: 'refused' };
  } catch {
    return { kind: 'unreachable' };
  }
}

export async function logOut(): Promise<void> {
  await fetch('/auth/logout', { method: 'POST', headers, body: '{}' }).catch(() => undefined);
}

export async function fetchHouseInfo(): Promise<HouseInfo | undefined> {
  try {
    const response = await fetch('/auth/info');
    const value: unknown = response.ok ? await response.json() : undefined;
    if (!isObject(value)) return undefined;
    const accounts = Array.isArray(value['accounts']) ? value['accounts'].filter(isObject) : [];
    return {
      tenantName: textOr(value['tenantName'], ''),
      isDemonstration: value['isDemonstration'] === true,
      accounts: accounts.map((it) => ({
        userName: textOr(it['userName'], ''),
        password: textOr(it['password'], ''),
        displayName: textOr(it['displayName'], textOr(it['userName'], '')),
      })),
    };
  } catch {
    return undefined;
  }
}
