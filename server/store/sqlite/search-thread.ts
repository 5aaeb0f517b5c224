/**
 * The body of the thread that searches: one connection to the index, questions in turn. Emails are gathered inside
 * SQLite into one text and leave the thread as one array, so that thirty thousand of them cost no more than one row.
 */
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

import { emailsWithTexts } from '#server/store/text-segment.ts';
import { openSearchFile } from './search-file.ts';
import type { SearchAnswer, SearchQuestion } from './search.ts';

const port = parentPort;
if (!port) throw new Error('search-thread.ts is the body of a worker');
const { path }: { path: string } = workerData;

const gathered = `select group_concat(rowid & 4294967295) as emails from search where search match ?`;
const listed = `select group_concat(id & 4294967295) as emails from search_docsize
  where id between (? << 32) and (? << 32) | 4294967295`;
const nextAccount = 'select id >> 32 as account from search_docsize where id >= (? << 32) order by id limit 1';

let database: DatabaseSync | undefined;

port.on('message', (question: SearchQuestion) => {
  const answer = answerTo(question);
  port.postMessage(answer, answer.kind === 'found' ? [answer.numbers.buffer] : []);
});

function answerTo(question: SearchQuestion): SearchAnswer {
  try {
    database ??= openSearchFile(path, 'reader');
    return { kind: 'found', id: question.id, numbers: find(database, question) };
  } catch (error) {
    return { kind: 'failed', id: question.id, message: error instanceof Error ? error.message : String(error) };
  }
}

function find(database: DatabaseSync, question: SearchQuestion): Uint32Array<ArrayBuffer> {
  switch (question.kind) {
    case 'match':
      return numbersIn(database.prepare(gathered).get(question.expression)?.['emails']);
    case 'documents':
      return numbersIn(database.prepare(listed).get(question.accountId, question.accountId)?.['emails']);
    case 'texts':
      return texts(database, question.accountId);
    case 'accounts':
      return accounts(database);
    default:
      return question satisfies never;
  }
}

function numbersIn(text: unknown): Uint32Array<ArrayBuffer> {
  if (typeof text !== 'string') return new Uint32Array();
  // Parsed by hand: no array of strings in between.
  const numbers = new Uint32Array(text.length);
  let count = 0;
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2c) {
      numbers[count++] = value;
      value = 0;
    } else value = value * 10 + (code - 0x30);
  }
  numbers[count++] = value;
  return numbers.slice(0, count);
}

function texts(database: DatabaseSync, accountId: number): Uint32Array<ArrayBuffer> {
  const tail = database.prepare('select email_id from text_tail where account_id = ?').all(accountId);
  const segments = database.prepare('select entries from text_segment where account_id = ?').all(accountId);
  return emailsWithTexts(
    tail.map((row) => Number(row['email_id'])),
    segments.map((row) => row['entries']),
  );
}

function accounts(database: DatabaseSync): Uint32Array<ArrayBuffer> {
  const next = database.prepare(nextAccount);
  const found: number[] = [];
  for (let from = 0; ;) {
    const account = next.get(from)?.['account'];
    if (typeof account !== 'number') return Uint32Array.from(found);
    found.push(account);
    from = account + 1;
  }
}
