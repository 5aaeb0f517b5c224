/** `set` and its modifiers (RFC 5229 §4), flag variables (RFC 5232 §3), and variables shared between scripts (RFC 6609 §3.4). */
import type { Bound } from './bind.ts';
import type { CommandBuilder } from './commands.ts';
import { scriptFault, type Compilation } from './compilation.ts';
import { readFlags, readFlagTarget, setTargetFlags, targetFlags } from './flags.ts';
import { cutText, runFault, setVariable, spendText, type Run, type RunCommand } from './run.ts';
import { variableName, type VariableName } from './text.ts';

export const variableCommands: ReadonlyMap<string, CommandBuilder> = new Map<string, CommandBuilder>([
  ['set', setCommand],
  ['setflag', flagCommand((_old, flags) => flags)],
  ['addflag', flagCommand((old, flags) => readFlags([...old, ...flags]))],
  ['removeflag', flagCommand(removeFlags)],
  ['global', globalCommand],
]);

type Target = Exclude<VariableName, { kind: 'match' }>;

/** The variable a command names. @throws {SieveError} `badVariableName` */
export function targetOf(bound: Bound, compilation: Compilation, argument: string): Target {
  const [name = ''] = bound.constants(argument);
  const span = bound.span(argument);
  const target = variableName(name, { ...span, value: name }, compilation);
  if (target.kind === 'match') throw scriptFault(compilation, span, { code: 'badVariableName', name });
  return target;
}

function setCommand(bound: Bound, compilation: Compilation): RunCommand {
  const target = targetOf(bound, compilation, 'name');
  const value = bound.text('value');
  const modify = modifierOf(bound);
  return (run) => {
    setNoted(run, target, modify(run, value.get(run)));
    return 'next';
  };
}

/** Sets a variable and says its value in the steps. */
export function setNoted(run: Run, target: Target, value: string): void {
  setVariable(run, target, value);
  if (run.steps !== null) run.note = cutText(value, 200);
}

/** Modifiers from the highest precedence down (RFC 5229 §4.1, RFC 5435 §6). */
const MODIFIERS: readonly (readonly [tag: string, modify: (text: string) => string])[] = [
  ['lower', (text) => text.toLowerCase()],
  ['upper', (text) => text.toUpperCase()],
  ['lowerfirst', (text) => changeFirst(text, (character) => character.toLowerCase())],
  ['upperfirst', (text) => changeFirst(text, (character) => character.toUpperCase())],
  ['quotewildcard', (text) => text.replace(/[*?\\]/g, '\\$&')],
  ['quoteregex', (text) => text.replace(/[.^$*+?()[\]{}|\\]/g, '\\$&')],
  ['encodeurl', (text) => encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, percentEncode)],
  ['length', (text) => String(countCharacters(text))],
];

export function modifierOf(bound: Bound): (run: Run, text: string) => string {
  const chosen = MODIFIERS.filter(([tag]) => bound.has(tag));
  return (run, text) => {
    let changed = text;
    for (const [, modify] of chosen) {
      changed = modify(changed);
      spendText(run, changed.length);
    }
    return changed;
  };
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function changeFirst(text: string, change: (character: string) => string): string {
  const [first = ''] = text;
  return change(first) + text.slice(first.length);
}

function countCharacters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; count++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
}

function flagCommand(change: (old: readonly string[], flags: readonly string[]) => readonly string[]): CommandBuilder {
  return (bound, compilation) => {
    const [name] = bound.constants('variable');
    const target = name === undefined ? null : readFlagTarget(name, bound.span('variable'), compilation);
    const texts = bound.texts('flags');
    return (run) => {
      const flags = readFlags(texts.map((text) => text.get(run)));
      setTargetFlags(run, target, change(targetFlags(run, target), flags));
      return 'next';
    };
  };
}

function removeFlags(old: readonly string[], flags: readonly string[]): readonly string[] {
  const removed = new Set(flags.map((flag) => flag.toLowerCase()));
  return old.filter((flag) => !removed.has(flag.toLowerCase()));
}

/** RFC 6609 §3.4.1. A name that is local already cannot become shared. */
function globalCommand(bound: Bound, compilation: Compilation): RunCommand {
  if (!compilation.enabled.has('variables'))
    throw scriptFault(compilation, bound.node, { code: 'missingRequire', capability: 'variables', name: 'global' });
  const names = bound.constants('names').map((name) => name.toLowerCase());
  const bad = names.find((name) => !/^[a-z_][a-z0-9_]*$/.test(name));
  if (bad !== undefined) throw scriptFault(compilation, bound.span('names'), { code: 'badVariableName', name: bad });
  return (run) => {
    for (const name of names) {
      if (run.frame.variables.has(name)) throw runFault(run, { code: 'badRunValue', name: 'global', value: name });
      run.frame.shared.add(name);
    }
    return 'next';
  };
}
