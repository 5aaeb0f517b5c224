/**
 * What a message written here can hold. The DOM below is what the editor shows and what its own clipboard carries; the
 * HTML that recipients get is printed elsewhere (html/print.ts). No inline style: colours and alignment are data that
 * the style sheet reads. `original` is what is answered or forwarded, `signature` what an identity adds: neither counts
 * as written by hand.
 */
import { Schema } from 'prosemirror-model';
import type { MarkSpec, Node, NodeSpec } from 'prosemirror-model';
import { tableNodes } from 'prosemirror-tables';
import { safeHref } from '#web/compose/html/clean.ts';
import { isColour } from '#web/compose/html/style.ts';
import { isObject, textOr } from '#web/sync/shape.ts';

export type Align = 'center' | 'right' | 'justify';

/** A picture: one of our blobs, carried as an inline part, or an address elsewhere that is never fetched here. */
export interface ImageAttributes {
  /** Of the part; null for a picture elsewhere. */
  readonly cid: string | null;
  readonly source: string | null;
  readonly alt: string;
  /** In CSS pixels; null for the picture's own. */
  readonly width: number | null;
}

const align = { default: null, validate: 'string|null' };

const cells = tableNodes({ tableGroup: 'block', cellContent: 'block+', cellAttributes: {} });

const nodes: Readonly<Record<string, NodeSpec>> = {
  doc: { content: 'block+' },
  paragraph: {
    group: 'block',
    content: 'inline*',
    attrs: { align },
    parseDOM: [{ tag: 'p', getAttrs: alignOf }],
    toDOM: (node) => ['p', alignAttribute(node), 0],
  },
  heading: {
    group: 'block',
    content: 'inline*',
    attrs: { align, level: { default: 1, validate: 'number' } },
    defining: true,
    parseDOM: [1, 2, 3].map((level) => ({ tag: `h${level}`, getAttrs: (dom) => ({ ...alignOf(dom), level }) })),
    toDOM: (node) => [`h${Number(node.attrs['level'])}`, alignAttribute(node), 0],
  },
  blockquote: {
    group: 'block',
    content: 'block+',
    defining: true,
    parseDOM: [{ tag: 'blockquote' }],
    toDOM: () => ['blockquote', 0],
  },
  code_block: {
    group: 'block',
    content: 'text*',
    marks: '',
    code: true,
    defining: true,
    parseDOM: [{ tag: 'pre', preserveWhitespace: 'full' }],
    toDOM: () => ['pre', ['code', 0]],
  },
  bullet_list: {
    group: 'block',
    content: 'list_item+',
    parseDOM: [{ tag: 'ul' }],
    toDOM: () => ['ul', 0],
  },
  ordered_list: {
    group: 'block',
    content: 'list_item+',
    attrs: { order: { default: 1, validate: 'number' } },
    parseDOM: [{ tag: 'ol', getAttrs: (dom) => ({ order: Number(dom.getAttribute('start')) || 1 }) }],
    toDOM: (node) => (node.attrs['order'] === 1 ? ['ol', 0] : ['ol', { start: String(node.attrs['order']) }, 0]),
  },
  list_item: {
    content: 'paragraph block*',
    defining: true,
    parseDOM: [{ tag: 'li' }],
    toDOM: () => ['li', 0],
  },
  ...cells,
  horizontal_rule: { group: 'block', parseDOM: [{ tag: 'hr' }], toDOM: () => ['hr'] },
  signature: {
    group: 'block',
    content: 'block+',
    defining: true,
    parseDOM: [{ tag: 'div[data-pli=signature]' }],
    toDOM: () => ['div', { 'data-pli': 'signature' }, 0],
  },
  original: {
    group: 'block',
    content: 'block+',
    defining: true,
    parseDOM: [{ tag: 'div[data-pli=original]' }],
    toDOM: () => ['div', { 'data-pli': 'original' }, 0],
  },
  text: { group: 'inline' },
  hard_break: {
    group: 'inline',
    inline: true,
    selectable: false,
    parseDOM: [{ tag: 'br' }],
    toDOM: () => ['br'],
  },
  image: {
    group: 'inline',
    inline: true,
    draggable: true,
    attrs: {
      cid: { default: null, validate: 'string|null' },
      source: { default: null, validate: 'string|null' },
      alt: { default: '', validate: 'string' },
      width: { default: null, validate: 'number|null' },
    },
    parseDOM: [{ tag: 'img[data-source]', getAttrs: readImage }],
    toDOM: (node) => {
      const { cid, source, alt, width } = imageOf(node);
      const address = cid === null ? (source ?? '') : `cid:${cid}`;
      return ['img', { 'data-source': address, alt, ...(width !== null && { width: String(width) }) }];
    },
  },
};

