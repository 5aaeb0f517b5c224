/**
 * Mandates: to whom an account is opened, with which rights, from when to when, by whose decision. Giving one and
 * ending one are told to the holder's account, so that their open sessions list their accounts anew; a right that
 * ended is refused in any case, because every verb asks again.
 */
import { newMandateId } from '#server/directory/identifiers.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, PersonId, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { transactions } from '#server/store/transaction.ts';

import type { Actor } from './actor.ts';
import {
  insertMandate,
  type Mandate,
  selectMandate,
  selectMandatesOn,
  updateMandateRevoked,
} from './queries/mandates.ts';
import { selectHolder } from './queries/people.ts';
import { Refusal } from './refusal.ts';
import { requireRight } from './require-right.ts';
import { type MandateId, type Right, withBrought } from './rights.ts';

export type { Mandate };

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

/**
 * Gives a mandate. The actor must hold `manage` on the account, and cannot give what they do not have.
 * @throws {Refusal} `noSuchAccount`, `noSuchPerson`, `mayNot`, `invalidArguments`.
 */
export async function grantMandate(store: Store, actor: Actor, given: NewMandate): Promise<MandateId> {
  const { tenantId, accountId, personId } = given;
  if (actor.kind === 'person' && actor.tenantId !== tenantId) throw new Refusal('noSuchAccount');
  const rights = withBrought(given.rights);
  const at = store.now();
  const { startsAt = at, endsAt = null } = given;
  if (rights.length === 0 || (endsAt !== null && endsAt <= startsAt))
    throw new Refusal('invalidArguments', { description: 'a mandate has a right, and ends after it starts' });
  const person = await read(store, (tx) => selectHolder(tx, tenantId, personId));
  if (!person) throw new Refusal('noSuchPerson');
  return transactions(store, [person.accountId, accountId], async ([theirs, tx]) => {
    if (!theirs || !tx || tx.tenantId !== tenantId) throw new Refusal('noSuchAccount');
    const granted = await requireRight(tx, actor, accountId, 'manage', at);
    if (!rights.every((right) => granted.rights.includes(right))) throw new Refusal('mayNot');
    const id = await newMandateId(tx);
    const authorPersonId = actor.kind === 'person' ? actor.personId : null;
    const reason = given.reason ?? null;
    const dates = { startsAt, endsAt, createdAt: at, revokedAt: null };
    await insertMandate(tx, { id, tenantId, accountId, personId, rights, authorPersonId, reason, ...dates });
    theirs.changed('Account');
    const details = { to: personId, rights, startsAt, endsAt };
    await recordTrace(tx, { tenantId, actor, verb: 'grantMandate', at, accountId, mandateId: id, details });
    return id;
  });
}

/**
 * Ends a mandate at once. By who holds `manage` on the account, and by its holder, who may always give it back.
 * @throws {Refusal} `noSuchAccount` when there is none the actor may know of, `mayNot`.
 */
export async function revokeMandate(store: Store, actor: Actor, tenantId: TenantId, id: MandateId): Promise<void> {
  const isOutside = actor.kind === 'person' && actor.tenantId !== tenantId;
  const found = await read(store, async (tx) => {
    const mandate = isOutside ? undefined : await selectMandate(tx, tenantId, id);
    const holder = mandate && (await selectHolder(tx, tenantId, mandate.personId));
    return mandate && holder && { mandate, holder };
  });
  if (!found) throw new Refusal('noSuchAccount');
  const { mandate, holder } = found;
  await transactions(store, [holder.accountId, mandate.accountId], async ([theirs, tx]) => {
    if (!theirs || !tx) throw new Refusal('noSuchAccount');
    const at = store.now();
    const isOwn = actor.kind === 'person' && actor.personId === mandate.personId;
    if (!isOwn) await requireRight(tx, actor, mandate.accountId, 'manage', at);
    if (!(await updateMandateRevoked(tx, tenantId, id, at))) return;
    theirs.changed('Account');
    const trace = { tenantId, actor, verb: 'revokeMandate', at, accountId: mandate.accountId, mandateId: id };
    await recordTrace(tx, { ...trace, details: { to: mandate.personId } });
  });
}

/** Who was ever given the account, newest first. @throws {Refusal} `noSuchAccount`, `mayNot`. */
export function listMandates(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  accountId: AccountId,
): Promise<readonly Mandate[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', store.now());
    return selectMandatesOn(tx, tenantId, accountId);
  });
}
