/** Statements: what the administration knows of somebody, read to be changed, and changed. */
import { type AccountId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

export interface Profile {
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  /** As recipients see it. */
  readonly name: string;
  readonly unitId: UnitId | null;
  readonly population: string;
  readonly functionName: string | null;
  readonly language: string;
  readonly externalId: string | null;
  readonly quotaOctets: number | null;
  readonly numenHash: string | null;
  readonly birthDate: string | null;
  readonly recoveryEmail: string | null;
}

const selectOne = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .select([
      'person.user_name',
      'person.given_name',
      'person.family_name',
      'person.unit_id',
      'person.population',
      'person.function_name',
      'person.language',
      'person.external_id',
      'person.numen_hash',
      'person.birth_date',
      'person.recovery_email',
      'person.recovery_verified_at',
      'account.name',
      'account.quota_octets',
    ])
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId),
);

export interface KnownProfile extends Profile {
  /** Whether its holder said so: then it is theirs alone to change. */
  readonly isRecoveryVerified: boolean;
}

export async function selectProfile(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
): Promise<KnownProfile | undefined> {
  const row = await selectOne.first(tx, { tenantId, personId });
  return (
    row && {
      userName: row.user_name,
      givenName: row.given_name,
      familyName: row.family_name,
      name: row.name,
      unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
      population: row.population,
      functionName: row.function_name,
      language: row.language,
      externalId: row.external_id,
      quotaOctets: row.quota_octets,
      numenHash: row.numen_hash,
      birthDate: row.birth_date,
      recoveryEmail: row.recovery_email,
      isRecoveryVerified: row.recovery_verified_at !== null,
    }
  );
}

interface ProfileRow {
  readonly tenantId: number;
  readonly personId: number;
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly sortKey: string;
  readonly unitId: number | null;
  readonly population: string;
  readonly functionName: string | null;
  readonly language: string;
  readonly externalId: string | null;
  readonly numenHash: string | null;
  readonly birthDate: string | null;
  readonly recoveryEmail: string | null;
  readonly at: number;
}

const updatePerson = statement<ProfileRow>()(({ q, p }) =>
  q
    .updateTable('person')
    .set({
      user_name: p.userName,
      given_name: p.givenName,
      family_name: p.familyName,
      sort_key: p.sortKey,
      unit_id: p.unitId,
      population: p.population,
      function_name: p.functionName,
      language: p.language,
      external_id: p.externalId,
      numen_hash: p.numenHash,
      birth_date: p.birthDate,
      recovery_email: p.recoveryEmail,
      updated_at: p.at,
    })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.personId),
);

const updateAccount = statement<{
  accountId: number;
  name: string;
  unitId: number | null;
  quotaOctets: number | null;
}>()(({ q, p }) =>
  q
    .updateTable('account')
    .set({ name: p.name, unit_id: p.unitId, quota_octets: p.quotaOctets })
    .where('id', '=', p.accountId),
);

export async function updateProfile(
  tx: Tx,
  who: { readonly tenantId: TenantId; readonly personId: PersonId; readonly accountId: AccountId },
  profile: Profile & { readonly sortKey: string },
  { at, ofAccount }: { readonly at: number; /** Whether name, unit or room differ. */ readonly ofAccount: boolean },
): Promise<void> {
  const { tenantId, personId, accountId } = who;
  const { name, quotaOctets, ...rest } = profile;
  await updatePerson.run(tx, { ...rest, tenantId, personId, at });
  if (ofAccount) await updateAccount.run(tx, { accountId, name, unitId: profile.unitId, quotaOctets });
}

const deleteWordsOf = statement<{ tenantId: number; accountId: number }>()(({ q, p }) =>
  q.deleteFrom('directory_word').where('tenant_id', '=', p.tenantId).where('account_id', '=', p.accountId),
);

export async function deleteWords(tx: Tx, tenantId: TenantId, accountId: AccountId): Promise<void> {
  await deleteWordsOf.run(tx, { tenantId, accountId });
}
