/** The grammar of a script (RFC 5228 §8.2), read into its tree. Bounded in depth and number of nodes; meaning is not looked at here. */
import type { ScriptFault, Wanted } from './error.ts';
import { faultAt, openLexer, type Lexer, type Token } from './lex.ts';
import { compileLimits } from './limits.ts';
import type { Argument, CommandNode, SieveTree, StringItem, TestNode } from './tree.ts';
import type { CompileLimits } from './types.ts';

interface Reader {
  readonly text: string;
  readonly lexer: Lexer;
  readonly limits: CompileLimits;
  nodes: number;
  depth: number;
}

const encoder = new TextEncoder();

/** @throws {SieveError} at the first place that does not fit, or where a limit is passed. */
export function readSieve(text: string, limits: CompileLimits = compileLimits): SieveTree {
  const isTooLarge = text.length > limits.scriptOctets || encoder.encode(text).length > limits.scriptOctets;
  if (isTooLarge) throw faultAt('', 0, { code: 'tooLarge', limit: limits.scriptOctets });
  const reader: Reader = { text, lexer: openLexer(text, limits.stringUnits), limits, nodes: 0, depth: 0 };
  const commands: CommandNode[] = [];
  while (reader.lexer.peek().kind !== 'end') commands.push(readCommand(reader));
  return { text, commands };
}

/** `command = identifier arguments (";" / block)` */
function readCommand(reader: Reader): CommandNode {
  const first = reader.lexer.next();
  if (first.kind !== 'identifier') throw unexpected(reader, first, 'command');
  countNode(reader, first);
  const { args, tests } = readArguments(reader);
  const after = reader.lexer.next();
  if (isMark(after, ';'))
    return { name: first.name, arguments: args, tests, block: null, start: first.start, end: after.end };
  if (!isMark(after, '{')) throw unexpected(reader, after, 'semicolon');
  deepen(reader, after);
  const block: CommandNode[] = [];
  for (;;) {
    const token = reader.lexer.peek();
    if (token.kind === 'end') throw fault(reader, after, { code: 'unclosedBlock' });
    if (isMark(token, '}')) break;
    block.push(readCommand(reader));
  }
  reader.depth--;
  return { name: first.name, arguments: args, tests, block, start: first.start, end: reader.lexer.next().end };
}

/** `arguments = *argument [ test / test-list ]` */
function readArguments(reader: Reader): { readonly args: readonly Argument[]; readonly tests: readonly TestNode[] } {
  const args: Argument[] = [];
  for (;;) {
    const token = reader.lexer.peek();
    if (token.kind === 'identifier') return { args, tests: [readTest(reader)] };
    if (isMark(token, '(')) return { args, tests: readTestList(reader) };
    const argument = readArgument(reader);
    if (argument === null) return { args, tests: [] };
    args.push(argument);
  }
}

function readTest(reader: Reader): TestNode {
  const name = reader.lexer.next();
  if (name.kind !== 'identifier') throw unexpected(reader, name, 'test');
  countNode(reader, name);
  deepen(reader, name);
  const { args, tests } = readArguments(reader);
  reader.depth--;
  const end = tests.at(-1)?.end ?? args.at(-1)?.end ?? name.end;
  return { name: name.name, arguments: args, tests, start: name.start, end };
}

function readTestList(reader: Reader): readonly TestNode[] {
  reader.lexer.next();
  const tests: TestNode[] = [];
  for (;;) {
    tests.push(readTest(reader));
    const token = reader.lexer.next();
    if (isMark(token, ')')) return tests;
    if (!isMark(token, ',')) throw unexpected(reader, token, 'closingParenthesis');
  }
}

/** `argument = string-list / number / tag`; null where none stands here. */
function readArgument(reader: Reader): Argument | null {
  const token = reader.lexer.peek();
  if (isMark(token, '[')) return readStringList(reader);
  if (token.kind !== 'string' && token.kind !== 'number' && token.kind !== 'tag') return null;
  reader.lexer.next();
  return token;
}

function readStringList(reader: Reader): Argument {
  const open = reader.lexer.next();
  const items: StringItem[] = [];
  for (;;) {
    const token = reader.lexer.next();
    // An empty list is not of the grammar, but many servers take it and some programs write it.
    if (items.length === 0 && isMark(token, ']')) return { kind: 'strings', items, start: open.start, end: token.end };
    if (token.kind !== 'string') throw unexpected(reader, token, 'string');
    if (items.length >= reader.limits.listStrings)
      throw fault(reader, token, { code: 'tooMany', what: 'strings', limit: reader.limits.listStrings });
    items.push({ value: token.value, start: token.start, end: token.end });
    const after = reader.lexer.next();
    if (isMark(after, ']')) return { kind: 'strings', items, start: open.start, end: after.end };
    if (!isMark(after, ',')) throw unexpected(reader, after, 'closingBracket');
  }
}

function isMark(token: Token, mark: string): boolean {
  return token.kind === 'mark' && token.mark === mark;
}

function countNode(reader: Reader, token: Token): void {
  if (++reader.nodes > reader.limits.nodes)
    throw fault(reader, token, { code: 'tooMany', what: 'nodes', limit: reader.limits.nodes });
}

function deepen(reader: Reader, token: Token): void {
  if (++reader.depth > reader.limits.depth) throw fault(reader, token, { code: 'tooDeep', limit: reader.limits.depth });
}

function unexpected(reader: Reader, token: Token, wanted: Wanted): Error {
  const found = token.kind === 'end' ? '' : reader.text.slice(token.start, Math.min(token.end, token.start + 40));
  return fault(reader, token, { code: 'expected', wanted, found });
}

function fault(reader: Reader, token: Token, what: ScriptFault): Error {
  return faultAt(reader.text, token.start, what);
}
