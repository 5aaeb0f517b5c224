/** Statements: imports of people, and what each did to whom. */
import { sql } from 'kysely';

import {
  type AccountId,
  asId,
  type PeopleRunId,
  type PersonId,
  type TenantId,
  type UnitId,
} from '#server/store/ids.ts';
import { changes, insertRows, rows, statement, type Tx } from '#server/store/statement.ts';

export type RunKind = 'csv' | 'ldap';
export type RunLineKind = 'added' | 'changed' | 'closed';

export interface RunRow {
  readonly id: PeopleRunId;
  readonly kind: RunKind;
  readonly source: string;
  readonly startedAt: number;
  /** Null while it runs, and where it was interrupted. */
  readonly finishedAt: number | null;
  /** JSON, as the summary told them. */
  readonly counts: string;
  readonly undoneAt: number | null;
}

export async function insertRun(
  tx: Tx,
  tenantId: TenantId,
  run: Pick<RunRow, 'id' | 'kind' | 'source' | 'startedAt'>,
): Promise<void> {
  const { id, kind, source, startedAt } = run;
  const row = { tenant_id: tenantId, id, kind, source, started_at: startedAt };
  await insertRows(tx, 'people_run', [{ ...row, finished_at: null, counts: '{}', undone_at: null }]);
}

interface RunKey {
  readonly tenantId: TenantId;
  readonly id: PeopleRunId;
}

