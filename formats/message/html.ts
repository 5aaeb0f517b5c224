/**
 * HTML to plain text, for previews, search and the text alternative of a message. A tokenizer, no document: it needs no well-formed input,
 * runs in one pass whatever the input, and gives at most what it was asked for. The text is for reading only; it is never put back into HTML.
 */
import { decodeEntities } from './entities.ts';

export interface HtmlTextOptions {
  /** The text ends once it has this many characters. */
  readonly maxCharacters: number;
  /** Whether targets of links are written after their text. */
  readonly hasLinks: boolean;
  /** Whether quoted text (`blockquote`) is written, with `> ` before each line. */
  readonly hasQuotes: boolean;
}

/** Nesting of quotes that is shown. */
const MAX_QUOTE_DEPTH = 8;
/** Characters of a link's target that are written. */
const MAX_TARGET = 2_048;

/** Elements whose content is never text. */
const SILENT: ReadonlySet<string> = new Set([
  'script',
  'style',
  'title',
  'template',
  'textarea',
  'select',
  'svg',
  'math',
  'object',
  'xml',
]);
/** Elements that begin a new line, and those set off by an empty one. */
const LINES: ReadonlySet<string> = new Set([
  'address',
  'article',
  'aside',
  'body',
  'center',
  'dd',
  'div',
  'dl',
  'dt',
  'fieldset',
  'figcaption',
  'figure',
  'footer',
  'form',
  'header',
  'hr',
  'legend',
  'li',
  'main',
  'nav',
  'section',
  'tbody',
  'tfoot',
  'thead',
  'tr',
]);
const PARAGRAPHS: ReadonlySet<string> = new Set([
  'blockquote',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ol',
  'p',
  'pre',
  'table',
  'ul',
]);

interface Tag {
  readonly name: string;
  readonly isClosing: boolean;
  readonly attributes: string;
  readonly end: number;
}

interface Writer {
  text: string;
  /** Line ends owed before the next word. */
  breaks: number;
  isSpaceOwed: boolean;
  quotes: number;
  preformatted: number;
  link: { readonly target: string; readonly from: number } | null;
}

/** What has been found missing from here to the end, so that it is not searched again. */
interface Missing {
  quotesMatter: boolean;
}

export function htmlToText(html: string, options: HtmlTextOptions): string {
  const writer: Writer = { text: '', breaks: 0, isSpaceOwed: false, quotes: 0, preformatted: 0, link: null };
  const missing: Missing = { quotesMatter: true };
  let at = 0;
  while (at < html.length && writer.text.length < options.maxCharacters) {
    const open = html.indexOf('<', at);
    const textEnd = open < 0 ? html.length : open;
    if (textEnd > at) {
      // Bounded, so that one huge run of text costs no more than what is asked for.
      const upTo = Math.min(textEnd, at + options.maxCharacters * 8);
      writeText(writer, decodeEntities(html.slice(at, upTo)), options);
    }
    if (open < 0) break;
    at = skipMarkup(html, open, writer, missing, options);
  }
  return writer.text.slice(0, options.maxCharacters).toWellFormed();
}

/** Handles what begins with the `<` at `open`; returns where to go on. */
function skipMarkup(html: string, open: number, writer: Writer, missing: Missing, options: HtmlTextOptions): number {
  if (html.startsWith('<!--', open)) return after(html, '-->', open + 4);
  if (!/[a-zA-Z/!?]/.test(html.charAt(open + 1))) {
    writeText(writer, '<', options);
    return open + 1;
  }
  const tag = readTag(html, open, missing);
  // A tag cut off by the end is no text, as in browsers.
  if (tag === null) return html.length;
  if (!tag.isClosing && SILENT.has(tag.name)) return endOfElement(html, tag);
  writeTag(writer, tag, options);
  return tag.end;
}

function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found < 0 ? html.length : found + mark.length;
}

function readTag(html: string, open: number, missing: Missing): Tag | null {
  const isClosing = html.charAt(open + 1) === '/';
  const nameStart = isClosing ? open + 2 : open + 1;
  let nameEnd = nameStart;
  while (nameEnd < html.length && nameEnd - nameStart < 32 && /[a-zA-Z0-9]/.test(html.charAt(nameEnd))) nameEnd++;
  const close = endOfTag(html, nameEnd, missing);
  if (close < 0) return null;
  return {
    name: html.slice(nameStart, nameEnd).toLowerCase(),
    isClosing,
    attributes: html.slice(nameEnd, close),
    end: close + 1,
  };
}

