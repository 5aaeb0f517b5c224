/** Arguments of one command or test, checked against its usage and found by name. */
import type { Wanted } from './error.ts';
import { isEnabled, scriptFault, type Compilation } from './compilation.ts';
import { compileText, type Text } from './text.ts';
import type { Argument, CommandNode, Span, StringItem, TestNode } from './tree.ts';
import type { Usage, ValueKind } from './usage.ts';

/** Asking for a name the usage does not have gives nothing: `optional…` forms answer null, the others an empty value. */
export interface Bound {
  readonly node: TestNode | CommandNode;
  readonly has: (tag: string) => boolean;
  /** The tag of a group that was written, null for none. */
  readonly tagOf: (group: string) => string | null;
  readonly text: (name: string) => Text;
  readonly optionalText: (name: string) => Text | null;
  readonly texts: (name: string) => readonly Text[];
  readonly optionalTexts: (name: string) => readonly Text[] | null;
  readonly number: (name: string) => number | null;
  /** Values as written, for those that must be constant. */
  readonly constants: (name: string) => readonly string[];
  /** Where an argument or tag stands; the command where it was not written. */
  readonly span: (name: string) => Span;
}

interface Value extends Span {
  readonly texts: readonly Text[];
  readonly number: number | null;
  readonly raw: readonly string[];
}

const NOTHING: Text = { constant: '', get: () => '' };

/** @throws {SieveError} at the argument that does not fit. */
export function bind(node: TestNode | CommandNode, usage: Usage, compilation: Compilation): Bound {
  const { values, rest, groups } = bindTags(node, usage, compilation);
  bindPositional(node, usage, compilation, rest, values);
  checkTests(node, usage, compilation);
  const texts = (name: string): readonly Text[] => values.get(name)?.texts ?? [];
  return {
    node,
    has: (tag) => values.has(tag),
    tagOf: (group) => groups.get(group) ?? null,
    text: (name) => texts(name)[0] ?? NOTHING,
    optionalText: (name) => texts(name)[0] ?? null,
    texts,
    optionalTexts: (name) => values.get(name)?.texts ?? null,
    number: (name) => values.get(name)?.number ?? null,
    constants: (name) => values.get(name)?.raw ?? [],
    span: (name) => values.get(name) ?? node,
  };
}

function bindTags(node: TestNode | CommandNode, usage: Usage, compilation: Compilation) {
  const values = new Map<string, Value>();
  const groups = new Map<string, string>();
  const rest: Argument[] = [];
  for (let index = 0; index < node.arguments.length; index++) {
    const argument = node.arguments[index];
    if (argument === undefined) break;
    if (argument.kind !== 'tag') {
      rest.push(argument);
      continue;
    }
    const { name } = argument;
    const use = Object.hasOwn(usage.tags, name) ? usage.tags[name] : undefined;
    if (use === undefined) throw scriptFault(compilation, argument, { code: 'unknownTag', name: node.name, tag: name });
    // RFC 5228 §2.6.2: tags stand before positional arguments.
    if (rest.length > 0) throw scriptFault(compilation, argument, { code: 'lateTag', name: node.name, tag: name });
    if (use.capability !== null && !isEnabled(compilation, use.capability))
      throw scriptFault(compilation, argument, {
        code: 'missingRequire',
        capability: use.capability,
        name: `:${name}`,
      });
    if (values.has(name)) throw scriptFault(compilation, argument, { code: 'repeatedTag', name: node.name, tag: name });
    const other = use.group === null ? undefined : groups.get(use.group);
    if (other !== undefined)
      throw scriptFault(compilation, argument, { code: 'conflictingTags', name: node.name, tag: name, other });
    if (use.group !== null) groups.set(use.group, name);
    if (use.value === null) {
      values.set(name, { texts: [], number: null, raw: [], start: argument.start, end: argument.end });
      continue;
    }
    index++;
    const value = node.arguments[index];
    values.set(name, bindValue(node, `:${name}`, use.value, use.isConstant, value, argument, compilation));
  }
  return { values, rest, groups };
}

function bindPositional(
  node: TestNode | CommandNode,
  usage: Usage,
  compilation: Compilation,
  rest: readonly Argument[],
  values: Map<string, Value>,
): void {
  const wanted = usage.positional.filter((position) => !position.isOptional).length;
  // Those left out stand before the others, but for the patterns of deleteheader.
  let spare = rest.length - wanted;
  let index = 0;
  for (const position of usage.positional) {
    if (position.isOptional && spare-- <= 0) continue;
    const argument = rest[index++];
    const value = bindValue(node, node.name, position.kind, position.isConstant, argument, node, compilation);
    values.set(position.name, value);
  }
  const extra = rest[index];
  if (extra !== undefined)
    throw scriptFault(compilation, extra, {
      code: 'extraArgument',
      name: node.name,
      found: excerpt(compilation, extra),
    });
}

function bindValue(
  node: TestNode | CommandNode,
  name: string,
  kind: ValueKind,
  isConstant: boolean,
  argument: Argument | undefined,
  before: Span,
  compilation: Compilation,
): Value {
  const wanted: Wanted = kind;
  if (argument === undefined)
    throw scriptFault(compilation, { start: before.start, end: before.end }, { code: 'missingArgument', name, wanted });
  const { start, end } = argument;
  if (kind === 'number' && argument.kind === 'number')
    return { texts: [], number: argument.value, raw: [], start, end };
  const items = kind === 'number' ? null : stringItems(argument);
  // A list of one stands for its string in practice, as every server reads it.
  if (items === null || (kind === 'string' && items.length !== 1))
    throw scriptFault(compilation, argument, {
      code: 'wrongArgument',
      name: name === node.name ? node.name : name,
      wanted,
      found: excerpt(compilation, argument),
    });
  const texts = items.map((item) => compileText(item, compilation));
  if (isConstant) {
    const at = texts.findIndex((text) => text.constant === null);
    if (at >= 0) throw scriptFault(compilation, items[at] ?? argument, { code: 'notConstant', name });
  }
  return { texts, number: null, raw: texts.map((text) => text.constant ?? ''), start, end };
}

function stringItems(argument: Argument): readonly StringItem[] | null {
  if (argument.kind === 'strings') return argument.items;
  return argument.kind === 'string' ? [argument] : null;
}

function checkTests(node: TestNode | CommandNode, usage: Usage, compilation: Compilation): void {
  const [first] = node.tests;
  // Nearly always the semicolon of the command before was forgotten.
  if (usage.tests === 'none' && first !== undefined && 'block' in node)
    throw scriptFault(compilation, first, {
      code: 'expected',
      wanted: 'semicolon',
      found: excerpt(compilation, first),
    });
  if (usage.tests === 'none' && first !== undefined)
    throw scriptFault(compilation, first, {
      code: 'extraArgument',
      name: node.name,
      found: excerpt(compilation, first),
    });
  if (usage.tests !== 'none' && first === undefined)
    throw scriptFault(compilation, node, {
      code: 'missingArgument',
      name: node.name,
      wanted: usage.tests === 'one' ? 'test' : 'tests',
    });
  const [, second] = node.tests;
  if (usage.tests === 'one' && second !== undefined)
    throw scriptFault(compilation, second, {
      code: 'extraArgument',
      name: node.name,
      found: excerpt(compilation, second),
    });
}

function excerpt(compilation: Compilation, span: Span): string {
  return compilation.source.slice(span.start, Math.min(span.end, span.start + 40));
}
