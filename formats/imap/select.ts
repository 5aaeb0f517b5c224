/** Parameters of SELECT and EXAMINE (RFC 7162 §3.1.8, §3.2.5). */
import { type Cursor, bad, expect, expectSpace, peek, readFilledList, take } from './cursor.ts';
import { readMailbox } from './mailbox.ts';
import { readNumber64, readNzNumber } from './string.ts';
import { type SequenceSet, readPlainSet } from './sequence-set.ts';

export interface QresyncParameters {
  readonly uidValidity: number;
  readonly modseq: number;
  /** UIDs the client knows; undefined: all. Never `*` nor `$`. */
  readonly knownUids: SequenceSet | undefined;
  /** Numbers and the UIDs they stood for, one for one, ascending. */
  readonly match: { readonly numbers: SequenceSet; readonly uids: SequenceSet } | undefined;
}

export interface SelectCommand {
  readonly kind: 'select';
  /** EXAMINE. */
  readonly isReadOnly: boolean;
  readonly mailbox: string;
  readonly isCondstore: boolean;
  readonly qresync: QresyncParameters | undefined;
}

/** What follows SELECT or EXAMINE: `SP mailbox [SP select-params]`. */
export function readSelect(cursor: Cursor, isReadOnly: boolean): SelectCommand {
  expectSpace(cursor);
  const mailbox = readMailbox(cursor);
  let isCondstore = false;
  let qresync: QresyncParameters | undefined;
  if (take(cursor, ' ')) {
    readFilledList(cursor, (within) => {
      if (take(within, 'CONDSTORE')) isCondstore = true;
      else if (qresync === undefined && take(within, 'QRESYNC ')) qresync = readQresync(within);
      else throw bad(within, 'CONDSTORE or QRESYNC expected');
    });
  }
  return { kind: 'select', isReadOnly, mailbox, isCondstore, qresync };
}

/** `"(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"` (RFC 7162 §7). */
function readQresync(cursor: Cursor): QresyncParameters {
  expect(cursor, '(');
  const uidValidity = readNzNumber(cursor);
  expectSpace(cursor);
  const modseq = readNumber64(cursor);
  let knownUids: SequenceSet | undefined;
  let match: QresyncParameters['match'];
  if (take(cursor, ' ')) {
    if (peek(cursor) !== '(') knownUids = readPlainSet(cursor);
    if (knownUids === undefined || take(cursor, ' ')) match = readSeqMatch(cursor);
  }
  expect(cursor, ')');
  return { uidValidity, modseq, knownUids, match };
}

function readSeqMatch(cursor: Cursor): QresyncParameters['match'] {
  expect(cursor, '(');
  const numbers = readPlainSet(cursor);
  expectSpace(cursor);
  const uids = readPlainSet(cursor);
  expect(cursor, ')');
  return { numbers, uids };
}
