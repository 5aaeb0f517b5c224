/** Identity providers as the console asks for them: listed, added, opened and closed, removed. */
import type { AccountId } from '#web/sync/records.ts';
import { list, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { refusable, setConsole } from './console.ts';

export const providerKinds = ['oidc', 'cas', 'saml', 'ldap'] as const;
export type ProviderKind = (typeof providerKinds)[number];
export const linkings = ['userName', 'email', 'externalId', 'none'] as const;
export type Linking = (typeof linkings)[number];
export const leavings = ['ask', 'always', 'never'] as const;
export type Leaving = (typeof leavings)[number];

export interface ProviderRow {
  readonly id: string;
  readonly kind: ProviderKind;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly address: string;
  /** What the provider must be told of us. */
  readonly callback: string;
}

/** In the order of the buttons; a text says why not. @throws as `client.request` does. */
export async function fetchProviders(sync: Sync, accountId: AccountId): Promise<readonly ProviderRow[] | string> {
  const answer = await refusable(async () =>
    (await sync.client.request([['IdentityProvider/get', { accountId, ids: null }, 'g']])).of('g'),
  );
  return typeof answer === 'string' ? answer : list(answer['list'], readRow);
}

function readRow(value: unknown): ProviderRow {
  const it = object(value);
  const settings = object(it['settings']);
  const address = settings['issuer'] ?? settings['url'] ?? settings['entryPoint'];
  return {
    id: text(it['id']),
    kind: providerKinds.find((one) => one === it['kind']) ?? 'oidc',
    name: text(it['name']),
    isEnabled: it['isEnabled'] === true,
    address: textOr(address, ''),
    callback: `${globalThis.location.origin}${textOr(it['callbackPath'], '')}`,
  };
}

/** @returns the type of what stood in the way; undefined when it is done. */
export async function setProvider(sync: Sync, accountId: AccountId, change: JsonObject): Promise<string | undefined> {
  const answer = await setConsole(sync, 'IdentityProvider/set', { accountId, ...change });
  return typeof answer === 'string' ? answer : undefined;
}
