/**
 * Adding a second factor: in a fresh session of one's own, or at the step of a login whose institution demands one. With
 * the first one come recovery codes, shown this once.
 */
import { randomBytes, randomUUIDv7 } from 'node:crypto';

import type { PersonActor } from '#server/access/actor.ts';
import type { Begun } from '#server/access/login.ts';
import { finishStep, type PendingLogin } from '#server/access/pending.ts';
import type { Holder } from '#server/access/queries/people.ts';
import { updateSessionProof } from '#server/access/queries/sessions.ts';
import { Refusal } from '#server/access/refusal.ts';
import { tellPerson } from '#server/notices/notice.ts';
import { recordTrace } from '#server/records/trace.ts';
import { asUuid, type Uuid } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { type ChallengeScope, spend } from './challenge.ts';
import { requireFresh } from './fresh.ts';
import { ownHolder } from './own.ts';
import { creationOptions, verifyCreated } from './passkey.ts';
import {
  deleteFactor,
  type Factor,
  insertFactor,
  selectFactors,
  selectNames,
  selectPasskey,
  updateFactorConfirmed,
} from './queries/factors.ts';
import { countRecoveryCodes, newRecoveryCodes, replaceRecoveryCodes } from './recovery.ts';
import { openTotpKey, sealTotpKey } from './totp-key.ts';
import { base32, findStep, otpauthUri, secretOctets } from './totp.ts';
import type { Site } from './webauthn.ts';

/** Whoever may add a factor, and where they are. */
export interface Enrolling {
  readonly holder: Holder;
  readonly actor: PersonActor;
  /** The login that waits for a factor; absent in a session. */
  readonly pending?: PendingLogin;
}

/** @throws {Refusal} `mayNot` for whoever is not in a session of their own. */
export async function enrollingIn(store: Store, actor: PersonActor): Promise<Enrolling> {
  return { holder: await ownHolder(store, actor), actor };
}

/** @throws {Refusal} `badCredentials` at another step. */
export function enrollingAt(pending: PendingLogin): Enrolling {
  if (pending.steps[0] !== 'enrol') throw new Refusal('badCredentials');
  return { holder: pending.holder, actor: pending.actor, pending };
}

export interface Added {
  readonly id: Uuid;
  /** Of the first factor: to be kept on paper. */
  readonly recoveryCodes: readonly string[] | undefined;
  /** At the step of a login: what comes next. */
  readonly begun: Begun | undefined;
}

const perPerson = 20;
const nameCharacters = 100;

/**
 * A secret for an authenticator program. It counts for nothing until a first code proves that it was taken.
 * @returns `secret` as it is typed, `uri` as the QR code says it.
 * @throws {Refusal} `stepUpNeeded`, `mayNot`, `tooMany`.
 */
export async function beginTotp(
  store: Store,
  who: Enrolling,
): Promise<{ readonly id: Uuid; readonly secret: string; readonly uri: string }> {
  const { holder } = who;
  const { tenantId, personId, accountId } = holder;
  const id = asUuid(randomUUIDv7());
  const secret = randomBytes(secretOctets);
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    await requireRoom(tx, who, at);
    for (const draft of await selectFactors(tx, holder))
      if (draft.confirmedAt === null) await deleteFactor(tx, holder, draft.id);
    const key = sealTotpKey(store, { tenantId, personId, id }, secret);
    const unused = { confirmedAt: null, lastUsedAt: null, counter: 0, credentialId: null };
    const given = { id, tenantId, personId, kind: 'totp', name: '', createdAt: at, key, ...unused } as const;
    await insertFactor(tx, { ...given, transports: [], isDiscoverable: false });
    const { tenantName, email } = await selectNames(tx, holder);
    return { id, secret: base32(secret), uri: otpauthUri(secret, { issuer: tenantName, account: email }) };
  });
}

/**
 * The first code of an authenticator program: from now on it is a second factor.
 * @throws {Refusal} `badCredentials` for a wrong code; `stepUpNeeded`, `mayNot`, `invalidArguments`.
 */
export async function confirmTotp(
  store: Store,
  who: Enrolling,
  given: { readonly id: string; readonly code: string; readonly name: string },
): Promise<Added> {
  const name = readName(given.name);
  return add(store, who, async (tx, at) => {
    const all = await selectFactors(tx, who.holder);
    const draft = all.find(({ id, confirmedAt }) => id === given.id && confirmedAt === null);
    const step = draft && findStep(openTotpKey(store, draft), given.code, at, 0);
    if (!draft || step === undefined) throw new Refusal('badCredentials');
    // The code that confirms it is used with that.
    await updateFactorConfirmed(tx, draft, { name, counter: step, at });
    return { id: draft.id, kind: 'totp', name };
  });
}

