/**
 * Whose passwords a directory keeps, and asking it. An administrator says which populations; while a directory does not
 * answer nobody's password is wrong because of it: they are told to try later, and nothing is counted against them.
 */
import { Refusal } from '#server/access/refusal.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import type { Store } from '#server/store/store.ts';

import { type Provider, selectDirectories } from '#server/federation/queries.ts';
import { ProviderFault } from '#server/federation/reach.ts';
import { openFor } from '#server/federation/secret.ts';
import type { LdapSettings } from '#server/federation/settings.ts';

import type { PersonValues } from './filter.ts';

export interface PasswordDirectory {
  readonly provider: Provider;
  readonly settings: LdapSettings;
  /** Another one when anything about it changed: a password found right under the one before is asked for anew. */
  readonly version: string;
}

/** The first directory of the tenant that keeps the passwords of this population. */
export async function directoryOf(
  tx: Tx,
  tenantId: TenantId,
  population: string,
): Promise<PasswordDirectory | undefined> {
  for (const provider of await selectDirectories(tx, tenantId)) {
    const { settings, id, updatedAt } = provider;
    if (settings.kind !== 'ldap') continue;
    if (settings.passwordsOf.includes('*') || settings.passwordsOf.includes(population))
      return { provider, settings, version: `${id}.${updatedAt}` };
  }
  return undefined;
}

export function bindPasswordOf(store: Store, { tenantId, id, secret }: Provider): string | undefined {
  return secret === null ? undefined : openFor(store, { tenantId, id, use: 'secret' }, secret);
}

interface Asking {
  count: number;
  /** Until when it is taken to be away. */
  downUntil: number;
  /** Told what the operator's log should know. */
  onFault: (error: Error) => void;
}

const asking = new WeakMap<Store, Asking>();

function askingOf(store: Store): Asking {
  return asking.getOrInsertComputed(store, () => ({ count: 0, downUntil: 0, onFault: () => undefined }));
}

/** Where faults of directories are told; the composition says so, before the first request. */
export function hearDirectoryFaults(store: Store, onFault: (error: Error) => void): void {
  askingOf(store).onFault = onFault;
}

const askedAtOnce = 32;
const retryAfterSeconds = 30;

/** Whether a directory did not answer a moment ago: no answer then tells who is in it. */
export function isDirectoryAway(store: Store): boolean {
  return askingOf(store).downUntil > store.now();
}

/** @throws {Refusal} `tooBusy` where it does not answer, or too many ask at once. */
export async function isTheirsIn(
  store: Store,
  { provider, settings }: PasswordDirectory,
  who: PersonValues,
  password: string,
): Promise<boolean> {
  const state = askingOf(store);
  if (state.count >= askedAtOnce) throw new Refusal('tooBusy', { retryAfterSeconds: 2 });
  state.count += 1;
  try {
    const { isTheirs } = await import('./bind.ts');
    return await isTheirs({ settings, bindPassword: bindPasswordOf(store, provider), who, password });
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    state.downUntil = store.now() + retryAfterSeconds * 1000;
    state.onFault(error);
    throw new Refusal('tooBusy', { retryAfterSeconds });
  } finally {
    state.count -= 1;
  }
}
