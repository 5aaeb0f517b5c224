/**
 * What another directory may do to accounts: add people, change what the administration knows of them, suspend, close.
 * Every change is one transaction through the verbs the console and the imports use; nothing here deletes mail.
 */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { checkPassword } from '#server/access/password.ts';
import { giveProvisional, letIn, shutOut } from '#server/access/person-state.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireActing, requireRole, requireRoleOver } from '#server/access/require-role.ts';
import { hashWithin, type Holder, holderIn } from '#server/access/verify.ts';
import { perform } from '#server/administration/act.ts';
import { checkAppointment, type NewAppointment } from '#server/directory/appointments/appoint.ts';
import { replaceAppointmentsIn, settleDue } from '#server/directory/appointments/standing.ts';
import { changeProfileIn, checkProfile, type ProfileChange } from '#server/directory/change.ts';
import { addPerson, type NewPerson } from '#server/directory/person.ts';
import { checkQuota } from '#server/quota/change.ts';
import type { PersonId, TenantId } from '#server/store/ids.ts';
import { wakeRunners } from '#server/store/jobs.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { provisionedIn, type ProvisionedPerson, readProvisioned } from './people.ts';
import { selectClosedByExternalId } from './queries/people.ts';

export interface PersonChange extends ProfileChange {
  /** All that are planned from now on. */
  readonly appointments?: readonly NewAppointment[] | undefined;
  readonly isActive?: boolean | undefined;
  /** Provisional: it is replaced at the next login. */
  readonly password?: string | undefined;
}

/** Why somebody is suspended whom another directory says is not active. Others are not let in again by it. */
const suspendedReason = 'SCIM active=false';

export function isActive({ state }: Pick<ProvisionedPerson, 'state'>): boolean {
  return state === 'provisioned' || state === 'active' || state === 'locked';
}

const triesAtMost = 3;

/**
 * Changes somebody: `plan` says what, from how they stand; it is asked again where they changed meanwhile.
 * @returns how they stand then.
 * @throws {Refusal} `mayNot`, `noSuchPerson`, `noSuchUnit`, `noSuchDomain`, `alreadyExists`, `invalidProperties`,
 * `weakPassword`, `tooBusy`, `stateMismatch`, and what `plan` throws.
 */
export async function changeProvisioned(
  store: Store,
  actor: Actor,
  who: PersonRef,
  plan: (person: ProvisionedPerson) => Promise<PersonChange>,
): Promise<ProvisionedPerson> {
  for (let tries = 1; ; tries += 1) {
    const before = await readProvisioned(store, actor, who.tenantId, who.personId);
    const change = await plan(before);
    try {
      return await changeFrom(store, actor, who, before, change);
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason !== 'stateMismatch' || tries >= triesAtMost) throw error;
    }
  }
}

async function changeFrom(
  store: Store,
  actor: Actor,
  who: PersonRef,
  before: ProvisionedPerson,
  change: PersonChange,
): Promise<ProvisionedPerson> {
  const hash = await hashOf(store, change);
  const after = await transaction(store, before.accountId, async (tx) => {
    const at = store.now();
    await requireActing(tx, actor, 'administer', who, at);
    if ((await provisionedIn(tx, who.tenantId, who.personId)).version !== before.version)
      throw new Refusal('stateMismatch');
    await changeIn(store, tx, actor, before, { ...change, hash }, at);
    return provisionedIn(tx, who.tenantId, who.personId);
  });
  // Letters, where there are any.
  wakeRunners(store);
  if (!change.appointments) return after;
  await settleDue(store, actor, who);
  return readProvisioned(store, actor, who.tenantId, who.personId);
}

/** Outside the transaction: it is slow by design. @throws {Refusal} `weakPassword`, `tooBusy`. */
async function hashOf(store: Store, { password }: PersonChange): Promise<string | undefined> {
  if (password === undefined) return undefined;
  checkPassword(password);
  return hashWithin(store, password);
}

/** Who may change them at all is settled. */
async function changeIn(
  store: Store,
  tx: AccountTx,
  actor: Actor,
  before: ProvisionedPerson,
  change: PersonChange & { readonly hash: string | undefined },
  at: number,
): Promise<void> {
  const { isActive: wantsActive, password: _, hash, appointments, ...profile } = change;
  const { tenantId } = tx;
  const { personId } = before;
  const who = { tenantId, personId };
  const { unitId, quotaOctets } = profile;
  if (quotaOctets !== undefined && quotaOctets !== before.quotaOctets) checkQuota(quotaOctets);
  if (unitId !== undefined && unitId !== before.unitId)
    await requireRole(tx, actor, 'administer', { tenantId, unitId }, at);
  await changeProfileIn(store, tx, actor, personId, profile, at);
  if (appointments) await replaceAppointmentsIn(tx, actor, who, appointments, at);
  const holder = await holderIn(tx, who);
  if (!holder) throw new Refusal('noSuchPerson');
  if (hash !== undefined) await giveProvisional(tx, actor, holder, hash, { reason: null, at });
  if (wantsActive !== undefined) await changeState(tx, actor, holder, before, wantsActive, at);
}

