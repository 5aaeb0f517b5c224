/**
 * Mandates: to whom an account is opened, with which rights, from when to when, by whose decision. What a person gives
 * to another holds when that one has accepted, and where the tenant asks for it when an administrator has approved; what
 * the operator gives holds at once. Every step is told to both accounts, so that open sessions list theirs anew; a right
 * that ended is refused in any case, because every verb asks again.
 */
import { newMandateId } from '#server/directory/identifiers.ts';
import { tellPerson } from '#server/notices/notice.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, PersonId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transactions } from '#server/store/transaction.ts';

import type { Actor } from './actor.ts';
import { requireFresh } from './factors/fresh.ts';
import { mandateRules, type MandateRules } from './mandate-rules.ts';
import {
  insertMandate,
  selectNames,
  selectPersonName,
  selectAccountUnit,
  type ListedMandate,
  type Mandate,
  selectListedMandates,
  selectMandate,
  updateAgreement,
  updateMandateEnd,
  updateMandateRevoked,
} from './queries/mandates.ts';
import { type Holder, selectHolder } from './queries/people.ts';
import { Refusal } from './refusal.ts';
import { requireRight } from './require-right.ts';
import { requireRole } from './require-role.ts';
import { noteShare, sharedRights } from './share-notice.ts';
import { type MandateId, type Right, withBrought } from './rights.ts';

export type { ListedMandate, Mandate };

export interface NewMandate {
  readonly tenantId: TenantId;
  readonly accountId: AccountId;
  readonly personId: PersonId;
  readonly rights: readonly Right[];
  /** Milliseconds since 1970; from now on without it. */
  readonly startsAt?: number;
  /** Null: until it is revoked. */
  readonly endsAt?: number | null;
  readonly reason?: string;
}

const reasonCharacters = 500;
const dayMs = 86_400_000;

/**
 * Gives a mandate. The actor must hold `manage` on the account, and cannot give what they do not have.
 * @throws {Refusal} `noSuchAccount`, `noSuchPerson`, `mayNot`, `invalidArguments`, `invalidProperties` where the tenant
 * wants an earlier end.
 */
export async function grantMandate(store: Store, actor: Actor, given: NewMandate): Promise<MandateId> {
  const { tenantId, accountId, personId } = given;
  if (actor.kind === 'person' && actor.tenantId !== tenantId) throw new Refusal('noSuchAccount');
  const rights = withBrought(given.rights);
  const at = store.now();
  const { startsAt = at, endsAt = null } = given;
  if (rights.length === 0 || (endsAt !== null && endsAt <= startsAt))
    throw new Refusal('invalidArguments', { description: 'a mandate has a right, and ends after it starts' });
  const reason = given.reason?.trim() ?? '';
  if (reason.length > reasonCharacters) throw new Refusal('invalidProperties', { properties: ['reason'] });
  const person = await read(store, (tx) => selectHolder(tx, tenantId, personId));
  if (!person) throw new Refusal('noSuchPerson');
  return transactions(store, [person.accountId, accountId], async ([theirs, tx]) => {
    if (!theirs || !tx || tx.tenantId !== tenantId) throw new Refusal('noSuchAccount');
    const granted = await requireRight(tx, actor, accountId, 'manage', at);
    if (person.accountId === accountId) throw new Refusal('invalidArguments', { description: 'it is their own' });
    if (!rights.every((right) => granted.rights.includes(right))) throw new Refusal('mayNot');
    const heldBefore = await sharedRights(tx, { tenantId, personId, accountId }, at);
    const rules = await mandateRules(tx, tenantId);
    if (actor.kind === 'person') requireEnd(rules, startsAt, endsAt);
    const isAgreed = actor.kind === 'person' ? actor.personId === personId : actor.kind === 'system';
    const agreement = {
      acceptedAt: isAgreed ? at : null,
      declinedAt: null,
      asksApproval: actor.kind === 'person' && rights.some((right) => rules.approvalFor.includes(right)),
      approverPersonId: null,
      approvedAt: null,
    };
    const id = await newMandateId(tx);
    const authorPersonId = actor.kind === 'person' ? actor.personId : null;
    const dates = { startsAt, endsAt, createdAt: at, revokedAt: null };
    const validFrom = isAgreed && !agreement.asksApproval ? startsAt : null;
    const told = { rights, authorPersonId, reason: reason === '' ? null : reason };
    await insertMandate(tx, { id, tenantId, accountId, personId, validFrom, ...told, ...agreement, ...dates });
    await noteShare(theirs, actor, { tenantId, personId, accountId }, heldBefore, at);
    tellBoth(theirs, tx);
    if (!isAgreed) await tellOffer(tx, person, { accountId, authorPersonId }, at);
    const details = { to: personId, rights, startsAt, endsAt, reason: told.reason };
    await recordTrace(tx, { tenantId, actor, verb: 'grantMandate', at, accountId, mandateId: id, details });
    return id;
  });
}