const finishOne = statement<{ tenantId: number; id: number; counts: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('people_run')
    .set({ finished_at: p.at, counts: p.counts })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

export async function updateRunFinished(tx: Tx, key: RunKey, counts: object, at: number): Promise<void> {
  await finishOne.run(tx, { ...key, counts: JSON.stringify(counts), at });
}

const undoneOne = statement<{ tenantId: number; id: number; at: number }>()(({ q, p }) =>
  q.updateTable('people_run').set({ undone_at: p.at }).where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function updateRunUndone(tx: Tx, key: RunKey, at: number): Promise<void> {
  await undoneOne.run(tx, { ...key, at });
}

const selectLast = statement<{ tenantId: number; limit: number }>()(({ q, p }) =>
  q.selectFrom('people_run').selectAll().where('tenant_id', '=', p.tenantId).orderBy('id', 'desc').limit(p.limit),
);

/** The last one first. */
export async function selectRuns(tx: Tx, tenantId: TenantId, limit: number): Promise<readonly RunRow[]> {
  return (await selectLast.all(tx, { tenantId, limit })).map((row) => ({
    id: asId<PeopleRunId>(row.id),
    kind: row.kind === 'ldap' ? 'ldap' : 'csv',
    source: row.source,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    counts: row.counts,
    undoneAt: row.undone_at,
  }));
}

const selectOld = statement<{ tenantId: number; before: number }>()(({ q, p }) =>
  q.selectFrom('people_run').select('id').where('tenant_id', '=', p.tenantId).where('started_at', '<', p.before),
);

/** With all their lines. */
export async function deleteRunsBefore(tx: Tx, tenantId: TenantId, before: number): Promise<void> {
  const ids = (await selectOld.all(tx, { tenantId, before })).map(({ id }) => id);
  if (ids.length === 0) return;
  const lines = tx.q.deleteFrom('people_run_line').where('tenant_id', '=', tenantId);
  await changes(tx, lines.where(tx.anyOf('run_id', ids)));
  const runs = tx.q.deleteFrom('people_run').where('tenant_id', '=', tenantId);
  await changes(tx, runs.where(tx.anyOf('id', ids)));
}

export interface RunLine {
  readonly n: number;
  readonly kind: RunLineKind;
  readonly personId: PersonId;
  /** JSON of `FieldChange[]`; null for who was added. */
  readonly changes: string | null;
}

export async function insertRunLines(tx: Tx, { tenantId, id }: RunKey, lines: readonly RunLine[]): Promise<void> {
  await insertRows(
    tx,
    'people_run_line',
    lines.map(({ n, kind, personId, changes: text }) => ({
      tenant_id: tenantId,
      run_id: id,
      n,
      kind,
      person_id: personId,
      changes: text,
      undone: null,
    })),
  );
}

const selectBefore = statement<{ tenantId: number; id: number; before: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('people_run_line')
    .select(['n', 'kind', 'person_id', 'changes'])
    .where('tenant_id', '=', p.tenantId)
    .where('run_id', '=', p.id)
    .where('n', '<', p.before)
    .where('undone', 'is', null)
    .orderBy('n', 'desc')
    .limit(p.limit),
);

/** Those that are not undone, the last first. */
export async function selectLinesToUndo(
  tx: Tx,
  key: RunKey,
  page: { readonly before: number; readonly limit: number },
): Promise<readonly RunLine[]> {
  return (await selectBefore.all(tx, { ...key, ...page })).map((row) => ({
    n: row.n,
    kind: row.kind === 'added' || row.kind === 'closed' ? row.kind : 'changed',
    personId: asId<PersonId>(row.person_id),
    changes: row.changes,
  }));
}

const selectAddedOf = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q
    .selectFrom('people_run_line')
    .innerJoin('person', (join) =>
      join
        .onRef('person.tenant_id', '=', 'people_run_line.tenant_id')
        .onRef('person.id', '=', 'people_run_line.person_id'),
    )
    .select(['person.id', 'person.unit_id'])
    .where('people_run_line.tenant_id', '=', p.tenantId)
    .where('people_run_line.run_id', '=', p.id)
    .where('people_run_line.kind', '=', 'added')
    .where('person.activated_at', 'is', null)
    .orderBy('people_run_line.n'),
);

/** Whom a run added who is there and has not come in yet, with where they belong now. */
export async function selectAdded(
  tx: Tx,
  key: RunKey,
): Promise<readonly { readonly personId: PersonId; readonly unitId: UnitId | null }[]> {
  return (await selectAddedOf.all(tx, { ...key })).map((row) => ({
    personId: asId<PersonId>(row.id),
    unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
  }));
}

const markOne = statement<{ tenantId: number; id: number; n: number; undone: string }>()(({ q, p }) =>
  q
    .updateTable('people_run_line')
    .set({ undone: p.undone })
    .where('tenant_id', '=', p.tenantId)
    .where('run_id', '=', p.id)
    .where('n', '=', p.n),
);

export async function updateLineUndone(tx: Tx, key: RunKey, n: number, undone: string): Promise<void> {
  await markOne.run(tx, { ...key, n, undone });
}

// ── who was added and has done nothing since ─────────────────────────────────────────────────────────────────────

export interface Unused {
  readonly personId: PersonId;
  /** Nothing was ever done with the account either: it may go without a trace but the trace. */
  readonly isUntouched: boolean;
}

/**
 * Of these people those who never came in, whose account holds no email, and who were given no mandate, role, link or key.
 * @param firstModseq the clock of an account nothing has happened to.
 */
export async function selectUnused(
  tx: Tx,
  tenantId: TenantId,
  personIds: readonly PersonId[],
  firstModseq: number,
): Promise<readonly Unused[]> {
  const query = sql<{ id: number; modseq: number }>`
    select person.id, account.modseq from person
    inner join account on account.id = person.account_id
    where person.tenant_id = ${tenantId} and ${tx.anyOf('person.id', personIds)}
      and person.activated_at is null and account.email_count = 0
      and not exists (select 1 from session where session.tenant_id = person.tenant_id and session.person_id = person.id)
      and not exists (select 1 from credential
        where credential.tenant_id = person.tenant_id and credential.person_id = person.id)
      and not exists (select 1 from mandate
        where mandate.tenant_id = person.tenant_id and mandate.person_id = person.id)
      and not exists (select 1 from mandate
        where mandate.tenant_id = person.tenant_id and mandate.account_id = person.account_id)
      and not exists (select 1 from role where role.tenant_id = person.tenant_id and role.person_id = person.id)
      and not exists (select 1 from identity_link
        where identity_link.tenant_id = person.tenant_id and identity_link.person_id = person.id)`;
  return (await rows(tx, query)).map((row) => ({
    personId: asId<PersonId>(row.id),
    isUntouched: row.modseq === firstModseq,
  }));
}

/** With their addresses and words; their mailboxes are the mail's own (mail/mailboxes/standard.ts). */
export async function deletePeople(
  tx: Tx,
  tenantId: TenantId,
  people: readonly { readonly personId: PersonId; readonly accountId: AccountId }[],
): Promise<void> {
  const accountIds = people.map(({ accountId }) => accountId);
  for (const table of ['address', 'directory_word'] as const) {
    const query = tx.q.deleteFrom(table).where('tenant_id', '=', tenantId);
    await changes(tx, query.where(tx.anyOf('account_id', accountIds)));
  }
  const appointments = tx.q.deleteFrom('appointment').where('tenant_id', '=', tenantId);
  const personIds = people.map(({ personId }) => personId);
  await changes(tx, appointments.where(tx.anyOf('person_id', personIds)));
  const persons = tx.q.deleteFrom('person').where('tenant_id', '=', tenantId);
  await changes(tx, persons.where(tx.anyOf('id', personIds)));
  await changes(tx, tx.q.deleteFrom('account').where(tx.anyOf('id', accountIds)));
}
