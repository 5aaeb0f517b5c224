/**
 * HTML as a plain tree, for cleaning what is pasted and what is quoted before any document sees it: parsing it in the
 * browser would already try its styles against our content policy. Lenient, one pass, bounded in length, depth and
 * nodes; comments (Word's conditional ones too), declarations and the content of scripts and styles are gone.
 */
import { decodeEntities } from '#formats/message/entities.ts';

export interface HtmlElement {
  readonly kind: 'element';
  /** Lower case. */
  readonly name: string;
  /** Names in lower case, entities decoded. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly HtmlNode[];
}
export interface HtmlText {
  readonly kind: 'text';
  readonly text: string;
}
export type HtmlNode = HtmlElement | HtmlText;

const maxCharacters = 4_000_000;
const maxDepth = 100;
const maxNodes = 200_000;

const voids = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);
/** Elements whose content is no markup; what they hold is dropped. */
const silent = new Set(['script', 'style', 'title', 'textarea', 'xmp', 'noembed', 'noframes', 'iframe', 'template']);
const blocks = new Set(
  'address article aside blockquote center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table ul'.split(
    ' ',
  ),
);

/** Which open element an opening tag closes, and at which ancestor the search for it ends (HTML §13.1.2.4). */
const closes: Readonly<Record<string, { readonly closed: readonly string[]; readonly within: readonly string[] }>> = {
  li: { closed: ['li'], within: ['ul', 'ol'] },
  dd: { closed: ['dd', 'dt'], within: ['dl'] },
  dt: { closed: ['dd', 'dt'], within: ['dl'] },
  tr: { closed: ['tr'], within: ['table'] },
  td: { closed: ['td', 'th'], within: ['tr', 'table'] },
  th: { closed: ['td', 'th'], within: ['tr', 'table'] },
  tbody: { closed: ['thead', 'tbody', 'tfoot'], within: ['table'] },
  tfoot: { closed: ['thead', 'tbody', 'tfoot'], within: ['table'] },
  option: { closed: ['option'], within: ['select'] },
};

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: HtmlNode[];
}

export function parseHtml(html: string): readonly HtmlNode[] {
  const text = html.slice(0, maxCharacters);
  const root: Open = { name: '', attributes: {}, children: [] };
  const stack: Open[] = [root];
  let nodes = 0;
  let at = 0;
  const top = (): Open => stack.at(-1) ?? root;

  const closeTop = () => {
    const closed = stack.pop();
    if (closed) top().children.push({ kind: 'element', ...closed });
  };
  const closeTo = (name: string, within: readonly string[]) => {
    for (let depth = stack.length - 1; depth > 0; depth -= 1) {
      const open = stack[depth];
      if (!open || within.includes(open.name)) return;
      if (open.name !== name) continue;
      while (stack.length > depth) closeTop();
      return;
    }
  };
  const addText = (raw: string) => {
    if (raw === '') return;
    nodes += 1;
    top().children.push({ kind: 'text', text: decodeEntities(raw) });
  };

  while (at < text.length && nodes < maxNodes) {
    const open = text.indexOf('<', at);
    if (open < 0) {
      addText(text.slice(at));
      break;
    }
    addText(text.slice(at, open));
    if (text.startsWith('<!--', open)) {
      const end = text.indexOf('-->', open + 4);
      at = end < 0 ? text.length : end + 3;
      continue;
    }
    if (text[open + 1] === '!' || text[open + 1] === '?') {
      const end = text.indexOf('>', open);
      at = end < 0 ? text.length : end + 1;
      continue;
    }
    const tag = readTag(text, open);
    if (!tag) {
      addText('<');
      at = open + 1;
      continue;
    }
    at = tag.end;
    const { name } = tag;
    if (tag.isEnd) {
      closeTo(name, name === 'table' ? [] : ['table']);
      continue;
    }
    nodes += 1;
    if (silent.has(name)) {
      const end = tag.isEmpty ? at : endOfSilent(text, name, at);
      at = end;
      continue;
    }
    const rule = closes[name];
    for (const closed of rule?.closed ?? []) closeTo(closed, rule?.within ?? []);
    if (blocks.has(name)) closeTo('p', ['td', 'th', 'li', 'blockquote', 'div', 'table']);
    if (voids.has(name) || tag.isEmpty || stack.length >= maxDepth)
      top().children.push({ kind: 'element', name, attributes: tag.attributes, children: [] });
    else stack.push({ name, attributes: tag.attributes, children: [] });
  }
  while (stack.length > 1) closeTop();
  return root.children;
}

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly isEnd: boolean;
  /** `<o:p/>`: only elements of other vocabularies end so. */
  readonly isEmpty: boolean;
  readonly end: number;
}

const nameForm = /\/?([A-Za-z][A-Za-z0-9:_-]*)/y;
const attributeForm = /[\s/]*([^\s=>/"'][^\s=>/]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y;

function readTag(text: string, open: number): Tag | undefined {
  nameForm.lastIndex = open + 1;
  const named = nameForm.exec(text);
  if (!named) return undefined;
  const name = (named[1] ?? '').toLowerCase();
  const attributes: Record<string, string> = {};
  let at = nameForm.lastIndex;
  for (;;) {
    attributeForm.lastIndex = at;
    const found = attributeForm.exec(text);
    if (!found) break;
    at = attributeForm.lastIndex;
    const key = (found[1] ?? '').toLowerCase();
    if (!Object.hasOwn(attributes, key)) attributes[key] = decodeEntities(found[2] ?? found[3] ?? found[4] ?? '');
  }
  const close = text.indexOf('>', at);
  const end = close < 0 ? text.length : close + 1;
  return {
    name,
    attributes,
    isEnd: text[open + 1] === '/',
    isEmpty: text[close - 1] === '/' && name.includes(':'),
    end,
  };
}

function endOfSilent(text: string, name: string, from: number): number {
  const form = new RegExp(`</${name}[^>]*>`, 'gi');
  form.lastIndex = from;
  return form.test(text) ? form.lastIndex : text.length;
}

/** Prints a tree back as HTML. */
export function printTree(nodes: readonly HtmlNode[]): string {
  return nodes.map(printNode).join('');
}

function printNode(node: HtmlNode): string {
  if (node.kind === 'text') return escapeText(node.text);
  const attributes = Object.entries(node.attributes)
    .map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`)
    .join('');
  const start = `<${node.name}${attributes}>`;
  return voids.has(node.name) ? start : `${start}${printTree(node.children)}</${node.name}>`;
}

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\u00a0', '&nbsp;');
}

export function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;');
}

/** The text of nodes, as it stands. */
export function textOf(nodes: readonly HtmlNode[]): string {
  return nodes.map((node) => (node.kind === 'text' ? node.text : textOf(node.children))).join('');
}
