/**
 * What this process knows of the looks of institutions and of the hosts they are reached by. Every page asks, also while
 * the database does not answer, so it is kept in memory; one small read a second brings it up to date, whatever process
 * or command line wrote it.
 */
import { createHash } from 'node:crypto';

import { printSheet } from '#formats/brand/sheet.ts';
import type { TenantId } from '#server/store/ids.ts';
import { glance, type Store } from '#server/store/store.ts';

import { type Logo, selectBrands, selectHostnames, type TenantBrand } from './queries.ts';

export interface Sheet {
  /** Of its text: the address it is kept at for ever. */
  readonly hash: string;
  readonly text: string;
}

/** Whose house a visitor stands before. */
export interface Looks {
  /** undefined: the platform's own, where several institutions share it. */
  readonly tenantId: TenantId | undefined;
  /** The name that was chosen, or the institution's; the program's where there is no one institution. */
  readonly name: string;
  /** Chosen, and therefore said in place of the program's. */
  readonly isNamed: boolean;
  readonly logo: Logo | undefined;
  readonly sheet: Sheet | undefined;
}

interface Known {
  readonly looks: readonly Looks[];
  readonly hosts: ReadonlyMap<string, Looks>;
}

const nothing: Known = { looks: [], hosts: new Map() };
const knownBy = new WeakMap<Store, Known>();
const programName = 'Pli';

/** By the name of the host the visitor came by: its institution's; the only one there is; or nobody's. */
export function looksAt(store: Store, hostname: string): Looks {
  const { looks, hosts } = knownBy.get(store) ?? nothing;
  const [only, ...others] = looks;
  return hosts.get(hostname) ?? (only && others.length === 0 ? only : nobody);
}

const nobody: Looks = { tenantId: undefined, name: programName, isNamed: false, logo: undefined, sheet: undefined };

/** Whether an institution is reached by this host. */
export function isHostOfTenant(store: Store, hostname: string): boolean {
  return (knownBy.get(store) ?? nothing).hosts.has(hostname);
}

/** @returns undefined for one that is nobody's now. */
export async function findSheet(store: Store, hash: string): Promise<string | undefined> {
  const find = () => (knownBy.get(store) ?? nothing).looks.find(({ sheet }) => sheet?.hash === hash)?.sheet?.text;
  const known = find();
  if (known !== undefined) return known;
  // Another process may have named it in a page since this one looked.
  await lookAtBrands(store);
  return find();
}

export async function lookAtBrands(store: Store): Promise<void> {
  const { brands, hostnames } = await glance(store, async (tx) => ({
    brands: await selectBrands(tx),
    hostnames: await selectHostnames(tx),
  }));
  const looks = brands.map(looksOf);
  const byTenant = new Map(looks.map((one) => [one.tenantId, one]));
  const hosts = hostnames.flatMap(({ name, tenantId }): readonly (readonly [string, Looks])[] => {
    const found = byTenant.get(tenantId);
    return found ? [[name, found]] : [];
  });
  knownBy.set(store, { looks, hosts: new Map(hosts) });
}

function looksOf({ tenantId, tenantName, brand }: TenantBrand): Looks {
  const text = printSheet({ light: brand.accentLight ?? undefined, dark: brand.accentDark ?? undefined });
  return {
    tenantId,
    name: brand.displayName ?? tenantName,
    isNamed: brand.displayName !== null || brand.logo !== null,
    logo: brand.logo ?? undefined,
    sheet: text === '' ? undefined : { text, hash: createHash('sha256').update(text).digest('hex').slice(0, 32) },
  };
}

const lookEveryMs = 1_000;

export interface BrandWatch {
  close(): void;
}

/** Looks once before it resolves, then once a second. */
export async function watchBrands(store: Store, onFault: (error: unknown) => void): Promise<BrandWatch> {
  await lookAtBrands(store);
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    lookAtBrands(store)
      .catch(onFault)
      .finally(() => (isLooking = false));
  }, lookEveryMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
