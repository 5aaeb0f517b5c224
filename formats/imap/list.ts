/** LIST and its extensions (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 8440, RFC 9590, RFC 6154). */
import { type Cursor, bad, expect, expectSpace, peek, readFilledList, readList, take } from './cursor.ts';
import { readMailbox, readMailboxPattern } from './mailbox.ts';
import { readEntries } from './metadata.ts';
import { readOneOrMany } from './string.ts';
import { type StatusItem, readStatusItems } from './status.ts';

export interface ListCommand {
  readonly kind: 'list';
  /** Whether anything of RFC 5258 was used: CHILDINFO and the special LIST "" "" depend on it. */
  readonly isExtended: boolean;
  readonly selection: ListSelection;
  readonly reference: string;
  /** At least one. `LIST "" ""` has one empty pattern and asks for the delimiter. */
  readonly patterns: readonly string[];
  readonly returns: ListReturn;
}

export interface ListSelection {
  readonly subscribed: boolean;
  readonly remote: boolean;
  readonly recursiveMatch: boolean;
  readonly specialUse: boolean;
}

export interface ListReturn {
  readonly subscribed: boolean;
  readonly children: boolean;
  readonly specialUse: boolean;
  readonly myRights: boolean;
  /** Undefined: no STATUS is wanted. */
  readonly status: readonly StatusItem[] | undefined;
  /** Entries of METADATA (RFC 9590). */
  readonly metadata: readonly string[] | undefined;
}

/** Patterns of one LIST. */
const MAX_PATTERNS = 32;

const NO_SELECTION: ListSelection = { subscribed: false, remote: false, recursiveMatch: false, specialUse: false };
const NO_RETURN: ListReturn = {
  subscribed: false,
  children: false,
  specialUse: false,
  myRights: false,
  status: undefined,
  metadata: undefined,
};

/** What follows LIST (RFC 9051 §9, list). */
export function readListCommand(cursor: Cursor): ListCommand {
  expectSpace(cursor);
  const hasSelection = peek(cursor) === '(';
  const selection = hasSelection ? readSelection(cursor) : NO_SELECTION;
  if (hasSelection) expectSpace(cursor);
  const reference = readMailbox(cursor);
  expectSpace(cursor);
  const hasMany = peek(cursor) === '(';
  const patterns = readOneOrMany(cursor, (within) => readFilledList(within, readMailboxPattern), readMailboxPattern);
  if (patterns.length > MAX_PATTERNS) throw bad(cursor, 'Too many patterns', 'tooMuch');
  const hasReturn = take(cursor, ' RETURN ');
  const returns = hasReturn ? readReturn(cursor) : NO_RETURN;
  return { kind: 'list', isExtended: hasSelection || hasMany || hasReturn, selection, reference, patterns, returns };
}

/** What follows LSUB (RFC 3501 §6.3.9). */
export function readLsub(cursor: Cursor): {
  readonly kind: 'lsub';
  readonly reference: string;
  readonly pattern: string;
} {
  expectSpace(cursor);
  const reference = readMailbox(cursor);
  expectSpace(cursor);
  return { kind: 'lsub', reference, pattern: readMailboxPattern(cursor) };
}

/** `list-select-opts`. */
function readSelection(cursor: Cursor): ListSelection {
  const selection = { ...NO_SELECTION };
  readList(cursor, (within) => {
    if (take(within, 'SUBSCRIBED')) selection.subscribed = true;
    else if (take(within, 'REMOTE')) selection.remote = true;
    else if (take(within, 'RECURSIVEMATCH')) selection.recursiveMatch = true;
    else if (take(within, 'SPECIAL-USE')) selection.specialUse = true;
    else throw bad(within, 'Unknown LIST selection option');
  });
  // RFC 9051 §6.3.9.1: it says what to do with the matches of another option
  if (selection.recursiveMatch && !selection.subscribed && !selection.specialUse)
    throw bad(cursor, 'RECURSIVEMATCH needs SUBSCRIBED or SPECIAL-USE beside it');
  return selection;
}

/** `list-return-opts`. */
function readReturn(cursor: Cursor): ListReturn {
  const returns: { -readonly [K in keyof ListReturn]: ListReturn[K] } = { ...NO_RETURN };
  readList(cursor, (within) => {
    if (take(within, 'SUBSCRIBED')) returns.subscribed = true;
    else if (take(within, 'CHILDREN')) returns.children = true;
    else if (take(within, 'SPECIAL-USE')) returns.specialUse = true;
    else if (take(within, 'MYRIGHTS')) returns.myRights = true;
    else if (take(within, 'STATUS')) returns.status = afterSpace(within, readStatusItems);
    else if (take(within, 'METADATA')) returns.metadata = afterSpace(within, readEntries);
    else throw bad(within, 'Unknown LIST return option');
  });
  return returns;
}

function afterSpace<T>(cursor: Cursor, read: (cursor: Cursor) => T): T {
  expect(cursor, ' ');
  return read(cursor);
}
