/**
 * A file that somebody brought: a ZIP of .eml or .mbox, an mbox, or one message; its first octets tell. It is read from
 * the store as it stands there. After a death it is read again from the start, and what is there already is known.
 */
import { BadMbox, readMbox } from '#formats/mbox/read.ts';
import { withCrlf } from '#formats/mbox/lines.ts';
import { BadZip } from '#formats/zip/directory.ts';
import { type Course, Interrupted } from '#server/imports/course.ts';
import type { BatchResult } from '#server/imports/file-batch.ts';
import { SourceFailure } from '#server/imports/imap/connect.ts';
import { insertRefused, selectImport, updateImport } from '#server/imports/queries.ts';
import { type FileSource, type ImportProgress, noProgress, refusedKept } from '#server/imports/record.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';
import { transaction } from '#server/store/transaction.ts';

import type { FoundMessage } from './found.ts';
import { type RandomAccess, readZip } from './zip.ts';
import { takeFound } from './take.ts';

const totalOctets = 64 * 1024 ** 3;

/** @throws {SourceFailure} `badFile`; {Interrupted}; {Refusal} `overQuota`. */
export async function importStoredFile(
  course: Course,
  source: FileSource,
  messageOctets: number,
  signal: AbortSignal,
): Promise<void> {
  const { store, accountId, importId } = course;
  const file = await transaction(store, accountId, async (tx) => tx.tenantId).then((tenantId) =>
    openBlob(store, tenantId, source.hash),
  );
  if (!file) throw new SourceFailure('badFile', true);
  // Read from the start each time, so counts begin anew too.
  course.progress = noProgress;
  let progress = course.progress;
  const alongWith = async (tx: AccountTx, result: BatchResult): Promise<void> => {
    const state = (await selectImport(tx, accountId, importId))?.state;
    if (state !== 'running') throw new Interrupted(state ?? 'gone');
    progress = added(course.progress, result);
    const { refused } = course.progress;
    await insertRefused(tx, importId, refused, result.refused.slice(0, Math.max(0, refusedKept - refused)));
    await updateImport(tx, importId, { progress });
  };
  const onBatch = (): void => {
    course.progress = progress;
    signal.throwIfAborted();
  };
  try {
    await takeFound({ store, accountId, into: null, alongWith, onBatch }, readFile(file, source.name, messageOctets));
  } catch (error) {
    if (error instanceof BadZip || error instanceof BadMbox) throw new SourceFailure('badFile', true, error);
    throw error;
  }
}

function added(progress: ImportProgress, { imported, duplicates, refused, octets }: BatchResult): ImportProgress {
  return {
    ...progress,
    messages: progress.messages + imported + duplicates + refused.length,
    imported: progress.imported + imported,
    duplicates: progress.duplicates + duplicates,
    refused: progress.refused + refused.length,
    octets: progress.octets + octets,
  };
}

/** @param name as the person's computer called it: an mbox becomes a folder of this name. */
async function* readFile(file: RandomAccess, name: string, messageOctets: number): AsyncGenerator<FoundMessage> {
  const first = Buffer.from(await file.bytes(0, Math.min(5, file.sizeOctets))).toString('latin1');
  const folder = [name.replace(/^.*[\\/]/, '').replace(/\.[^.]{1,5}$/, '')];
  if (first.startsWith('PK')) return yield* readZip(file, { messageOctets, totalOctets });
  if (first === 'From ') {
    let n = 0;
    for await (const one of readMbox(file.stream(0, file.sizeOctets), { messageOctets })) {
      const message = String((n += 1));
      if (one.kind === 'tooLarge') yield { kind: 'refused', folder, message, reason: 'tooLarge' };
      else yield { ...one, folder, message };
    }
    return undefined;
  }
  if (file.sizeOctets > messageOctets) throw new SourceFailure('badFile', true);
  const octets = withCrlf(await file.bytes(0, file.sizeOctets));
  if (!/^[!-9;-~]+[ \t]*:/.test(Buffer.from(octets.subarray(0, 200)).toString('latin1')))
    throw new SourceFailure('badFile', true);
  yield { kind: 'message', folder: [], message: name, octets, receivedAt: null, flags: [] };
  return undefined;
}
