/** What a client sent and no reader can make sense of. */
export type Problem = 'syntax' | 'command' | 'arguments' | 'literalTooLong' | 'notUtf8';

export class BadSyntax extends Error {
  override readonly name = 'BadSyntax';
  readonly problem: Problem;
  /** Octets from the start of the line. */
  readonly offset: number;

  constructor(problem: Problem, offset: number) {
    super(`${problem} at ${offset}`);
    this.problem = problem;
    this.offset = offset;
  }
}
