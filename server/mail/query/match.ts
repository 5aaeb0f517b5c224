/**
 * Filters and sorts over an account's columns: the same answers as SQL gives (queries.ts), in one pass a condition. What
 * the columns do not hold (words, header fields, keywords without a bit) comes as sets of emails.
 */
import { bitOfKeyword, hasAttachmentBit } from '#server/mail/keywords.ts';
import { type EmailColumns, inNone, inSeveral } from './columns.ts';
import { type EmailFilter, type EmailSort, isNewestFirst } from './filter.ts';

/** What conditions let through that the columns do not know of. */
export interface Known {
  /** Emails by condition, or by an operator over such conditions alone. */
  readonly outside: ReadonlyMap<EmailFilter, ArrayLike<number>>;
  /** Emails by keyword, for those that have no bit: see `keywordsWithoutBit`. */
  readonly keywords: ReadonlyMap<string, ArrayLike<number>>;
}

/** More rows than this are not sorted on the event loop. */
const sortedAtMost = 20_000;

/**
 * The ids of all emails that fit, in order; with `collapse` only the first of each thread (RFC 8621 §4.4.3).
 * @returns undefined where SQL has to be asked: sorts by a text, or too many rows to sort here.
 */
export function listIn(
  columns: EmailColumns,
  question: { readonly filter: EmailFilter | null; readonly sort: readonly EmailSort[]; readonly collapse: boolean },
  known: Known,
): Uint32Array | undefined {
  const mask = question.filter === null ? everything(columns) : maskOf(columns, question.filter, known);
  const rows = rowsIn(mask);
  if (!order(columns, rows, question.sort, known)) return undefined;
  return question.collapse ? firstOfThreads(columns, rows) : idsOf(columns, rows);
}

function idsOf({ ids }: EmailColumns, rows: Uint32Array): Uint32Array {
  const list = new Uint32Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) list[index] = ids[rows[index] ?? 0] ?? 0;
  return list;
}

/** Keywords a filter or a sort asks for that no bit stands for, in lower case. */
export function keywordsWithoutBit(filter: EmailFilter | null, sort: readonly EmailSort[]): readonly string[] {
  const found = new Set<string>();
  const add = (keyword: string): void => {
    if (bitOfKeyword(keyword) === undefined) found.add(keyword.toLowerCase());
  };
  const walk = (part: EmailFilter): void => {
    if (part.kind === 'and' || part.kind === 'or' || part.kind === 'not') part.of.forEach(walk);
    else if (part.kind === 'keyword' || part.kind === 'threadKeyword') add(part.keyword);
  };
  if (filter) walk(filter);
  for (const by of sort) if ('keyword' in by) add(by.keyword);
  return [...found];
}

/** 1 for each row that fits. */
type Mask = Uint8Array;

function everything(columns: EmailColumns): Mask {
  return new Uint8Array(columns.ids.length).fill(1);
}

function maskOf(columns: EmailColumns, filter: EmailFilter, known: Known): Mask {
  const answered = known.outside.get(filter);
  if (answered) return maskOfIds(columns, answered);
  switch (filter.kind) {
    case 'and': {
      const mask = everything(columns);
      for (const part of filter.of) {
        const other = maskOf(columns, part, known);
        for (let row = 0; row < mask.length; row += 1) mask[row] = (mask[row] ?? 0) & (other[row] ?? 0);
      }
      return mask;
    }
    case 'or':
      return either(columns, filter.of, known);
    case 'not':
      // None of them (RFC 8620 §5.5).
      return negated(either(columns, filter.of, known));
    case 'inMailbox':
      return inMailboxes(columns, (id) => id === filter.mailboxId);
    case 'inMailboxOtherThan':
      return inMailboxes(columns, (id) => !filter.mailboxIds.some((other) => other === id));
    case 'before':
      return maskBetween(columns.receivedAt, -Infinity, filter.at);
    case 'after':
      return maskBetween(columns.receivedAt, filter.at, Infinity);
    case 'minSize':
      return maskBetween(columns.sizes, filter.octets, Infinity);
    case 'maxSize':
      return maskBetween(columns.sizes, 0, filter.octets);
    case 'keyword':
      return withKeyword(columns, filter.keyword, filter.has, known);
    case 'threadKeyword':
      if (filter.which === 'none') return negated(withThreadKeyword(columns, 'some', filter.keyword, known));
      return withThreadKeyword(columns, filter.which, filter.keyword, known);
    case 'hasAttachment':
      return withBit(columns, hasAttachmentBit, filter.has);
    case 'text':
    case 'header':
    case 'closed':
    case 'assigned':
      throw new TypeError(`${filter.kind} is answered before the columns are asked`);
    default:
      return filter satisfies never;
  }
}

function either(columns: EmailColumns, parts: readonly EmailFilter[], known: Known): Mask {
  const mask = new Uint8Array(columns.ids.length);
  for (const part of parts) {
    const other = maskOf(columns, part, known);
    for (let row = 0; row < mask.length; row += 1) mask[row] = (mask[row] ?? 0) | (other[row] ?? 0);
  }
  return mask;
}

function negated(mask: Mask): Mask {
  const other = new Uint8Array(mask.length);
  for (let row = 0; row < mask.length; row += 1) other[row] = 1 - (mask[row] ?? 0);
  return other;
}

