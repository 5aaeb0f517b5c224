/**
 * Proving who one is by a name and a password: the part that login pages and protocols share. The name is a user name
 * or an e-mail address. Who does not exist, and who has another password, get the same answer in the same time.
 */
import { createHmac } from 'node:crypto';

import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import type { SystemActor } from './actor.ts';

import { servesAsPassword } from './numen.ts';
import { mayWork } from './require-right.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { keptBy, passwordLimits } from './policy.ts';
import {
  type Holder,
  selectHolder,
  selectHolderByAddress,
  selectHolderByExternalId,
  selectHoldersByUserName,
} from './queries/people.ts';
import { Refusal } from './refusal.ts';
import { guardAttempt } from './throttle.ts';

export type { Holder };

export interface NamedPassword {
  /** User name or e-mail address, as typed. */
  readonly userName: string;
  readonly password: string;
  /** The tenant of the page or host name it was typed on; without one, a user name must be unique on the platform. */
  readonly tenantId?: TenantId | undefined;
  readonly remoteAddress: string;
  /** What the browser's device cookie says (factors/device.ts). */
  readonly deviceToken?: string | undefined;
}

const maxNameCharacters = 320;

/** Who has that name; undefined when nobody or more than one has. */
export async function findHolder(
  store: Store,
  { userName, tenantId }: Pick<NamedPassword, 'userName' | 'tenantId'>,
): Promise<Holder | undefined> {
  const name = userName.trim().normalize('NFC').toLowerCase();
  if (name === '' || name.length > maxNameCharacters) return undefined;
  return read(store, async (tx) => {
    const at = name.lastIndexOf('@');
    if (at >= 0) return selectHolderByAddress(tx, name, name.slice(at + 1));
    const found = await selectHoldersByUserName(tx, name, tenantId);
    return found.length === 1 ? found[0] : undefined;
  });
}

/** Who that is for the tenant's own systems. */
export function findHolderByExternalId(
  store: Store,
  tenantId: TenantId,
  externalId: string,
): Promise<Holder | undefined> {
  return read(store, (tx) => selectHolderByExternalId(tx, tenantId, externalId));
}

/** undefined when they are gone. */
export function holderOf(
  store: Store,
  { tenantId, personId }: Pick<Holder, 'tenantId' | 'personId'>,
): Promise<Holder | undefined> {
  return read(store, (tx) => holderIn(tx, { tenantId, personId }));
}

/** The same within a transaction. */
export function holderIn(
  tx: Tx,
  { tenantId, personId }: Pick<Holder, 'tenantId' | 'personId'>,
): Promise<Holder | undefined> {
  return selectHolder(tx, tenantId, personId);
}

/**
 * Verifies a password against the one of `holder` (or against nobody's). Found right a moment ago, it is not hashed
 * again; the memory is bound to the very hash it was verified against, so that a new password voids it at once.
 *
 * @throws {Refusal} `badCredentials`, `tryLater`, `tooBusy`; `accountLocked` only to who knows the password.
 */
export async function proveByPassword(
  store: Store,
  holder: Holder | undefined,
  { userName, password, remoteAddress, deviceToken }: NamedPassword,
): Promise<Holder> {
  if (holder && isRemembered(store, holder, password)) return usable(holder);
  const subject = holder ? subjectOf(holder) : userName.trim().toLowerCase();
  const onFailure = holder && recordFailedLogin(holder, remoteAddress);
  const attempt = { subject, remoteAddress, deviceToken, ...(onFailure && { onFailure }) };
  const proven = await guardAttempt(store, attempt, async (isFamiliar) => {
    // Another attempt with the same password may have gone through while this one waited.
    if (holder && isRemembered(store, holder, password)) return holder;
    const isRight = await verifyPassword(password, holder?.passwordHash ?? null, passwordLimits(store, isFamiliar));
    return isRight ? holder : undefined;
  });
  remember(store, proven, password);
  return usable(proven);
}

/**
 * The same at the login page, where a NUMEN serves as a first password. It is not remembered as one: no program gets in
 * by it.
 * @throws {Refusal} as above; `accountLocked` also for a provisional password that has ended.
 */
export async function proveToLogIn(store: Store, holder: Holder | undefined, named: NamedPassword): Promise<Holder> {
  const { password, remoteAddress, deviceToken } = named;
  const isByNumen = servesAsPassword(store, holder, password);
  if (!holder || !isByNumen) return notTooLate(store, await proveByPassword(store, holder, named));
  const attempt = { subject: subjectOf(holder), remoteAddress, deviceToken };
  const proven = await guardAttempt(store, attempt, async (isFamiliar) => {
    // What a wrong one costs.
    await verifyPassword(password, null, passwordLimits(store, isFamiliar));
    return holder;
  });
  return usable(proven);
}

function notTooLate(store: Store, holder: Holder): Holder {
  const { mustChangePassword, provisionalUntil: until } = holder;
  if (mustChangePassword && until !== null && until <= store.now())
    throw new Refusal('accountLocked', { description: 'provisionalExpired' });
  return holder;
}

/** For the log of their own logins: who tried is not known, from where is. The brake keeps these lines few. */
function recordFailedLogin({ tenantId, accountId }: Holder, from: string) {
  const actor: SystemActor = { kind: 'system', as: 'door', from };
  return (tx: Tx, at: number): Promise<void> =>
    recordTrace(tx, { tenantId, actor, verb: 'loginFailed', at, accountId });
}

/** What failed attempts on somebody who exists are counted under. */
export function subjectOf({ tenantId, personId }: Pick<Holder, 'tenantId' | 'personId'>): string {
  return `${tenantId}.${personId}`;
}

/** What wrong second factors of somebody are counted under. */
export function factorSubject({ tenantId, personId }: Pick<Holder, 'tenantId' | 'personId'>): string {
  return `${tenantId}.${personId}/factor`;
}

/** @throws {Refusal} `accountLocked` */
export function usable(holder: Holder): Holder {
  if (!mayWork(holder.state)) throw new Refusal('accountLocked', { description: holder.state });
  return holder;
}

/** @throws {Refusal} `tooBusy` */
export function hashWithin(store: Store, password: string): Promise<string> {
  return hashPassword(password, passwordLimits(store, true));
}

const rememberedMs = 5 * 60_000;
const rememberedAtMost = 20_000;

function keyOf(store: Store, holder: Holder, password: string): string {
  return createHmac('sha256', keptBy(store).verifiedKey)
    .update(JSON.stringify([holder.tenantId, holder.personId, holder.passwordHash, password]))
    .digest('base64');
}

function isRemembered(store: Store, holder: Holder, password: string): boolean {
  const until = keptBy(store).verified.get(keyOf(store, holder, password));
  return until !== undefined && until > store.now();
}

function remember(store: Store, holder: Holder, password: string): void {
  const { verified } = keptBy(store);
  const key = keyOf(store, holder, password);
  verified.delete(key);
  if (verified.size >= rememberedAtMost) {
    // The map keeps the order of insertion: the first is the oldest.
    const oldest = verified.keys().next().value;
    if (oldest !== undefined) verified.delete(oldest);
  }
  verified.set(key, store.now() + rememberedMs);
}
