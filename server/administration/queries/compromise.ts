/** Statements: cases of accounts that others got into. */
import type { PersonRef } from '#server/access/credential.ts';
import { asId, type Brand, type PersonId, type TenantId } from '#server/store/ids.ts';
import { changes, insertRows, statement, type Tx } from '#server/store/statement.ts';

export type CompromiseId = Brand<number, 'CompromiseId'>;

/** What is kept of a case beside its dates; JSON. */
export interface CaseDetails {
  readonly reason: string | null;
  /** Who opened it; null for the operator. */
  readonly authorPersonId: number | null;
  readonly sessions: number;
  readonly credentials: number;
  readonly devices: number;
  /** What was undone, by the ids the list gives. */
  readonly undone: readonly string[];
  readonly released: number;
  readonly dropped: number;
}

export interface Case {
  readonly id: CompromiseId;
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  /** Milliseconds since 1970: when it was opened, and since when others may have been in. */
  readonly at: number;
  readonly since: number;
  readonly details: CaseDetails;
  /** When the account was given back; null while the case is open. */
  readonly endedAt: number | null;
}

const selectOpen = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('compromise')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('undone_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(1),
);

export async function selectOpenCase(tx: Tx, { tenantId, personId }: PersonRef): Promise<Case | undefined> {
  const row = await selectOpen.first(tx, { tenantId, personId });
  return (
    row && {
      id: asId<CompromiseId>(row.id),
      tenantId: asId<TenantId>(row.tenant_id),
      personId: asId<PersonId>(row.person_id),
      at: row.at,
      since: row.since,
      details: JSON.parse(row.details) as CaseDetails,
      endedAt: row.undone_at,
    }
  );
}

export async function insertCase(tx: Tx, one: Case): Promise<void> {
  await insertRows(tx, 'compromise', [
    {
      tenant_id: one.tenantId,
      id: one.id,
      person_id: one.personId,
      at: one.at,
      since: one.since,
      details: JSON.stringify(one.details),
      undone_at: one.endedAt,
    },
  ]);
}

/** Details, beginning and end as given. */
export async function updateCase(tx: Tx, { tenantId, id, since, details, endedAt }: Case): Promise<void> {
  const query = tx.q
    .updateTable('compromise')
    .set({ since, details: JSON.stringify(details), undone_at: endedAt })
    .where('tenant_id', '=', tenantId);
  await changes(tx, query.where('id', '=', id));
}
