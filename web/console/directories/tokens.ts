/** Tokens of other directories as the console asks for them: listed, made, revoked. */
import { refusable, setConsole } from '#web/console/console.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, object, text, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  /** '' for the whole institution. */
  readonly unitName: string;
  readonly createdAt: string;
  /** '' for never, as in `lastUsedAt`. */
  readonly expiresAt: string;
  readonly lastUsedAt: string;
  readonly lastUsedFrom: string;
}

/** The oldest first; a text says why not. @throws as `client.request` does. */
export async function fetchTokens(sync: Sync, accountId: AccountId): Promise<readonly TokenRow[] | string> {
  const answer = await refusable(async () =>
    (await sync.client.request([['ScimToken/get', { accountId, ids: null }, 'g']])).of('g'),
  );
  if (typeof answer === 'string') return answer;
  return list(answer['list'], (value) => {
    const it = object(value);
    return {
      id: text(it['id']),
      name: text(it['name']),
      unitName: textOr(it['unitName'], ''),
      createdAt: text(it['createdAt']),
      expiresAt: textOr(it['expiresAt'], ''),
      lastUsedAt: textOr(it['lastUsedAt'], ''),
      lastUsedFrom: textOr(it['lastUsedFrom'], ''),
    };
  });
}

export interface NewToken {
  readonly name: string;
  readonly unitId: string | null;
  readonly expiresAt: string | null;
}

export type MadeToken =
  | { readonly kind: 'made'; readonly secret: string }
  | { readonly kind: 'refused'; readonly type: string };

export async function makeToken(sync: Sync, accountId: AccountId, given: NewToken): Promise<MadeToken> {
  const answer = await setConsole(sync, 'ScimToken/set', { accountId, create: { made: { ...given } } });
  if (typeof answer === 'string') return { kind: 'refused', type: answer };
  return { kind: 'made', secret: text(object(object(answer['created'])['made'])['secret']) };
}

/** @returns the type of what stood in the way; undefined when it is done. */
export async function revokeToken(sync: Sync, accountId: AccountId, id: string): Promise<string | undefined> {
  const answer = await setConsole(sync, 'ScimToken/set', { accountId, destroy: [id] });
  return typeof answer === 'string' ? answer : undefined;
}
