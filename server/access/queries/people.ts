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
}

const holderColumns = [
  'person.tenant_id',
  'person.id',
  'person.account_id',
  'person.state',
  'person.password_hash',
  'person.must_change_password',
] as const;

interface HolderRow {
  readonly tenant_id: number;
  readonly id: number;
  readonly account_id: number;
  readonly state: string;
  readonly password_hash: string | null;
  readonly must_change_password: number;
}

function holder(row: HolderRow): Holder {
  return {
    tenantId: asId<TenantId>(row.tenant_id),
    personId: asId<PersonId>(row.id),
    accountId: asId<AccountId>(row.account_id),
    state: asPersonState(row.state),
    passwordHash: row.password_hash,
    mustChangePassword: row.must_change_password === 1,
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

const updatePasswordOf = statement<{
  tenantId: number;
  personId: number;
  hash: string | null;
  mustChange: number;
  at: number;
}>()(({ q, p }) =>
  q
    .updateTable('person')
    .set({ password_hash: p.hash, must_change_password: p.mustChange, password_changed_at: p.at, updated_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.personId),
);

export async function updatePassword(
  tx: Tx,
  who: { tenantId: TenantId; personId: PersonId },
  hash: string,
  mustChange: boolean,
  at: number,
): Promise<void> {
  await updatePasswordOf.run(tx, { ...who, hash, mustChange: mustChange ? 1 : 0, at });
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
