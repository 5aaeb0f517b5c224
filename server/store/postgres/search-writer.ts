/**
 * Writing the index on PostgreSQL: documents, and the end of the due rows they answer, in one transaction. Several
 * processes share the work: each takes only due rows that no other holds, and that still ask for what it did.
 */
import type { Connection, Engine } from '#server/store/connection.ts';
import { accountPrefix, type SearchChange, searchVersion, type SearchWriter } from '#server/store/search.ts';
import { changeTexts, textsOf } from '#server/store/text-tables.ts';
import { postgresTextTables, textStatements } from './search-texts.ts';
import { printVector } from './search-text.ts';

/** Any number that no other program is likely to lock in the same database. */
const lock = 7_054_302;

/**
 * `filler` makes every row too long to be kept whole, so that PostgreSQL moves the terms out of it and the row itself
 * is a hundred octets (the filler compresses to nearly nothing). A common word's rows are then a few pages: only
 * phrases need the terms again.
 */
const tables = [
  `create table if not exists search_document (
     account_id bigint not null, email_id bigint not null, terms tsvector not null,
     filler text not null default repeat(' ', 2100), primary key (account_id, email_id))
   with (toast_tuple_target = 128)`,
  // What waits to be merged into the index is read by every search: it must stay small.
  `create index if not exists search_document_terms on search_document
     using gin (terms) with (fastupdate = on, gin_pending_list_limit = 1024)`,
  'create table if not exists search_state (version integer not null, is_complete integer not null)',
];

const takeDue = {
  name: 'search_take',
  sql: `select d.account_id, d.email_id from search_due d
        join unnest($1::bigint[], $2::bigint[], $3::bigint[]) as t (account_id, email_id, modseq)
          on d.account_id = t.account_id and d.email_id = t.email_id and d.modseq = t.modseq
        for update of d skip locked`,
};

const putDocuments = {
  name: 'search_put',
  sql: `insert into search_document (account_id, email_id, terms)
        select a, e, t::tsvector from unnest($1::bigint[], $2::bigint[], $3::text[]) as d (a, e, t)
        on conflict (account_id, email_id) do update set terms = excluded.terms`,
};

const removeFrom = (table: 'search_document' | 'search_due') => ({
  name: `search_remove_${table}`,
  sql: `delete from ${table} using unnest($1::bigint[], $2::bigint[]) as t (account_id, email_id)
        where ${table}.account_id = t.account_id and ${table}.email_id = t.email_id`,
});
const removeDocuments = removeFrom('search_document');
const removeDue = removeFrom('search_due');

export function postgresSearchWriter(engine: Engine): SearchWriter {
  return {
    prepare: () => engine.write(prepare),
    async setComplete() {
      await engine.write((connection) => connection.run({ sql: 'update search_state set is_complete = 1' }, []));
    },
    async reset() {
      await engine.write((connection) => empty(connection));
    },
    async apply(changes) {
      await engine.write((connection) => apply(connection, changes));
    },
    close: async () => undefined,
  };
}

async function prepare(connection: Connection): Promise<boolean> {
  await connection.all({ sql: `select pg_advisory_xact_lock(${lock})` }, []);
  for (const sql of tables) await connection.run({ sql }, []);
  const [texts] = await connection.all({ sql: `select to_regclass('text_segment') is not null as are_there` }, []);
  if (texts?.['are_there'] !== true) for (const sql of textStatements) await connection.run({ sql }, []);
  const [state] = await connection.all({ sql: 'select version, is_complete from search_state' }, []);
  if (state?.['version'] === searchVersion) return state['is_complete'] === 1;
  await empty(connection);
  return false;
}

async function empty(connection: Connection): Promise<void> {
  await connection.run({ sql: 'truncate search_document, text_tail, text_segment' }, []);
  await connection.run({ sql: 'delete from search_state' }, []);
  await connection.run({ sql: 'insert into search_state values ($1, 0)' }, [searchVersion]);
}

async function apply(connection: Connection, changes: readonly SearchChange[]): Promise<void> {
  const keys = (some: readonly SearchChange[]) => [
    some.map((change) => change.accountId),
    some.map((change) => change.emailId),
  ];
  const modseqs = changes.map((change) => change.modseq);
  const rows = await connection.all(takeDue, [...keys(changes), modseqs]);
  const mine = new Set(rows.map((row) => `${String(row['account_id'])} ${String(row['email_id'])}`));
  const taken = changes.filter((change) => mine.has(`${change.accountId} ${change.emailId}`));
  const put = taken.filter((change) => change.content !== undefined);
  const vectors = put.flatMap(({ accountId, content }) =>
    content ? [printVector(accountPrefix(accountId), content)] : [],
  );
  if (put.length > 0) await connection.run(putDocuments, [...keys(put), vectors]);
  const gone = taken.filter((change) => change.content === undefined);
  if (gone.length > 0) await connection.run(removeDocuments, keys(gone));
  for (const [accountId, those] of [...Map.groupBy(taken, (change) => change.accountId)].sort(([a], [b]) => a - b)) {
    await changeTexts(await postgresTextTables(connection, accountId), those.map(textsOf));
  }
  if (taken.length > 0) await connection.run(removeDue, keys(taken));
}
