/**
 * Cleans HTML that comes from elsewhere, pasted or quoted, down to what our editor knows: structure and meaning stay,
 * looks go. Pure: text in, text out; no `style`, `class` or event attribute survives, only http(s), mailto, tel and cid
 * addresses. What our own drafts say with classes and colours is read back.
 */
import { marksOf, nearestColour, readStyle } from './style.ts';
import type { Style, StyledMarks } from './style.ts';
import { parseHtml, printTree, textOf } from './tree.ts';
import type { HtmlElement, HtmlNode } from './tree.ts';
import { gatherWordLists } from './word.ts';

export function cleanHtml(html: string): string {
  return printTree(cleanNodes(gatherWordLists(bodyOf(parseHtml(html)))));
}

const dropped = new Set(
  'head meta link base object embed applet svg math canvas audio video map area select button input form-control frame frameset noscript param xml'.split(
    ' ',
  ),
);
const marks: Readonly<Record<string, string>> = {
  b: 'strong',
  strong: 'strong',
  i: 'em',
  em: 'em',
  cite: 'em',
  u: 'u',
  ins: 'u',
  s: 's',
  strike: 's',
  del: 's',
  sub: 'sub',
  sup: 'sup',
  code: 'code',
  tt: 'code',
  kbd: 'code',
};
const kept = new Set('p h1 h2 h3 ul ol li blockquote pre table tbody tr td th hr br div section article'.split(' '));
const renamed: Readonly<Record<string, string>> = {
  h4: 'h3',
  h5: 'h3',
  h6: 'h3',
  dl: 'div',
  dt: 'p',
  dd: 'p',
  address: 'p',
  center: 'div',
  header: 'div',
  footer: 'div',
  figure: 'div',
  figcaption: 'p',
  caption: 'p',
  section: 'div',
  article: 'div',
};

const aligned = new Set(['p', 'h1', 'h2', 'h3', 'div', 'center', 'td', 'th']);

function bodyOf(nodes: readonly HtmlNode[]): readonly HtmlNode[] {
  const find = (name: string, among: readonly HtmlNode[]) =>
    among.find((node): node is HtmlElement => node.kind === 'element' && node.name === name);
  const inHtml = find('html', nodes)?.children ?? nodes;
  const body = find('body', inHtml);
  // Some senders write before or after the body; what is there counts too.
  return body ? inHtml.flatMap((node) => (node === body ? body.children : [node])) : inHtml;
}

function cleanNodes(nodes: readonly HtmlNode[]): readonly HtmlNode[] {
  return nodes.flatMap((node) => (node.kind === 'text' ? [node] : cleanElement(node)));
}

function cleanElement(node: HtmlElement): readonly HtmlNode[] {
  const { name, attributes } = node;
  const style = readStyle(attributes['style']);
  if (dropped.has(name) || isHidden(style)) return [];
  // Word marks the end of a paragraph with <o:p>, mostly around a space that is not meant.
  if (name.includes(':')) return textOf(node.children).trim() === '' ? [] : cleanNodes(node.children);
  if (name === 'img') return cleanImage(attributes);
  const children = styled(cleanNodes(node.children), style, name);
  const ours = ownDivision(attributes);
  if (ours) return [element('div', { 'data-pli': ours }, children)];
  const mark = marks[name];
  if (mark) return marksOf(style)[markKey(mark)] === false ? children : wrap(mark, {}, children);
  if (name === 'a') return cleanLink(attributes['href'], children);
  if (name === 'font') return coloured(children, attributes['color']);
  if (name === 'table') return isLayout(node) ? unrolled(node) : [element('table', {}, children)];
  if (name === 'thead' || name === 'tfoot') return [element('tbody', {}, children)];
  const target = renamed[name] ?? (kept.has(name) ? name : undefined);
  if (target === undefined) return children;
  return [
    element(target, blockAttributes(target, attributes, style, name), target === 'p' ? trimmed(children) : children),
  ];
}

function blockAttributes(target: string, attributes: HtmlElement['attributes'], style: Style, name: string) {
  const align = name === 'center' ? 'center' : (style['text-align'] ?? attributes['align'] ?? '').toLowerCase();
  const start = Number(attributes['start']);
  return {
    ...(aligned.has(name) && /^(center|right|justify)$/.test(align) && { 'data-align': align }),
    ...((target === 'td' || target === 'th') && { ...span(attributes, 'colspan'), ...span(attributes, 'rowspan') }),
    ...(target === 'ol' && Number.isInteger(start) && start > 1 && start < 100_000 && { start: String(start) }),
    ...(target === 'blockquote' && attributes['type'] === 'cite' && { type: 'cite' }),
  };
}

function span(attributes: HtmlElement['attributes'], name: string): Readonly<Record<string, string>> {
  const count = Number(attributes[name]);
  return Number.isInteger(count) && count > 1 && count <= 50 ? { [name]: String(count) } : {};
}

/** The parts of a message that we print as divisions of our own (see print.ts). */
function ownDivision(attributes: HtmlElement['attributes']): string | undefined {
  return /(?:^|\s)pli-(signature|original)(?:\s|$)/.exec(attributes['class'] ?? '')?.[1];
}

function isHidden(style: Style): boolean {
  return (
    /^none/i.test(style['display'] ?? '') ||
    /^hidden/i.test(style['visibility'] ?? '') ||
    /^all/i.test(style['mso-hide'] ?? '') ||
    /^ignore/i.test(style['mso-list'] ?? '')
  );
}

