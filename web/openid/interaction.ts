/** What the provider asks of whoever a service has sent here, and where their answer leads. */
import { isObject, textOr } from '#web/sync/shape.ts';

export type Asked =
  | { readonly kind: 'ready'; readonly client: string }
  | { readonly kind: 'proof'; readonly client: string; readonly twoFactors: boolean }
  | {
      readonly kind: 'consent';
      readonly client: string;
      /** The host it stands at; empty of a program on one's own device. */
      readonly site: string;
      readonly scopes: readonly string[];
    }
  | { readonly kind: 'login' | 'gone' | 'foreign' | 'unreachable' };

export async function fetchAsked(uid: string): Promise<Asked> {
  const it = await ask(`/openid/interaction/${encodeURIComponent(uid)}/state`, {});
  const client = textOr(it['client'], '');
  switch (it['kind']) {
    case 'ready':
      return { kind: 'ready', client };
    case 'proof':
      return { kind: 'proof', client, twoFactors: it['twoFactors'] === true };
    case 'consent': {
      const scopes = Array.isArray(it['scopes']) ? it['scopes'].filter((one) => typeof one === 'string') : [];
      return { kind: 'consent', client, site: textOr(it['site'], ''), scopes };
    }
    case 'login':
    case 'gone':
    case 'foreign':
      return { kind: it['kind'] };
    default:
      return { kind: 'unreachable' };
  }
}

/** @param word '' where nobody was asked. @returns where to go on; undefined when it did not work. */
export async function answer(uid: string, word: 'yes' | 'no' | ''): Promise<string | undefined> {
  const body = JSON.stringify({ answer: word });
  const it = await ask(`/openid/interaction/${encodeURIComponent(uid)}/answer`, { method: 'POST', body });
  return textOr(it['location'], undefined);
}

/** Ends the session of the house, or only that of the service. @returns where to go on. */
export async function endSession(xsrf: string, isLeaving: boolean): Promise<string | undefined> {
  const body = new URLSearchParams({ xsrf, ...(isLeaving && { logout: 'yes' }) });
  const it = await ask('/openid/end/confirm', { method: 'POST', body }, 'application/x-www-form-urlencoded');
  return textOr(it['location'], undefined);
}

async function ask(
  path: string,
  init: RequestInit,
  type = 'application/json',
): Promise<Readonly<Record<string, unknown>>> {
  try {
    const headers = { 'content-type': type, 'x-pli-client': 'web' };
    const response = await fetch(path, { ...init, headers });
    const value: unknown = response.ok ? await response.json() : undefined;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
