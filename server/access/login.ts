/** Logging in to the browser session, and what that session is worth afterwards. */
import { randomUUIDv7 } from 'node:crypto';

import { requireOpen } from '#server/maintenance/require.ts';
import { recordTrace } from '#server/records/trace.ts';
import { type AccountId, asUuid } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';
import type { Tx } from '#server/store/statement.ts';

import { endSession, endSessions } from './end-sessions.ts';
import { deviceTokenOf, seeDevice } from './factors/device.ts';
import { ownAccount } from './factors/own.ts';
import { mayWork } from './require-right.ts';
import { type Actor, allScopes, type PersonActor } from './actor.ts';
import type { PersonRef } from './credential.ts';
import { accessPolicy } from './policy.ts';
import { type Holder, updateActivated } from './queries/people.ts';
import { profileOf } from './profile.ts';
import {
  deleteExpiredSessions,
  insertSession,
  selectOwnSession,
  selectSession,
  selectSessions,
  type Session,
  updateSessionSeen,
} from './queries/sessions.ts';
import { Refusal } from './refusal.ts';
import { allSteps, type LoginStep, stepsFor, unfinishedMs } from './steps.ts';
import { hashToken, newToken, printSessionToken, readSessionToken } from './token.ts';
import { findHolder, holderOf, type NamedPassword, proveToLogIn } from './verify.ts';

export type { Session };

export interface Login extends NamedPassword {
  readonly userAgent: string;
}

