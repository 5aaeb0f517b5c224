/** Statements: mandates around one person, with the names of the other side. */
import { sql } from 'kysely';

import { type MandateId, parseRights, type Right } from '#server/access/rights.ts';
import { asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { rows, type Tx } from '#server/store/statement.ts';

export interface HeldMandate {
  readonly id: MandateId;
  /** `given`: on their own account, to somebody; `held`: theirs, on another account. */
  readonly kind: 'given' | 'held';
  /** Who holds it, or the account it is on. */
  readonly name: string;
  readonly email: string;
  readonly rights: readonly Right[];
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly createdAt: number;
}

interface MandateRow {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly email: string;
  readonly rights: string;
  readonly starts_at: number;
  readonly ends_at: number | null;
  readonly created_at: number;
}

const mostShown = 100;

/** Those that stand at `at` (milliseconds since 1970), or will; the newest first. */
export async function selectMandatesAround(
  tx: Tx,
  tenantId: TenantId,
  personId: PersonId,
  at: number,
): Promise<readonly HeldMandate[]> {
  const stands = sql`mandate.revoked_at is null and (mandate.ends_at is null or mandate.ends_at > ${at})`;
  const columns = sql`mandate.id as id, mandate.rights as rights, mandate.starts_at as starts_at,
    mandate.ends_at as ends_at, mandate.created_at as created_at`;
  const found = await rows(
    tx,
    sql<MandateRow>`select ${columns}, 'held' as kind, account.name as name, account.email as email from mandate
      join account on account.id = mandate.account_id
      where mandate.tenant_id = ${tenantId} and mandate.person_id = ${personId} and ${stands}
      union all
      select ${columns}, 'given' as kind, account.name as name, account.email as email from person as owner
      join mandate on mandate.tenant_id = owner.tenant_id and mandate.account_id = owner.account_id
      join person as holder on holder.tenant_id = mandate.tenant_id and holder.id = mandate.person_id
      join account on account.id = holder.account_id
      where owner.tenant_id = ${tenantId} and owner.id = ${personId} and ${stands}
      order by created_at desc limit ${mostShown}`,
  );
  return found.map((row) => ({
    id: asId<MandateId>(row.id),
    kind: row.kind === 'given' ? 'given' : 'held',
    name: row.name,
    email: row.email,
    rights: parseRights(row.rights),
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    createdAt: row.created_at,
  }));
}
