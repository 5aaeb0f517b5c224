/**
 * The filters of an account, ready to run: its active script compiled, its absence answer, whose they are. Kept by the
 * process for as long as the account's states say that nothing changed, so that a delivery compiles nothing.
 */

import { SieveError } from '#formats/sieve/error.ts';
import type { Script } from '#formats/sieve/types.ts';
import { addressesOf } from '#server/directory/account-addresses.ts';
import type { States } from '#server/store/changes.ts';
import { MissingObject } from '#server/store/blobs/place.ts';
import { openBlob, selectBlobIn } from '#server/store/blobs/store.ts';
import type { AccountId, BlobHash, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { compileOctets } from './check.ts';
import { type Owner, selectOwner } from './queries/owner.ts';
import { selectScripts } from './queries/scripts.ts';
import { selectVacation, type VacationSettings } from './queries/vacation.ts';
import { vacationScript } from './vacation/script.ts';

export interface LoadedScript {
  readonly name: string;
  /** Compiled when it was put; an error only where this version of the program reads it otherwise. */
  readonly script: Script | SieveError;
}

export interface Filters {
  readonly owner: Owner;
  /** Every address of the account, the main one first. */
  readonly addresses: readonly string[];
  readonly active: LoadedScript | undefined;
  readonly vacation: { readonly settings: VacationSettings; readonly script: Script } | undefined;
}

/**
 * Stands for what the account's filters are now, without reading them: from the states its transaction has at hand.
 * @returns undefined where the account never had any: then a delivery costs nothing more.
 */
export function filtersKey({ SieveScript, VacationResponse }: States): string | undefined {
  return SieveScript === undefined && VacationResponse === undefined
    ? undefined
    : `${SieveScript ?? 0}.${VacationResponse ?? 0}`;
}

/** Addresses of an account are no state of its own: an alias given or taken is known after this. */
const keptMs = 60_000;
const mostKept = 5_000;

interface Kept {
  readonly key: string;
  readonly untilMs: number;
  readonly filters: Filters | undefined;
}

const caches = new WeakMap<Store, Map<AccountId, Kept>>();

/** What was loaded last, if it may still hold: a guess that spares a transaction, to be held against the account's key. */
export function lastFilters(store: Store, accountId: AccountId): { readonly key: string } | undefined {
  return caches.get(store)?.get(accountId);
}

/** @param key the account's, by filtersKey. @returns undefined where nothing is active, or the account is gone. */
export async function loadFilters(store: Store, accountId: AccountId, key: string): Promise<Filters | undefined> {
  const cache = caches.get(store) ?? new Map<AccountId, Kept>();
  caches.set(store, cache);
  const known = cache.get(accountId);
  if (known?.key === key && known.untilMs > store.now()) return known.filters;
  const filters = await readFilters(store, accountId);
  cache.delete(accountId);
  cache.set(accountId, { key, untilMs: store.now() + keptMs, filters });
  const oldest = cache.size > mostKept ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  return filters;
}

async function readFilters(store: Store, accountId: AccountId): Promise<Filters | undefined> {
  const found = await read(store, async (tx) => {
    const owner = await selectOwner(tx, accountId);
    if (!owner) return undefined;
    const active = (await selectScripts(tx, accountId)).find(({ isActive }) => isActive);
    const settings = await selectVacation(tx, accountId);
    if (!active && settings?.isEnabled !== true) return undefined;
    const blob = active && (await selectBlobIn(store, tx, owner.tenantId, active.hash));
    return { owner, addresses: await addressesOf(tx, owner.tenantId, accountId), active, blob, settings };
  });
  if (!found) return undefined;
  const { owner, addresses, active, blob, settings } = found;
  return {
    owner,
    addresses: [owner.email, ...addresses.filter((address) => address !== owner.email)],
    active: active && { name: active.name, script: blob ? compiled(await blob.bytes()) : lost(active.name) },
    vacation: settings?.isEnabled === true ? { settings, script: vacationScript(settings, owner.language) } : undefined,
  };
}

/** A script by its octets, for a run over old mail. @throws {MissingObject}. */
export async function loadScript(store: Store, tenantId: TenantId, hash: BlobHash): Promise<Script | SieveError> {
  const blob = await openBlob(store, tenantId, hash);
  if (!blob) throw new MissingObject(hash);
  return compiled(await blob.bytes());
}

/** The store has lost its octets: mail is kept and the owner told, as for any script that fails. */
function lost(name: string): SieveError {
  return new SieveError({ code: 'includeMissing', name }, 0, 0);
}

function compiled(octets: Uint8Array): Script | SieveError {
  try {
    return compileOctets(octets);
  } catch (error) {
    if (error instanceof SieveError) return error;
    throw error;
  }
}