export interface LoggedIn {
  /** For the cookie: `<tenantId>.<token>`; nothing but its hash is kept. */
  readonly sessionToken: string;
  readonly actor: PersonActor;
  readonly accountId: AccountId;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface Begun extends LoggedIn {
  /** What is left to do before the session is open (steps.ts); none in most cases. */
  readonly steps: readonly LoginStep[];
  /** For the cookie of the device, at the first step. */
  readonly deviceToken?: string;
}

const maxUserAgentCharacters = 300;
const dayMs = 86_400_000;
const nothing = (): Promise<void> => Promise.resolve();

/**
 * Opens a session, or begins one that opens when its steps are done.
 * @throws {Refusal} `badCredentials`, `tryLater`, `tooBusy`, `accountLocked`.
 */
export async function login(store: Store, request: Login): Promise<Begun> {
  const { remoteAddress, userAgent } = request;
  // A browser that has none gets one now, so that it is known from this very login on.
  const deviceToken = deviceTokenOf(request.deviceToken);
  const { holder, by } = await proveToLogIn(store, await findHolder(store, request), { ...request, deviceToken });
  return beginLogin(store, holder, { remoteAddress, userAgent, deviceToken }, [], { proof: by, use: nothing });
}

export interface Browser {
  readonly remoteAddress: string;
  readonly userAgent: string;
  /** What its device cookie says (factors/device.ts). */
  readonly deviceToken?: string | undefined;
}

/** How they proved who they are, where it is not by a password. */
export interface Proof {
  readonly proof: string;
  /** Uses the proof up, in the transaction that begins the session, and before there is one. */
  readonly use: (tx: Tx, at: number, session: Session) => Promise<void>;
}

/**
 * Begins the session of somebody who has proved who they are; how is the caller's to know.
 * @param also steps that are asked for whatever the person's state says.
 */
export async function beginLogin(
  store: Store,
  holder: Holder,
  browser: Browser,
  also: readonly LoginStep[] = [],
  by?: Proof,
): Promise<Begun> {
  const { tenantId, personId, accountId } = holder;
  const { remoteAddress } = browser;
  const device = deviceTokenOf(browser.deviceToken);
  const now = store.now();
  const token = newToken();
  const session: Session = {
    id: asUuid(randomUUIDv7()),
    tenantId,
    personId,
    createdAt: now,
    seenAt: now,
    expiresAt: now + (await sessionMs(store, holder)),
    remoteAddress,
    userAgent: browser.userAgent.slice(0, maxUserAgentCharacters),
    proof: by?.proof ?? 'password',
    provedAt: now,
    deviceHash: hashToken(device),
  };
  const actor = actorOf(session, remoteAddress);
  await requireDoorOpen(store, actor);
  return write(store, async (tx) => {
    await by?.use(tx, now, session);
    await deleteExpiredSessions(tx, now);
    const { proof, deviceHash } = session;
    const needed = await stepsFor(tx, holder, { proof, deviceHash, remoteAddress, at: now });
    const steps = allSteps.filter((step) => needed.includes(step) || also.includes(step));
    const expiresAt = steps.length === 0 ? session.expiresAt : now + unfinishedMs;
    await insertSession(tx, { ...session, expiresAt, steps }, hashToken(token));
    if (steps.length === 0) {
      // Whoever never had a password of ours comes in for the first time by their provider alone.
      if (holder.activatedAt === null && (await updateActivated(tx, holder, now)))
        await recordTrace(tx, { tenantId, actor, verb: 'activate', at: now, accountId });
      await recordLogin(tx, { session, actor, accountId, at: now });
    }
    const sessionToken = printSessionToken(tenantId, token);
    return { sessionToken, deviceToken: device, actor, accountId, expiresAt, steps };
  });
}

/** Only who has proved who they are hears of it in this way. @throws {Refusal} `accountLocked`, described as `maintenance`. */
async function requireDoorOpen(store: Store, actor: PersonActor): Promise<void> {
  try {
    await requireOpen(store, actor);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal('accountLocked', { description: 'maintenance' });
  }
}

/** As long as the operator set, or the institution, whichever is shorter. */
async function sessionMs(store: Store, holder: Holder): Promise<number> {
  const { sessionAbsoluteMs } = accessPolicy(store);
  const { sessionDays } = await read(store, (tx) => profileOf(tx, holder));
  return sessionDays === null ? sessionAbsoluteMs : Math.min(sessionAbsoluteMs, sessionDays * dayMs);
}

/** Notes that a session is open now, and in which browser. */
export async function recordLogin(
  tx: Tx,
  given: { readonly session: Session; readonly actor: PersonActor; readonly accountId: AccountId; readonly at: number },
): Promise<void> {
  const { session, actor, accountId, at } = given;
  const { tenantId, personId, deviceHash, userAgent, proof: by } = session;
  await recordTrace(tx, { tenantId, actor, verb: 'login', at, accountId, details: { by, userAgent } });
  await seeDevice(tx, { tenantId, personId, accountId, actor, deviceHash, userAgent, from: actor.from, at });
}

/** How often a session in use says so: its idle time is known to this. */
const seenEveryMs = 5 * 60_000;

export interface InSession {
  readonly actor: PersonActor;
  readonly accountId: AccountId;
  readonly expiresAt: number;
}

/**
 * Whose session a cookie is.
 * @throws {Refusal} `badCredentials` when it is nobody's any more; `loginUnfinished`, `accountLocked`, `underMaintenance`.
 */
export async function authenticateSession(store: Store, cookie: string, remoteAddress: string): Promise<InSession> {
  const key = readSessionToken(cookie);
  const session = key && (await read(store, (tx) => selectSession(tx, key.tenantId, key.tokenHash)));
  const now = store.now();
  if (!session || session.expiresAt <= now || session.seenAt + accessPolicy(store).sessionIdleMs <= now)
    throw new Refusal('badCredentials');
  if (!mayWork(session.state)) throw new Refusal('accountLocked', { description: session.state });
  if (session.steps !== '[]') throw new Refusal('loginUnfinished');
  const actor = actorOf(session, remoteAddress);
  await requireOpen(store, actor);
  if (session.seenAt + seenEveryMs <= now) await write(store, (tx) => updateSessionSeen(tx, key, now, remoteAddress));
  return { actor, accountId: session.accountId, expiresAt: session.expiresAt };
}

export function actorOf({ tenantId, personId, id }: Session, from: string): PersonActor {
  return { kind: 'person', tenantId, personId, by: 'session', credentialId: id, scopes: allScopes, from };
}

/** Whether a session of somebody still opens anything. What uses it under another name does not keep it from going idle. */
export async function isSessionOpen(store: Store, tx: Tx, who: PersonRef, id: string): Promise<boolean> {
  const session = await selectOwnSession(tx, who, id);
  const now = store.now();
  return session !== undefined && session.expiresAt > now && session.seenAt + accessPolicy(store).sessionIdleMs > now;
}

/** Ends the session the actor is in; nothing happens without one. */
export async function logout(store: Store, actor: PersonActor): Promise<void> {
  const { tenantId, credentialId } = actor;
  if (actor.by !== 'session' || credentialId === undefined) return;
  await write(store, async (tx) => {
    const isEnded = await endSession(tx, actor, credentialId, store.now());
    if (isEnded) await recordTrace(tx, { tenantId, actor, verb: 'logout', at: store.now() });
  });
}

/** One's own sessions, the last used first. */
export function listSessions(store: Store, { tenantId, personId }: PersonActor): Promise<readonly Session[]> {
  return read(store, (tx) => selectSessions(tx, tenantId, personId, store.now()));
}

/** Ends all one's sessions but the one the actor is in. @returns how many ended. @throws {Refusal} `mayNot`. */
export async function logoutElsewhere(store: Store, actor: PersonActor): Promise<number> {
  const { tenantId } = actor;
  const accountId = await ownAccount(store, actor);
  return transaction(store, accountId, async (tx) => {
    const ended = await endSessions(tx, actor, store.now(), actor.credentialId);
    // What still listens under them asks again who it is.
    tx.changed('Account');
    const details = { ended };
    await recordTrace(tx, { tenantId, actor, verb: 'logoutElsewhere', at: store.now(), accountId, details });
    return ended;
  });
}

/** Ends one of one's own sessions. @returns whether there was such a one. @throws {Refusal} `mayNot`. */
export async function logoutSession(store: Store, actor: PersonActor, id: string): Promise<boolean> {
  const { tenantId } = actor;
  const accountId = await ownAccount(store, actor);
  return transaction(store, accountId, async (tx) => {
    if (!(await endSession(tx, actor, id, store.now()))) return false;
    tx.changed('Account');
    await recordTrace(tx, { tenantId, actor, verb: 'logoutSession', at: store.now(), accountId, details: { id } });
    return true;
  });
}

/** Ends a session from outside, by the word of whoever vouched for it. @returns whether it was still there. */
export async function endVouchedSession(
  store: Store,
  actor: Actor,
  { tenantId, personId, id }: Pick<Session, 'tenantId' | 'personId'> & { readonly id: string },
  details: { readonly name: string },
): Promise<boolean> {
  const holder = await holderOf(store, { tenantId, personId });
  if (!holder) return false;
  const { accountId } = holder;
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    if (!(await endSession(tx, holder, id, at))) return false;
    // What still listens under it asks again who it is.
    tx.changed('Account');
    await recordTrace(tx, { tenantId, actor, verb: 'providerLogout', at, accountId, details });
    return true;
  });
}
