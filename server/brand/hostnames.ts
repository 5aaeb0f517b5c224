/**
 * Names of hosts that one institution is reached by. For who administers the platform alone: whoever has the name of a
 * host has the login page that stands there.
 */
import type { Actor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRole } from '#server/access/require-role.ts';
import { requireSecondOver } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { parseDomain } from '#server/directory/address.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';

import { deleteHostname, insertHostname, selectHostnames } from './queries.ts';
import { lookAtBrands } from './watch.ts';

const hostnamesAtMost = 20;

/**
 * @returns the name as it is kept: ASCII, lower case.
 * @throws {Refusal} `mayNot`, `stepUpNeeded`, `invalidProperties`, `tooMany`, `awaitsApproval`; `alreadyExists` also when
 * it is another's.
 */
export async function addHostname(store: Store, actor: Actor, tenantId: TenantId, given: string): Promise<string> {
  const name = parseDomain(given);
  await changing(store, actor, { verb: 'addHostname', tenantId, given }, async (tx, at, agreed) => {
    if (name === undefined) throw new Refusal('invalidProperties', { properties: ['name'] });
    const all = await selectHostnames(tx);
    if (all.some((one) => one.name === name)) throw new Refusal('alreadyExists', { description: `hostname ${name}` });
    if (all.filter((one) => one.tenantId === tenantId).length >= hostnamesAtMost)
      throw new Refusal('tooMany', { limit: hostnamesAtMost });
    await agreed(name);
    await insertHostname(tx, { name, tenantId }, at);
    await recordTrace(tx, { tenantId, actor, verb: 'addHostname', at, details: { hostname: name } });
  });
  return name ?? '';
}

/** @throws {Refusal} `mayNot`, `stepUpNeeded`, `awaitsApproval`; `noSuchDomain` for a name that is not this institution's. */
export async function removeHostname(store: Store, actor: Actor, tenantId: TenantId, given: string): Promise<void> {
  const name = parseDomain(given) ?? '';
  await changing(store, actor, { verb: 'removeHostname', tenantId, given }, async (tx, at, agreed) => {
    await agreed(name);
    if (!(await deleteHostname(tx, { name, tenantId }))) throw new Refusal('noSuchDomain');
    await recordTrace(tx, { tenantId, actor, verb: 'removeHostname', at, details: { hostname: name } });
  });
}

interface Asked {
  readonly verb: 'addHostname' | 'removeHostname';
  readonly tenantId: TenantId;
  readonly given: string;
}

/** @param work `agreed`: passes where one is enough, or the second one of the platform has agreed. */
async function changing(
  store: Store,
  actor: Actor,
  asked: Asked,
  work: (tx: Tx, at: number, agreed: (name: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const { tenantId, verb: act } = asked;
  const at = store.now();
  const change = async (tx: Tx): Promise<void> => {
    const mayChange = (one: Actor): Promise<void> => requirePlatform(tx, one, tenantId, at);
    await mayChange(actor);
    await requireFresh(tx, actor, at);
    await work(tx, at, (name) => {
      const danger = { tenantId, kinds: ['domains'], power: 'administer', seen: { name } } as const;
      return requireSecondOver(store, tx, actor, { ...danger, details: { act, name } }, at, mayChange);
    });
  };
  await orWaiting(store, actor, asked, null, () => write(store, change));
  await lookAtBrands(store);
}

async function requirePlatform(tx: Tx, actor: Actor, tenantId: TenantId, at: number): Promise<void> {
  const { held } = await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, at);
  if (!held.some(({ kind }) => kind === 'platform')) throw new Refusal('mayNot');
}