function requireEnd({ longestDays }: MandateRules, startsAt: number, endsAt: number | null): void {
  if (longestDays === null) return;
  if (endsAt === null || endsAt > startsAt + longestDays * dayMs)
    throw new Refusal('invalidProperties', { properties: ['endsAt'], limit: longestDays });
}

/** Its holder takes it, or says no. Nothing happens where they said the same before. @throws {Refusal} `noSuchAccount`. */
export function answerMandate(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: MandateId,
  answer: 'accept' | 'decline',
): Promise<void> {
  return changeMandate(store, actor, tenantId, id, async (tx, mandate, at) => {
    if (actor.kind !== 'person' || actor.personId !== mandate.personId) throw new Refusal('noSuchAccount');
    requireStanding(mandate);
    const isSame = answer === 'accept' ? mandate.acceptedAt !== null : mandate.declinedAt !== null;
    if (isSame) return;
    const agreed = { acceptedAt: answer === 'accept' ? at : null, declinedAt: answer === 'accept' ? null : at };
    await agree(tx, { ...mandate, ...agreed }, at);
    const names = await selectNames(tx, mandate);
    const told = { kind: 'mandateAnswered', isAccepted: answer === 'accept', ...names } as const;
    await tellPerson(tx, tx, told, at);
    await recordTrace(tx, traceOf(mandate, actor, answer === 'accept' ? 'acceptMandate' : 'declineMandate', at));
  });
}

/**
 * An administrator of the account's unit agrees to one that asks for it; nobody approves what they gave or will hold.
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `noSuchUnit`, `stepUpNeeded`.
 */
export function approveMandate(store: Store, actor: Actor, tenantId: TenantId, id: MandateId): Promise<void> {
  return changeMandate(store, actor, tenantId, id, async (tx, mandate, at) => {
    const unitId = await selectAccountUnit(tx, tenantId, mandate.accountId);
    await requireRole(tx, actor, 'administer', { tenantId, unitId }, at);
    await requireFresh(tx, actor, at);
    requireStanding(mandate);
    const approverPersonId = actor.kind === 'person' ? actor.personId : null;
    if (approverPersonId !== null && [mandate.authorPersonId, mandate.personId].includes(approverPersonId))
      throw new Refusal('mayNot', { description: 'two people decide' });
    if (!mandate.asksApproval || mandate.approvedAt !== null) return;
    await agree(tx, { ...mandate, approvedAt: at, approverPersonId }, at);
    await recordTrace(tx, traceOf(mandate, actor, 'approveMandate', at));
  });
}

/** @throws {Refusal} `noSuchAccount` for one that was ended. */
function requireStanding({ revokedAt }: Mandate): void {
  if (revokedAt !== null) throw new Refusal('noSuchAccount');
}

/** Writes who agreed; it holds from the moment when all have, and not before its first day. */
async function agree(tx: AccountTx, mandate: Mandate, at: number): Promise<void> {
  const isAgreed = mandate.acceptedAt !== null && (!mandate.asksApproval || mandate.approvedAt !== null);
  const validFrom = isAgreed ? (mandate.validFrom ?? Math.max(mandate.startsAt, at)) : null;
  await updateAgreement(tx, { ...mandate, validFrom });
}

/**
 * Another end, for who may give it. What an administrator approved was approved until its end: to go on after it, a
 * new one is given.
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `invalidArguments`, `invalidProperties`.
 */
export function extendMandate(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: MandateId,
  endsAt: number | null,
): Promise<void> {
  return changeMandate(store, actor, tenantId, id, async (tx, mandate, at) => {
    await requireRight(tx, actor, mandate.accountId, 'manage', at);
    requireStanding(mandate);
    const isLonger = endsAt === null || (mandate.endsAt !== null && endsAt > mandate.endsAt);
    if (actor.kind === 'person' && mandate.asksApproval && mandate.endsAt !== null && isLonger)
      throw new Refusal('mayNot', { description: 'approved until its end' });
    if (endsAt !== null && endsAt <= Math.max(mandate.startsAt, at))
      throw new Refusal('invalidArguments', { description: 'a mandate ends after it starts' });
    if (actor.kind === 'person') requireEnd(await mandateRules(tx, tenantId), at, endsAt);
    await updateMandateEnd(tx, tenantId, id, endsAt);
    const trace = traceOf(mandate, actor, 'extendMandate', at);
    await recordTrace(tx, { ...trace, details: { ...trace.details, endsAt } });
  });
}

/**
 * Ends a mandate at once. By who holds `manage` on the account, by who administers its unit, and by its holder, who may
 * always give it back.
 * @throws {Refusal} `noSuchAccount` when there is none the actor may know of, `mayNot`; `stepUpNeeded` of administrators.
 */