/** From `least` on, below `limit`. */
function maskBetween(column: Float64Array | Uint32Array, least: number, limit: number): Mask {
  const mask = new Uint8Array(column.length);
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row] ?? 0;
    mask[row] = value >= least && value < limit ? 1 : 0;
  }
  return mask;
}

function withBit({ flags }: EmailColumns, bit: number, isSet: boolean): Mask {
  const mask = new Uint8Array(flags.length);
  const wanted = isSet ? bit : 0;
  for (let row = 0; row < mask.length; row += 1) mask[row] = ((flags[row] ?? 0) & bit) === wanted ? 1 : 0;
  return mask;
}

function maskOfIds(columns: EmailColumns, ids: ArrayLike<number>): Mask {
  // Emails that are newer than the columns find no place, and need none.
  const isIn = new Uint8Array(columns.maxId + 1);
  for (let index = 0; index < ids.length; index += 1) isIn[ids[index] ?? 0] = 1;
  const mask = new Uint8Array(columns.ids.length);
  for (let row = 0; row < mask.length; row += 1) mask[row] = isIn[columns.ids[row] ?? 0] ?? 0;
  return mask;
}

function inMailboxes({ mailboxIds, ids, several }: EmailColumns, fits: (mailboxId: number) => boolean): Mask {
  const mask = new Uint8Array(ids.length);
  for (let row = 0; row < mask.length; row += 1) {
    const mailboxId = mailboxIds[row] ?? inNone;
    if (mailboxId === inNone) continue;
    const isIn = mailboxId === inSeveral ? several.get(ids[row] ?? 0)?.some(fits) : fits(mailboxId);
    if (isIn) mask[row] = 1;
  }
  return mask;
}

function withKeyword(columns: EmailColumns, keyword: string, has: boolean, known: Known): Mask {
  const bit = bitOfKeyword(keyword);
  if (bit !== undefined) return withBit(columns, bit, has);
  const mask = maskOfIds(columns, known.keywords.get(keyword.toLowerCase()) ?? []);
  return has ? mask : negated(mask);
}

/** Of the whole thread, wherever its emails are filed. */
function withThreadKeyword(columns: EmailColumns, which: 'all' | 'some', keyword: string, known: Known): Mask {
  const has = withKeyword(columns, keyword, true, known);
  // One that has it decides "some"; one that has it not decides against "all".
  const deciding = which === 'some' ? 1 : 0;
  const decided = new Uint8Array(columns.maxId + 1);
  for (let row = 0; row < has.length; row += 1) {
    if (has[row] === deciding) decided[columns.threadIds[row] ?? 0] = 1;
  }
  const mask = new Uint8Array(has.length);
  for (let row = 0; row < mask.length; row += 1) {
    mask[row] = decided[columns.threadIds[row] ?? 0] === deciding ? 1 : 0;
  }
  return mask;
}

/** Rows that fit, newest first. */
function rowsIn(mask: Mask): Uint32Array {
  const rows = new Uint32Array(mask.length);
  let length = 0;
  for (let row = mask.length - 1; row >= 0; row -= 1) if (mask[row] === 1) rows[length++] = row;
  return rows.subarray(0, length);
}

/** @returns whether `rows`, newest first until now, have been brought in order. */
function order(columns: EmailColumns, rows: Uint32Array, sort: readonly EmailSort[], known: Known): boolean {
  if (isNewestFirst(sort)) return true;
  if (rows.length > sortedAtMost) return false;
  const keys: { readonly of: ArrayLike<number>; readonly sign: number }[] = [];
  for (const by of sort) {
    const of = keysOf(columns, by, known);
    if (!of) return false;
    keys.push({ of, sign: by.isAscending ? 1 : -1 });
  }
  rows.sort((a, b) => {
    for (const { of, sign } of keys) {
      const difference = (of[a] ?? 0) - (of[b] ?? 0);
      if (difference !== 0) return sign * difference;
    }
    return (columns.ids[b] ?? 0) - (columns.ids[a] ?? 0);
  });
  return true;
}

function keysOf(columns: EmailColumns, by: EmailSort, known: Known): ArrayLike<number> | undefined {
  switch (by.kind) {
    case 'receivedAt':
      return columns.receivedAt;
    case 'sentAt':
      return columns.sentAt;
    case 'size':
      return columns.sizes;
    case 'hasKeyword':
      return withKeyword(columns, by.keyword, true, known);
    case 'allInThreadHaveKeyword':
      return withThreadKeyword(columns, 'all', by.keyword, known);
    case 'someInThreadHaveKeyword':
      return withThreadKeyword(columns, 'some', by.keyword, known);
    case 'from':
    case 'to':
    case 'subject':
      return undefined;
    default:
      return by satisfies never;
  }
}

function firstOfThreads({ ids, threadIds, maxId }: EmailColumns, rows: Uint32Array): Uint32Array {
  const seen = new Uint8Array(maxId + 1);
  const list = new Uint32Array(rows.length);
  let length = 0;
  for (const row of rows) {
    const threadId = threadIds[row] ?? 0;
    if (seen[threadId] === 1) continue;
    seen[threadId] = 1;
    list[length++] = ids[row] ?? 0;
  }
  return list.slice(0, length);
}
