/** Statements: who logs in, by which name, with which password, in which state. */
import { type AccountId, asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

export type PersonState = 'provisioned' | 'active' | 'locked' | 'blocked' | 'suspended' | 'closed';
const personStates: readonly PersonState[] = ['provisioned', 'active', 'locked', 'blocked', 'suspended', 'closed'];

/** A state this version does not know lets nobody in. */
export function asPersonState(value: string): PersonState {
  return personStates.find((state) => state === value) ?? 'suspended';
}

export interface Holder {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  readonly accountId: AccountId;
  readonly state: PersonState;
  readonly passwordHash: string | null;
  readonly mustChangePassword: boolean;
  /** Milliseconds since 1970, as all times here. */
  readonly passwordChangedAt: number | null;
  /** When a password that must be changed ends; null for never. */
  readonly provisionalUntil: number | null;
  /** Since when the account is in its holder's hands; null until they finished a first login. */
  readonly activatedAt: number | null;
  /** Keyed (numen.ts); null where none is known. */
  readonly numenHash: string | null;
  /** Since when it is no password any more. */
  readonly numenUsedAt: number | null;
  readonly termsVersion: string | null;
  readonly hasRecoveryEmail: boolean;
  /** `staff`, `teacher`, `pupil` … */
  readonly population: string;
}

const holderColumns = [
  'person.tenant_id',
  'person.id',
  'person.account_id',
  'person.state',
  'person.password_hash',
  'person.must_change_password',
  'person.password_changed_at',
  'person.provisional_until',
  'person.activated_at',
  'person.numen_hash',
  'person.numen_used_at',
  'person.terms_version',
  'person.recovery_verified_at',
  'person.population',
] as const;

interface HolderRow {
  readonly tenant_id: number;
  readonly id: number;
  readonly account_id: number;
  readonly state: string;
  readonly password_hash: string | null;
  readonly must_change_password: number;
  readonly password_changed_at: number | null;
  readonly provisional_until: number | null;
  readonly activated_at: number | null;
  readonly numen_hash: string | null;
  readonly numen_used_at: number | null;
  readonly terms_version: string | null;
  readonly recovery_verified_at: number | null;
  readonly population: string;
}

function holder(row: HolderRow): Holder {
  return {
    tenantId: asId<TenantId>(row.tenant_id),
    personId: asId<PersonId>(row.id),
    accountId: asId<AccountId>(row.account_id),
    state: asPersonState(row.state),
    passwordHash: row.password_hash,
    mustChangePassword: row.must_change_password === 1,
    passwordChangedAt: row.password_changed_at,
    provisionalUntil: row.provisional_until,
    activatedAt: row.activated_at,
    numenHash: row.numen_hash,
    numenUsedAt: row.numen_used_at,
    termsVersion: row.terms_version,
    hasRecoveryEmail: row.recovery_verified_at !== null,
    population: row.population,
  };
}

/** There are few tenants: their ids drive the index on (tenant_id, user_name). */
const selectByUserName = statement<{ userName: string }>()(({ q, p }) =>
  q
    .selectFrom('tenant')
    .innerJoin('person', 'person.tenant_id', 'tenant.id')
    .select(holderColumns)
    .where('person.user_name', '=', p.userName)
    .limit(2),
);

const selectByUserNameIn = statement<{ tenantId: number; userName: string }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .select(holderColumns)
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.user_name', '=', p.userName),
);

const selectByAddress = statement<{ domain: string; address: string }>()(({ q, p }) =>
  q
    .selectFrom('domain')
    .innerJoin('address', 'address.tenant_id', 'domain.tenant_id')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'address.tenant_id').onRef('person.account_id', '=', 'address.account_id'),
    )
    .select(holderColumns)
    .where('domain.name', '=', p.domain)
    .where('address.address', '=', p.address),
);

/** @returns everybody of that name (two at most are looked for: two is as good as none). */
export async function selectHoldersByUserName(tx: Tx, userName: string, tenantId?: TenantId): Promise<Holder[]> {
  const rows =
    tenantId === undefined
      ? await selectByUserName.all(tx, { userName })
      : await selectByUserNameIn.all(tx, { userName, tenantId });
  return rows.map(holder);
}

