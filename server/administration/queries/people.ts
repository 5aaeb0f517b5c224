/** Statements: people with their accounts as the console shows them, and what came to these accounts. */
import { type AccountId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { rows, type Tx } from '#server/store/statement.ts';

export interface PersonSummary {
  readonly personId: PersonId;
  readonly accountId: AccountId;
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly unitId: UnitId | null;
  readonly unitName: string | null;
  /** '/' without a unit. */
  readonly path: string;
  readonly population: string;
  readonly functionName: string | null;
  readonly state: string;
  readonly stateReason: string | null;
  readonly hasPassword: boolean;
  readonly mustChangePassword: boolean;
  readonly passwordChangedAt: number | null;
  readonly language: string;
  readonly externalId: string | null;
  readonly createdAt: number;
  /** When its holder finished a first login; null until then. */
  readonly activatedAt: number | null;
  readonly quotaOctets: number | null;
  readonly usedOctets: number;
  readonly emailCount: number;
}

/** In the order of their ids. */
export async function selectSummaries(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly PersonId[],
): Promise<readonly PersonSummary[]> {
  if (ids.length === 0) return [];
  const query = tx.q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .leftJoin('unit', (join) =>
      join.onRef('unit.tenant_id', '=', 'person.tenant_id').onRef('unit.id', '=', 'person.unit_id'),
    )
    .select([
      'person.id',
      'person.account_id',
      'person.user_name',
      'person.given_name',
      'person.family_name',
      'account.email',
      'person.unit_id',
      'unit.name as unit_name',
      'unit.path',
      'person.population',
      'person.function_name',
      'person.state',
      'person.state_reason',
      'person.password_hash',
      'person.must_change_password',
      'person.password_changed_at',
      'person.language',
      'person.external_id',
      'person.created_at',
      'person.activated_at',
      'account.quota_octets',
      'account.used_octets',
      'account.email_count',
    ])
    .where('person.tenant_id', '=', tenantId)
    .where(tx.anyOf('person.id', ids));
  return (await rows(tx, query)).map((row) => ({
    personId: asId<PersonId>(row.id),
    accountId: asId<AccountId>(row.account_id),
    userName: row.user_name,
    givenName: row.given_name,
    familyName: row.family_name,
    email: row.email,
    unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
    unitName: row.unit_name,
    path: row.path ?? '/',
    population: row.population,
    functionName: row.function_name,
    state: row.state,
    stateReason: row.state_reason,
    hasPassword: row.password_hash !== null,
    mustChangePassword: row.must_change_password === 1,
    passwordChangedAt: row.password_changed_at,
    language: row.language,
    externalId: row.external_id,
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    quotaOctets: row.quota_octets,
    usedOctets: row.used_octets,
    emailCount: row.email_count,
  }));
}

export interface KeptArrival {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly sizeOctets: number;
  /** JSON (delivery/arrival.ts); null where the message came by no delivery. */
  readonly details: string | null;
}

/** What came last to an account: when, how large, by which envelope. Nothing of what it says. */
export async function selectArrivals(tx: Tx, accountId: AccountId, limit: number): Promise<readonly KeptArrival[]> {
  const query = tx.q
    .selectFrom('email')
    .innerJoin('account', 'account.id', 'email.account_id')
    .innerJoin('arrival', (join) =>
      join.onRef('arrival.tenant_id', '=', 'account.tenant_id').onRef('arrival.id', '=', 'email.arrival_id'),
    )
    .select(['email.received_at', 'email.size_octets', 'arrival.details'])
    .where('email.account_id', '=', accountId)
    .orderBy('email.id', 'desc')
    .limit(limit);
  return (await rows(tx, query)).map((row) => ({
    at: row.received_at,
    sizeOctets: row.size_octets,
    details: row.details,
  }));
}

/** The units from the top down to the one at `path`. */
export async function selectUnitNames(tx: Tx, tenantId: TenantId, path: string): Promise<readonly string[]> {
  const ids = path
    .split('/')
    .filter((part) => part !== '')
    .map(Number);
  if (ids.length === 0) return [];
  const query = tx.q.selectFrom('unit').select('name').where('tenant_id', '=', tenantId).where(tx.anyOf('id', ids));
  return (await rows(tx, query.orderBy('path'))).map(({ name }) => name);
}
