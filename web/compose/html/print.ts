/**
 * Prints a document as the HTML part of a message: plain semantic elements, and only those inline styles without which
 * mail programs would show it badly (tables, quotes, colours). It is read back by clean.ts into the same document.
 */
import type { Mark, Node } from 'prosemirror-model';
import { imageOf } from '#web/compose/editor/schema.ts';
import { colours, isColour } from './style.ts';
import { escapeAttribute, escapeText } from './tree.ts';

export function printHtml(doc: Node): string {
  return `<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>${printBlocks(doc)}</body></html>`;
}

/** Without the page around it. */
export function printBlocks(node: Node): string {
  const parts: string[] = [];
  node.forEach((child) => parts.push(printBlock(child)));
  return parts.join('\n');
}

const cellStyle = 'border:1px solid #8a929b;padding:4px 8px;text-align:left;vertical-align:top';
const quoteStyle = 'margin:0 0 0 0.8ex;border-left:2px solid #8a929b;padding-left:1ex';

function printBlock(node: Node): string {
  switch (node.type.name) {
    case 'paragraph':
      // An empty paragraph has no height in most programs.
      return `<p style="margin:0${alignment(node)}">${node.childCount === 0 ? '<br>' : printInline(node)}</p>`;
    case 'heading':
      return `<h${level(node)} style="margin:0.6em 0 0.3em${alignment(node)}">${printInline(node)}</h${level(node)}>`;
    case 'blockquote':
      return `<blockquote type="cite" style="${quoteStyle}">${printBlocks(node)}</blockquote>`;
    case 'code_block':
      return `<pre>${escapeText(node.textContent)}</pre>`;
    case 'bullet_list':
      return `<ul>${printBlocks(node)}</ul>`;
    case 'ordered_list':
      return `<ol${node.attrs['order'] === 1 ? '' : ` start="${Number(node.attrs['order'])}"`}>${printBlocks(node)}</ol>`;
    case 'list_item':
      return `<li>${printTight(node)}</li>`;
    case 'table':
      return `<table style="border-collapse:collapse"><tbody>${printBlocks(node)}</tbody></table>`;
    case 'table_row':
      return `<tr>${printBlocks(node)}</tr>`;
    case 'table_cell':
      return `<td style="${cellStyle}"${spans(node)}>${printTight(node)}</td>`;
    case 'table_header':
      return `<th style="${cellStyle}"${spans(node)}>${printTight(node)}</th>`;
    case 'horizontal_rule':
      return '<hr>';
    case 'signature':
    case 'original':
      return `<div class="pli-${node.type.name}">${printBlocks(node)}</div>`;
    default:
      throw new Error(`a block of an unknown kind: ${node.type.name}`);
  }
}

/** One plain paragraph alone in an item or a cell needs no element of its own, and no margins. */
function printTight(node: Node): string {
  const first = node.firstChild;
  if (first?.type.name !== 'paragraph' || typeof first.attrs['align'] === 'string') return printBlocks(node);
  const rest: string[] = [];
  node.forEach((child, _, index) => {
    if (index > 0) rest.push(printBlock(child));
  });
  const isList = (name: string | undefined) => name === 'bullet_list' || name === 'ordered_list';
  if (node.childCount > 1 && !isList(node.child(1).type.name)) return printBlocks(node);
  return [first.childCount === 0 ? '<br>' : printInline(first), ...rest].join('\n');
}

function printInline(node: Node): string {
  let html = '';
  let open: readonly Mark[] = [];
  node.forEach((child) => {
    const shared = sharedMarks(open, child.marks);
    html += closing(open.slice(shared)) + child.marks.slice(shared).map(startOf).join('') + printLeaf(child);
    open = child.marks;
  });
  return html + closing(open);
}

function sharedMarks(open: readonly Mark[], wanted: readonly Mark[]): number {
  const differs = open.findIndex((mark, index) => {
    const other = wanted[index];
    return !other || !mark.eq(other);
  });
  return differs < 0 ? open.length : differs;
}

function printLeaf(node: Node): string {
  switch (node.type.name) {
    case 'hard_break':
      return '<br>';
    case 'image': {
      const { cid, source, alt, width } = imageOf(node);
      const address = cid === null ? (source ?? '') : `cid:${cid}`;
      return `<img src="${escapeAttribute(address)}" alt="${escapeAttribute(alt)}"${width === null ? '' : ` width="${width}"`} style="max-width:100%;height:auto">`;
    }
    default:
      // Runs of spaces would be one in HTML.
      return escapeText((node.text ?? '').replaceAll(/ {2}/g, ' \u00a0'));
  }
}

const elements: Readonly<Record<string, string>> = {
  strong: 'strong',
  em: 'em',
  underline: 'u',
  strike: 's',
  sub: 'sub',
  sup: 'sup',
  code: 'code',
  link: 'a',
  colour: 'span',
};

function startOf(mark: Mark): string {
  const name = elements[mark.type.name] ?? 'span';
  if (mark.type.name === 'link') return `<a href="${escapeAttribute(String(mark.attrs['href']))}">`;
  if (mark.type.name === 'colour') {
    const colour = String(mark.attrs['name']);
    return isColour(colour) ? `<span style="color:${colours[colour]}">` : '<span>';
  }
  return `<${name}>`;
}

function closing(marks: readonly Mark[]): string {
  return marks
    .toReversed()
    .map((mark) => `</${elements[mark.type.name] ?? 'span'}>`)
    .join('');
}

const level = (node: Node): number => Number(node.attrs['level']);

function alignment(node: Node): string {
  const found: unknown = node.attrs['align'];
  return typeof found === 'string' ? `;text-align:${escapeAttribute(found)}` : '';
}

function spans(node: Node): string {
  const attribute = (name: string) => (Number(node.attrs[name]) > 1 ? ` ${name}="${Number(node.attrs[name])}"` : '');
  return attribute('colspan') + attribute('rowspan');
}
