/** What is wrong with a script, or went wrong while it ran: a code from a closed union with what its sentence needs, and the place. */

/** Found when a script is compiled. */
export type ScriptFault =
  | { readonly code: 'badToken'; readonly text: string }
  | { readonly code: 'unclosedString' }
  | { readonly code: 'unclosedComment' }
  | { readonly code: 'unclosedBlock' }
  | { readonly code: 'badNumber'; readonly text: string }
  | { readonly code: 'expected'; readonly wanted: Wanted; readonly found: string }
  | { readonly code: 'unknownCapability'; readonly capability: string }
  | { readonly code: 'missingRequire'; readonly capability: string; readonly name: string }
  | { readonly code: 'lateRequire' }
  | { readonly code: 'unknownCommand'; readonly name: string }
  | { readonly code: 'unknownTest'; readonly name: string }
  | { readonly code: 'testAsCommand'; readonly name: string }
  | { readonly code: 'commandAsTest'; readonly name: string }
  | { readonly code: 'unknownTag'; readonly name: string; readonly tag: string }
  | { readonly code: 'repeatedTag'; readonly name: string; readonly tag: string }
  | { readonly code: 'conflictingTags'; readonly name: string; readonly tag: string; readonly other: string }
  | { readonly code: 'missingTag'; readonly name: string; readonly tag: string }
  | { readonly code: 'lateTag'; readonly name: string; readonly tag: string }
  | { readonly code: 'missingArgument'; readonly name: string; readonly wanted: Wanted }
  | { readonly code: 'wrongArgument'; readonly name: string; readonly wanted: Wanted; readonly found: string }
  | { readonly code: 'extraArgument'; readonly name: string; readonly found: string }
  | { readonly code: 'misplaced'; readonly name: string }
  | { readonly code: 'badValue'; readonly name: string; readonly value: string }
  | { readonly code: 'badComparator'; readonly comparator: string; readonly matchType: string }
  | { readonly code: 'unknownComparator'; readonly comparator: string }
  | { readonly code: 'badRegex'; readonly pattern: string; readonly offset: number }
  | { readonly code: 'badAddress'; readonly address: string }
  | { readonly code: 'badHeaderName'; readonly header: string }
  | { readonly code: 'badVariableName'; readonly name: string }
  | { readonly code: 'badCharacter'; readonly text: string }
  | { readonly code: 'badUri'; readonly uri: string }
  | { readonly code: 'notConstant'; readonly name: string }
  | { readonly code: 'tooLarge'; readonly limit: number }
  | { readonly code: 'tooDeep'; readonly limit: number }
  | { readonly code: 'tooMany'; readonly what: 'nodes' | 'strings' | 'redirects'; readonly limit: number }
  | { readonly code: 'stringTooLong'; readonly limit: number }
  | { readonly code: 'regexTooLarge'; readonly limit: number };

/** Found while a script runs; the message is kept. */
export type RunFault =
  | { readonly code: 'conflictingActions'; readonly name: string; readonly other: string }
  | { readonly code: 'includeMissing'; readonly name: string }
  | { readonly code: 'includeBroken'; readonly name: string }
  | { readonly code: 'includeLoop'; readonly name: string }
  | { readonly code: 'scriptError'; readonly message: string }
  | { readonly code: 'badRunValue'; readonly name: string; readonly value: string }
  | { readonly code: 'runLimit'; readonly what: RunLimit; readonly limit: number };

export type RunLimit =
  | 'actions'
  | 'redirects'
  | 'notifications'
  | 'includeDepth'
  | 'includes'
  | 'variables'
  | 'evaluations'
  | 'textUnits'
  | 'matchWork'
  | 'questions'
  | 'rewrites'
  | 'editedOctets'
  | 'addedFields';

export type SieveFault = ScriptFault | RunFault;
export type SieveErrorCode = SieveFault['code'];

/** What the grammar or a command asks for at a place. */
export type Wanted =
  | 'command'
  | 'test'
  | 'tests'
  | 'block'
  | 'semicolon'
  | 'closingBracket'
  | 'closingParenthesis'
  | 'string'
  | 'strings'
  | 'number';

/** `line` and `column` count from 1, columns in UTF-16 units; both 0 where the fault has no place. */
export class SieveError extends Error {
  override readonly name = 'SieveError';
  readonly fault: SieveFault;
  readonly line: number;
  readonly column: number;
  /** The included script it stands in, null for the one that was started. */
  readonly script: string | null;

  constructor(fault: SieveFault, line: number, column: number, script: string | null = null) {
    super(`${fault.code} at ${line}:${column}`);
    this.fault = fault;
    this.line = line;
    this.column = column;
    this.script = script;
  }

  get code(): SieveErrorCode {
    return this.fault.code;
  }
}
