/** All SQL on imports. */
import { sql } from 'kysely';

import { type AccountId, asBlobHash, asId, type BlobHash, type ImportId, type MailboxId } from '#server/store/ids.ts';
import type { ImportTable } from '#server/store/schema.ts';
import { changes, insertRows, rows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import type {
  ImportProblem,
  ImportProgress,
  ImportRecord,
  ImportSource,
  ImportState,
  MessageProblem,
  RefusedMessage,
} from './record.ts';

export interface StoredImport extends ImportRecord {
  /** The encrypted password. */
  readonly secret: string | null;
  readonly createdModseq: number;
}

const selectOne = statement<{ accountId: number; id: number }>()(({ q, p }) =>
  q.selectFrom('import').selectAll().where('account_id', '=', p.accountId).where('id', '=', p.id),
);

export async function selectImport(tx: Tx, accountId: AccountId, id: ImportId): Promise<StoredImport | undefined> {
  const row = await selectOne.first(tx, { accountId, id });
  return row && importOf(row);
}

const selectAll = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('import').selectAll().where('account_id', '=', p.accountId).orderBy('id', 'desc').limit(1000),
);

/** The newest first. */
export async function selectImports(tx: Tx, accountId: AccountId): Promise<readonly StoredImport[]> {
  return (await selectAll.all(tx, { accountId })).map(importOf);
}

const selectSealed = statement<object>()(({ q }) =>
  q.selectFrom('import').select(['account_id', 'id', 'secret']).where('secret', 'is not', null).limit(1000),
);

/** The passwords that are kept, of all accounts; the first thousand. */
export async function selectSecrets(
  tx: Tx,
): Promise<readonly { readonly accountId: AccountId; readonly importId: ImportId; readonly secret: string }[]> {
  const found = await selectSealed.all(tx, {});
  return found.flatMap(({ account_id, id, secret }) =>
    secret === null ? [] : [{ accountId: asId<AccountId>(account_id), importId: asId<ImportId>(id), secret }],
  );
}

export interface NewImport {
  readonly source: ImportSource;
  readonly secret: string | null;
  readonly progress: ImportProgress;
  readonly actor: string;
  readonly createdAt: number;
}

export async function insertImport(tx: AccountTx, id: ImportId, given: NewImport): Promise<void> {
  const modseq = tx.modseq();
  await insertRows(tx, 'import', [
    {
      account_id: tx.accountId,
      id,
      state: 'waiting',
      source: JSON.stringify(given.source),
      secret: given.secret,
      progress: JSON.stringify(given.progress),
      problem: null,
      actor: given.actor,
      created_at: given.createdAt,
      finished_at: null,
      created_modseq: modseq,
      modseq,
    },
  ]);
  tx.changed('Import');
}

export interface ImportChange {
  readonly state?: ImportState;
  readonly progress?: ImportProgress;
  readonly problem?: ImportProblem | null;
  readonly secret?: string | null;
  readonly finishedAt?: number | null;
}

export async function updateImport(tx: AccountTx, id: ImportId, change: ImportChange): Promise<void> {
  const { state, progress, problem, secret, finishedAt } = change;
  const set = {
    modseq: tx.modseq(),
    ...(state !== undefined && { state }),
    ...(progress !== undefined && { progress: JSON.stringify(progress) }),
    ...(problem !== undefined && { problem }),
    ...(secret !== undefined && { secret }),
    ...(finishedAt !== undefined && { finished_at: finishedAt }),
  };
  const query = tx.q.updateTable('import').set(set).where('account_id', '=', tx.accountId).where('id', '=', id);
  await changes(tx, query);
  tx.changed('Import');
}

/** Takes an import and its list of refused messages away, leaving a tombstone. What it imported stays. */
export async function deleteImport(tx: AccountTx, { id, createdModseq }: StoredImport): Promise<void> {
  const { accountId } = tx;
  await changes(tx, tx.q.deleteFrom('import').where('account_id', '=', accountId).where('id', '=', id));
  await changes(tx, tx.q.deleteFrom('import_problem').where('account_id', '=', accountId).where('import_id', '=', id));
  const gone = { account_id: accountId, type: 'Import', modseq: tx.modseq(), id, uid: 0, ref: 0 };
  await insertRows(tx, 'tombstone', [{ ...gone, created_modseq: createdModseq }]);
  tx.changed('Import');
}

