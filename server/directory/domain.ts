/** Mail domains: each belongs to one tenant and signs with a key of its own (DKIM, RFC 6376). */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

import type { Actor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRole } from '#server/access/require-role.ts';
import { requireSecondOver } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { parseDomain } from './address.ts';
import {
  countAddressesOf,
  deleteDomain,
  type Domain,
  insertDomain,
  selectDomain,
  selectDomains,
  updateDefault,
} from './queries/addresses.ts';
import { lockNames } from './queries/institution.ts';

export type { Domain };

export interface NewDomain {
  readonly tenantId: TenantId;
  readonly name: string;
  /** Whether planned addresses are of this domain from now on; the first one of a tenant is in any case. */
  readonly isDefault?: boolean;
}

// RFC 8301 §3.2 asks for 2048 at least; larger ones no longer fit one string of a TXT record.
const rsaBits = 2048;

/**
 * For the operator and administrators of the platform: whoever has a domain gets the mail that others in the house write
 * to it, and nobody should come by somebody else's.
 * @throws {Refusal} `invalidArguments`, `alreadyExists` (also when another tenant has it), `mayNot`, `stepUpNeeded`,
 * `awaitsApproval`.
 */
export async function addDomain(store: Store, actor: Actor, given: NewDomain): Promise<Domain> {
  const { tenantId } = given;
  await read(store, (tx) => requirePlatform(tx, actor, tenantId, store.now()));
  const name = parseDomain(given.name);
  if (name === undefined || !name.includes('.'))
    throw new Refusal('invalidArguments', { description: `not a domain name: ${given.name}` });
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: rsaBits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const add = async (tx: Tx): Promise<Domain> => {
    const at = store.now();
    await requirePlatform(tx, actor, tenantId, at);
    if (await selectDomain(tx, name)) throw new Refusal('alreadyExists', { description: `domain ${name}` });
    await requireTwo(store, tx, actor, { tenantId, act: 'addDomain', name }, at);
    const isFirst = (await selectDomains(tx, tenantId)).length === 0;
    const domain: Domain = {
      tenantId,
      name,
      isDefault: given.isDefault === true || isFirst,
      dkimSelector: `pli${new Date(at).toISOString().slice(0, 7).replace('-', '')}`,
      dkimPrivateKey: privateKey,
    };
    await insertDomain(tx, domain, at);
    await recordTrace(tx, { tenantId, actor, verb: 'addDomain', at, details: { domain: name } });
    return domain;
  };
  return orWaiting(store, actor, { verb: 'addDomain', given }, null, () => write(store, add));
}

/** The default one first. @throws {Refusal} `mayNot` */
export async function listDomains(store: Store, actor: Actor, tenantId: TenantId): Promise<readonly Domain[]> {
  return read(store, async (tx) => {
    await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, store.now());
    return selectDomains(tx, tenantId);
  });
}

/** Planned addresses are of it from now on; those there are stay. @throws {Refusal} `noSuchDomain`, `mayNot`, `stepUpNeeded`. */
export async function makeDefault(store: Store, actor: Actor, tenantId: TenantId, given: string): Promise<void> {
  await write(store, async (tx) => {
    const at = store.now();
    const { name, isDefault } = await ownDomain(tx, actor, tenantId, given, at);
    if (isDefault) return;
    await updateDefault(tx, tenantId, name);
    await recordTrace(tx, { tenantId, actor, verb: 'makeDefaultDomain', at, details: { domain: name } });
  });
}

/**
 * Removes a domain that no address is of.
 * @returns how many addresses are of it; it was removed where there are none.
 * @throws {Refusal} `noSuchDomain`, `mayNot`, `stepUpNeeded`, `awaitsApproval`; `invalidProperties` for the one planned
 * addresses are of.
 */
export async function removeDomain(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  given: string,
): Promise<{ readonly addresses: number }> {
  const remove = async (tx: Tx): Promise<{ readonly addresses: number }> => {
    const at = store.now();
    const { name, isDefault } = await ownDomain(tx, actor, tenantId, given, at);
    if (isDefault) throw new Refusal('invalidProperties', { properties: ['isDefault'] });
    // From here on nobody gets an address of it.
    await lockNames(tx, tenantId);
    const addresses = await countAddressesOf(tx, tenantId, name);
    if (addresses > 0) return { addresses };
    await requireTwo(store, tx, actor, { tenantId, act: 'removeDomain', name }, at);
    await deleteDomain(tx, tenantId, name);
    await recordTrace(tx, { tenantId, actor, verb: 'removeDomain', at, details: { domain: name } });
    return { addresses };
  };
  return orWaiting(store, actor, { verb: 'removeDomain', tenantId, given }, null, () => write(store, remove));
}

interface Asked {
  readonly tenantId: TenantId;
  readonly act: 'addDomain' | 'removeDomain';
  readonly name: string;
}

/** The second one has what it takes themselves: to add one, the platform. @throws {Refusal} as `requireSecond`. */
function requireTwo(store: Store, tx: Tx, actor: Actor, { tenantId, act, name }: Asked, at: number): Promise<void> {
  const details = { act, name };
  const danger = { tenantId, kinds: ['domains'], power: 'administer', seen: { name }, details } as const;
  return requireSecondOver(store, tx, actor, danger, at, (one) =>
    act === 'addDomain'
      ? requirePlatform(tx, one, tenantId, at)
      : requireRole(tx, one, 'administer', { tenantId, unitId: null }, at),
  );
}

async function ownDomain(tx: Tx, actor: Actor, tenantId: TenantId, given: string, at: number): Promise<Domain> {
  await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, at);
  await requireFresh(tx, actor, at);
  const found = await selectDomain(tx, parseDomain(given) ?? '');
  if (found?.tenantId !== tenantId) throw new Refusal('noSuchDomain');
  return found;
}

async function requirePlatform(tx: Tx, actor: Actor, tenantId: TenantId, at: number): Promise<void> {
  const { held } = await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, at);
  if (!held.some(({ kind }) => kind === 'platform')) throw new Refusal('mayNot');
  await requireFresh(tx, actor, at);
}

/** For what signs and for what asks whether mail stays in the house. `name` as parseDomain gives it. */
export function findDomain(tx: Tx, name: string): Promise<Domain | undefined> {
  return selectDomain(tx, name);
}
