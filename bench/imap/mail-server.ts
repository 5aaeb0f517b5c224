/** A server the IMAP bench can measure, and what it is filled with: Pli, and Debian's Dovecot beside it. */

export interface MailUser {
  readonly userName: string;
  readonly email: string;
  readonly password: string;
}

export interface MailServer {
  readonly name: string;
  readonly imapPort: number;
  readonly lmtpPort: number;
  readonly addUser: (name: string) => Promise<MailUser>;
  /** Puts messages into the INBOX of a user, oldest first and all seen, before anything is measured. */
  readonly fill: (user: MailUser, messages: Iterable<Buffer>) => Promise<void>;
  /** Waits for the index of its search, where it makes one. @returns how long that took, in milliseconds. */
  readonly indexed?: () => Promise<number>;
  /** The same after a new start, its memory holding nothing of the work before; where that makes a difference. */
  readonly restarted?: () => Promise<MailServer>;
  /** Memory of every process of the server in kB, each shared page counted once. */
  readonly memoryKb: () => number;
}