export async function selectHolderByAddress(tx: Tx, address: string, domain: string): Promise<Holder | undefined> {
  const row = await selectByAddress.first(tx, { address, domain });
  return row && holder(row);
}

const selectHolderById = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .select(holderColumns)
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId),
);

export async function selectHolder(tx: Tx, tenantId: TenantId, personId: PersonId): Promise<Holder | undefined> {
  const row = await selectHolderById.first(tx, { tenantId, personId });
  return row && holder(row);
}

const selectHolderByExternal = statement<{ tenantId: number; externalId: string }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .select(holderColumns)
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.external_id', '=', p.externalId),
);

const selectNamesById = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(['person.user_name', 'person.external_id', 'account.email'])
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId),
);

/** By what other systems may know somebody; empty where there is none. */
export async function selectNames(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
): Promise<{ readonly userName: string; readonly email: string; readonly externalId: string }> {
  const row = await selectNamesById.first(tx, { tenantId, personId });
  return { userName: row?.user_name ?? '', email: row?.email ?? '', externalId: row?.external_id ?? '' };
}

/** By what the tenant's own systems call them. */
export async function selectHolderByExternalId(
  tx: Tx,
  tenantId: TenantId,
  externalId: string,
): Promise<Holder | undefined> {
  const row = await selectHolderByExternal.first(tx, { tenantId, externalId });
  return row && holder(row);
}

const updatePasswordOf = statement<{
  tenantId: number;
  personId: number;
  hash: string | null;
  mustChange: number;
  provisionalUntil: number | null;
  history: string;
  at: number;
}>()(({ q, p }) =>
  q
    .updateTable('person')
    .set((eb) => ({
      password_hash: p.hash,
      must_change_password: p.mustChange,
      provisional_until: p.provisionalUntil,
      password_history: p.history,
      password_changed_at: p.at,
      // Whoever has had a password has no use for the NUMEN as one any more.
      numen_used_at: eb.fn.coalesce('numen_used_at', eb.val(p.at)),
      updated_at: p.at,
    }))
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.personId),
);

export interface PasswordRow {
  readonly hash: string;
  readonly mustChange: boolean;
  readonly provisionalUntil: number | null;
  /** Hashes of those before it, the last first. */
  readonly history: readonly string[];
  readonly at: number;
}

export async function updatePassword(
  tx: Tx,
  { tenantId, personId }: { tenantId: TenantId; personId: PersonId },
  { hash, mustChange, provisionalUntil, history, at }: PasswordRow,
): Promise<void> {
  const kept = JSON.stringify(history);
  await updatePasswordOf.run(tx, {
    tenantId,
    personId,
    hash,
    mustChange: mustChange ? 1 : 0,
    provisionalUntil,
    history: kept,
    at,
  });
}

const setActivated = statement<{ tenantId: number; personId: number; at: number }>()(({ q, p }) =>
  q
    .updateTable('person')
    .set({ activated_at: p.at, updated_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.personId)
    .where('activated_at', 'is', null),
);

/** @returns whether they were not before. */
export async function updateActivated(
  tx: Tx,
  { tenantId, personId }: { tenantId: TenantId; personId: PersonId },
  at: number,
): Promise<boolean> {
  return (await setActivated.run(tx, { tenantId, personId, at })) > 0;
}

const updateStateOf = statement<{
  tenantId: number;
  personId: number;
  state: string;
  reason: string | null;
  at: number;
}>()(({ q, p }) =>
  q
    .updateTable('person')
    .set({ state: p.state, state_reason: p.reason, updated_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.personId),
);

export async function updateState(
  tx: Tx,
  who: { tenantId: TenantId; personId: PersonId },
  state: PersonState,
  reason: string | null,
  at: number,
): Promise<void> {
  await updateStateOf.run(tx, { ...who, state, reason, at });
}
