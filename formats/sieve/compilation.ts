/** What is known while one script is compiled. */
import { type ScriptFault, SieveError } from './error.ts';
import type { Place } from './lex.ts';
import type { Span } from './tree.ts';
import type { CompileLimits, Included } from './types.ts';

export interface Compilation {
  readonly source: string;
  /** Line and column of an offset. */
  readonly placeAt: (offset: number) => Place;
  /** Capabilities the server offers. */
  readonly offered: ReadonlySet<string>;
  readonly limits: CompileLimits;
  /** Required, or tested by an `ihave` further up. */
  readonly enabled: Set<string>;
  readonly includes: Map<string, Included>;
  readonly redirects: Set<string>;
  readonly commands: Set<string>;
  redirectCount: number;
  /** Instructions of all regexes so far. */
  regexInstructions: number;
  /** Depth of `foreverypart` around the place, and their names. */
  readonly loops: (string | null)[];
  /** Whether a test of an enclosing `if` asks `ihave`: what is unknown within fails only when it is run (RFC 5463 §4). */
  isGuarded: boolean;
}

export function isEnabled(compilation: Compilation, capability: string): boolean {
  return compilation.enabled.has(capability);
}

export function scriptFault(compilation: Compilation, span: Span, fault: ScriptFault): Error {
  const { line, column } = compilation.placeAt(span.start);
  return new SieveError(fault, line, column);
}
