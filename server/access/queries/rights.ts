/** Statements: under which titles a person may reach an account. */
import { sql } from 'kysely';

import { type AccountId, asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

import { type Held, seenPersonalSince } from '#server/access/reader.ts';
import { type MandateId, parseRights, type Right } from '#server/access/rights.ts';
import { asPersonState, type PersonState } from './people.ts';

/** The person, and the account where it is of their tenant. Asked at every command of every session: few pages are touched. */
const selectStanding = statement<{ tenantId: number; personId: number; accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    // By its key: an index of the tenant's accounts would be one tree more.
    .leftJoin('account', (join) =>
      join.on('account.id', '=', p.accountId).on(sql`+account.tenant_id`, '=', sql.ref('person.tenant_id')),
    )
    .select([
      'person.state as person_state',
      'person.account_id as own_account_id',
      'account.state as account_state',
      'account.seen_is_personal',
    ])
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId),
);

/** Those that hold now, the oldest first. */
const selectMandates = statement<{ tenantId: number; personId: number; accountId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('mandate')
    .select(['id', 'rights'])
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('account_id', '=', p.accountId)
    .where('revoked_at', 'is', null)
    .where('valid_from', '<=', p.at)
    .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', p.at)]))
    .orderBy('id'),
);

export interface Titles {
  readonly personState: PersonState;
  readonly isOwn: boolean;
  /** Undefined when there is no such account in the person's tenant. */
  readonly accountState: string | undefined;
  /** Whether `$seen` is kept for each who reads. */
  readonly isSeenPersonal: boolean;
  /** Of others' accounts alone: whoever owns one needs none. */
  readonly mandates: readonly { readonly id: MandateId; readonly rights: readonly Right[] }[];
}

/** @returns undefined when there is no such person. */
export async function selectTitlesOn(
  tx: Tx,
  who: { tenantId: TenantId; personId: PersonId },
  accountId: AccountId,
  at: number,
): Promise<Titles | undefined> {
  const found = await selectStanding.first(tx, { ...who, accountId });
  if (!found) return undefined;
  const isOwn = found.own_account_id === accountId;
  const mandates = isOwn ? [] : await selectMandates.all(tx, { ...who, accountId, at });
  return {
    personState: asPersonState(found.person_state),
    isOwn,
    accountState: found.account_state ?? undefined,
    isSeenPersonal: found.seen_is_personal === 1,
    mandates: mandates.map(({ id, rights }) => ({ id: asId<MandateId>(id), rights: parseRights(rights) })),
  };
}

const selectHeld = statement<{ tenantId: number; personId: number; accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('mandate')
    .select(['valid_from', 'created_at', 'ends_at', 'revoked_at'])
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('account_id', '=', p.accountId),
);

const selectAccountSettings = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('account').select('settings').where('id', '=', p.accountId),
);

/** Every mandate a person ever had on an account, and since when the account keeps `$seen` for each. */
export async function selectHeldOn(
  tx: Tx,
  { tenantId, personId }: { tenantId: TenantId; personId: PersonId },
  accountId: AccountId,
): Promise<{ readonly held: readonly Held[]; readonly personalSince: number }> {
  const mandates = await selectHeld.all(tx, { tenantId, personId, accountId });
  const settings: unknown = JSON.parse((await selectAccountSettings.first(tx, { accountId }))?.settings ?? '{}');
  const hasDate = typeof settings === 'object' && settings !== null && seenPersonalSince in settings;
  return {
    held: mandates.map(({ valid_from, created_at, ends_at, revoked_at }) => ({
      // One that says to have begun before it was given changes nothing of what its holder had seen.
      from: Math.max(valid_from ?? Infinity, created_at),
      until: Math.min(ends_at ?? Infinity, revoked_at ?? Infinity),
    })),
    personalSince: hasDate ? Number(settings[seenPersonalSince]) : 0,
  };
}

const accountColumns = [
  'account.id',
  'account.kind',
  'account.name',
  'account.email',
  'account.state',
  'account.seen_is_personal',
] as const;

const selectOwnAccount = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(accountColumns)
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId)
    .where('person.state', 'in', ['active', 'provisioned']),
);

const selectMandatedAccounts = statement<{ tenantId: number; personId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('mandate')
    .innerJoin('account', 'account.id', 'mandate.account_id')
    .select([...accountColumns, 'mandate.id as mandate_id', 'mandate.rights', 'mandate.ends_at'])
    .where('mandate.tenant_id', '=', p.tenantId)
    .where('mandate.person_id', '=', p.personId)
    .whereRef('account.tenant_id', '=', 'mandate.tenant_id')
    .where('mandate.revoked_at', 'is', null)
    .where('mandate.valid_from', '<=', p.at)
    .where((eb) => eb.or([eb('mandate.ends_at', 'is', null), eb('mandate.ends_at', '>', p.at)]))
    .orderBy('account.name')
    .orderBy('account.id'),
);

export interface AccountRow {
  readonly id: AccountId;
  readonly kind: string;
  readonly name: string;
  readonly email: string;
  readonly state: string;
  readonly isSeenPersonal: boolean;
}

export interface MandatedRow extends AccountRow {
  readonly mandateId: MandateId;
  readonly rights: readonly Right[];
  readonly endsAt: number | null;
}

export async function selectAccountsOf(
  tx: Tx,
  who: { tenantId: TenantId; personId: PersonId },
  at: number,
): Promise<{ readonly own: AccountRow | undefined; readonly mandated: readonly MandatedRow[] }> {
  const own = await selectOwnAccount.first(tx, who);
  const mandated = await selectMandatedAccounts.all(tx, { ...who, at });
  return {
    own: own && accountRow(own),
    mandated: mandated.map(({ mandate_id, rights, ends_at, ...row }) => ({
      ...accountRow(row),
      mandateId: asId<MandateId>(mandate_id),
      rights: parseRights(rights),
      endsAt: ends_at,
    })),
  };
}

function accountRow(
  row: Omit<AccountRow, 'id' | 'isSeenPersonal'> & { id: number; seen_is_personal: number },
): AccountRow {
  const { id, kind, name, email, state } = row;
  return { id: asId<AccountId>(id), kind, name, email, state, isSeenPersonal: row.seen_is_personal === 1 };
}
