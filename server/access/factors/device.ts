/**
 * The browsers a person is known to use, by a cookie of their own that outlives sessions. One never seen before is told
 * of by a letter, but for the first of all. One may be trusted for some days: it then goes without a second factor,
 * until the person says otherwise or their password changes.
 */
import { randomUUIDv7 } from 'node:crypto';

import type { Actor, PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { newToken } from '#server/access/token.ts';
import { tellPerson } from '#server/notices/notice.ts';
import { recordTrace } from '#server/records/trace.ts';
import { type AccountId, asUuid, type PersonId, type TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import {
  deleteDevice,
  type Device,
  insertDevice,
  selectDevice,
  selectDevices,
  updateDeviceSeen,
  updateDevicesDistrusted,
  updateDeviceTrust,
} from './queries/devices.ts';
import { ownAccount } from './own.ts';
import { readFactorSettings } from './settings.ts';

export type { Device };

const dayMs = 86_400_000;
/** More than anybody uses; the one seen longest ago makes room. */
const perPerson = 50;

/** The browser's own token, or a new one for a browser that has none. */
export function deviceTokenOf(given: string | undefined): string {
  return given !== undefined && /^[A-Za-z0-9_-]{43}$/.test(given) ? given : newToken();
}

export interface Seen {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  readonly accountId: AccountId;
  readonly actor: Actor;
  readonly deviceHash: string;
  readonly userAgent: string;
  readonly from: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Notes that somebody proved who they are in this browser; a letter goes out when it is a new one. */
export async function seeDevice(tx: Tx, seen: Seen): Promise<void> {
  const { tenantId, actor, deviceHash: tokenHash, userAgent, from, at, accountId } = seen;
  if (tokenHash === '') return;
  const fresh = { remoteAddress: from, createdAt: at, seenAt: at, trustedUntil: 0 };
  const known = await selectDevices(tx, seen);
  const id = asUuid(randomUUIDv7());
  if (!(await insertDevice(tx, seen, { id, tokenHash, userAgent, ...fresh }))) {
    await updateDeviceSeen(tx, seen, tokenHash, { at, from, userAgent });
    return;
  }
  const oldest = known.at(-1);
  if (oldest && known.length >= perPerson) await deleteDevice(tx, seen, oldest.id);
  if (known.length === 0) return;
  await recordTrace(tx, { tenantId, actor, verb: 'newDevice', at, accountId, details: { userAgent } });
  await tellPerson(tx, seen, { kind: 'newDevice', userAgent, from }, at);
}

export async function isTrusted(
  tx: Tx,
  who: { readonly tenantId: TenantId; readonly personId: PersonId },
  deviceHash: string,
  at: number,
): Promise<boolean> {
  if (deviceHash === '') return false;
  const device = await selectDevice(tx, who, deviceHash);
  if (!device || device.trustedUntil <= at) return false;
  // Where the tenant has thought better of it since, what was granted is void.
  return (await readFactorSettings(tx, who.tenantId)).trustDays > 0;
}

/** From now on, for as long as the tenant allows, no second factor is asked of this browser. */
export async function trustDevice(tx: Tx, seen: Seen): Promise<void> {
  const { trustDays } = await readFactorSettings(tx, seen.tenantId);
  if (trustDays === 0 || seen.deviceHash === '') return;
  await seeDevice(tx, seen);
  await updateDeviceTrust(tx, seen, seen.deviceHash, seen.at + trustDays * dayMs);
  const { tenantId, actor, at, accountId } = seen;
  await recordTrace(tx, { tenantId, actor, verb: 'trustDevice', at, accountId, details: { days: trustDays } });
}

/** With another password, every browser must show a second factor again. @returns how many were trusted. */
export function distrustDevices(
  tx: Tx,
  who: { readonly tenantId: TenantId; readonly personId: PersonId },
): Promise<number> {
  return updateDevicesDistrusted(tx, who);
}

/** One's own browsers, the last used first. @throws {Refusal} `mayNot` for whoever is not in a session of their own. */
export async function listDevices(store: Store, actor: PersonActor): Promise<readonly Device[]> {
  if (actor.by !== 'session') throw new Refusal('mayNot');
  return read(store, (tx) => selectDevices(tx, actor));
}

/**
 * Forgets one of one's own browsers: it is asked for a second factor again, and is a new one when it comes back.
 * @returns whether it was known. @throws {Refusal} `mayNot`.
 */
export async function forgetDevice(store: Store, actor: PersonActor, id: string): Promise<boolean> {
  const { tenantId } = actor;
  const accountId = await ownAccount(store, actor);
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    const isForgotten = await deleteDevice(tx, actor, id);
    if (!isForgotten) return false;
    tx.changed('Account');
    await recordTrace(tx, { tenantId, actor, verb: 'forgetDevice', at, accountId, details: { id } });
    return true;
  });
}