/** Pictures of one point are there to watch the reader. */
function cleanImage(attributes: HtmlElement['attributes']): readonly HtmlNode[] {
  const source = (attributes['src'] ?? '').trim();
  const [width, height] = [Number(attributes['width'] ?? Number.NaN), Number(attributes['height'] ?? Number.NaN)];
  if (width <= 2 || height <= 2) return [];
  const alt = attributes['alt'] ?? '';
  const isKnown = /^(?:https?:|cid:|data:image\/(?:png|jpe?g|gif|webp);base64,)/i.test(source);
  if (!isKnown) return alt === '' ? [] : [{ kind: 'text', text: alt }];
  const sized = Number.isInteger(width) && width < 4000 ? { width: String(width) } : {};
  // Under `src` the parser would fetch it.
  return [element('img', { 'data-source': source, alt, ...sized }, [])];
}

function cleanLink(href: string | undefined, children: readonly HtmlNode[]): readonly HtmlNode[] {
  const address = safeHref(href);
  return address === undefined ? children : wrap('a', { href: address }, children);
}

/** An address one may follow from a message, or undefined. */
export function safeHref(href: string | undefined): string | undefined {
  // oxlint-disable-next-line no-control-regex -- browsers skip these within an address
  const address = (href ?? '').replaceAll(/[\u0000-\u001f]/g, '').trim();
  return /^(?:https?:\/\/|mailto:|tel:)/i.test(address) ? address : undefined;
}

const markKey = (mark: string): keyof StyledMarks =>
  mark === 'em' ? 'em' : mark === 'u' ? 'underline' : mark === 's' ? 'strike' : 'strong';

/** Puts what the style means around the children. On a link, its underline and its blue mean only that it is a link. */
function styled(children: readonly HtmlNode[], style: Style, name: string): readonly HtmlNode[] {
  const { strong, em, underline, strike, script } = marksOf(style);
  const isHeading = /^h[1-6]$/.test(name);
  let content = children;
  if (strong && !isHeading && name !== 'th') content = wrapInline('strong', {}, content);
  if (em) content = wrapInline('em', {}, content);
  if (underline && name !== 'a') content = wrapInline('u', {}, content);
  if (strike) content = wrapInline('s', {}, content);
  if (script) content = wrapInline(script, {}, content);
  return name === 'a' ? content : coloured(content, style['color']);
}

function coloured(children: readonly HtmlNode[], css: string | undefined): readonly HtmlNode[] {
  const colour = nearestColour(css);
  return colour === undefined ? children : wrapInline('span', { 'data-colour': colour }, children);
}

const blockNames = new Set('p div h1 h2 h3 ul ol li blockquote pre table tbody tr td th hr'.split(' '));

/** Wraps runs of inline nodes, within blocks where blocks are. */
function wrapInline(
  name: string,
  attributes: Readonly<Record<string, string>>,
  nodes: readonly HtmlNode[],
): readonly HtmlNode[] {
  const out: HtmlNode[] = [];
  let run: HtmlNode[] = [];
  const flush = () => {
    out.push(...wrap(name, attributes, run));
    run = [];
  };
  for (const node of nodes) {
    if (node.kind === 'element' && blockNames.has(node.name)) {
      flush();
      out.push(node.name === 'hr' ? node : { ...node, children: wrapInline(name, attributes, node.children) });
    } else run.push(node);
  }
  flush();
  return out;
}

function wrap(name: string, attributes: Readonly<Record<string, string>>, children: readonly HtmlNode[]) {
  const isBlank = children.every((child) => child.kind === 'text' && child.text.trim() === '');
  return isBlank ? children : [element(name, attributes, children)];
}

/** A paragraph of one hard space is how word processors write an empty line. */
function trimmed(children: readonly HtmlNode[]): readonly HtmlNode[] {
  const hasElement = children.some(
    (child) => child.kind === 'element' && (child.name === 'img' || child.name === 'hr'),
  );
  return !hasElement && /^[\s\u00a0]*$/.test(textOf(children)) && !hasBreak(children) ? [] : children;
}

function hasBreak(nodes: readonly HtmlNode[]): boolean {
  return nodes.some((node) => node.kind === 'element' && (node.name === 'br' || hasBreak(node.children)));
}

/** Tables that only place things: said to be so, holding other tables, or of one column. */
function isLayout(table: HtmlElement): boolean {
  if (/^(presentation|none)$/i.test(table.attributes['role'] ?? '')) return true;
  const rows = rowsOf(table);
  return rows.some(({ children }) => children.some(hasTable)) || rows.every((row) => cellsOf(row).length <= 1);
}

function unrolled(table: HtmlElement): readonly HtmlNode[] {
  return rowsOf(table).flatMap((row) => cellsOf(row).map((cell) => element('div', {}, cleanNodes(cell.children))));
}

const hasTable = (node: HtmlNode): boolean =>
  node.kind === 'element' && (node.name === 'table' || node.children.some(hasTable));

function rowsOf(table: HtmlElement): readonly HtmlElement[] {
  return table.children.flatMap((node) => {
    if (node.kind !== 'element') return [];
    return node.name === 'tr' ? [node] : /^t(body|head|foot)$/.test(node.name) ? rowsOf(node) : [];
  });
}

function cellsOf(row: HtmlElement): readonly HtmlElement[] {
  return row.children.filter(
    (node): node is HtmlElement => node.kind === 'element' && (node.name === 'td' || node.name === 'th'),
  );
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly HtmlNode[],
): HtmlElement {
  return { kind: 'element', name, attributes, children };
}