const marks: Readonly<Record<string, MarkSpec>> = {
  link: {
    attrs: { href: { validate: 'string' } },
    inclusive: false,
    parseDOM: [
      {
        tag: 'a[href]',
        getAttrs: (dom) => {
          const href = safeHref(dom.getAttribute('href') ?? '');
          return href === undefined ? false : { href };
        },
      },
    ],
    toDOM: (mark) => ['a', { href: textOr(mark.attrs['href'], ''), rel: 'noopener noreferrer' }, 0],
  },
  strong: { parseDOM: [{ tag: 'strong' }, { tag: 'b' }], toDOM: () => ['strong', 0] },
  em: { parseDOM: [{ tag: 'em' }, { tag: 'i' }], toDOM: () => ['em', 0] },
  underline: { parseDOM: [{ tag: 'u' }], toDOM: () => ['u', 0] },
  strike: { parseDOM: [{ tag: 's' }], toDOM: () => ['s', 0] },
  sub: { excludes: 'sup', parseDOM: [{ tag: 'sub' }], toDOM: () => ['sub', 0] },
  sup: { excludes: 'sub', parseDOM: [{ tag: 'sup' }], toDOM: () => ['sup', 0] },
  colour: {
    attrs: { name: { validate: 'string' } },
    parseDOM: [
      {
        tag: 'span[data-colour]',
        getAttrs: (dom) => {
          const name = dom.getAttribute('data-colour') ?? '';
          return isColour(name) ? { name } : false;
        },
      },
    ],
    toDOM: (mark) => ['span', { 'data-colour': textOr(mark.attrs['name'], '') }, 0],
  },
  code: { parseDOM: [{ tag: 'code' }], toDOM: () => ['code', 0] },
};

export const schema = new Schema({ nodes, marks });

export const emptyDocument = (): Node => schema.node('doc', null, [schema.node('paragraph')]);

/** Reads a document kept as JSON. A document of an older schema comes back empty rather than broken. */
export function readDocument(json: unknown): Node | undefined {
  if (!isObject(json)) return undefined;
  try {
    const doc = schema.nodeFromJSON(json);
    doc.check();
    return doc;
  } catch {
    return undefined;
  }
}

export function imageOf(node: Node): ImageAttributes {
  const { cid, source, alt, width }: Readonly<Record<string, unknown>> = node.attrs;
  return {
    cid: textOr(cid, null),
    source: textOr(source, null),
    alt: textOr(alt, ''),
    width: typeof width === 'number' ? width : null,
  };
}

function readImage(dom: HTMLElement): ImageAttributes | false {
  const address = dom.dataset['source'] ?? '';
  const width = Number(dom.getAttribute('width'));
  const common = { alt: dom.getAttribute('alt') ?? '', width: width > 0 ? width : null };
  if (address.startsWith('cid:')) return { ...common, cid: address.slice(4), source: null };
  return /^https?:/i.test(address) ? { ...common, cid: null, source: address } : false;
}

function alignOf(dom: HTMLElement): { readonly align: Align | null } {
  const found = dom.dataset['align'];
  return { align: found === 'center' || found === 'right' || found === 'justify' ? found : null };
}

function alignAttribute(node: Node): Readonly<Record<string, string>> {
  const found: unknown = node.attrs['align'];
  return typeof found === 'string' ? { 'data-align': found } : {};
}
