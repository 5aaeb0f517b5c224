/** How every reader of this folder refuses: where the command stops fitting, what kind of fault it is, and a sentence for the log of a client's author. */

/** The kinds of fault that IMAP answers differently (RFC 9051 §7.1, RFC 5530 §3); the head's table gives the code. */
export type Problem =
  | 'syntax' // the line does not fit the grammar: BAD
  | 'command' // no such command: BAD
  | 'charset' // a charset we do not read: NO [BADCHARSET]
  | 'mailboxName' // no mailbox can have this name: NO [CANNOT]
  | 'tooMuch'; // well formed, beyond a limit of ours: NO [LIMIT]

/** `offset` counts octets from the start of the command, its literals that were taken aside not counted. */
export class BadSyntax extends Error {
  readonly problem: Problem;
  readonly offset: number;
  /** The command's tag, where it could be read: the answer is then tagged. */
  readonly tag: string | undefined;

  constructor(sentence: string, offset: number, problem: Problem = 'syntax', tag?: string) {
    super(sentence);
    this.name = 'BadSyntax';
    this.problem = problem;
    this.offset = offset;
    this.tag = tag;
  }
}