async function changeState(
  tx: AccountTx,
  actor: Actor,
  holder: Holder,
  before: ProvisionedPerson,
  wantsActive: boolean,
  at: number,
): Promise<void> {
  if (!wantsActive && isActive(before)) await shutOut(tx, actor, holder, 'suspended', { reason: suspendedReason, at });
  // Whoever an administrator keeps out stays out, whatever a nightly run says.
  if (wantsActive && before.state === 'suspended' && before.stateReason === suspendedReason)
    await letIn(tx, actor, holder, { reason: suspendedReason, at });
}

export interface NewProvisioned extends Omit<NewPerson, 'tenantId'> {
  /** As recipients see it, where that is not both names. */
  readonly name?: string | undefined;
  readonly isActive?: boolean | undefined;
  readonly appointments?: readonly NewAppointment[] | undefined;
}

/**
 * Adds somebody. Whoever was closed and has the same external id comes back, with their mail: that they are the same
 * person is what the id says, and a name alone never does.
 * @throws {Refusal} `mayNot`, `noSuchUnit`, `noSuchDomain`, `alreadyExists`, `invalidArguments`, `invalidProperties`,
 * `weakPassword`, `tooBusy`.
 */
export async function createProvisioned(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  given: NewProvisioned,
): Promise<ProvisionedPerson> {
  const { name, isActive: wantsActive = true, appointments, ...person } = given;
  const { birthDate, recoveryEmail, quotaOctets } = checkProfile({ ...given, email: undefined });
  checkQuota(quotaOctets);
  await requirePlannable(store, actor, tenantId, appointments ?? []);
  const known = await closedByExternalId(store, tenantId, given.externalId ?? null);
  if (known !== undefined) return comeBack(store, actor, { tenantId, personId: known }, given);
  const { personId } = await addPerson(store, actor, {
    ...person,
    tenantId,
    ...(birthDate !== null && { birthDate }),
    ...(recoveryEmail !== null && { recoveryEmail }),
  });
  const change = {
    ...(name !== undefined && { name }),
    ...(!wantsActive && { isActive: false }),
    ...(appointments && { appointments }),
  };
  if (Object.keys(change).length === 0) return readProvisioned(store, actor, tenantId, personId);
  return changeProvisioned(store, actor, { tenantId, personId }, () => Promise.resolve(change));
}

/** Before anybody is there: whoever is refused is not half made. @throws {Refusal} `invalidProperties`, `mayNot`, `noSuchUnit`. */
async function requirePlannable(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  appointments: readonly NewAppointment[],
): Promise<void> {
  for (const one of appointments) checkAppointment(one);
  const units = new Set(appointments.map(({ unitId }) => unitId));
  await read(store, async (tx) => {
    for (const unitId of units) await requireRole(tx, actor, 'administer', { tenantId, unitId }, store.now());
  });
}

async function closedByExternalId(
  store: Store,
  tenantId: TenantId,
  externalId: string | null,
): Promise<PersonId | undefined> {
  if (externalId === null) return undefined;
  return read(store, (tx) => selectClosedByExternalId(tx, tenantId, externalId));
}

async function comeBack(store: Store, actor: Actor, who: PersonRef, given: NewProvisioned): Promise<ProvisionedPerson> {
  const { password, mustChangePassword: _, isProvisional: __, aliases = [], email, unitId = null, ...rest } = given;
  await read(store, async (tx) => {
    await requireRoleOver(tx, actor, 'administer', who, store.now());
    await requireRole(tx, actor, 'administer', { tenantId: who.tenantId, unitId }, store.now());
  });
  const change: PersonChange = {
    ...rest,
    unitId,
    addedAliases: aliases,
    email,
    password: password ?? undefined,
  };
  const hash = await hashOf(store, change);
  await perform(
    store,
    actor,
    who,
    { kind: 'reopen' },
    {
      reason: 'SCIM',
      alongside: () => Promise.resolve(),
      // Nobody is let in by what is then refused.
      afterwards: async (tx, at) => {
        const { tenantId, personId } = who;
        const opened = await provisionedIn(tx, tenantId, personId);
        await changeIn(store, tx, actor, opened, { ...change, hash }, at);
      },
    },
  );
  if (change.appointments) await settleDue(store, actor, who);
  return readProvisioned(store, actor, who.tenantId, who.personId);
}

/** Closes the account: nobody logs in any more; addresses and mail stay. @throws {Refusal} `mayNot`, `noSuchPerson`. */
export async function closeProvisioned(store: Store, actor: Actor, who: PersonRef): Promise<void> {
  // Who is closed already is not there.
  await readProvisioned(store, actor, who.tenantId, who.personId);
  await perform(store, actor, who, { kind: 'close' }, { reason: 'SCIM', alongside: () => Promise.resolve() });
}
