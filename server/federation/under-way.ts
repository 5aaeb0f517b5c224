/**
 * A browser on its way to a provider and back. Its state is a token that this very browser alone can use (a cookie), once,
 * within ten minutes, and for the provider it was sent to: so that nobody is logged in as somebody else (RFC 9700 §4.7),
 * and one provider cannot pass for another (RFC 9700 §4.4). What a protocol must remember is derived from the state, and
 * kept nowhere.
 */
import { mayAsk } from '#server/access/asking.ts';
import { Refusal } from '#server/access/refusal.ts';
import { keyedHash } from '#server/access/secret.ts';
import { networkOf } from '#server/access/throttle.ts';
import { hashToken, newToken, printSessionToken, readSessionToken } from '#server/access/token.ts';
import type { ProviderId, TenantId } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { readFederationPolicy } from './policy.ts';
import {
  insertUnderWay,
  type Provider,
  selectProvider,
  selectUnderWay,
  spendUnderWay,
  type StateKey,
  type UnderWay,
} from './queries.ts';

export interface ProviderKey {
  readonly tenantId: TenantId;
  readonly id: ProviderId;
}

const underWayMs = 10 * 60_000;
const returnCharacters = 2_000;
/** A whole school comes from one address in the same quarter of an hour. */
const startsPerNetwork = { most: 5_000, withinMs: 15 * 60_000 };

/** A provider that one may log in by now. @throws {Refusal} `noSuchIdentity`. */
export function openProvider(store: Store, { tenantId, id }: ProviderKey): Promise<Provider> {
  return read(store, async (tx) => {
    const provider = await selectProvider(tx, tenantId, id);
    const isOpen = provider?.kind !== 'saml' || (await readFederationPolicy(tx, tenantId)).isSamlOpen;
    if (!provider?.isEnabled || !isOpen || provider.kind === 'ldap') throw new Refusal('noSuchIdentity');
    return provider;
  });
}

export interface Departure {
  readonly provider: Provider;
  /** What the browser comes back with. */
  readonly state: string;
}

/**
 * Notes that a browser is sent to a provider.
 * @param browser its cookie's token. @param returnTo where it goes afterwards; anything but a path of ours is the front page.
 * @throws {Refusal} `noSuchIdentity`, `rateLimited`.
 */
export async function depart(
  store: Store,
  key: ProviderKey,
  given: { readonly browser: string; readonly returnTo: string; readonly remoteAddress: string },
): Promise<Departure> {
  const provider = await openProvider(store, key);
  if (!(await mayAsk(store, { of: `federation ${networkOf(given.remoteAddress)}`, ...startsPerNetwork })))
    throw new Refusal('rateLimited', { retryAfterSeconds: 60 });
  const token = newToken();
  const at = store.now();
  await write(store, (tx) =>
    insertUnderWay(
      tx,
      { tenantId: provider.tenantId, tokenHash: hashToken(token) },
      {
        providerId: provider.id,
        browserHash: hashToken(given.browser),
        returnTo: ownPath(given.returnTo),
        createdAt: at,
        expiresAt: at + underWayMs,
      },
    ),
  );
  return { provider, state: printSessionToken(provider.tenantId, token) };
}

/** Only a path of our own: `//elsewhere` would be another site. */
export function ownPath(text: string): string {
  const isOwn = text.length <= returnCharacters && /^\/(?![/\\])[\x21-\x7e]*$/.test(text);
  return isOwn && URL.parse(text, 'https://ours.invalid')?.host === 'ours.invalid' ? text : '/';
}

/** What is under way by that state at that provider, whoever asks; undefined where nothing is any more. */
export async function underWayOf(
  store: Store,
  state: string,
  provider: ProviderKey,
): Promise<{ readonly key: StateKey; readonly login: UnderWay } | undefined> {
  const key = readSessionToken(state);
  if (!key || key.tenantId !== provider.tenantId) return undefined;
  const login = await read(store, (tx) => selectUnderWay(tx, key));
  if (!login || login.providerId !== provider.id || login.expiresAt <= store.now() || login.spentAt !== null)
    return undefined;
  return { key, login };
}

/** The same for the browser that was sent, which uses it up. undefined for anybody else, and a second time. */
export async function comeBack(
  store: Store,
  state: string,
  provider: ProviderKey,
  browser: string,
): Promise<{ readonly key: StateKey; readonly login: UnderWay } | undefined> {
  const found = await underWayOf(store, state, provider);
  if (!found || found.login.browserHash !== hashToken(browser)) return undefined;
  const isFirst = await write(store, (tx) => spendUnderWay(tx, found.key, store.now()));
  return isFirst ? found : undefined;
}

/** 43 characters that only this installation can tell from the state: a nonce, a PKCE verifier (RFC 7636 §4.1), a request's id. */
export function derive(store: Store, state: string, use: 'nonce' | 'verifier' | 'request'): string {
  return keyedHash(store, 'federation', `${use} ${state}`);
}
