/**
 * Word and Outlook write lists as paragraphs: `mso-list:l0 level2 lfo1` in their style, the bullet or the number as
 * text in a span marked `mso-list:Ignore`. Here they become real lists again.
 */
import { readStyle } from './style.ts';
import { textOf } from './tree.ts';
import type { HtmlElement, HtmlNode } from './tree.ts';

interface Item {
  /** From 1. */
  readonly level: number;
  readonly isOrdered: boolean;
  readonly start: number;
  readonly content: readonly HtmlNode[];
}

const maxLevel = 9;

/** Replaces each run of Word's list paragraphs, at every depth. */
export function gatherWordLists(nodes: readonly HtmlNode[]): readonly HtmlNode[] {
  const out: HtmlNode[] = [];
  let run: Item[] = [];
  const flush = () => {
    if (run.length > 0) out.push(...nest(run, 1).nodes);
    run = [];
  };
  for (const node of nodes) {
    const item = node.kind === 'element' ? readItem(node) : undefined;
    if (item) run.push(item);
    // White space between two items parts nothing.
    else if (run.length > 0 && node.kind === 'text' && node.text.trim() === '') continue;
    else {
      flush();
      out.push(node.kind === 'text' ? node : { ...node, children: gatherWordLists(node.children) });
    }
  }
  flush();
  return out;
}

function readItem(node: HtmlElement): Item | undefined {
  if (!/^(p|h[1-6]|div)$/.test(node.name)) return undefined;
  const value = readStyle(node.attributes['style'])['mso-list'];
  const level = /\blevel(\d+)\b/i.exec(value ?? '')?.[1];
  if (level === undefined) return undefined;
  const marker = markerOf(node.children);
  if (marker === undefined) return undefined;
  const number = /^\(?(\d+|[a-z]{1,4})[.)]/i.exec(marker)?.[1];
  return {
    level: Math.min(maxLevel, Math.max(1, Number(level))),
    isOrdered: number !== undefined && !/^o$/.test(marker),
    start: number !== undefined && /^\d+$/.test(number) ? Number(number) : 1,
    content: withoutMarker(node.children),
  };
}

const isMarker = (node: HtmlNode): boolean =>
  node.kind === 'element' && /^ignore/i.test(readStyle(node.attributes['style'])['mso-list'] ?? '');

function markerOf(nodes: readonly HtmlNode[]): string | undefined {
  for (const node of nodes) {
    if (node.kind === 'text') continue;
    if (isMarker(node)) return textOf(node.children).replaceAll(/[\s\u00a0]+/g, '');
    const within = markerOf(node.children);
    if (within !== undefined) return within;
  }
  return undefined;
}

function withoutMarker(nodes: readonly HtmlNode[]): readonly HtmlNode[] {
  return nodes
    .filter((node) => !isMarker(node))
    .map((node) => (node.kind === 'text' ? node : { ...node, children: withoutMarker(node.children) }));
}

/** Builds the lists of items from `level` on; items of a higher number of levels hang under the item before them. */
function nest(items: readonly Item[], level: number): { readonly nodes: readonly HtmlNode[] } {
  const lists: HtmlNode[] = [];
  let at = 0;
  while (at < items.length) {
    const { isOrdered, start } = firstAt(items, at);
    const entries: HtmlNode[] = [];
    while (at < items.length) {
      const item = items[at];
      if (!item || (item.level <= level && item.isOrdered !== isOrdered)) break;
      // A list that begins deeper than its level has nothing to hang under: its items come up.
      let end = at + 1;
      while (end < items.length && (items[end]?.level ?? 0) > Math.max(level, item.level)) end += 1;
      const below = end > at + 1 ? nest(items.slice(at + 1, end), level + 1).nodes : [];
      entries.push(element('li', {}, [element('p', {}, item.content), ...below]));
      at = end;
    }
    lists.push(element(isOrdered ? 'ol' : 'ul', isOrdered && start > 1 ? { start: String(start) } : {}, entries));
  }
  return { nodes: lists };
}

function firstAt(items: readonly Item[], at: number): Pick<Item, 'isOrdered' | 'start'> {
  return items[at] ?? { isOrdered: false, start: 1 };
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly HtmlNode[],
): HtmlElement {
  return { kind: 'element', name, attributes, children };
}
