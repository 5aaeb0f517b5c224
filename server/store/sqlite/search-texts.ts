/** The texts for substrings in the index's own file: the two tables, as they are written and as they are read. */
import type { DatabaseSync } from 'node:sqlite';

import type { AccountId } from '#server/store/ids.ts';
import type { KeptTexts } from '#server/store/search.ts';
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

/** Small columns come first: a directory is read without the texts behind it. */
export const textStatements = [
  `create table if not exists text_tail (
     account_id integer not null, email_id integer not null, texts blob not null, primary key (account_id, email_id))
   without rowid`,
  `create table if not exists text_segment (
     id integer primary key, account_id integer not null, first_id integer not null, last_id integer not null,
     emails integer not null, octets integer not null, live_octets integer not null, entries blob not null,
     head_signs blob not null, body_signs blob not null, heads blob not null, bodies blob not null)`,
  'create index if not exists text_segment_account on text_segment (account_id, last_id)',
];

export const textTableNames = ['text_tail', 'text_segment'];

export function sqliteTextTables(database: DatabaseSync): (accountId: AccountId) => TextTables {
  const tailSize = database.prepare(
    'select count(*) as emails, coalesce(sum(length(texts)), 0) as octets from text_tail where account_id = ?',
  );
  const tail = database.prepare('select email_id, texts from text_tail where account_id = ?');
  const insertTail = database.prepare(
    'insert or replace into text_tail (account_id, email_id, texts) values (?, ?, ?)',
  );
  const deleteTail = database.prepare('delete from text_tail where account_id = ? and email_id = ?');
  const segments = database.prepare(
    `select id, first_id, last_id, emails, octets, live_octets from text_segment
     where account_id = ? and last_id >= ? order by last_id, id`,
  );
  const segment = database.prepare('select entries, heads, bodies from text_segment where id = ?');
  const entries = database.prepare('select entries from text_segment where id = ?');
  const insertSegment = database.prepare(
    `insert into text_segment (id, account_id, first_id, last_id, emails, octets, live_octets, entries, head_signs,
       body_signs, heads, bodies) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateEntries = database.prepare(
    'update text_segment set emails = ?, live_octets = ?, entries = ? where id = ?',
  );
  const deleteSegment = database.prepare('delete from text_segment where id = ?');
  // FTS5 leaves a "last rowid" of its own tables, larger than a number holds.
  for (const change of [insertTail, deleteTail, insertSegment, updateEntries, deleteSegment]) {
    change.setReadBigInts(true);
  }
  return (accountId) => ({
    async tailSize() {
      return tailSizeOf(tailSize.get(accountId));
    },
    tail: async () => tail.all(accountId).map(tailEmailOf),
    async insertTail(rows) {
      for (const { emailId, texts } of rows) insertTail.run(accountId, emailId, texts);
    },
    async deleteTail(emailIds) {
      for (const emailId of emailIds) deleteTail.run(accountId, emailId);
    },
    segmentsFrom: async (emailId) => segments.all(accountId, emailId).map(segmentHeadOf),
    async segment(id) {
      return segmentTextsOf(segment.get(id));
    },
    entries: async (id) => octetsOf(entries.get(id)?.['entries']),
    async insertSegment(made) {
      const sizes = [made.firstId, made.lastId, made.emails, made.octets, made.liveOctets];
      const blobs = [made.entries, made.headSigns, made.bodySigns, made.heads, made.bodies];
      insertSegment.run(newSegmentId(), accountId, ...sizes, ...blobs);
    },
    async updateEntries(id, left) {
      updateEntries.run(left.emails, left.liveOctets, left.entries, id);
    },
    async deleteSegments(ids) {
      for (const id of ids) deleteSegment.run(id);
    },
  });
}

/** Reads the texts of an account at one moment. */
export function sqliteKeptTexts(database: DatabaseSync): KeptTexts {
  const state = database.prepare('select is_complete from search_state');
  const tail = database.prepare('select email_id, texts from text_tail where account_id = ? order by email_id');
  const segments = {
    heads: database.prepare(
      'select id, entries, head_signs as signs from text_segment where account_id = ? order by id',
    ),
    bodies: database.prepare(
      'select id, entries, body_signs as signs from text_segment where account_id = ? order by id',
    ),
  };
  const octets = {
    heads: database.prepare('select heads as octets from text_segment where id = ?'),
    bodies: database.prepare('select bodies as octets from text_segment where id = ?'),
  };
  return {
    async read(accountId, work) {
      database.exec('begin');
      try {
        return await work({
          isComplete: async () => state.get()?.['is_complete'] === 1,
          tail: async () => tail.all(accountId).map(tailEmailOf),
          segments: async (which) => segments[which].all(accountId).map(segmentToSearchOf),
          octets: async (which, id) => octetsOf(octets[which].get(id)?.['octets']),
        });
      } finally {
        database.exec('commit');
      }
    },
    close: async () => database.close(),
  };
}
