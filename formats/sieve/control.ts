/** Commands that run others: scripts included (RFC 6609) and loops over the parts of a message (RFC 5703 §3). */
import type { MessagePart } from '#formats/message/types.ts';
import type { Bound } from './bind.ts';
import { openBody } from './body.ts';
import type { CommandBuilder } from './commands.ts';
import { scriptFault, type Compilation } from './compilation.ts';
import { settle } from './draft.ts';
import { partsWithin } from './parts.ts';
import { ask, checkLimit, runFault, spend, type Flow, type Run, type RunCommand } from './run.ts';
import type { CommandNode } from './tree.ts';
import type { Included } from './types.ts';

type CompileBlock = (nodes: readonly CommandNode[], compilation: Compilation) => RunCommand;

/** @param compileBlock compiles what stands within braces; given, because it compiles these commands too. */
export function controlCommands(compileBlock: CompileBlock): ReadonlyMap<string, CommandBuilder> {
  return new Map<string, CommandBuilder>([
    ['include', includeCommand],
    ['return', () => () => 'return'],
    ['foreverypart', (bound, compilation) => loopCommand(bound, compilation, compileBlock)],
    ['break', breakCommand],
  ]);
}

function includeCommand(bound: Bound, compilation: Compilation): RunCommand {
  const [name = ''] = bound.constants('script');
  const location = bound.tagOf('location') === 'global' ? 'global' : 'personal';
  const isOptional = bound.has('optional');
  const isOnce = bound.has('once');
  if (name === '')
    throw scriptFault(compilation, bound.span('script'), { code: 'badValue', name: 'include', value: '' });
  const included: Included = { name, location, isOptional };
  const key = `${location} ${name}`;
  if (!compilation.includes.has(key)) compilation.includes.set(key, included);
  return (run) => {
    if (isOnce && run.included.has(key)) return 'next';
    return includeScript(run, included, key);
  };
}

function includeScript(run: Run, { name, location, isOptional }: Included, key: string): Flow {
  const outer = run.frame;
  if (outer.chain.includes(key)) throw runFault(run, { code: 'includeLoop', name });
  spend(run, 'includes');
  checkLimit(run, 'includeDepth', outer.chain.length + 1);
  const script = ask(run, 'include', { kind: 'include', name, location });
  if (script === 'broken') throw runFault(run, { code: 'includeBroken', name });
  if (script === 'missing') {
    if (isOptional) return 'next';
    throw runFault(run, { code: 'includeMissing', name });
  }
  run.included.add(key);
  run.frame = { script: name, chain: [...outer.chain, key], variables: new Map(), shared: new Set(), matches: [] };
  const flow = openBody(script.run)(run);
  run.frame = outer;
  // `return` ends the included script only (RFC 6609 §3.3).
  return flow === 'return' ? 'next' : flow;
}

function loopCommand(bound: Bound, compilation: Compilation, compileBlock: CompileBlock): RunCommand {
  const [name] = bound.constants('name');
  const block = 'block' in bound.node ? (bound.node.block ?? []) : [];
  compilation.loops.push(name ?? null);
  const body = compileBlock(block, compilation);
  compilation.loops.pop();
  return (run) => {
    const outer = run.loop;
    const flow = runLoop(run, body, name ?? null);
    run.loop = outer;
    return flow;
  };
}

/** The outermost loop goes over the whole message; one within another over what the current part holds (RFC 5703 §3). */
function runLoop(run: Run, body: RunCommand, name: string | null): Flow {
  const outer = run.loop;
  if (outer === null) settle(run.draft);
  const base = outer?.base ?? run.draft.base;
  const gone = new Set<MessagePart>();
  for (const part of partsWithin(outer?.part ?? base.structure)) {
    if (part === outer?.part || gone.has(part)) continue;
    run.loop = { base, part };
    spend(run, 'evaluations');
    const flow = body(run);
    // Parts of one that was replaced are no longer there.
    if (run.draft.base === base && run.draft.replaced.has(part)) for (const child of partsWithin(part)) gone.add(child);
    if (flow === 'next') continue;
    if (flow !== 'break') return flow;
    if (run.breaksTo !== null && run.breaksTo !== name) return 'break';
    run.breaksTo = null;
    return 'next';
  }
  return 'next';
}

function breakCommand(bound: Bound, compilation: Compilation): RunCommand {
  const [name] = bound.constants('name');
  const isInLoop = name === undefined ? compilation.loops.length > 0 : compilation.loops.includes(name);
  if (!isInLoop) throw scriptFault(compilation, bound.node, { code: 'misplaced', name: 'break' });
  return (run) => {
    run.breaksTo = name ?? null;
    return 'break';
  };
}
