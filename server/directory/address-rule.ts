/**
 * Addresses by unit, where an institution gives them so: whoever comes to a unit (or one below) that has a mail domain has
 * their first address there; whoever leaves such a domain has it in the institution's own again. The former address stays
 * as an alias, and one that was theirs before is theirs again.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRole } from '#server/access/require-role.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { PersonId, TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { makeFirstIn } from './alias.ts';
import { baseAddress } from './names.ts';
import { chooseAddress } from './person.ts';
import { selectAddresses, selectDomains } from './queries/addresses.ts';
import { selectProfile } from './queries/change.ts';
import { selectUnit } from './queries/institution.ts';
import { changeTenantSettings, readTenantSettings } from './settings.ts';
import { existing } from './unit.ts';

/** Unit → mail domain of those who are in it, or below it. */
async function unitDomains(tx: Tx, tenantId: TenantId): Promise<ReadonlyMap<number, string>> {
  const { unitDomains: kept } = await readTenantSettings(tx, tenantId);
  const pairs = typeof kept === 'object' && kept !== null ? Object.entries(kept) : [];
  return new Map(pairs.flatMap(([id, name]) => (typeof name === 'string' ? [[Number(id), name] as const] : [])));
}

/**
 * Gives a unit its domain, or takes it away (null). Nobody's address changes before they come to the unit.
 * @throws {Refusal} `mayNot`, `noSuchUnit`, `noSuchDomain`.
 */
export function changeUnitDomain(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  unitId: UnitId,
  name: string | null,
): Promise<void> {
  return write(store, async (tx) => {
    const at = store.now();
    await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, at);
    await existing(tx, tenantId, unitId);
    const domain = name?.trim().toLowerCase() ?? null;
    if (domain !== null && !(await selectDomains(tx, tenantId)).some((one) => one.name === domain))
      throw new Refusal('noSuchDomain', { description: domain });
    const kept = new Map(await unitDomains(tx, tenantId));
    const before = kept.get(unitId) ?? null;
    if (before === domain) return;
    if (domain === null) kept.delete(unitId);
    else kept.set(unitId, domain);
    await changeTenantSettings(tx, tenantId, { unitDomains: Object.fromEntries(kept) });
    const details = { unit: unitId, addresses: `${before ?? '–'} → ${domain ?? '–'}` };
    await recordTrace(tx, { tenantId, actor, verb: 'changeUnit', at, details });
  });
}

/** Somebody has come to where they are: their first address as the rule has it. Nothing where there is no rule. */
export async function moveAddressIn(tx: AccountTx, actor: Actor, personId: PersonId, at: number): Promise<void> {
  const { tenantId, accountId } = tx;
  const rule = await unitDomains(tx, tenantId);
  if (rule.size === 0) return;
  const profile = await selectProfile(tx, { tenantId, personId });
  if (!profile) return;
  const known = await selectAddresses(tx, tenantId, accountId);
  const first = known.find(({ kind }) => kind !== 'alias')?.address ?? '';
  const domains = (await selectDomains(tx, tenantId)).map(({ name }) => name);
  const unit = profile.unitId === null ? undefined : await selectUnit(tx, tenantId, profile.unitId);
  const wanted = planDomain(rule, unit?.path ?? '/', domainOf(first), domains);
  if (wanted === undefined) return;
  const base = baseAddress(profile.givenName, profile.familyName);
  const own = known.find(({ address }) => domainOf(address) === wanted)?.address;
  const address = own ?? (await chooseAddress(tx, tenantId, base, wanted));
  await makeFirstIn(tx, address, at);
  const details = { address, former: first };
  await recordTrace(tx, { tenantId, actor, verb: 'replaceAddress', at, accountId, details });
}

/**
 * Where the first address is to be; undefined where it stays.
 * @param domains of the institution, its default first: a rule may name one that is gone.
 */
export function planDomain(
  rule: ReadonlyMap<number, string>,
  path: string,
  now: string,
  domains: readonly string[],
): string | undefined {
  const nearest = path
    .split('/')
    .filter((id) => id !== '')
    .toReversed()
    .map((id) => rule.get(Number(id)))
    .find((name) => name !== undefined && domains.includes(name));
  const isByRule = [...rule.values()].includes(now);
  const wanted = nearest ?? (isByRule ? domains[0] : undefined);
  return wanted === now ? undefined : wanted;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
