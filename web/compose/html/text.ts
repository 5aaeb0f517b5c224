/**
 * Documents as plain text: the text part of a message, what stays when formatting is switched off, and what was written
 * by hand. Quotes get `> `, lists their marks, links their address where the text does not say it (RFC 3676 in spirit;
 * lines are left to the reader's window).
 */
import type { Node } from 'prosemirror-model';
import { imageOf, schema } from '#web/compose/editor/schema.ts';

export function printText(doc: Node): string {
  return `${trimEnd(blocksOf(doc)).join('\n')}\n`;
}

/** Only what the person wrote: without quotes, signature and what is answered. */
export function ownText(doc: Node): string {
  const parts: string[] = [];
  doc.forEach((child) => {
    if (!/^(original|signature|blockquote)$/.test(child.type.name)) parts.push(linesOf(child).join('\n'));
  });
  return parts.join('\n');
}

/** Own text of a plain message: lines that are not quoted, above the signature and the attribution of a quote. */
export function ownPlainText(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => line === '-- ');
  return lines
    .slice(0, end < 0 ? undefined : end)
    .filter((line) => !line.startsWith('>'))
    .join('\n');
}

/** Whether the document holds anything that plain text would lose. */
export function hasFormatting(doc: Node): boolean {
  let found = false;
  doc.descendants((node) => {
    if (found) return false;
    found =
      node.marks.length > 0 ||
      /^(heading|bullet_list|ordered_list|table|horizontal_rule|image|code_block)$/.test(node.type.name) ||
      typeof node.attrs['align'] === 'string';
    return !found;
  });
  return found;
}

/** Plain text as a document: `>` lines become quotes, everything else paragraphs of lines. */
export function textDocument(text: string): Node {
  const blocks = textBlocks(text.replaceAll('\r\n', '\n').split('\n'), 0);
  return schema.node('doc', null, blocks.length > 0 ? blocks : [schema.node('paragraph')]);
}

const maxQuoteDepth = 12;

export function textBlocks(lines: readonly string[], depth: number): readonly Node[] {
  const blocks: Node[] = [];
  let at = 0;
  while (at < lines.length) {
    const isQuoted = depth < maxQuoteDepth && (lines[at] ?? '').startsWith('>');
    let end = at;
    while (end < lines.length && (depth < maxQuoteDepth && (lines[end] ?? '').startsWith('>')) === isQuoted) end += 1;
    const run = lines.slice(at, end);
    if (isQuoted) {
      const inner = textBlocks(
        run.map((line) => line.replace(/^> ?/, '')),
        depth + 1,
      );
      blocks.push(schema.node('blockquote', null, inner.length > 0 ? inner : [schema.node('paragraph')]));
    } else blocks.push(...run.map((line) => schema.node('paragraph', null, line === '' ? [] : [schema.text(line)])));
    at = end;
  }
  return blocks;
}

function blocksOf(node: Node): readonly string[] {
  const lines: string[] = [];
  node.forEach((child, _, index) => {
    // Paragraphs follow each other closely, as the editor shows them; what stands apart there does so here.
    // A quote within a quote stands apart by its marks already.
    const isNested = node.type === child.type;
    if (index > 0 && !isNested && isApart(child) && lines.at(-1) !== '') lines.push('');
    lines.push(...linesOf(child));
  });
  return lines;
}

const isApart = (node: Node): boolean => /^(heading|table|original|signature|blockquote)$/.test(node.type.name);

function linesOf(node: Node): readonly string[] {
  switch (node.type.name) {
    case 'paragraph':
    case 'heading':
      return inlineText(node).split('\n');
    case 'code_block':
      return node.textContent.split('\n');
    case 'blockquote':
      return trimEnd(blocksOf(node)).map((line) => (line === '' || line.startsWith('>') ? `>${line}` : `> ${line}`));
    case 'bullet_list':
    case 'ordered_list':
      return listLines(node);
    case 'table':
      return tableLines(node);
    case 'horizontal_rule':
      return ['----------------------------------------'];
    case 'signature':
      return ['-- ', ...blocksOf(node)];
    default:
      return blocksOf(node);
  }
}

function listLines(list: Node): readonly string[] {
  const lines: string[] = [];
  const first = Number(list.attrs['order'] ?? 1);
  list.forEach((item, _, index) => {
    const mark = list.type.name === 'ordered_list' ? `${first + index}. ` : '- ';
    const [head = '', ...rest] = blocksOf(item);
    lines.push(`${mark}${head}`, ...rest.map((line) => (line === '' ? '' : `${' '.repeat(mark.length)}${line}`)));
  });
  return lines;
}

function tableLines(table: Node): readonly string[] {
  const lines: string[] = [];
  table.forEach((row) => {
    const cells: string[] = [];
    row.forEach((cell) => cells.push(blocksOf(cell).join(' ').trim()));
    lines.push(cells.join(' | '));
  });
  return lines;
}

function inlineText(node: Node): string {
  let text = '';
  node.forEach((child, _, index) => {
    text += leafText(child);
    const href = hrefOf(child);
    const next = index + 1 < node.childCount ? node.child(index + 1) : undefined;
    // A link may be several runs of text; its address stands once, after the last.
    if (href !== undefined && (!next || hrefOf(next) !== href) && !isSaid(node, index, href)) text += ` <${href}>`;
  });
  return text;
}

function leafText(node: Node): string {
  if (node.type.name === 'hard_break') return '\n';
  if (node.type.name === 'image') {
    const { alt } = imageOf(node);
    return alt === '' ? '' : `[${alt}]`;
  }
  return node.text ?? '';
}

function isSaid(parent: Node, last: number, href: string): boolean {
  let said = '';
  for (let index = last; index >= 0; index -= 1) {
    const child = parent.child(index);
    if (hrefOf(child) !== href) break;
    said = leafText(child) + said;
  }
  const plain = (address: string) => address.replace(/^(mailto:|tel:|https?:\/\/)/i, '').replace(/\/$/, '');
  return plain(said.trim()) === plain(href);
}

function hrefOf(node: Node): string | undefined {
  const found: unknown = node.marks.find((mark) => mark.type.name === 'link')?.attrs['href'];
  return typeof found === 'string' ? found : undefined;
}

function trimEnd(lines: readonly string[]): readonly string[] {
  let end = lines.length;
  while (end > 0 && (lines[end - 1] ?? '').trim() === '') end -= 1;
  return lines.slice(0, end);
}
