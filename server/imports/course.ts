/**
 * The course of one import: its row, its marks and its counts, all written in the transactions that file its messages,
 * so that after a kill -9 every message is there once. Whoever paused or cancelled it is heard at the next commit.
 */
import { mailboxFinder } from '#server/mail/mailboxes/path.ts';
import type { AccountId, ImportId, MailboxId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { type BatchPlace, type BatchResult, fileBatch, type IncomingMessage } from './file-batch.ts';
import type { PlannedFolder } from './folders.ts';
import {
  type FolderMark,
  insertRefused,
  selectFolderMark,
  selectImport,
  selectImportMailbox,
  updateImport,
  upsertFolderMark,
} from './queries.ts';
import { type ImportProgress, type ImportState, refusedKept, type RefusedMessage } from './record.ts';

/** Somebody paused, cancelled or removed the import, or another process took it over. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly state: ImportState | 'gone' | 'overtaken';
  constructor(state: Interrupted['state']) {
    super(state);
    this.state = state;
  }
}

export interface Course {
  readonly store: Store;
  readonly accountId: AccountId;
  readonly importId: ImportId;
  /** What `sourceKey` says. */
  readonly source: string;
  progress: ImportProgress;
}

/** A folder at hand. */
export interface OpenFolder {
  readonly place: BatchPlace;
  readonly path: string;
  /** This import has looked at the folder before, and counted what is in it. */
  readonly isAgain: boolean;
  mark: FolderMark;
}

/** Writes new counts. @throws {Interrupted} */
export async function noteProgress(course: Course, change: Partial<ImportProgress>): Promise<void> {
  const progress = { ...course.progress, ...change };
  await transaction(course.store, course.accountId, async (tx) => {
    await requireRunning(tx, course.importId);
    await updateImport(tx, course.importId, { progress });
  });
  course.progress = progress;
}

/**
 * Finds or makes the mailbox of a folder, and how far the folder is known. Another uidValidity, or a mailbox that was
 * destroyed here since, makes it begin anew.
 * @throws {Interrupted}, and {Refusal} for what no mailbox may be called.
 */
export async function openFolder(course: Course, folder: PlannedFolder, uidValidity: number): Promise<OpenFolder> {
  const { store, accountId, source } = course;
  const progress = { ...course.progress, folder: folder.label };
  const { mark, isAgain } = await transaction(store, accountId, async (tx) => {
    await requireRunning(tx, course.importId);
    const known = await selectFolderMark(tx, accountId, source, folder.path);
    const isThere = known !== undefined && (await selectImportMailbox(tx, accountId, known.mailboxId));
    const mailboxId: MailboxId = isThere
      ? known.mailboxId
      : await (
          await mailboxFinder(tx, store.now())
        )(folder.target);
    const isKnown = isThere && known.uidValidity === uidValidity;
    // It is this import's once it is counted, and not before: between the two the line may be lost.
    const importId = isKnown ? known.importId : null;
    const next = { mailboxId, uidValidity, lastUid: isKnown ? known.lastUid : 0, importId };
    await upsertFolderMark(tx, source, folder.path, next);
    await updateImport(tx, course.importId, { progress });
    return { mark: next, isAgain: importId === course.importId };
  });
  course.progress = progress;
  const { label, knownBy } = folder;
  return { path: folder.path, isAgain, mark, place: { accountId, mailboxId: mark.mailboxId, folder: label, knownBy } };
}

/** Writes what a folder holds, and in the same transaction that it has been counted. @throws {Interrupted} */
export async function countFolder(
  course: Course,
  folder: OpenFolder,
  { messages, duplicates }: Pick<ImportProgress, 'messages' | 'duplicates'>,
): Promise<void> {
  const { store, accountId, importId, source } = course;
  const mark = { ...folder.mark, importId };
  const progress = {
    ...course.progress,
    messages: course.progress.messages + messages,
    duplicates: course.progress.duplicates + duplicates,
  };
  await transaction(store, accountId, async (tx) => {
    await requireRunning(tx, importId);
    await upsertFolderMark(tx, source, folder.path, mark);
    await updateImport(tx, importId, { progress });
  });
  course.progress = progress;
  folder.mark = mark;
}

export interface Step {
  readonly batch: readonly IncomingMessage[];
  /** What could not even be had. */
  readonly refused: readonly RefusedMessage[];
  /** All up to this uid are done with. */
  readonly lastUid: number;
}

/**
 * Files a batch, and with it says how far the folder is done with.
 * @throws {Interrupted}; {Refusal} `overQuota`, `noSuchMailbox`: nothing of the batch is filed then.
 */
export async function takeStep(course: Course, folder: OpenFolder, step: Step): Promise<void> {
  const { store, accountId, importId, source } = course;
  const mark = { ...folder.mark, lastUid: step.lastUid };
  let progress = course.progress;
  await fileBatch(store, folder.place, step.batch, async (tx, result) => {
    await requireRunning(tx, importId);
    const known = await selectFolderMark(tx, accountId, source, folder.path);
    if (known?.lastUid !== folder.mark.lastUid || known.uidValidity !== mark.uidValidity)
      throw new Interrupted('overtaken');
    const refused = [...step.refused, ...result.refused];
    progress = added(course.progress, result, refused.length);
    await insertRefused(
      tx,
      importId,
      course.progress.refused,
      refused.slice(0, Math.max(0, refusedKept - course.progress.refused)),
    );
    await upsertFolderMark(tx, source, folder.path, mark);
    await updateImport(tx, importId, { progress });
  });
  course.progress = progress;
  folder.mark = mark;
}

function added(progress: ImportProgress, result: BatchResult, refused: number): ImportProgress {
  return {
    ...progress,
    imported: progress.imported + result.imported,
    duplicates: progress.duplicates + result.duplicates,
    refused: progress.refused + refused,
    octets: progress.octets + result.octets,
  };
}

/** Refuses what stands for a folder: all of it, or what it should have held besides. @throws {Interrupted} */
export async function refuseFolder(course: Course, folder: string, reason: 'badFolder' | 'gone'): Promise<void> {
  const progress = { ...course.progress, refused: course.progress.refused + 1 };
  await transaction(course.store, course.accountId, async (tx) => {
    await requireRunning(tx, course.importId);
    const refused = { folder, message: '', reason };
    if (course.progress.refused < refusedKept)
      await insertRefused(tx, course.importId, course.progress.refused, [refused]);
    await updateImport(tx, course.importId, { progress });
  });
  course.progress = progress;
}

/** For places where nothing is written. @throws {Interrupted} */
export async function checkRunning({ store, accountId, importId }: Course): Promise<void> {
  const state = (await read(store, (tx) => selectImport(tx, accountId, importId)))?.state;
  if (state !== 'running') throw new Interrupted(state ?? 'gone');
}

async function requireRunning(tx: AccountTx, importId: ImportId): Promise<void> {
  const state = (await selectImport(tx, tx.accountId, importId))?.state;
  if (state !== 'running') throw new Interrupted(state ?? 'gone');
}
