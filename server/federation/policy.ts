/** What a tenant decided about other identity providers: the member `federation` of its settings. */
import { printValue } from '#formats/policies/option.ts';
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { requireRole } from '#server/access/require-role.ts';
import { requireSecondOver } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { changeTenantSettings, readTenantSettings } from '#server/directory/settings.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { selectProviders } from './queries.ts';

export interface FederationPolicy {
  /** SAML 2 is off unless the tenant says otherwise: its signatures have a long record of being got round. */
  readonly isSamlOpen: boolean;
  /** Whether the login page keeps name and password behind a link. */
  readonly isDirectHidden: boolean;
  /** The provider where forgotten passwords are got back, rather than here. */
  readonly recoveryProviderId: number | null;
}

const defaults: FederationPolicy = { isSamlOpen: false, isDirectHidden: false, recoveryProviderId: null };

export async function readFederationPolicy(tx: Tx, tenantId: TenantId): Promise<FederationPolicy> {
  const { federation } = await readTenantSettings(tx, tenantId);
  const given: Readonly<Record<string, unknown>> =
    typeof federation === 'object' && federation !== null ? { ...federation } : {};
  const { isSamlOpen, isDirectHidden, recoveryProviderId } = given;
  return {
    isSamlOpen: isSamlOpen === true,
    isDirectHidden: isDirectHidden === true,
    recoveryProviderId: Number.isSafeInteger(recoveryProviderId) ? Number(recoveryProviderId) : null,
  };
}

/** @throws {Refusal} `mayNot`. */
export function federationPolicy(store: Store, actor: Actor, tenantId: TenantId): Promise<FederationPolicy> {
  return read(store, async (tx) => {
    await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, store.now());
    return readFederationPolicy(tx, tenantId);
  });
}

/**
 * @throws {Refusal} `mayNot`, `stepUpNeeded`, `awaitsApproval`; `invalidProperties` for recovery at a provider that says
 * no place for it.
 */
export function changeFederationPolicy(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  change: Partial<FederationPolicy>,
): Promise<FederationPolicy> {
  const at = store.now();
  const alter = async (tx: Tx): Promise<FederationPolicy> => {
    const mayChange = (one: Actor) => requireRole(tx, one, 'administer', { tenantId, unitId: null }, at);
    await mayChange(actor);
    await requireFresh(tx, actor, at);
    const before = await readFederationPolicy(tx, tenantId);
    const next = { ...defaults, ...before, ...change };
    const { recoveryProviderId: wanted } = next;
    const named = wanted === null ? undefined : (await selectProviders(tx, tenantId)).find(({ id }) => id === wanted);
    if (wanted !== null && (named?.settings.recoveryUrl ?? '') === '')
      throw new Refusal('invalidProperties', { properties: ['recoveryProviderId'] });
    // How everybody gets in: the same rule as for the providers themselves.
    const danger = {
      tenantId,
      kinds: ['providers'],
      power: 'administer',
      seen: { policy: JSON.stringify(before) },
      details: { act: 'changeFederation', changes: differences(before, next) },
    } as const;
    await requireSecondOver(store, tx, actor, danger, at, mayChange);
    await changeTenantSettings(tx, tenantId, { federation: next });
    await recordTrace(tx, { tenantId, actor, verb: 'changeFederation', at, details: { ...next } });
    return next;
  };
  return orWaiting(store, actor, { verb: 'changeFederation', tenantId, change }, null, () => write(store, alter));
}

/** `federation.isSamlOpen: no → yes`, as the rules of the institution are told. */
function differences(before: FederationPolicy, next: FederationPolicy): readonly string[] {
  return (['isSamlOpen', 'isDirectHidden', 'recoveryProviderId'] as const)
    .filter((name) => before[name] !== next[name])
    .map((name) => `federation.${name}: ${printValue(before[name])} → ${printValue(next[name])}`);
}
