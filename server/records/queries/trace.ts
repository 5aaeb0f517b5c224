/** Statements: lines of the trace as they are written, and read back by other verbs. */
import { randomUUIDv7 } from 'node:crypto';

import type { MandateId } from '#server/access/rights.ts';
import { type AccountId, asId, asUuid, type PersonId, type TenantId, type Uuid } from '#server/store/ids.ts';
import type { TraceTable } from '#server/store/schema-people.ts';
import { insertRows, rows, type Tx } from '#server/store/statement.ts';

export interface TraceRow {
  readonly id: Uuid;
  readonly at: number;
  /** How the person proved who they are, or which part of the house it was. */
  readonly actor: string;
  readonly personId: PersonId | null;
  readonly mandateId: MandateId | null;
  readonly accountId: AccountId | null;
  readonly verb: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly remoteAddress: string | null;
}

export async function insertTrace(tx: Tx, row: Omit<TraceRow, 'id'> & { readonly tenantId: TenantId }): Promise<void> {
  await insertRows(tx, 'trace', [
    {
      tenant_id: row.tenantId,
      id: randomUUIDv7(),
      at: row.at,
      actor: row.actor,
      person_id: row.personId,
      mandate_id: row.mandateId,
      account_id: row.accountId,
      verb: row.verb,
      details: JSON.stringify(row.details),
      remote_address: row.remoteAddress,
      seal: null,
    },
  ]);
}

export interface TraceSelection {
  readonly accountId?: AccountId;
  readonly personId?: PersonId;
  readonly verbs?: readonly string[];
  readonly before?: Uuid;
  readonly limit: number;
}

export async function selectTraces(tx: Tx, tenantId: TenantId, selection: TraceSelection): Promise<TraceRow[]> {
  let query = tx.q
    .selectFrom('trace')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .limit(selection.limit);
  if (selection.accountId !== undefined) query = query.where('account_id', '=', selection.accountId);
  if (selection.personId !== undefined) query = query.where('person_id', '=', selection.personId);
  if (selection.verbs) query = query.where(tx.anyOf('verb', selection.verbs));
  if (selection.before !== undefined) query = query.where('id', '<', selection.before);
  return (await rows(tx, query)).map(traceRow);
}

/** Of a line as it stands, sealed or not. */
export function traceRow(row: Omit<TraceTable, 'tenant_id' | 'seal'>): TraceRow {
  return {
    id: asUuid(row.id),
    at: row.at,
    actor: row.actor,
    personId: row.person_id === null ? null : asId<PersonId>(row.person_id),
    mandateId: row.mandate_id === null ? null : asId<MandateId>(row.mandate_id),
    accountId: row.account_id === null ? null : asId<AccountId>(row.account_id),
    verb: row.verb,
    details: JSON.parse(row.details) as Readonly<Record<string, unknown>>,
    remoteAddress: row.remote_address,
  };
}
