/**
 * The identity providers a tenant believes, as its administrators keep them, who prove again who they are before they change
 * any: a provider opens every account. What one could reach our own network by is the
 * operator's alone to say, and falls when somebody else changes an address.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { requireRole } from '#server/access/require-role.ts';
import { requireSecondOver } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { newIdentityProviderId } from '#server/directory/identifiers.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { ProviderId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { readFederationPolicy } from './policy.ts';
import { deleteProvider, insertProvider, type Provider, selectProviders, updateProvider } from './queries.ts';
import { newSigningKey } from './saml/certificate.ts';
import { sealFor } from './secret.ts';
import { type LdapSettings, type ProviderKind, type ProviderSettings, readSettings, typedUrls } from './settings.ts';

export type { Provider };

export interface NewProvider {
  readonly kind: ProviderKind;
  readonly name: string;
  readonly isEnabled?: boolean;
  /** As typed; see settings.ts. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of OpenID Connect, the client's secret; of a directory, the password we bind with. */
  readonly secret?: string | undefined;
}

const nameCharacters = 80;
const secretCharacters = 1_000;
const mostProviders = 50;

/** The last one in order. @throws {Refusal} `mayNot`, `invalidProperties`, `tooMany`. */
export async function addProvider(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  given: NewProvider,
): Promise<Provider> {
  const at = store.now();
  await read(store, (tx) => requireAdministering(tx, actor, tenantId, at));
  const requireFilters = await filterJudge();
  const secret = given.kind === 'saml' ? JSON.stringify(await newSigningKey()) : given.secret;
  const add = async (tx: Tx): Promise<Provider> => {
    const known = await providersOf(tx, actor, tenantId, at);
    await requireFresh(tx, actor, at);
    if (known.length >= mostProviders) throw new Refusal('tooMany', { limit: mostProviders });
    const settings = readSettings(given.kind, given.settings);
    if (settings.kind === 'ldap') requireFilters(settings);
    requireOwnReach(actor, settings, undefined);
    await requireOpenKind(tx, tenantId, given.kind);
    const id = await newIdentityProviderId(tx);
    const provider: Provider = {
      tenantId,
      id,
      kind: given.kind,
      name: readName(given.name),
      position: Math.max(0, ...known.map(({ position }) => position)) + 1,
      isEnabled: given.isEnabled ?? true,
      settings,
      secret: sealedSecret(store, { tenantId, id }, secret),
      updatedAt: at,
    };
    await requireTwo(store, tx, actor, { tenantId, act: 'addProvider', name: provider.name, before: undefined }, at);
    await insertProvider(tx, provider, at);
    await recordTrace(tx, { tenantId, actor, verb: 'addProvider', at, details: detailsOf(provider) });
    return provider;
  };
  return orWaiting(store, actor, { verb: 'addProvider', tenantId, given }, null, () => write(store, add));
}

