/** The texts for substrings in PostgreSQL: the two tables, as they are written and as they are read. */
import type { Connection, Engine } from '#server/store/connection.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { KeptTexts, TextSnapshot } from '#server/store/search.ts';
import { newSegmentId } from '#server/store/text-segment.ts';
import {
  octetsOf,
  segmentHeadOf,
  segmentTextsOf,
  segmentToSearchOf,
  tailEmailOf,
  tailSizeOf,
} from '#server/store/text-rows.ts';
import type { TextTables } from '#server/store/text-tables.ts';

/** What is compressed already is kept as it is, apart from the row, so that a directory is read alone. */
export const textStatements = [
  `create table if not exists text_tail (
     account_id bigint not null, email_id bigint not null, texts bytea not null, primary key (account_id, email_id))`,
  `create table if not exists text_segment (
     account_id bigint not null, id bigint not null, first_id bigint not null, last_id bigint not null,
     emails integer not null, octets bigint not null, live_octets bigint not null, entries bytea not null,
     head_signs bytea not null, body_signs bytea not null, heads bytea not null, bodies bytea not null,
     primary key (account_id, id))`,
  'alter table text_tail alter texts set storage external',
  `alter table text_segment alter entries set storage external, alter head_signs set storage external,
     alter body_signs set storage external, alter heads set storage external, alter bodies set storage external`,
  'create index if not exists text_segment_account on text_segment (account_id, last_id)',
];

/** The tables for one account, whose texts no other process changes before the transaction ends. */
export async function postgresTextTables(connection: Connection, accountId: AccountId): Promise<TextTables> {
  await connection.all(lockTexts, [accountId]);
  const number = async (sql: { readonly sql: string; readonly name: string }, values: readonly number[]) =>
    connection.all(sql, [accountId, ...values]);
  return {
    async tailSize() {
      const [row] = await number(tailSize, []);
      return tailSizeOf(row);
    },
    tail: async () => (await number(tail, [])).map(tailEmailOf),
    async insertTail(rows) {
      for (const { emailId, texts } of rows) await connection.run(insertTail, [accountId, emailId, texts]);
    },
    async deleteTail(emailIds) {
      await connection.run(deleteTail, [accountId, [...emailIds]]);
    },
    segmentsFrom: async (emailId) => (await number(segments, [emailId])).map(segmentHeadOf),
    async segment(id) {
      const [row] = await number(segment, [id]);
      return segmentTextsOf(row);
    },
    entries: async (id) => octetsOf((await number(entries, [id]))[0]?.['entries']),
    async insertSegment(made) {
      const sizes = [made.firstId, made.lastId, made.emails, made.octets, made.liveOctets];
      const blobs = [made.entries, made.headSigns, made.bodySigns, made.heads, made.bodies];
      await connection.run(insertSegment, [accountId, newSegmentId(), ...sizes, ...blobs]);
    },
    async updateEntries(id, left) {
      await connection.run(updateEntries, [accountId, id, left.emails, left.liveOctets, left.entries]);
    },
    async deleteSegments(ids) {
      await connection.run(deleteSegments, [accountId, [...ids]]);
    },
  };
}

/** Reads the texts of an account at one moment. */
export function postgresKeptTexts(engine: Engine): KeptTexts {
  return {
    read: (accountId, work) =>
      engine.read(async (connection) => {
        const [table] = await connection.all(whether, []);
        if (table?.['are_there'] !== true) return work(nothing);
        return work({
          isComplete: async () => (await connection.all(state, []))[0]?.['is_complete'] === 1,
          tail: async () => (await connection.all(tail, [accountId])).map(tailEmailOf),
          segments: async (which) => (await connection.all(searched[which], [accountId])).map(segmentToSearchOf),
          octets: async (which, id) => octetsOf((await connection.all(texts[which], [accountId, id]))[0]?.['octets']),
        });
      }),
    close: async () => undefined,
  };
}

/** As long as no indexer ever ran on this database there are no tables. */
const whether = { name: 'text_whether', sql: `select to_regclass('text_segment') is not null as are_there` };
const state = { name: 'text_state', sql: 'select is_complete from search_state' };
const nothing: TextSnapshot = {
  isComplete: async () => false,
  tail: async () => [],
  segments: async () => [],
  octets: async () => new Uint8Array(),
};

/** Any number that no other program is likely to lock in the same database, beside one for each account. */
const lockTexts = { name: 'text_lock', sql: 'select pg_advisory_xact_lock(7054303, $1::int)' };
const tailSize = {
  name: 'text_tail_size',
  sql: 'select count(*) as emails, coalesce(sum(length(texts)), 0) as octets from text_tail where account_id = $1',
};
const tail = {
  name: 'text_tail',
  sql: 'select email_id, texts from text_tail where account_id = $1 order by email_id',
};
const insertTail = {
  name: 'text_tail_put',
  sql: `insert into text_tail (account_id, email_id, texts) values ($1, $2, $3)
        on conflict (account_id, email_id) do update set texts = excluded.texts`,
};
const deleteTail = {
  name: 'text_tail_remove',
  sql: 'delete from text_tail where account_id = $1 and email_id = any($2::bigint[])',
};
const segments = {
  name: 'text_segments',
  sql: `select id, first_id, last_id, emails, octets, live_octets from text_segment
        where account_id = $1 and last_id >= $2 order by last_id, id`,
};
const segment = {
  name: 'text_segment',
  sql: 'select entries, heads, bodies from text_segment where account_id = $1 and id = $2',
};
const entries = { name: 'text_entries', sql: 'select entries from text_segment where account_id = $1 and id = $2' };
const insertSegment = {
  name: 'text_segment_put',
  sql: `insert into text_segment (account_id, id, first_id, last_id, emails, octets, live_octets, entries, head_signs,
          body_signs, heads, bodies) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
};
const updateEntries = {
  name: 'text_entries_put',
  sql: 'update text_segment set emails = $3, live_octets = $4, entries = $5 where account_id = $1 and id = $2',
};
const deleteSegments = {
  name: 'text_segment_remove',
  sql: 'delete from text_segment where account_id = $1 and id = any($2::bigint[])',
};
const searched = {
  heads: {
    name: 'text_search_heads',
    sql: 'select id, entries, head_signs as signs from text_segment where account_id = $1 order by id',
  },
  bodies: {
    name: 'text_search_bodies',
    sql: 'select id, entries, body_signs as signs from text_segment where account_id = $1 order by id',
  },
};
const texts = {
  heads: { name: 'text_heads', sql: 'select heads as octets from text_segment where account_id = $1 and id = $2' },
  bodies: { name: 'text_bodies', sql: 'select bodies as octets from text_segment where account_id = $1 and id = $2' },
};
