/**
 * Proving who one is by a name and a password: the part that login pages and protocols share. The name is a user name
 * or an e-mail address. Who does not exist, and who has another password, get the same answer in the same time. Where an
 * institution's directory keeps the password (password-place.ts) it is asked instead, behind the same brake and memory.
 */
import { createHmac } from 'node:crypto';

import { recordTrace } from '#server/records/trace.ts';
import { isDirectoryAway, isTheirsIn } from '#server/federation/ldap/directory.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import type { SystemActor } from './actor.ts';

import { servesAsPassword } from './numen.ts';
import { mayWork } from './require-right.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { type PasswordDirectory, passwordDirectoryOf } from './password-place.ts';
import { keptBy, passwordLimits } from './policy.ts';
import {
  type Holder,
  selectHolder,
  selectHolderByAddress,
  selectHolderByExternalId,
  selectHoldersByUserName,
  selectNames,
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
export async function proveByPassword(store: Store, holder: Holder | undefined, named: NamedPassword): Promise<Holder> {
  return prove(store, holder, holder && (await passwordDirectoryOf(store, holder)), named);
}

async function prove(
  store: Store,
  holder: Holder | undefined,
  directory: PasswordDirectory | undefined,
  { userName, password, remoteAddress, deviceToken }: NamedPassword,
): Promise<Holder> {
  const key = holder && keyOf(store, holder, directory, password);
  if (holder && isRemembered(store, key)) return usable(holder);
  const subject = holder ? subjectOf(holder) : userName.trim().toLowerCase();
  const onFailure = holder && recordFailedLogin(holder, remoteAddress);
  const attempt = { subject, remoteAddress, deviceToken, ...(onFailure && { onFailure }) };
  const proven = await guardAttempt(store, attempt, async (isFamiliar) => {
    // Another attempt with the same password may have gone through while this one waited.
    if (holder && isRemembered(store, key)) return holder;
    const limits = passwordLimits(store, isFamiliar);
    const isRight =
      holder && directory
        ? await isTheirsThere(store, { holder, directory, password, limits })
        : await verifyPassword(password, holder?.passwordHash ?? null, limits);
    return isRight ? holder : undefined;
  }).catch((error: unknown) => {
    // While a directory is away its people are told to try later: whoever else is not let in hears the same.
    const isWrong = error instanceof Refusal && error.reason === 'badCredentials';
    throw isWrong && isDirectoryAway(store) ? new Refusal('tooBusy', { retryAfterSeconds: 30 }) : error;
  });
  if (key !== undefined) remember(store, key);
  return usable(proven);
}

interface Asked {
  readonly holder: Holder;
  readonly directory: PasswordDirectory;
  readonly password: string;
  readonly limits: Parameters<typeof verifyPassword>[2];
}

/** Takes what a password kept here costs at least: the time does not tell whose is where. @throws {Refusal} `tooBusy` */
async function isTheirsThere(store: Store, { holder, directory, password, limits }: Asked): Promise<boolean> {
  const who = await read(store, (tx) => selectNames(tx, holder));
  const [isRight] = await Promise.all([
    isTheirsIn(store, directory, who, password),
    verifyPassword(password, null, limits),
  ]);
  return isRight;
}

/** Who somebody is, and by whose word. */
export interface Proven {
  readonly holder: Holder;
  /** `directory`: of the institution; what holds of passwords kept here does not hold of theirs. */
  readonly by: 'password' | 'directory';
}

/**
 * The same at the login page, where a NUMEN serves as a first password of whoever has theirs here. It is not remembered as
 * one: no program gets in by it.
 * @throws {Refusal} as above; `accountLocked` also for a provisional password that has ended.
 */
export async function proveToLogIn(store: Store, holder: Holder | undefined, named: NamedPassword): Promise<Proven> {
  const directory = holder && (await passwordDirectoryOf(store, holder));
  if (directory) return { holder: await prove(store, holder, directory, named), by: 'directory' };
  return { holder: await proveHere(store, holder, named), by: 'password' };
}

async function proveHere(store: Store, holder: Holder | undefined, named: NamedPassword): Promise<Holder> {
  const { password, remoteAddress, deviceToken } = named;
  const isByNumen = servesAsPassword(store, holder, password);
  if (!holder || !isByNumen) return notTooLate(store, await prove(store, holder, undefined, named));
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

/** Of a password in a directory nothing is known here but which directory it is. */
function keyOf(store: Store, holder: Holder, directory: PasswordDirectory | undefined, password: string): string {
  const kept = directory ? ['directory', directory.version] : holder.passwordHash;
  return createHmac('sha256', keptBy(store).verifiedKey)
    .update(JSON.stringify([holder.tenantId, holder.personId, kept, password]))
    .digest('base64');
}

function isRemembered(store: Store, key: string | undefined): boolean {
  const until = key === undefined ? undefined : keptBy(store).verified.get(key);
  return until !== undefined && until > store.now();
}

function remember(store: Store, key: string): void {
  const { verified } = keptBy(store);
  verified.delete(key);
  if (verified.size >= rememberedAtMost) {
    // The map keeps the order of insertion: the first is the oldest.
    const oldest = verified.keys().next().value;
    if (oldest !== undefined) verified.delete(oldest);
  }
  verified.set(key, store.now() + rememberedMs);
}
