/** How every reader of this folder refuses a command line: where it stops fitting, and what kind of fault it is. */

/** The kinds of fault SMTP answers differently (RFC 5321 §4.2.4, RFC 3463 §3.6); the head's table gives the words. */
export type Problem =
  | 'command' // no such verb
  | 'syntax' // the line is not shaped like a command
  | 'argument' // the verb is known, its argument or a parameter's value is not well formed
  | 'senderAddress'
  | 'recipientAddress'
  | 'parameter'; // an ESMTP parameter we never offered (RFC 5321 §4.1.1.11)

/** `offset` counts UTF-16 units from the start of the line, so it can be shown under the decoded text. */
export class BadSyntax extends Error {
  readonly problem: Problem;
  readonly offset: number;

  constructor(problem: Problem, offset: number) {
    super(`bad ${problem} at offset ${offset}`);
    this.name = 'BadSyntax';
    this.problem = problem;
    this.offset = offset;
  }
}
