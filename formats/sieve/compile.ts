/**
 * Compiling a script: read, checked whole, and turned into closures that `evaluate` runs. Every fault of syntax and usage is found here, at the
 * place where it stands; what is left for the run depends on the message or on variables.
 */
import { sealBody } from './body.ts';
import { bind } from './bind.ts';
import { actionCommands, type CommandBuilder } from './commands.ts';
import { isEnabled, scriptFault, type Compilation } from './compilation.ts';
import { controlCommands } from './control.ts';
import { editCommands } from './edits.ts';
import { SieveError, type SieveErrorCode } from './error.ts';
import { placesOf } from './lex.ts';
import { compileLimits } from './limits.ts';
import { messageTests, type TestBuilder } from './messagetests.ts';
import { otherTests } from './othertests.ts';
import { readSieve } from './read.ts';
import { spend, type Run, type RunCommand, type RunTest } from './run.ts';
import type { CommandNode, TestNode } from './tree.ts';
import type { CompileLimits, Script } from './types.ts';
import { allCapabilities, commandUsages, testUsages, type Usage } from './usage.ts';
import { variableCommands } from './variables.ts';

export interface CompileOptions {
  /** What `require` may name; all there is where not given. */
  readonly capabilities?: readonly string[];
  readonly limits?: Partial<CompileLimits>;
}

/** @throws {SieveError} at the first fault, with its line and column. */
export function compileSieve(text: string, options: CompileOptions = {}): Script {
  const limits = { ...compileLimits, ...options.limits };
  const tree = readSieve(text, limits);
  const compilation: Compilation = {
    source: text,
    placeAt: placesOf(text),
    offered: new Set(options.capabilities ?? allCapabilities),
    limits,
    enabled: new Set(),
    includes: new Map(),
    redirects: new Set(),
    commands: new Set(),
    redirectCount: 0,
    regexInstructions: 0,
    loops: [],
    isGuarded: false,
  };
  const required = readRequires(tree.commands, compilation);
  const commands = tree.commands.slice(required.count);
  const run = compileBlock(commands, compilation);
  return {
    required: required.capabilities,
    includes: [...compilation.includes.values()],
    redirects: [...compilation.redirects],
    commands: [...compilation.commands],
    run: sealBody(run),
  };
}

/** What requiring one extension brings along (RFC 6131 §2, RFC 5235 §2.1). */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  'vacation-seconds': ['vacation'],
  spamtestplus: ['spamtest'],
};

/** `require` stands before all else (RFC 5228 §3.2). */
function readRequires(commands: readonly CommandNode[], compilation: Compilation) {
  const capabilities: string[] = [];
  let count = 0;
  for (const command of commands) {
    if (command.name !== 'require') break;
    count++;
    const bound = bind(command, usageOf('require'), compilation);
    if (command.block !== null) throw scriptFault(compilation, command, { code: 'misplaced', name: 'require' });
    for (const capability of bound.constants('capabilities')) {
      if (!compilation.offered.has(capability))
        throw scriptFault(compilation, bound.span('capabilities'), { code: 'unknownCapability', capability });
      capabilities.push(capability);
      enable(compilation, capability);
    }
  }
  return { count, capabilities: [...new Set(capabilities)] };
}

function enable(compilation: Compilation, capability: string): void {
  compilation.enabled.add(capability);
  for (const implied of IMPLIED[capability] ?? []) compilation.enabled.add(implied);
}

const NO_USAGE: Usage = { capabilities: [], tags: {}, positional: [], tests: 'none', hasBlock: false };

function usageOf(name: string): Usage {
  return commandUsages.get(name) ?? NO_USAGE;
}

/** Commands one after another, `if` with what belongs to it as one. */
function compileBlock(nodes: readonly CommandNode[], compilation: Compilation): RunCommand {
  const commands: RunCommand[] = [];
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index];
    if (node === undefined) break;
    if (node.name === 'if') {
      const chain = [node];
      for (let next = nodes[index + 1]; next?.name === 'elsif' || next?.name === 'else'; next = nodes[index + 1]) {
        chain.push(next);
        index++;
        if (next.name === 'else') break;
      }
      commands.push(compileChain(chain, compilation));
    } else commands.push(deferred(compilation, () => compileCommand(node, compilation)));
  }
  const [only] = commands;
  if (commands.length === 1 && only !== undefined) return only;
  return (run) => {
    for (const command of commands) {
      const flow = command(run);
      if (flow !== 'next') return flow;
    }
    return 'next';
  };
}

interface Branch {
  readonly test: RunTest;
  readonly block: RunCommand;
}

function compileChain(chain: readonly CommandNode[], compilation: Compilation): RunCommand {
  const wasGuarded = compilation.isGuarded;
  const branches: Branch[] = [];
  for (const node of chain) {
    const usage = usageOf(node.name);
    if (node.tests.some(asksIhave)) compilation.isGuarded = true;
    bind(node, usage, compilation);
    const [test] = node.tests;
    const condition = test === undefined ? () => true : compileTest(test, compilation);
    if (node.block === null)
      throw scriptFault(compilation, node, { code: 'missingArgument', name: node.name, wanted: 'block' });
    branches.push({ test: condition, block: compileBlock(node.block, compilation) });
  }
  compilation.isGuarded = wasGuarded;
  return (run) => {
    for (const { test, block } of branches) if (test(run)) return block(run);
    return 'next';
  };
}

function asksIhave(test: TestNode): boolean {
  return test.name === 'ihave' || test.tests.some(asksIhave);
}

