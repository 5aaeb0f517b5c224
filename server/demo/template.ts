/**
 * Text with choices: `[Bonjour|Salut] {prenom}` gives many texts from one line. `[a|b]` takes one side (sides may be
 * empty and may nest), `{slot}` is filled by the caller. Compiled once, rendered thousands of times a second; a line
 * that does not close or names an unknown slot fails when compiled, so that no placeholder can ever reach a mailbox.
 */
import type { Random } from './random.ts';

const SPECIAL: ReadonlySet<string> = new Set('[{]|}');

export interface Template<Slot extends string> {
  readonly source: string;
  readonly render: (random: Random, fill: (slot: Slot) => string) => string;
}

type Node<Slot> =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'slot'; readonly slot: Slot }
  | { readonly kind: 'choice'; readonly sides: readonly (readonly Node<Slot>[])[] };

/** @throws {SyntaxError} with the offset, for an unclosed bracket or a slot not in `slots`. */
export function compileTemplate<Slot extends string>(source: string, slots: ReadonlySet<Slot>): Template<Slot> {
  let position = 0;
  const isSlot = (name: string): name is Slot => (slots as ReadonlySet<string>).has(name);
  const fail = (what: string): never => {
    throw new SyntaxError(`${what} at offset ${position} of: ${source}`);
  };
  const readSequence = (depth: number): readonly Node<Slot>[] => {
    const nodes: Node<Slot>[] = [];
    while (position < source.length) {
      const character = source[position];
      if (character === '[') nodes.push(readChoice(depth + 1));
      else if (character === '{') nodes.push(readSlot());
      else if (character === ']' || character === '|') {
        if (depth === 0) fail(`stray ${character}`);
        return nodes;
      } else {
        const start = position;
        while (position < source.length && !SPECIAL.has(source.charAt(position))) position += 1;
        if (position === start) fail('stray }');
        nodes.push({ kind: 'text', text: source.slice(start, position) });
      }
    }
    if (depth > 0) fail('unclosed [');
    return nodes;
  };
  const readChoice = (depth: number): Node<Slot> => {
    const sides = [];
    do {
      position += 1;
      sides.push(readSequence(depth));
    } while (source[position] === '|');
    position += 1;
    return { kind: 'choice', sides };
  };
  const readSlot = (): Node<Slot> => {
    const end = source.indexOf('}', position);
    const slot = source.slice(position + 1, end);
    if (end < 0 || !isSlot(slot)) return fail(`unknown slot {${slot}}`);
    position = end + 1;
    return { kind: 'slot', slot };
  };
  const nodes = readSequence(0);
  return { source, render: (random, fill) => renderNodes(nodes, random, fill) };
}

function renderNodes<Slot>(nodes: readonly Node<Slot>[], random: Random, fill: (slot: Slot) => string): string {
  let text = '';
  for (const node of nodes) {
    if (node.kind === 'text') text += node.text;
    else if (node.kind === 'slot') text += fill(node.slot);
    else text += renderNodes(random.pick(node.sides), random, fill);
  }
  return text;
}
