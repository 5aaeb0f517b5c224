import assert from 'node:assert/strict';
import { test } from 'node:test';

import { asId, asModseq, type AccountId, type MailboxId } from '#server/store/ids.ts';

import { takeSight } from './search/sight.ts';
import { type Columns, emptyColumns, findUid, octetsOf, placeOf, putRows, removeUids } from './columns.ts';
import { type Known, restNumbers, takeNews } from './known.ts';
import type { MailboxView } from './open.ts';

const accountId = asId<AccountId>(1);
const mailboxId = asId<MailboxId>(1);

function columnsOf(...emails: readonly (readonly [uid: number, modseq: number])[]): Columns {
  const columns = emptyColumns(0);
  put(columns, ...emails);
  return columns;
}

function put(columns: Columns, ...emails: readonly (readonly [uid: number, modseq: number])[]): void {
  const rest = { flags: 0, keywords: [], receivedAt: 0, sizeOctets: 1 };
  putRows(
    columns,
    emails.map(([uid, modseq]) => ({ uid, emailId: uid * 10, modseq, ...rest })),
  );
}

function viewOf(columns: Columns, modseq: number): MailboxView {
  return { accountId, mailboxId, columns, modseq: asModseq(modseq) };
}

/** Who has been told of all that is in the view. */
function knowing({ columns, modseq }: MailboxView): Known {
  const uidNext = (columns.uids[columns.length - 1] ?? 0) + 1;
  return { accountId, mailboxId, modseq, uidNext, length: columns.length, uids: columns.uids };
}

test('an email that came is told by the count, and the array of uids stays shared', () => {
  const columns = columnsOf([1, 1], [2, 1]);
  put(columns, [3, 1]);
  const known = knowing(viewOf(columns, 1));
  put(columns, [4, 5]);
  assert.deepEqual(takeNews(known, viewOf(columns, 5), true), { expunged: [], exists: 4, changed: [] });
  assert.equal(known.uids, columns.uids);
  assert.equal(known.uidNext, 5);
});

test('a search holds what it saw, whatever is marked, comes or leaves meanwhile', () => {
  const columns = columnsOf([1, 1], [2, 1], [3, 1]);
  const before = takeSight(viewOf(columns, 1));
  put(columns, [2, 7], [4, 7]);
  assert.deepEqual([...before.modseqs], [1, 1, 1]);
  assert.deepEqual([...columns.modseqs.subarray(0, 4)], [1, 7, 1, 7]);
  const between = takeSight(viewOf(columns, 7));
  removeUids(columns, [1]);
  for (let uid = 5; uid < 200; uid += 1) put(columns, [uid, 8]);
  assert.deepEqual([...between.uids], [1, 2, 3, 4]);
  assert.deepEqual([...between.emailIds], [10, 20, 30, 40]);
  assert.deepEqual([...between.modseqs], [1, 7, 1, 7]);
  assert.deepEqual([...before.uids], [1, 2, 3]);
});

test('an email that is marked ever otherwise does not fill the memory, and a search keeps the keywords it saw', () => {
  const columns = columnsOf([1, 1], [2, 1]);
  const rest = { emailId: 10, modseq: 2, flags: 0, receivedAt: 0, sizeOctets: 1 };
  putRows(columns, [{ uid: 2, keywords: ['stays'], ...rest }]);
  const sight = takeSight(viewOf(columns, 1));
  for (let times = 0; times < 3_000; times += 1) {
    const keywords = Array.from({ length: 20 }, (_, nth) => `${times}-${nth}-`.padEnd(200, 'x'));
    putRows(columns, [{ uid: 1, keywords, ...rest }]);
  }
  assert.ok(octetsOf(columns) < 1_000_000, `${octetsOf(columns)} octets`);
  assert.ok(columns.keywordSets.length < 200);
  const wordsAt = (at: number) => columns.keywordSets[columns.keywordSet[at] ?? 0];
  assert.equal(wordsAt(0)?.[0], '2999-0-'.padEnd(200, 'x'));
  assert.deepEqual(wordsAt(1), ['stays']);
  assert.deepEqual(sight.keywordSets[sight.keywordSet[1] ?? 0], ['stays']);
});

test('emails that left are told from the first, each by its number once those before are gone', () => {
  const columns = columnsOf([1, 1], [2, 1], [3, 1], [4, 1], [5, 1]);
  const known = knowing(viewOf(columns, 1));
  removeUids(columns, [1, 3, 4]);
  put(columns, [6, 7], [5, 7]);
  const news = takeNews(known, viewOf(columns, 7), true);
  assert.deepEqual(news.expunged, [
    { number: 1, uid: 1 },
    { number: 2, uid: 3 },
    { number: 2, uid: 4 },
  ]);
  assert.equal(news.exists, 3);
  assert.deepEqual(news.changed, [{ number: 2, at: 1 }]);
});

test('while numbers may not change, emails that left keep theirs and new ones come after', () => {
  const columns = columnsOf([1, 1], [2, 1], [3, 1]);
  const known = knowing(viewOf(columns, 1));
  removeUids(columns, [1]);
  put(columns, [3, 4], [4, 4]);
  assert.deepEqual(takeNews(known, viewOf(columns, 4), false), {
    expunged: [],
    exists: 4,
    changed: [{ number: 3, at: 1 }],
  });
  assert.deepEqual([...(known.uids ?? [])].slice(0, known.length), [1, 2, 3, 4]);
  restNumbers(known, viewOf(columns, 4));
  assert.ok(known.uids, 'an array that differs cannot be made again');
  assert.deepEqual(takeNews(known, viewOf(columns, 4), true), {
    expunged: [{ number: 1, uid: 1 }],
    exists: undefined,
    changed: [],
  });
  restNumbers(known, viewOf(columns, 4));
  assert.equal(known.uids, undefined);
});

test('nothing new is nothing told', () => {
  const view = viewOf(columnsOf([1, 1]), 1);
  assert.deepEqual(takeNews(knowing(view), view, true), { expunged: [], exists: undefined, changed: [] });
});

test('columns are found by uid, and those who hold the old uids keep them', () => {
  const columns = columnsOf([2, 1], [4, 1], [9, 1]);
  const before = columns.uids;
  assert.deepEqual(
    [1, 2, 3, 9, 10].map((uid) => [findUid(columns, uid), placeOf(columns.uids, columns.length, uid)]),
    [
      [-1, 0],
      [0, 0],
      [-1, 1],
      [2, 2],
      [-1, 3],
    ],
  );
  removeUids(columns, [3]);
  assert.equal(columns.uids, before, 'nothing left');
  removeUids(columns, [4]);
  assert.deepEqual([...before].slice(0, 3), [2, 4, 9]);
  assert.equal(columns.emailIds[findUid(columns, 9)], 90);
  assert.throws(() => put(columns, [3, 2]), /came after a larger one/);
});