export function revokeMandate(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: MandateId,
  reason: string | null = null,
): Promise<void> {
  return changeMandate(store, actor, tenantId, id, async (tx, mandate, at) => {
    const isOwn = actor.kind === 'person' && actor.personId === mandate.personId;
    if (!isOwn) await requireManaging(tx, actor, mandate, at);
    const said = reason?.slice(0, reasonCharacters) ?? null;
    if (!(await updateMandateRevoked(tx, mandate, at, said))) return;
    const trace = traceOf(mandate, actor, 'revokeMandate', at);
    await recordTrace(tx, { ...trace, details: { ...trace.details, reason: said } });
  });
}

async function requireManaging(tx: Tx, actor: Actor, { tenantId, accountId }: Mandate, at: number): Promise<void> {
  try {
    await requireRight(tx, actor, accountId, 'manage', at);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const unitId = await selectAccountUnit(tx, tenantId, accountId);
    // Whoever is no administrator there hears what they would have heard.
    await requireRole(tx, actor, 'administer', { tenantId, unitId }, at).catch(() => {
      throw error;
    });
    await requireFresh(tx, actor, at);
  }
}

/** Runs `work` on a mandate, in one transaction of both accounts, and tells them. @throws {Refusal} `noSuchAccount`. */
export async function changeMandate(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: MandateId,
  work: (tx: AccountTx, mandate: Mandate, at: number) => Promise<void>,
): Promise<void> {
  const isOutside = actor.kind === 'person' && actor.tenantId !== tenantId;
  const found = await read(store, async (tx) => {
    const mandate = isOutside ? undefined : await selectMandate(tx, tenantId, id);
    const holder = mandate && (await selectHolder(tx, tenantId, mandate.personId));
    return mandate && holder && { mandate, holder };
  });
  if (!found) throw new Refusal('noSuchAccount');
  await transactions(store, [found.holder.accountId, found.mandate.accountId], async ([theirs, tx]) => {
    const mandate = tx && (await selectMandate(tx, tenantId, id));
    if (!theirs || !tx || !mandate) throw new Refusal('noSuchAccount');
    const at = store.now();
    const heldBefore = await sharedRights(tx, mandate, at);
    await work(tx, mandate, at);
    await noteShare(theirs, actor, mandate, heldBefore, at);
    tellBoth(theirs, tx);
  });
}

/** By a letter too: whoever is asked may not be on the web today. */
async function tellOffer(
  tx: AccountTx,
  holder: Holder,
  given: { readonly accountId: AccountId; readonly authorPersonId: PersonId | null },
  at: number,
): Promise<void> {
  const { tenantId, personId } = holder;
  const { account } = await selectNames(tx, { tenantId, personId, accountId: given.accountId });
  const author = given.authorPersonId === null ? null : await selectPersonName(tx, tenantId, given.authorPersonId);
  await tellPerson(tx, holder, { kind: 'mandateOffered', account, author }, at);
}

function tellBoth(theirs: AccountTx, tx: AccountTx): void {
  theirs.changed('Account');
  tx.changed('Account');
}

export function traceOf({ tenantId, accountId, id, personId }: Mandate, actor: Actor, verb: string, at: number) {
  return { tenantId, actor, verb, at, accountId, mandateId: id, details: { to: personId } };
}

/** Who was ever given the account, newest first. @throws {Refusal} `noSuchAccount`, `mayNot`. */
export function listMandates(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  accountId: AccountId,
): Promise<readonly ListedMandate[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', store.now());
    return selectListedMandates(tx, tenantId, { accountId, personId: 0 });
  });
}

/** Who was given the account since, and may act for it or will. Who may see it is the caller's to check. */
export async function mandatesSince(
  tx: Tx,
  { tenantId, accountId }: { readonly tenantId: TenantId; readonly accountId: AccountId },
  since: number,
): Promise<readonly ListedMandate[]> {
  const all = await selectListedMandates(tx, tenantId, { accountId, personId: 0 });
  return all.filter(({ createdAt, revokedAt }) => createdAt >= since && revokedAt === null);
}

/** What a person was ever asked to act for, newest first; nothing for the house itself. */
export async function listHeldMandates(store: Store, actor: Actor): Promise<readonly ListedMandate[]> {
  if (actor.kind !== 'person') return [];
  const { tenantId, personId } = actor;
  return read(store, (tx) => selectListedMandates(tx, tenantId, { accountId: 0, personId }));
}

export type MandateState = 'asked' | 'awaitingApproval' | 'declined' | 'revoked' | 'ended' | 'future' | 'valid';

/** How it stands at `at` (milliseconds since 1970). */
export function stateOfMandate(mandate: Mandate, at: number): MandateState {
  if (mandate.revokedAt !== null) return 'revoked';
  if (mandate.declinedAt !== null) return 'declined';
  if (mandate.endsAt !== null && mandate.endsAt <= at) return 'ended';
  if (mandate.acceptedAt === null) return 'asked';
  if (mandate.validFrom === null) return 'awaitingApproval';
  return mandate.validFrom <= at ? 'valid' : 'future';
}
