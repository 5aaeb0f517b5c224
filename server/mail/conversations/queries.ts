/** All SQL on conversations: whose a thread is, whether it is closed, what was said of it in the house, who answers it. */
import {
  type AccountId,
  asId,
  type CommentId,
  type EmailId,
  type Modseq,
  asModseq,
  type PersonId,
  type ThreadId,
} from '#server/store/ids.ts';
import { changes, insertRows, rows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

/** What is kept of a thread somebody did something with. */
export interface ConversationRow {
  readonly id: ThreadId;
  readonly assigneeId: PersonId | null;
  readonly isClosed: boolean;
  /** Milliseconds since 1970. */
  readonly closedAt: number | null;
  /** Null where nobody did. */
  readonly closedById: PersonId | null;
  readonly createdModseq: Modseq;
}

const personOrNull = (id: number | null): PersonId | null => (id === null ? null : asId<PersonId>(id));

const selectByIds = statement<{ accountId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q.selectFrom('conversation').selectAll().where('account_id', '=', p.accountId).where(anyOf('id', p.ids)),
);

export async function selectConversations(
  tx: Tx,
  accountId: AccountId,
  ids: readonly ThreadId[],
): Promise<ReadonlyMap<ThreadId, ConversationRow>> {
  const found = await selectByIds.all(tx, { accountId, ids });
  return new Map(
    found.map((row) => {
      const id = asId<ThreadId>(row.id);
      return [
        id,
        {
          id,
          assigneeId: personOrNull(row.assignee_person_id),
          isClosed: row.is_closed === 1,
          closedAt: row.closed_at,
          closedById: personOrNull(row.closed_by_person_id),
          createdModseq: asModseq(row.created_modseq),
        },
      ];
    }),
  );
}

const selectThreads = statement<{ accountId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q.selectFrom('thread').select('id').where('account_id', '=', p.accountId).where(anyOf('id', p.ids)),
);

/** Which of these threads there are. */
export async function selectThreadIds(
  tx: Tx,
  accountId: AccountId,
  ids: readonly ThreadId[],
): Promise<readonly ThreadId[]> {
  return (await selectThreads.all(tx, { accountId, ids })).map((row) => asId<ThreadId>(row.id));
}

const updateOne = statement<{
  accountId: number;
  id: number;
  assignee: number | null;
  isClosed: number;
  closedAt: number | null;
  closedBy: number | null;
  modseq: number;
}>()(({ q, p }) =>
  q
    .updateTable('conversation')
    .set({
      assignee_person_id: p.assignee,
      is_closed: p.isClosed,
      closed_at: p.closedAt,
      closed_by_person_id: p.closedBy,
      modseq: p.modseq,
    })
    .where('account_id', '=', p.accountId)
    .where('id', '=', p.id),
);

/** Writes it as it is now; the first time it is a new row. */
export async function saveConversation(tx: AccountTx, row: Omit<ConversationRow, 'createdModseq'>): Promise<void> {
  const { id, assigneeId: assignee, closedAt, closedById: closedBy } = row;
  const modseq = tx.modseq();
  const isClosed = row.isClosed ? 1 : 0;
  const { accountId } = tx;
  if ((await updateOne.run(tx, { accountId, id, assignee, isClosed, closedAt, closedBy, modseq })) > 0) return;
  const closed = { is_closed: isClosed, closed_at: closedAt, closed_by_person_id: closedBy };
  const value = { account_id: accountId, id, assignee_person_id: assignee, ...closed };
  await insertRows(tx, 'conversation', [{ ...value, created_modseq: modseq, modseq }]);
}

const openOne = statement<{ accountId: number; id: number; modseq: number }>()(({ q, p }) =>
  q
    .updateTable('conversation')
    .set({ is_closed: 0, closed_at: null, closed_by_person_id: null, modseq: p.modseq })
    .where('account_id', '=', p.accountId)
    .where('id', '=', p.id)
    .where('is_closed', '=', 1),
);

const selectClosedOne = statement<{ accountId: number; id: number }>()(({ q, p }) =>
  q
    .selectFrom('conversation')
    .select('id')
    .where('account_id', '=', p.accountId)
    .where('id', '=', p.id)
    .where('is_closed', '=', 1),
);

/** @returns whether it was closed. */
export async function openClosed(tx: AccountTx, id: ThreadId): Promise<boolean> {
  const { accountId } = tx;
  // Most threads are no closed conversations: a modseq is drawn for those that are.
  if (!(await selectClosedOne.first(tx, { accountId, id }))) return false;
  await openOne.run(tx, { accountId, id, modseq: tx.modseq() });
  return true;
}

export interface StoredComment {
  readonly id: CommentId;
  readonly threadId: ThreadId;
  readonly authorId: PersonId;
  readonly authorName: string;
  readonly text: string;
  readonly mentions: readonly PersonId[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export async function insertComment(tx: AccountTx, comment: Omit<StoredComment, 'authorName'>): Promise<void> {
  const modseq = tx.modseq();
  await insertRows(tx, 'conversation_comment', [
    {
      account_id: tx.accountId,
      id: comment.id,
      thread_id: comment.threadId,
      author_person_id: comment.authorId,
      text: comment.text,
      mentions: JSON.stringify(comment.mentions),
      created_at: comment.createdAt,
      created_modseq: modseq,
      modseq,
    },
  ]);
}

/** Those of these threads, or these themselves, the oldest first. */
export async function selectComments(
  tx: Tx,
  accountId: AccountId,
  by: { readonly column: 'thread_id' | 'id'; readonly ids: readonly number[] },
  limit: number,
): Promise<readonly StoredComment[]> {
  const found = await rows(
    tx,
    tx.q
      .selectFrom('conversation_comment as c')
      .innerJoin('account', 'account.id', 'c.account_id')
      .innerJoin('person', (join) =>
        join.onRef('person.tenant_id', '=', 'account.tenant_id').onRef('person.id', '=', 'c.author_person_id'),
      )
      .select(['c.id', 'c.thread_id', 'c.author_person_id', 'c.text', 'c.mentions', 'c.created_at'])
      .select(['person.given_name', 'person.family_name'])
      .where('c.account_id', '=', accountId)
      .where(tx.anyOf(`c.${by.column}`, by.ids))
      .orderBy('c.id')
      .limit(limit),
  );
  return found.map((row) => ({
    id: asId<CommentId>(row.id),
    threadId: asId<ThreadId>(row.thread_id),
    authorId: asId<PersonId>(row.author_person_id),
    authorName: `${row.given_name} ${row.family_name}`.trim(),
    text: row.text,
    mentions: readMentions(row.mentions),
    createdAt: row.created_at,
  }));
}

function readMentions(json: string): readonly PersonId[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter(Number.isSafeInteger).map((id) => asId<PersonId>(Number(id))) : [];
}

const countByThread = statement<{ accountId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('conversation_comment')
    .select(({ fn }) => ['thread_id', fn.countAll<number>().as('many')])
    .where('account_id', '=', p.accountId)
    .where(anyOf('thread_id', p.ids))
    .groupBy('thread_id'),
);

/** Threads without any are left out. */
export async function countComments(
  tx: Tx,
  accountId: AccountId,
  ids: readonly ThreadId[],
): Promise<ReadonlyMap<ThreadId, number>> {
  const found = await countByThread.all(tx, { accountId, ids });
  return new Map(found.map((row) => [asId<ThreadId>(row.thread_id), row.many]));
}

const selectCreated = statement<{ accountId: number; id: number }>()(({ q, p }) =>
  q
    .selectFrom('conversation_comment')
    .select(['id', 'created_modseq'])
    .where('account_id', '=', p.accountId)
    .where('id', '=', p.id),
);

const deleteOne = statement<{ accountId: number; id: number }>()(({ q, p }) =>
  q.deleteFrom('conversation_comment').where('account_id', '=', p.accountId).where('id', '=', p.id),
);

/** Deletes a comment, leaving a tombstone. */
export async function deleteComment(tx: AccountTx, id: CommentId): Promise<void> {
  const row = await selectCreated.first(tx, { accountId: tx.accountId, id });
  if (!row) return;
  await deleteOne.run(tx, { accountId: tx.accountId, id });
  await bury(tx, 'ConversationComment', [row]);
}

async function bury(
  tx: AccountTx,
  type: 'Conversation' | 'ConversationComment',
  gone: readonly { readonly id: number; readonly created_modseq: number }[],
): Promise<void> {
  const modseq = tx.modseq();
  const { accountId: account_id } = tx;
  await insertRows(
    tx,
    'tombstone',
    gone.map(({ id, created_modseq }) => ({ account_id, type, modseq, id, uid: 0, ref: 0, created_modseq })),
  );
}

const selectOfThreads = statement<{ accountId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('conversation_comment')
    .select(['id', 'created_modseq'])
    .where('account_id', '=', p.accountId)
    .where(anyOf('thread_id', p.ids)),
);

/** With the last email of a thread goes all that was kept beside it. @returns whether anything was. */
export async function deleteConversations(tx: AccountTx, ids: readonly ThreadId[]): Promise<boolean> {
  const { accountId } = tx;
  const rowsGone = [...(await selectConversations(tx, accountId, ids)).values()];
  if (rowsGone.length === 0) return false;
  const comments = await selectOfThreads.all(tx, { accountId, ids });
  for (const table of ['conversation_comment', 'answering'] as const)
    await changes(tx, tx.q.deleteFrom(table).where('account_id', '=', accountId).where(tx.anyOf('thread_id', ids)));
  await changes(tx, tx.q.deleteFrom('conversation').where('account_id', '=', accountId).where(tx.anyOf('id', ids)));
  await bury(
    tx,
    'Conversation',
    rowsGone.map(({ id, createdModseq }) => ({ id, created_modseq: createdModseq })),
  );
  await bury(tx, 'ConversationComment', comments);
  return true;
}

export interface Answering {
  readonly threadId: ThreadId;
  readonly personId: PersonId;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endsAt: number;
}

const selectAnsweringAt = statement<{ accountId: number; ids: readonly number[]; at: number }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('answering')
    .selectAll()
    .where('account_id', '=', p.accountId)
    .where(anyOf('thread_id', p.ids))
    .where('ends_at', '>', p.at)
    .orderBy('started_at'),
);

/** Who has a reply open at `at`, the first to begin first. */
export async function selectAnswering(
  tx: Tx,
  accountId: AccountId,
  ids: readonly ThreadId[],
  at: number,
): Promise<readonly Answering[]> {
  const found = await selectAnsweringAt.all(tx, { accountId, ids, at });
  return found.map((row) => ({
    threadId: asId<ThreadId>(row.thread_id),
    personId: asId<PersonId>(row.person_id),
    startedAt: row.started_at,
    endsAt: row.ends_at,
  }));
}

const prolong = statement<{ accountId: number; threadId: number; personId: number; endsAt: number }>()(({ q, p }) =>
  q
    .updateTable('answering')
    .set({ ends_at: p.endsAt })
    .where('account_id', '=', p.accountId)
    .where('thread_id', '=', p.threadId)
    .where('person_id', '=', p.personId),
);

const deleteEnded = statement<{ accountId: number; at: number }>()(({ q, p }) =>
  q.deleteFrom('answering').where('account_id', '=', p.accountId).where('ends_at', '<=', p.at),
);

/** Notes who writes, and forgets those of the account who do so no longer. */
export async function saveAnswering(tx: AccountTx, answering: Answering): Promise<void> {
  const { threadId, personId, startedAt, endsAt } = answering;
  const { accountId } = tx;
  await deleteEnded.run(tx, { accountId, at: startedAt });
  if ((await prolong.run(tx, { accountId, threadId, personId, endsAt })) > 0) return;
  const value = { account_id: accountId, thread_id: threadId, person_id: personId };
  await insertRows(tx, 'answering', [{ ...value, started_at: startedAt, ends_at: endsAt }]);
}

const deleteMine = statement<{ accountId: number; threadId: number; personId: number }>()(({ q, p }) =>
  q
    .deleteFrom('answering')
    .where('account_id', '=', p.accountId)
    .where('thread_id', '=', p.threadId)
    .where('person_id', '=', p.personId),
);

/** @returns whether they were noted. */
export async function deleteAnswering(tx: AccountTx, threadId: ThreadId, personId: PersonId): Promise<boolean> {
  return (await deleteMine.run(tx, { accountId: tx.accountId, threadId, personId })) > 0;
}

/** What may be asked of conversations. `null`: nobody's. */
export interface ConversationFilter {
  readonly isClosed?: boolean;
  readonly assigneeId?: PersonId | null;
}

/** The newest threads that fit; those nobody did anything with are open and nobody's. @param members who counts as somebody. */
export async function selectThreadsThatFit(
  tx: Tx,
  accountId: AccountId,
  { isClosed, assigneeId }: ConversationFilter,
  members: readonly PersonId[],
  limit: number,
): Promise<readonly ThreadId[]> {
  let query = tx.q
    .selectFrom('thread')
    .leftJoin('conversation as c', (join) =>
      join.onRef('c.account_id', '=', 'thread.account_id').onRef('c.id', '=', 'thread.id'),
    )
    .select('thread.id')
    .where('thread.account_id', '=', accountId)
    .orderBy('thread.id', 'desc')
    .limit(limit);
  if (isClosed === true) query = query.where('c.is_closed', '=', 1);
  if (isClosed === false) query = query.where((eb) => eb.or([eb('c.id', 'is', null), eb('c.is_closed', '=', 0)]));
  if (assigneeId === null)
    query = query.where((eb) =>
      eb.or([eb('c.assignee_person_id', 'is', null), eb.not(tx.anyOf('c.assignee_person_id', members))]),
    );
  else if (assigneeId !== undefined) query = query.where('c.assignee_person_id', '=', assigneeId);
  return (await rows(tx, query)).map((row) => asId<ThreadId>(row.id));
}

/** Emails of closed conversations, or of those that are one of `assignees`. */
export async function selectEmailsOf(
  tx: Tx,
  accountId: AccountId,
  which: { readonly kind: 'closed' } | { readonly kind: 'assigned'; readonly to: readonly PersonId[] },
): Promise<readonly EmailId[]> {
  const query = tx.q
    .selectFrom('conversation as c')
    .innerJoin('email', (join) =>
      join.onRef('email.account_id', '=', 'c.account_id').onRef('email.thread_id', '=', 'c.id'),
    )
    .select('email.id')
    .where('c.account_id', '=', accountId);
  const fitting =
    which.kind === 'closed'
      ? query.where('c.is_closed', '=', 1)
      : query.where(tx.anyOf('c.assignee_person_id', which.to));
  return (await rows(tx, fitting)).map((row) => asId<EmailId>(row.id));
}
