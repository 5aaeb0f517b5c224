/** Writing the index on SQLite: for the thread that does so. The index is on the disk before its due rows are gone. */
import { accountPrefix, maxEmailId, type SearchChange, type SearchWriter } from '#server/store/search.ts';
import { StoreUnavailable } from '#server/store/connection.ts';
import { isStorageFailure } from './open.ts';
import { emptySearchFile, openSearchFile } from './search-file.ts';
import { changeTexts, textsOf } from '#server/store/text-tables.ts';
import { sqliteTextTables } from './search-texts.ts';
import { printExtras, printRuns } from './search-text.ts';

/**
 * Opens the index for writing.
 * @param forget ends the due rows of these changes, in the main database, durably.
 */
export function sqliteSearchWriter(
  path: string,
  forget: (changes: readonly SearchChange[]) => Promise<void>,
): SearchWriter {
  const database = openSearchFile(path, 'writer');
  const insert = database.prepare('insert or replace into search (rowid, words, extras) values ((? << 32) | ?, ?, ?)');
  const remove = database.prepare('delete from search where rowid = (? << 32) | ?');
  // FTS5 leaves a "last rowid" of its own tables, larger than a number holds.
  insert.setReadBigInts(true);
  remove.setReadBigInts(true);
  const tablesOf = sqliteTextTables(database);
  const write = (changes: readonly SearchChange[]): void => {
    // FTS5 gathers many documents into one write only while their rowids ascend.
    const ordered = changes.toSorted((a, b) => a.accountId - b.accountId || a.emailId - b.emailId);
    for (const { accountId, emailId, content } of ordered) {
      const prefix = accountPrefix(accountId);
      if (emailId > maxEmailId) throw new RangeError(`no place in the index for email ${emailId}`);
      if (content) insert.run(accountId, emailId, printRuns(prefix, content), printExtras(prefix, content));
      else remove.run(accountId, emailId);
    }
  };
  return {
    prepare: async () => database.prepare('select is_complete from search_state').get()?.['is_complete'] === 1,
    setComplete: async () => database.exec('update search_state set is_complete = 1'),
    reset: async () => emptySearchFile(database),
    async apply(changes) {
      try {
        database.exec('begin immediate');
        write(changes);
        for (const [accountId, those] of Map.groupBy(changes, (change) => change.accountId)) {
          await changeTexts(tablesOf(accountId), those.map(textsOf));
        }
        database.exec('commit');
      } catch (error) {
        if (database.isTransaction) database.exec('rollback');
        // A full disk, or another process at its writing: it passes. The rest is a document's fault.
        if (isStorageFailure(error) || isBusy(error)) throw new StoreUnavailable('no writing', { cause: error });
        throw error;
      }
      await forget(changes);
    },
    close: async () => database.close(),
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}
