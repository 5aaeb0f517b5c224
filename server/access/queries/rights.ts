/** Statements: under which titles a person may reach an account. */
import { type AccountId, asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

import { type MandateId, parseRights, type Right } from '#server/access/rights.ts';
import { asPersonState, type PersonState } from './people.ts';

/** One row a valid mandate of the person on the account, or one with none. */
const selectTitles = statement<{ tenantId: number; personId: number; accountId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .leftJoin('account', (join) =>
      join.onRef('account.tenant_id', '=', 'person.tenant_id').on('account.id', '=', p.accountId),
    )
    .leftJoin('mandate', (join) =>
      join
        .onRef('mandate.tenant_id', '=', 'person.tenant_id')
        .onRef('mandate.person_id', '=', 'person.id')
        .on('mandate.account_id', '=', p.accountId)
        .on('mandate.revoked_at', 'is', null)
        .on('mandate.starts_at', '<=', p.at)
        .on((on) => on.or([on('mandate.ends_at', 'is', null), on('mandate.ends_at', '>', p.at)])),
    )
    .select([
      'person.state as person_state',
      'person.account_id as own_account_id',
      'account.state as account_state',
      'mandate.id as mandate_id',
      'mandate.rights',
    ])
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId)
    .orderBy('mandate.id'),
);

export interface Titles {
  readonly personState: PersonState;
  readonly isOwn: boolean;
  /** Undefined when there is no such account in the person's tenant. */
  readonly accountState: string | undefined;
  readonly mandates: readonly { readonly id: MandateId; readonly rights: readonly Right[] }[];
}

/** @returns undefined when there is no such person. */
export async function selectTitlesOn(
  tx: Tx,
  who: { tenantId: TenantId; personId: PersonId },
  accountId: AccountId,
  at: number,
): Promise<Titles | undefined> {
  const rows = await selectTitles.all(tx, { ...who, accountId, at });
  const first = rows[0];
  if (!first) return undefined;
  return {
    personState: asPersonState(first.person_state),
    isOwn: first.own_account_id === accountId,
    accountState: first.account_state ?? undefined,
    mandates: rows.flatMap(({ mandate_id, rights }) =>
      mandate_id === null || rights === null ? [] : [{ id: asId<MandateId>(mandate_id), rights: parseRights(rights) }],
    ),
  };
}

const accountColumns = ['account.id', 'account.kind', 'account.name', 'account.email', 'account.state'] as const;

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
    .where('mandate.starts_at', '<=', p.at)
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
    own: own && { ...own, id: asId<AccountId>(own.id) },
    mandated: mandated.map(({ mandate_id, rights, ends_at, ...row }) => ({
      ...row,
      id: asId<AccountId>(row.id),
      mandateId: asId<MandateId>(mandate_id),
      rights: parseRights(rights),
      endsAt: ends_at,
    })),
  };
}
