/** IMAP flags in variables (RFC 5232 §3, §5). A list is flags with spaces between them; letter case does not make two of one. */
import { scriptFault, type Compilation } from './compilation.ts';
import { readVariable, setVariable, type Run } from './run.ts';
import { variableName, type VariableName } from './text.ts';
import type { Span } from './tree.ts';

const MAX_FLAGS = 64;
const MAX_FLAG_UNITS = 100;
const SYSTEM_FLAGS = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft'];
/** `flag-keyword = atom` (RFC 9051 §9). */
const KEYWORD = /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/;

/** Splits at spaces, drops what is no flag (`\Recent` among it) and what is there already. */
export function readFlags(lists: readonly string[]): readonly string[] {
  const flags = new Map<string, string>();
  for (const word of lists.flatMap((list) => list.split(/\s+/))) {
    const flag = asFlag(word);
    if (flag !== null && flags.size < MAX_FLAGS && !flags.has(flag.toLowerCase())) flags.set(flag.toLowerCase(), flag);
  }
  return [...flags.values()];
}

function asFlag(word: string): string | null {
  if (word.startsWith('\\')) return SYSTEM_FLAGS.find((flag) => flag.toLowerCase() === word.toLowerCase()) ?? null;
  return word.length <= MAX_FLAG_UNITS && KEYWORD.test(word) ? word : null;
}

export type FlagTarget = Exclude<VariableName, { kind: 'match' }>;

/** A variable named by a flag command. @throws {SieveError} `missingRequire` without variables, `badVariableName`. */
export function readFlagTarget(name: string, span: Span, compilation: Compilation): FlagTarget {
  if (!compilation.enabled.has('variables'))
    throw scriptFault(compilation, span, { code: 'missingRequire', capability: 'variables', name });
  const target = variableName(name, { ...span, value: name }, compilation);
  if (target.kind === 'match') throw scriptFault(compilation, span, { code: 'badVariableName', name });
  return target;
}

/** The flags of a variable, or those that `keep` and `fileinto` will use. */
export function targetFlags(run: Run, target: FlagTarget | null): readonly string[] {
  return target === null ? run.flags : readFlags([readVariable(run, target)]);
}

export function setTargetFlags(run: Run, target: FlagTarget | null, flags: readonly string[]): void {
  if (target === null) run.flags = flags;
  else setVariable(run, target, flags.join(' '));
}
