/** A script as written (RFC 5228 §8.2): commands, tests and arguments with their places, before anything is known of what they mean. */

/** UTF-16 offsets into the script, `end` after the last character. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Argument =
  | (Span & { readonly kind: 'number'; readonly value: number })
  /** `value` without quotes or text: framing. */
  | (Span & { readonly kind: 'string'; readonly value: string })
  | (Span & { readonly kind: 'strings'; readonly items: readonly StringItem[] })
  /** Lower case, without its colon. */
  | (Span & { readonly kind: 'tag'; readonly name: string });

export interface StringItem extends Span {
  readonly value: string;
}

/** A test; `tests` are those in parentheses or the one behind `not`. Names are lower case. */
export interface TestNode extends Span {
  readonly name: string;
  readonly arguments: readonly Argument[];
  readonly tests: readonly TestNode[];
}

export interface CommandNode extends Span {
  readonly name: string;
  readonly arguments: readonly Argument[];
  readonly tests: readonly TestNode[];
  /** Null where a semicolon ends the command. */
  readonly block: readonly CommandNode[] | null;
}

export interface SieveTree {
  readonly text: string;
  readonly commands: readonly CommandNode[];
}
