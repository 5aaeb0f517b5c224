/**
 * The state of a person and their password. Whoever is not active does nothing any more, in any protocol: every verb
 * reads the state again. Sessions end besides, so that a key stolen before the change is worth nothing after it.
 */
import { recordTrace } from '#server/records/trace.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';
import type { Uuid } from '#server/store/ids.ts';

import type { Actor } from './actor.ts';
import type { PersonRef } from './credential.ts';
import { checkPassword } from './password.ts';
import { type Holder, type PersonState, selectHolder, updatePassword, updateState } from './queries/people.ts';
import { deleteSessions } from './queries/sessions.ts';
import { Refusal } from './refusal.ts';
import { requireSystem } from './require-right.ts';
import { hashWithin, proveByPassword } from './verify.ts';

/**
 * Keeps a person out: `locked` until somebody unlocks, `blocked` when the account was misused, `suspended`, `closed`.
 * @throws {Refusal} `noSuchPerson`, `mayNot`.
 */
export async function lockPerson(
  store: Store,
  actor: Actor,
  who: PersonRef,
  { state, reason }: { readonly state: Exclude<PersonState, 'active' | 'provisioned'>; readonly reason?: string },
): Promise<void> {
  await changeState(store, actor, who, { state, reason: reason ?? null, verb: 'lockPerson' });
}

/** @throws {Refusal} `noSuchPerson`, `mayNot`. */
export async function unlockPerson(store: Store, actor: Actor, who: PersonRef): Promise<void> {
  await changeState(store, actor, who, { state: 'active', reason: null, verb: 'unlockPerson' });
}

interface StateChange {
  readonly state: PersonState;
  readonly reason: string | null;
  readonly verb: string;
}

async function changeState(store: Store, actor: Actor, who: PersonRef, change: StateChange): Promise<void> {
  requireSystem(actor);
  const { tenantId, personId } = who;
  const { accountId } = await existing(store, who);
  await transaction(store, accountId, async (tx) => {
    const at = store.now();
    await updateState(tx, { tenantId, personId }, change.state, change.reason, at);
    if (change.state !== 'active') await deleteSessions(tx, who);
    tx.changed('Account');
    const details = { of: personId, state: change.state, reason: change.reason };
    await recordTrace(tx, { tenantId, actor, verb: change.verb, at, accountId, details });
  });
}

export interface NewPassword {
  readonly password: string;
  /** The one before, which a person must give for themselves. */
  readonly current?: string;
  /** Whether it must be changed at the next login. */
  readonly mustChange?: boolean;
}

/**
 * Sets a password. Everybody's by the operator; one's own with the current one. All other sessions end.
 * @throws {Refusal} `noSuchPerson`, `badCredentials`, `tryLater`, `weakPassword`, `invalidArguments`, `tooBusy`.
 */
export async function setPassword(store: Store, actor: Actor, who: PersonRef, given: NewPassword): Promise<void> {
  const holder = await existing(store, who);
  if (actor.kind === 'person') await proveOwn(store, actor, holder, given.current ?? '');
  checkPassword(given.password);
  const hash = await hashWithin(store, given.password);
  const keep = actor.kind === 'person' && actor.by === 'session' ? actor.credentialId : undefined;
  await transaction(store, holder.accountId, (tx) =>
    replacePassword(tx, actor, holder, { hash, mustChange: given.mustChange ?? false, keep, at: store.now() }),
  );
}

export interface Replacement {
  readonly hash: string;
  readonly mustChange: boolean;
  /** The one session that goes on. */
  readonly keep: Uuid | undefined;
  readonly at: number;
}

/** The rows of a new password; who may set it is the caller's to know. */
export async function replacePassword(tx: AccountTx, actor: Actor, holder: Holder, given: Replacement): Promise<void> {
  const { tenantId, personId, accountId } = holder;
  const { hash, mustChange, keep, at } = given;
  await updatePassword(tx, { tenantId, personId }, hash, mustChange, at);
  // The first password is what makes a provisioned account one that works.
  if (holder.state === 'provisioned') await updateState(tx, { tenantId, personId }, 'active', null, at);
  await deleteSessions(tx, holder, keep);
  tx.changed('Account');
  await recordTrace(tx, { tenantId, actor, verb: 'setPassword', at, accountId, details: { of: personId } });
}

async function proveOwn(
  store: Store,
  actor: Extract<Actor, { kind: 'person' }>,
  holder: Holder,
  password: string,
): Promise<void> {
  if (actor.tenantId !== holder.tenantId || actor.personId !== holder.personId) throw new Refusal('noSuchPerson');
  await proveByPassword(store, holder, { userName: '', password, remoteAddress: actor.from });
}

async function existing(store: Store, { tenantId, personId }: PersonRef): Promise<Holder> {
  const holder = await read(store, (tx) => selectHolder(tx, tenantId, personId));
  if (!holder) throw new Refusal('noSuchPerson');
  return holder;
}