/** For `navigator.credentials.create`. @throws {Refusal} `stepUpNeeded`, `mayNot`, `tooMany`. */
export async function beginPasskey(store: Store, who: Enrolling, site: Site): Promise<object> {
  const { holder } = who;
  const { names, known } = await read(store, async (tx) => {
    await requireRoom(tx, who, store.now());
    return { names: await selectNames(tx, holder), known: await selectFactors(tx, holder) };
  });
  const { tenantName: houseName, email: userName, displayName } = names;
  return creationOptions(store, scopeOf(who), { site, who: holder, houseName, userName, displayName, known });
}

/**
 * What the browser made: from now on it is a second factor, and instead of the password where it can be.
 * @throws {Refusal} `badCredentials` for what is not a passkey made here and now; `alreadyExists`, `stepUpNeeded`, `mayNot`.
 */
export async function confirmPasskey(
  store: Store,
  who: Enrolling,
  given: { readonly response: unknown; readonly name: string; readonly site: Site },
): Promise<Added> {
  const name = readName(given.name);
  const { tenantId, personId } = who.holder;
  const created = verifyCreated(store, scopeOf(who), given);
  if (!created) throw new Refusal('badCredentials');
  const { challenge, credentialId, publicKey: key, ...rest } = created;
  return add(store, who, async (tx, at) => {
    if (!(await spend(tx, tenantId, challenge, at))) throw new Refusal('badCredentials');
    if (await selectPasskey(tx, tenantId, credentialId)) throw new Refusal('alreadyExists');
    const id = asUuid(randomUUIDv7());
    const times = { createdAt: at, confirmedAt: at, lastUsedAt: null };
    await insertFactor(tx, { id, tenantId, personId, kind: 'passkey', name, key, credentialId, ...times, ...rest });
    return { id, kind: 'passkey', name };
  });
}

type AddedFactor = Pick<Factor, 'id' | 'kind' | 'name'>;

async function add(
  store: Store,
  who: Enrolling,
  work: (tx: AccountTx, at: number) => Promise<AddedFactor>,
): Promise<Added> {
  const { holder, actor, pending } = who;
  // Made before: the transaction may run twice, and must give the codes it has kept.
  const codes = newRecoveryCodes();
  const done: { added?: AddedFactor; recoveryCodes?: readonly string[] } = {};
  const run = async (tx: AccountTx): Promise<void> => {
    const at = store.now();
    await requireRoom(tx, who, at);
    const added = await work(tx, at);
    const { left } = await countRecoveryCodes(tx, holder);
    if (left === 0) done.recoveryCodes = await replaceRecoveryCodes(store, tx, holder, at, codes);
    done.added = added;
    const { tenantId, accountId } = holder;
    const { id, kind, name } = added;
    if (actor.credentialId !== undefined) await updateSessionProof(tx, holder, actor.credentialId, { proof: kind, at });
    tx.changed('Account');
    await recordTrace(tx, { tenantId, actor, verb: 'addFactor', at, accountId, details: { id, kind, name } });
    await tellPerson(tx, holder, { kind: 'factorAdded', factor: kind, name }, at);
  };
  const begun = pending ? await finishStep(store, pending, 'enrol', run) : undefined;
  if (!pending) await transaction(store, holder.accountId, run);
  if (!done.added) throw new Error('a transaction that resolved has run');
  return { id: done.added.id, recoveryCodes: done.recoveryCodes, begun };
}

async function requireRoom(tx: Tx, { holder, actor, pending }: Enrolling, at: number): Promise<void> {
  if (!pending) await requireFresh(tx, actor, at);
  const all = await selectFactors(tx, holder);
  if (all.filter(({ confirmedAt }) => confirmedAt !== null).length >= perPerson)
    throw new Refusal('tooMany', { limit: perPerson });
}

/** @throws {Refusal} `invalidArguments` for none, or one of more than 100 characters. */
export function readName(text: string): string {
  const name = text.replaceAll(/\p{Cc}+/gu, ' ').trim();
  if (name === '' || name.length > nameCharacters) throw new Refusal('invalidArguments', { properties: ['name'] });
  return name;
}

function scopeOf({ actor }: Enrolling): ChallengeScope {
  return { purpose: 'enrol', boundTo: actor.credentialId ?? '' };
}