/** What an extension that is not there makes of a script: faults of usage that wait until they are met (RFC 5463 §4). */
const DEFERRED: ReadonlySet<SieveErrorCode> = new Set<SieveErrorCode>([
  'missingRequire',
  'unknownCommand',
  'unknownTest',
  'unknownTag',
  'unknownComparator',
  'wrongArgument',
  'missingArgument',
  'extraArgument',
  'conflictingTags',
  'badVariableName',
  'badValue',
]);

function deferred<T>(compilation: Compilation, compile: () => (run: Run) => T): (run: Run) => T {
  if (!compilation.isGuarded) return compile();
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof SieveError) || !DEFERRED.has(error.code)) throw error;
    const { fault, line, column } = error;
    return (run) => {
      throw new SieveError(fault, line, column, run.frame.script);
    };
  }
}

const commandBuilders: ReadonlyMap<string, CommandBuilder> = new Map([
  ...actionCommands,
  ...variableCommands,
  ...editCommands,
  ...controlCommands(compileBlock),
]);

function compileCommand(node: CommandNode, compilation: Compilation): RunCommand {
  const usage = commandUsages.get(node.name);
  if (usage === undefined) {
    const code = testUsages.has(node.name) ? 'testAsCommand' : 'unknownCommand';
    throw scriptFault(compilation, node, { code, name: node.name });
  }
  if (node.name === 'require') throw scriptFault(compilation, node, { code: 'lateRequire' });
  const build = commandBuilders.get(node.name);
  // `elsif` and `else` come here only where no `if` stands before them.
  if (build === undefined) throw scriptFault(compilation, node, { code: 'misplaced', name: node.name });
  checkCapability(node, usage, compilation);
  const bound = bind(node, usage, compilation);
  if (usage.hasBlock && node.block === null)
    throw scriptFault(compilation, node, { code: 'missingArgument', name: node.name, wanted: 'block' });
  if (!usage.hasBlock && node.block !== null)
    throw scriptFault(compilation, node, { code: 'expected', wanted: 'semicolon', found: '{' });
  const command = build(bound, compilation);
  compilation.commands.add(node.name);
  const { line } = compilation.placeAt(node.start);
  const weight = weigh(node);
  const source = excerptOf(compilation, node.start, node.block === null ? node.end : node.start + node.name.length);
  return (run) => {
    spend(run, 'evaluations');
    spend(run, 'matchWork', weight);
    run.line = line;
    if (run.steps === null || usage.hasBlock) return command(run);
    run.note = null;
    const { steps, frame } = run;
    const flow = command(run);
    // Behind the steps of what it includes, because it is done when they are.
    steps.push({ kind: 'command', script: frame.script, line, source: source(), note: run.note });
    return flow;
  };
}

function checkCapability(node: CommandNode | TestNode, usage: Usage, compilation: Compilation): void {
  const [first] = usage.capabilities;
  if (first !== undefined && !usage.capabilities.some((capability) => isEnabled(compilation, capability)))
    throw scriptFault(compilation, node, { code: 'missingRequire', capability: first, name: node.name });
}

const testBuilders: ReadonlyMap<string, TestBuilder> = new Map([...messageTests, ...otherTests]);

function compileTest(node: TestNode, compilation: Compilation): RunTest {
  return deferred(compilation, () => buildTest(node, compilation));
}

function buildTest(node: TestNode, compilation: Compilation): RunTest {
  const usage = testUsages.get(node.name);
  if (usage === undefined) {
    const code = commandUsages.has(node.name) ? 'commandAsTest' : 'unknownTest';
    throw scriptFault(compilation, node, { code, name: node.name });
  }
  checkCapability(node, usage, compilation);
  const bound = bind(node, usage, compilation);
  if (node.name === 'ihave') {
    for (const capability of bound.constants('capabilities'))
      if (compilation.offered.has(capability)) enable(compilation, capability);
  }
  const tests = node.tests.map((test) => compileTest(test, compilation));
  const [first] = tests;
  if (node.name === 'not' && first !== undefined) return (run) => !first(run);
  if (node.name === 'allof') return (run) => tests.every((test) => test(run));
  if (node.name === 'anyof') return (run) => tests.some((test) => test(run));
  const build = testBuilders.get(node.name);
  if (build === undefined) throw scriptFault(compilation, node, { code: 'unknownTest', name: node.name });
  return counted(build(bound, compilation), node, compilation);
}

function counted(test: RunTest, node: TestNode, compilation: Compilation): RunTest {
  const { line } = compilation.placeAt(node.start);
  const source = excerptOf(compilation, node.start, node.end);
  const weight = weigh(node);
  return (run) => {
    spend(run, 'evaluations');
    spend(run, 'matchWork', weight);
    run.line = line;
    if (run.steps === null) return test(run);
    run.looked = [];
    const result = test(run);
    const { looked, frame } = run;
    run.steps.push({ kind: 'test', script: frame.script, line, source: source(), result, values: looked });
    return result;
  };
}

/** Strings of a command or test: each is looked at in a run, and in a loop again and again. */
function weigh({ arguments: all }: CommandNode | TestNode): number {
  return all.reduce((sum, argument) => sum + (argument.kind === 'strings' ? argument.items.length : 1), 0);
}

const MAX_EXCERPT = 200;

/** A piece of the script on one line; made only when somebody looks. */
function excerptOf({ source }: Compilation, start: number, end: number): () => string {
  return () => {
    const text = source
      .slice(start, Math.min(end, start + 4 * MAX_EXCERPT))
      .replace(/\s+/g, ' ')
      .replace(/;$/, '');
    return text.length > MAX_EXCERPT ? `${text.slice(0, MAX_EXCERPT - 1).toWellFormed()}…` : text;
  };
}
