/** STATUS (RFC 9051 §6.3.11): what can be asked of a mailbox that is not selected. */
import { type Cursor, readFilledList, readWord } from './cursor.ts';

/** As on the wire. RECENT is of IMAP4rev1; DELETED-STORAGE of RFC 9208. */
export type StatusItem =
  | 'MESSAGES'
  | 'UIDNEXT'
  | 'UIDVALIDITY'
  | 'UNSEEN'
  | 'DELETED'
  | 'SIZE'
  | 'RECENT'
  | 'HIGHESTMODSEQ'
  | 'MAILBOXID'
  | 'APPENDLIMIT'
  | 'DELETED-STORAGE';

const ITEMS: ReadonlyMap<string, StatusItem> = new Map(
  (
    [
      'MESSAGES',
      'UIDNEXT',
      'UIDVALIDITY',
      'UNSEEN',
      'DELETED',
      'SIZE',
      'RECENT',
      'HIGHESTMODSEQ',
      'MAILBOXID',
      'APPENDLIMIT',
      'DELETED-STORAGE',
    ] satisfies StatusItem[]
  ).map((item) => [item, item]),
);

/** `"(" status-att *(SP status-att) ")"`, each once, in the order asked for. */
export function readStatusItems(cursor: Cursor): StatusItem[] {
  return [...new Set(readFilledList(cursor, (within) => readWord(within, ITEMS, 'STATUS item')))];
}
