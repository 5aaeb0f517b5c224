/** STATUS (RFC 9051 §6.3.11): what can be asked of a mailbox that is not selected. */

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
