/** Statements: the people whom lines of an import mean, as they are, and who is missing from a file. */
import { type AccountId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { rows, statement, type Tx } from '#server/store/statement.ts';

import { type Appointment, selectAppointments } from './appointments.ts';
import type { KnownProfile } from './change.ts';

export interface Present extends KnownProfile {
  readonly personId: PersonId;
  readonly accountId: AccountId;
  readonly email: string;
  /** All of them, that one too. */
  readonly addresses: readonly string[];
  readonly hasPassword: boolean;
  readonly state: string;
  readonly stateReason: string | null;
  readonly appointments: readonly Appointment[];
}

/** Those of these numbers that are there. */
export async function selectPresent(
  tx: Tx,
  tenantId: TenantId,
  column: 'person.id' | 'person.account_id',
  ids: readonly number[],
): Promise<readonly Present[]> {
  if (ids.length === 0) return [];
  const query = tx.q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .select([
      'person.id',
      'person.account_id',
      'person.unit_id',
      'person.user_name',
      'person.given_name',
      'person.family_name',
      'person.population',
      'person.function_name',
      'person.language',
      'person.external_id',
      'person.numen_hash',
      'person.birth_date',
      'person.recovery_email',
      'person.recovery_verified_at',
      'person.password_hash',
      'person.state',
      'person.state_reason',
      'account.name',
      'account.email',
      'account.quota_octets',
    ])
    .where('person.tenant_id', '=', tenantId)
    .where(tx.anyOf(column, ids));
  const found = await rows(tx, query);
  const addresses = await selectAddressesOf(
    tx,
    tenantId,
    found.map((row) => row.account_id),
  );
  const appointments = Map.groupBy(
    await selectAppointments(
      tx,
      tenantId,
      found.map((row) => asId<PersonId>(row.id)),
    ),
    ({ personId }) => Number(personId),
  );
  return found.map((row) => ({
    personId: asId<PersonId>(row.id),
    accountId: asId<AccountId>(row.account_id),
    unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
    userName: row.user_name,
    givenName: row.given_name,
    familyName: row.family_name,
    name: row.name,
    email: row.email,
    addresses: addresses.get(row.account_id) ?? [],
    population: row.population,
    functionName: row.function_name,
    quotaOctets: row.quota_octets,
    language: row.language,
    externalId: row.external_id,
    numenHash: row.numen_hash,
    birthDate: row.birth_date,
    recoveryEmail: row.recovery_email,
    isRecoveryVerified: row.recovery_verified_at !== null,
    hasPassword: row.password_hash !== null,
    state: row.state,
    stateReason: row.state_reason,
    appointments: appointments.get(row.id) ?? [],
  }));
}

async function selectAddressesOf(
  tx: Tx,
  tenantId: TenantId,
  accountIds: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  if (accountIds.length === 0) return new Map();
  const query = tx.q
    .selectFrom('address')
    .select(['address', 'account_id'])
    .where('tenant_id', '=', tenantId)
    .where(tx.anyOf('account_id', accountIds));
  const found = new Map<number, string[]>();
  for (const row of await rows(tx, query)) found.getOrInsert(row.account_id, []).push(row.address);
  return found;
}

// ── who is missing from a file ───────────────────────────────────────────────────────────────────────────────────

export interface Listed {
  readonly personId: PersonId;
  readonly accountId: AccountId;
  readonly userName: string;
  readonly externalId: string;
}

const selectListedAfter = statement<{ tenantId: number; after: string; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .select(['external_id', 'id', 'account_id', 'user_name', 'population', 'state'])
    .where('tenant_id', '=', p.tenantId)
    .where('external_id', '>', p.after)
    .orderBy('external_id')
    .limit(p.limit),
);

/** Whoever has an external id and is not closed, of these populations, in the order of the ids, by pages. */
export async function selectListed(
  tx: Tx,
  tenantId: TenantId,
  populations: ReadonlySet<string>,
  page: { readonly after: string; readonly limit: number },
): Promise<{ readonly people: readonly Listed[]; readonly last: string | undefined }> {
  const found = await selectListedAfter.all(tx, { tenantId, ...page });
  const people = found.flatMap((row) =>
    row.external_id === null || row.state === 'closed' || !populations.has(row.population)
      ? []
      : [
          {
            personId: asId<PersonId>(row.id),
            accountId: asId<AccountId>(row.account_id),
            userName: row.user_name,
            externalId: row.external_id,
          },
        ],
  );
  return { people, last: found.at(-1)?.external_id ?? undefined };
}
