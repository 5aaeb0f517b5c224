/** SQL on runs: a script applied to mail that is there. */
import { sql } from 'kysely';

import {
  type AccountId,
  asBlobHash,
  asId,
  asModseq,
  type BlobHash,
  type EmailId,
  type FilterRunId,
  type MailboxId,
  type Modseq,
} from '#server/store/ids.ts';
import { changes, insertRows, rows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

export type RunState = 'waiting' | 'running' | 'done' | 'canceled' | 'failed';

export interface FilterRun {
  readonly id: FilterRunId;
  /** The script's, for people. */
  readonly name: string;
  readonly hash: BlobHash;
  /** Null: every mailbox but junk, trash, drafts and sent. */
  readonly mailboxId: MailboxId | null;
  readonly state: RunState;
  /** Emails with a higher id are done: new ones are not touched. */
  readonly beforeEmailId: number;
  readonly done: number;
  readonly total: number;
  readonly changed: number;
  /** Emails on which the script failed: they are as they were. */
  readonly failed: number;
  readonly lastError: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly createdModseq: Modseq;
}

const selectAll = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('filter_run').selectAll().where('account_id', '=', p.accountId).orderBy('id', 'desc'),
);

/** Every run that is kept, the newest first. */
export async function selectRuns(tx: Tx, accountId: AccountId): Promise<readonly FilterRun[]> {
  const found = await selectAll.all(tx, { accountId });
  return found.map((row) => ({
    id: asId<FilterRunId>(row.id),
    name: row.name,
    hash: asBlobHash(row.hash),
    mailboxId: row.mailbox_id === null ? null : asId<MailboxId>(row.mailbox_id),
    state: asState(row.state),
    beforeEmailId: row.before_email_id,
    done: row.done,
    total: row.total,
    changed: row.changed,
    failed: row.failed,
    lastError: row.last_error,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    createdModseq: asModseq(row.created_modseq),
  }));
}

const states: readonly RunState[] = ['waiting', 'running', 'done', 'canceled', 'failed'];

function asState(text: string): RunState {
  const state = states.find((each) => each === text);
  if (state === undefined) throw new RangeError(`no state of a run: ${text}`);
  return state;
}

export async function insertRun(tx: AccountTx, run: Omit<FilterRun, 'createdModseq'>): Promise<void> {
  await insertRows(tx, 'filter_run', [
    {
      account_id: tx.accountId,
      id: run.id,
      name: run.name,
      hash: run.hash,
      mailbox_id: run.mailboxId,
      ...progressOf(run),
      total: run.total,
      created_at: run.createdAt,
      created_modseq: tx.modseq(),
      modseq: tx.modseq(),
    },
  ]);
}

export async function updateRun(tx: AccountTx, run: FilterRun): Promise<void> {
  const row = { ...progressOf(run), modseq: tx.modseq() };
  const query = tx.q.updateTable('filter_run').set(row).where('account_id', '=', tx.accountId);
  await changes(tx, query.where('id', '=', run.id));
}

function progressOf(run: Omit<FilterRun, 'createdModseq'>) {
  return {
    state: run.state,
    before_email_id: run.beforeEmailId,
    done: run.done,
    changed: run.changed,
    failed: run.failed,
    last_error: run.lastError,
    finished_at: run.finishedAt,
  };
}

/** Deletes it, leaving a tombstone. */
export async function deleteRun(tx: AccountTx, { id, createdModseq }: FilterRun): Promise<void> {
  const { accountId } = tx;
  await changes(tx, tx.q.deleteFrom('filter_run').where('account_id', '=', accountId).where('id', '=', id));
  const row = { account_id: accountId, type: 'FilterRun', modseq: tx.modseq(), id, uid: 0, ref: 0 };
  await insertRows(tx, 'tombstone', [{ ...row, created_modseq: createdModseq }]);
}

/** Where old mail is looked for: one mailbox, or all but those named. */
export type RunScope =
  | { readonly kind: 'one'; readonly mailboxId: MailboxId }
  | { readonly kind: 'allBut'; readonly mailboxIds: readonly MailboxId[] };

function inScope(tx: Tx, accountId: AccountId, scope: RunScope) {
  return scope.kind === 'one'
    ? sql<boolean>`exists (select 1 from mailbox_email as place where place.account_id = ${accountId}
        and place.email_id = email.id and place.mailbox_id = ${scope.mailboxId})`
    : sql<boolean>`exists (select 1 from mailbox_email as place where place.account_id = ${accountId}
        and place.email_id = email.id and not (${tx.anyOf('place.mailbox_id', scope.mailboxIds)}))`;
}

/** The next emails below `before`, the newest first. */
export async function selectNextEmails(
  tx: Tx,
  accountId: AccountId,
  scope: RunScope,
  before: number,
  limit: number,
): Promise<readonly EmailId[]> {
  const found = await rows(
    tx,
    sql<{ readonly id: number }>`select id from email
      where account_id = ${accountId} and id < ${before} and ${inScope(tx, accountId, scope)}
      order by id desc limit ${limit}`,
  );
  return found.map(({ id }) => asId<EmailId>(id));
}

export async function countEmails(tx: Tx, accountId: AccountId, scope: RunScope): Promise<number> {
  const [row] = await rows(
    tx,
    sql<{ readonly emails: number }>`select count(*) as emails from email
      where account_id = ${accountId} and ${inScope(tx, accountId, scope)}`,
  );
  return row?.emails ?? 0;
}