/** @param from the number of the first. */
export async function insertRefused(
  tx: AccountTx,
  id: ImportId,
  from: number,
  refused: readonly RefusedMessage[],
): Promise<void> {
  const { accountId } = tx;
  const values = refused.map(({ folder, message, reason }, index) => ({
    account_id: accountId,
    import_id: id,
    n: from + index,
    folder,
    message,
    reason,
  }));
  await insertRows(tx, 'import_problem', values, 'ignore');
}

const selectProblems = statement<{ accountId: number; id: number }>()(({ q, p }) =>
  q
    .selectFrom('import_problem')
    .select(['folder', 'message', 'reason'])
    .where('account_id', '=', p.accountId)
    .where('import_id', '=', p.id)
    .orderBy('n'),
);

export async function selectRefused(tx: Tx, accountId: AccountId, id: ImportId): Promise<readonly RefusedMessage[]> {
  const found = await selectProblems.all(tx, { accountId, id });
  return found.map(({ folder, message, reason }) => ({ folder, message, reason: reason as MessageProblem }));
}

/** How far a folder of a source is known in the account. */
export interface FolderMark {
  readonly mailboxId: MailboxId;
  readonly uidValidity: number;
  readonly lastUid: number;
  /** The import that counted it last; null until one has. */
  readonly importId: ImportId | null;
}

const selectFolder = statement<{ accountId: number; source: string; folder: string }>()(({ q, p }) =>
  q
    .selectFrom('import_folder')
    .select(['mailbox_id', 'uid_validity', 'last_uid', 'import_id'])
    .where('account_id', '=', p.accountId)
    .where('source', '=', p.source)
    .where('folder', '=', p.folder),
);

export async function selectFolderMark(
  tx: Tx,
  accountId: AccountId,
  source: string,
  folder: string,
): Promise<FolderMark | undefined> {
  const row = await selectFolder.first(tx, { accountId, source, folder });
  return (
    row && {
      mailboxId: asId<MailboxId>(row.mailbox_id),
      uidValidity: row.uid_validity,
      lastUid: row.last_uid,
      importId: row.import_id === 0 ? null : asId<ImportId>(row.import_id),
    }
  );
}

export async function upsertFolderMark(tx: AccountTx, source: string, folder: string, mark: FolderMark): Promise<void> {
  const { accountId } = tx;
  await changes(
    tx,
    sql`insert into import_folder (account_id, source, folder, mailbox_id, uid_validity, last_uid, import_id)
      values (${accountId}, ${source}, ${folder}, ${mark.mailboxId}, ${mark.uidValidity}, ${mark.lastUid},
        ${mark.importId ?? 0})
      on conflict (account_id, source, folder) do update set mailbox_id = excluded.mailbox_id,
        uid_validity = excluded.uid_validity, last_uid = excluded.last_uid, import_id = excluded.import_id`,
  );
}

/** Those of `hashes` that an email of this mailbox has already, or of any without one. */
export async function selectKnownHashes(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId | undefined,
  hashes: readonly BlobHash[],
): Promise<ReadonlySet<BlobHash>> {
  const inMailbox = mailboxId === undefined ? sql`` : sql`and mailbox_email.mailbox_id = ${mailboxId}`;
  const found = await rows(
    tx,
    sql<{ hash: string }>`select distinct blob_link.hash from blob_link
      join mailbox_email on mailbox_email.account_id = blob_link.account_id
        and mailbox_email.email_id = case when blob_link.kind = 'email' then cast(blob_link.owner as bigint) end ${inMailbox}
      where blob_link.account_id = ${accountId} and ${tx.anyOf('blob_link.hash', hashes)} and blob_link.kind = 'email'`,
  );
  return new Set(found.map(({ hash }) => asBlobHash(hash)));
}

function importOf(row: ImportTable): StoredImport {
  return {
    id: asId<ImportId>(row.id),
    state: row.state as ImportState,
    source: JSON.parse(row.source) as ImportSource,
    progress: JSON.parse(row.progress) as ImportProgress,
    problem: row.problem as ImportProblem | null,
    actor: row.actor,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    secret: row.secret,
    createdModseq: row.created_modseq,
  };
}

const selectMailboxById = statement<{ accountId: number; id: number }>()(({ q, p }) =>
  q.selectFrom('mailbox').select('id').where('account_id', '=', p.accountId).where('id', '=', p.id),
);

/** Whether a mailbox is still there. */
export async function selectImportMailbox(tx: Tx, accountId: AccountId, id: MailboxId): Promise<boolean> {
  return (await selectMailboxById.first(tx, { accountId, id })) !== undefined;
}
