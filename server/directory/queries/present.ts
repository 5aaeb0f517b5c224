/** Statements: the people whom lines of an import mean, as they are, and what an import changes of them. */
import { type AccountId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { changes, rows, statement, type Tx } from '#server/store/statement.ts';

export interface Present {
  readonly personId: PersonId;
  readonly accountId: AccountId;
  readonly unitId: UnitId | null;
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  /** All of them, that one too. */
  readonly addresses: readonly string[];
  readonly population: string;
  readonly functionName: string | null;
  readonly quotaOctets: number | null;
  readonly language: string;
  readonly externalId: string | null;
  readonly numenHash: string | null;
  readonly birthDate: string | null;
  readonly recoveryEmail: string | null;
  readonly isRecoveryVerified: boolean;
  readonly hasPassword: boolean;
  readonly state: string;
  readonly stateReason: string | null;
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
  return found.map((row) => ({
    personId: asId<PersonId>(row.id),
    accountId: asId<AccountId>(row.account_id),
    unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
    userName: row.user_name,
    givenName: row.given_name,
    familyName: row.family_name,
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

const updateOne = statement<{
  tenantId: number;
  personId: number;
  unitId: number | null;
  userName: string;
  givenName: string;
  familyName: string;
  sortKey: string;
  population: string;
  functionName: string | null;
  language: string;
  numenHash: string | null;
  birthDate: string | null;
  recoveryEmail: string | null;
  at: number;
}>()(({ q, p }) =>
  q
    .updateTable('person')
    .set({
      unit_id: p.unitId,
      user_name: p.userName,
      given_name: p.givenName,
      family_name: p.familyName,
      sort_key: p.sortKey,
      population: p.population,
      function_name: p.functionName,
      language: p.language,
      numen_hash: p.numenHash,
      birth_date: p.birthDate,
      recovery_email: p.recoveryEmail,
      updated_at: p.at,
    })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.personId),
);

const updateAccountOf = statement<{
  accountId: number;
  unitId: number | null;
  name: string;
  email: string;
  quotaOctets: number | null;
}>()(({ q, p }) =>
  q
    .updateTable('account')
    .set({ unit_id: p.unitId, name: p.name, email: p.email, quota_octets: p.quotaOctets })
    .where('id', '=', p.accountId),
);

/** All that an import says of somebody, but addresses and state. */
export async function updatePresent(
  tx: Tx,
  tenantId: TenantId,
  next: Present,
  { sortKey, at }: { readonly sortKey: string; readonly at: number },
): Promise<void> {
  const { personId, unitId, userName, givenName, familyName, population, functionName, language } = next;
  const { numenHash, birthDate, recoveryEmail, accountId, email, quotaOctets } = next;
  await updateOne.run(tx, {
    tenantId,
    personId,
    unitId,
    userName,
    givenName,
    familyName,
    sortKey,
    population,
    functionName,
    language,
    numenHash,
    birthDate,
    recoveryEmail,
    at,
  });
  const name = `${givenName} ${familyName}`.trim();
  await updateAccountOf.run(tx, { accountId, unitId, name, email, quotaOctets });
}

/** Completion finds them by nothing any more, until their words are written anew. */
export async function deleteWords(tx: Tx, tenantId: TenantId, accountIds: readonly AccountId[]): Promise<void> {
  const query = tx.q.deleteFrom('directory_word').where('tenant_id', '=', tenantId);
  await changes(tx, query.where(tx.anyOf('account_id', accountIds)));
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