export interface ProviderChange {
  readonly name?: string | undefined;
  readonly position?: number | undefined;
  readonly isEnabled?: boolean | undefined;
  /** Replaces the members that are given. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly secret?: string | undefined;
}

/** @throws {Refusal} `mayNot`, `invalidProperties`; `noSuchIdentity` for one that is not there. */
export async function changeProvider(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: ProviderId,
  change: ProviderChange,
): Promise<Provider> {
  const at = store.now();
  const requireFilters = await filterJudge();
  const alter = async (tx: Tx): Promise<Provider> => {
    const before = (await providersOf(tx, actor, tenantId, at)).find((one) => one.id === id);
    if (!before) throw new Refusal('noSuchIdentity');
    await requireFresh(tx, actor, at);
    const settings = readSettings(before.kind, { ...before.settings, ...change.settings });
    if (settings.kind === 'ldap') requireFilters(settings);
    requireOwnReach(actor, settings, before.settings);
    const isEnabled = change.isEnabled ?? before.isEnabled;
    if (isEnabled) await requireOpenKind(tx, tenantId, before.kind);
    const position = change.position ?? before.position;
    if (!Number.isSafeInteger(position) || Math.abs(position) > 1_000_000)
      throw new Refusal('invalidProperties', { properties: ['position'] });
    const hasSecret = change.secret !== undefined && (before.kind === 'oidc' || before.kind === 'ldap');
    const provider: Provider = {
      ...before,
      name: change.name === undefined ? before.name : readName(change.name),
      position,
      isEnabled,
      settings,
      secret: hasSecret ? sealedSecret(store, before, change.secret) : before.secret,
      // Two changes within a millisecond are two: what was discovered under the first is not kept for the second.
      updatedAt: Math.max(at, before.updatedAt + 1),
    };
    await requireTwo(store, tx, actor, { tenantId, act: 'changeProvider', name: before.name, before }, at);
    await updateProvider(tx, provider, provider.updatedAt);
    await recordTrace(tx, { tenantId, actor, verb: 'changeProvider', at, details: detailsOf(provider) });
    return provider;
  };
  return orWaiting(store, actor, { verb: 'changeProvider', tenantId, id, change }, null, () => write(store, alter));
}

/** With all links to it; sessions that it vouched for go on. @throws {Refusal} `mayNot`, `noSuchIdentity`. */
export async function removeProvider(store: Store, actor: Actor, tenantId: TenantId, id: ProviderId): Promise<void> {
  const at = store.now();
  const remove = async (tx: Tx): Promise<void> => {
    const before = (await providersOf(tx, actor, tenantId, at)).find((one) => one.id === id);
    await requireFresh(tx, actor, at);
    if (!before) throw new Refusal('noSuchIdentity');
    await requireTwo(store, tx, actor, { tenantId, act: 'removeProvider', name: before.name, before }, at);
    if (!(await deleteProvider(tx, tenantId, id))) throw new Refusal('noSuchIdentity');
    await recordTrace(tx, { tenantId, actor, verb: 'removeProvider', at, details: detailsOf(before) });
  };
  await orWaiting(store, actor, { verb: 'removeProvider', tenantId, id }, null, () => write(store, remove));
}

interface Asked {
  readonly tenantId: TenantId;
  readonly act: 'addProvider' | 'changeProvider' | 'removeProvider';
  readonly name: string;
  readonly before: Provider | undefined;
}

/** @throws {Refusal} as `requireSecond`. */
function requireTwo(
  store: Store,
  tx: Tx,
  actor: Actor,
  { tenantId, act, name, before }: Asked,
  at: number,
): Promise<void> {
  const seen = { id: before?.id ?? null, updatedAt: before?.updatedAt ?? null };
  const danger = { tenantId, kinds: ['providers'], power: 'administer', seen, details: { act, name } } as const;
  return requireSecondOver(store, tx, actor, danger, at, (one) => requireAdministering(tx, one, tenantId, at));
}

/** In the order of the buttons, those that are off too. @throws {Refusal} `mayNot`. */
export function listProviders(store: Store, actor: Actor, tenantId: TenantId): Promise<readonly Provider[]> {
  return read(store, (tx) => providersOf(tx, actor, tenantId, store.now()));
}

async function providersOf(tx: Tx, actor: Actor, tenantId: TenantId, at: number): Promise<readonly Provider[]> {
  await requireAdministering(tx, actor, tenantId, at);
  return selectProviders(tx, tenantId);
}

/** Loaded when somebody changes a provider, and not with the server. */
async function filterJudge(): Promise<(settings: LdapSettings) => void> {
  return (await import('./ldap/filter.ts')).requireFilters;
}

/** A provider is the whole tenant's affair: a role over a part of it is too little. */
async function requireAdministering(tx: Tx, actor: Actor, tenantId: TenantId, at: number): Promise<void> {
  await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, at);
}

async function requireOpenKind(tx: Tx, tenantId: TenantId, kind: ProviderKind): Promise<void> {
  if (kind === 'saml' && !(await readFederationPolicy(tx, tenantId)).isSamlOpen)
    throw new Refusal('invalidProperties', { properties: ['kind'], description: 'SAML is not open in this tenant' });
}

/** @throws {Refusal} `invalidProperties` where somebody else than the operator would lead us inside. */
function requireOwnReach(actor: Actor, next: ProviderSettings, before: ProviderSettings | undefined): void {
  if (actor.kind === 'system' || !next.mayReachInside) return;
  const isSame =
    before?.mayReachInside === true &&
    typedUrls(before).join(' ') === typedUrls(next).join(' ') &&
    isPlain(before) === isPlain(next);
  if (!isSame) throw new Refusal('invalidProperties', { properties: ['mayReachInside'] });
}

const isPlain = (settings: ProviderSettings): boolean => settings.kind === 'ldap' && settings.isPlain;

function readName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > nameCharacters) throw new Refusal('invalidProperties', { properties: ['name'] });
  return name;
}

function sealedSecret(
  store: Store,
  owner: { readonly tenantId: TenantId; readonly id: ProviderId },
  secret: string | undefined,
): string | null {
  if (secret === undefined || secret === '') return null;
  if (secret.length > secretCharacters && !secret.startsWith('{'))
    throw new Refusal('invalidProperties', { properties: ['secret'] });
  return sealFor(store, { tenantId: owner.tenantId, id: owner.id, use: 'secret' }, secret);
}

/** Never the secret. */
function detailsOf({ id, kind, name, isEnabled, settings }: Provider) {
  return { provider: id, kind, name, isEnabled, linkBy: settings.linkBy, address: typedUrls(settings)[0] ?? '' };
}