/** Offset of the `>` that ends the tag, those within quotes passed over; -1 where there is none. */
function endOfTag(html: string, from: number, missing: Missing): number {
  let at = from;
  while (missing.quotesMatter && at < html.length) {
    const character = html.charAt(at);
    if (character === '>') return at;
    if (character === '"' || character === "'") {
      const close = html.indexOf(character, at + 1);
      if (close < 0) break;
      at = close;
    }
    at++;
  }
  // A quote that never closes: from here on quotes mean nothing, else each tag would be read to the end.
  missing.quotesMatter = false;
  return html.indexOf('>', from);
}

function endOfElement(html: string, tag: Tag): number {
  const closing = new RegExp(`</${tag.name}`, 'gi');
  closing.lastIndex = tag.end;
  if (!closing.test(html)) return html.length;
  return after(html, '>', closing.lastIndex);
}

function writeTag(writer: Writer, tag: Tag, options: HtmlTextOptions): void {
  const { name, isClosing } = tag;
  if (PARAGRAPHS.has(name)) owe(writer, 2);
  else if (LINES.has(name)) owe(writer, 1);
  switch (name) {
    case 'br':
      writer.breaks = writer.text === '' ? 0 : Math.min(writer.breaks + 1, 2);
      break;
    case 'li':
      if (!isClosing) writeText(writer, '- ', options);
      break;
    case 'td':
    case 'th':
      writer.isSpaceOwed = true;
      break;
    case 'pre':
      writer.preformatted = Math.max(0, writer.preformatted + (isClosing ? -1 : 1));
      break;
    case 'blockquote':
      writer.quotes = Math.max(0, writer.quotes + (isClosing ? -1 : 1));
      break;
    case 'img':
      writeText(writer, readAttribute(tag.attributes, 'alt'), options);
      break;
    case 'a':
      if (options.hasLinks) writeLink(writer, tag, options);
  }
}

function writeLink(writer: Writer, tag: Tag, options: HtmlTextOptions): void {
  const { link } = writer;
  writer.link = null;
  if (!tag.isClosing) {
    const target = readAttribute(tag.attributes, 'href').trim();
    const isShown = target.length <= MAX_TARGET && /^(?:https?|mailto|tel):/i.test(target);
    writer.link = isShown ? { target, from: writer.text.length } : null;
  } else if (link !== null) {
    const shown = writer.text.slice(link.from, link.from + MAX_TARGET + 8).trim();
    const address = link.target.replace(/^(?:mailto|tel):/i, '');
    if (shown !== '' && shown !== link.target && shown !== address && `${shown}/` !== address)
      writeText(writer, ` <${address}>`, options);
  }
}

function readAttribute(attributes: string, name: string): string {
  const found = new RegExp(`(?:^|[\\s"'/])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>"']+))`, 'i').exec(
    attributes.slice(0, 4 * MAX_TARGET),
  );
  return found === null ? '' : decodeEntities(found[1] ?? found[2] ?? found[3] ?? '');
}

function owe(writer: Writer, breaks: number): void {
  if (writer.text !== '') writer.breaks = Math.max(writer.breaks, breaks);
}

function writeText(writer: Writer, text: string, options: HtmlTextOptions): void {
  if (text === '' || (writer.quotes > 0 && !options.hasQuotes)) return;
  if (writer.preformatted > 0) {
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      if (index > 0) writer.breaks++;
      if (line !== '') writeWords(writer, line);
    }
    return;
  }
  const words = text.replace(/[ \t\r\n\f]+/g, ' ');
  if (words.startsWith(' ')) writer.isSpaceOwed = true;
  const trimmed = words.slice(words.startsWith(' ') ? 1 : 0, words.endsWith(' ') ? -1 : undefined);
  if (trimmed !== '') {
    writeWords(writer, trimmed);
    writer.isSpaceOwed = words.endsWith(' ');
  }
}

function writeWords(writer: Writer, words: string): void {
  const prefix = '> '.repeat(Math.min(writer.quotes, MAX_QUOTE_DEPTH));
  if (writer.text === '') writer.text = prefix;
  else if (writer.breaks > 0) writer.text += `${'\n'.repeat(Math.min(writer.breaks, 2))}${prefix}`;
  else if (writer.isSpaceOwed) writer.text += ' ';
  writer.breaks = 0;
  writer.isSpaceOwed = false;
  writer.text += words;
}
