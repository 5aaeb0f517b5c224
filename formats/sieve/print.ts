/** A tree printed as a script that reads back as the same tree (RFC 5228 §8.2), one command a line, blocks indented by two spaces. */
import type { Argument, CommandNode, SieveTree, StringItem, TestNode } from './tree.ts';

/** Comments of the source are not part of the tree and not printed. */
export function printSieve(tree: Pick<SieveTree, 'commands'>): string {
  return printCommands(tree.commands, '');
}

function printCommands(commands: readonly CommandNode[], indent: string): string {
  let text = '';
  for (const command of commands) {
    const head = printHead(command);
    if (command.block === null) text += `${indent}${head};\r\n`;
    else text += `${indent}${head} {\r\n${printCommands(command.block, `${indent}  `)}${indent}}\r\n`;
  }
  return text;
}

function printHead(node: Pick<TestNode, 'name' | 'arguments' | 'tests'>): string {
  const words = [node.name, ...node.arguments.map(printArgument)];
  const [only] = node.tests;
  // A list of one reads as the test alone, except for those that take a list.
  if (node.tests.length === 1 && only !== undefined && node.name !== 'anyof' && node.name !== 'allof')
    words.push(printHead(only));
  else if (node.tests.length > 0) words.push(`(${node.tests.map(printHead).join(', ')})`);
  return words.join(' ');
}

function printArgument(argument: Argument): string {
  switch (argument.kind) {
    case 'number':
      return `${argument.value}`;
    case 'tag':
      return `:${argument.name}`;
    case 'string':
      return printString(argument.value);
    case 'strings':
      return `[${argument.items.map((item: StringItem) => printString(item.value)).join(', ')}]`;
  }
}

/** A quoted string; any text at all can stand in one. */
export function printString(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
