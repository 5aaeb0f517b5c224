/** Statements: what a password must not hold, and those its holder has had. */
import type { PersonId, TenantId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

export interface PasswordFacts {
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  /** `2001-12-31`. */
  readonly birthDate: string | null;
  readonly institution: string;
  readonly numenHash: string | null;
  /** The present one first. */
  readonly hashes: readonly string[];
}

const selectOne = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .select([
      'person.user_name',
      'person.given_name',
      'person.family_name',
      'person.birth_date',
      'person.numen_hash',
      'person.password_hash',
      'person.password_history',
      'account.email',
      'tenant.name as institution',
    ])
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId),
);

export async function selectFacts(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
): Promise<PasswordFacts | undefined> {
  const row = await selectOne.first(tx, { tenantId, personId });
  if (!row) return undefined;
  const before: unknown = JSON.parse(row.password_history);
  const history = Array.isArray(before) ? before.filter((hash: unknown) => typeof hash === 'string') : [];
  return {
    userName: row.user_name,
    givenName: row.given_name,
    familyName: row.family_name,
    email: row.email,
    birthDate: row.birth_date,
    institution: row.institution,
    numenHash: row.numen_hash,
    hashes: row.password_hash === null ? history : [row.password_hash, ...history],
  };
}
