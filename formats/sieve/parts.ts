/** The parts of a message as RFC 5703 §3 walks them: the whole, then what it holds, messages within messages too; and their text. */
import { decodePart, decodePartText } from '#formats/message/decode.ts';
import { htmlToText } from '#formats/message/html.ts';
import { readParameterised } from '#formats/message/params.ts';
import type { MessagePart } from '#formats/message/types.ts';
import { asLongSubject, asSubject } from './fold.ts';
import type { FieldValue, Subject } from './types.ts';

/** Characters of HTML as text that a test looks at. */
const MAX_HTML_TEXT = 2_000_000;

/** A part and all within it, in order. The number is bounded by the parser. */
export function* partsWithin(part: MessagePart): Generator<MessagePart> {
  yield part;
  for (const child of part.subParts) yield* partsWithin(child);
  if (part.message !== null) yield* partsWithin(part.message.root);
}

/** Text of a `text/*` part, CRLF as LF; '' for others. */
export function partText(octets: Uint8Array, part: MessagePart): string {
  return part.type === 'text' ? decodePartText(octets, part).text : '';
}

/** Is told how much is decoded, before it is; throws where that is too much. */
export type SpendOctets = (octets: number) => void;

/** `body :text` (RFC 5173 §5.3): the words of all text parts, HTML without its markup; files of text are no body. */
export function bodyTexts(octets: Uint8Array, root: MessagePart, spend: SpendOctets): readonly Subject[] {
  const texts: Subject[] = [];
  for (const part of partsWithin(root)) {
    if (part.type !== 'text' || part.disposition === 'attachment') continue;
    spend(part.encodedOctets);
    const { text } = decodePartText(octets, part);
    const options = { maxCharacters: MAX_HTML_TEXT, hasLinks: false, hasQuotes: true };
    texts.push(asLongSubject(part.subtype === 'html' ? htmlToText(text, options) : text));
  }
  return texts;
}

/** `body :content` (RFC 5173 §5.2): each part whose type begins so, `''` for all; transfer encoding and charset undone. */
export function bodyContents(
  octets: Uint8Array,
  root: MessagePart,
  types: readonly string[],
  spend: SpendOctets,
): readonly Subject[] {
  const wanted = types.flatMap(contentType);
  const contents: Subject[] = [];
  for (const part of partsWithin(root)) {
    const isWanted = wanted.some(
      ({ type, subtype }) => (type === '' || type === part.type) && (subtype === '' || subtype === part.subtype),
    );
    if (!isWanted) continue;
    spend(part.encodedOctets);
    if (part.subParts.length > 0) contents.push(...outerTexts(octets, part));
    else contents.push(asLongSubject(contentOf(octets, part)));
  }
  return contents;
}

/** `text`, `text/html` or ''; anything else names no type at all (RFC 5173 §5.2). */
function contentType(name: string): readonly { readonly type: string; readonly subtype: string }[] {
  const [type = '', subtype, ...more] = name.toLowerCase().split('/');
  const isBad = more.length > 0 || subtype === '' || (type === '' && subtype !== undefined);
  return isBad ? [] : [{ type, subtype: subtype ?? '' }];
}

const utf8 = new TextDecoder('utf-8');

function contentOf(octets: Uint8Array, part: MessagePart): string {
  if (part.type === 'text') return decodePartText(octets, part).text;
  // Of a message its header alone (RFC 5173 §5.2), without the empty line that ends it.
  if (part.message !== null) {
    const { headersStart, bodyStart } = part.message.root;
    return utf8.decode(octets.subarray(headersStart, bodyStart)).replaceAll('\r\n', '\n').replace(/\n\n$/, '\n');
  }
  return utf8.decode(decodePart(octets, part));
}

/** Prologue and epilogue of a multipart, its boundaries not among them. */
function outerTexts(octets: Uint8Array, part: MessagePart): readonly Subject[] {
  const [first, last] = [part.subParts[0], part.subParts.at(-1)];
  if (first === undefined || last === undefined) return [];
  const boundary = `--${(part.params['boundary'] ?? '').trimEnd()}`;
  const before = utf8.decode(octets.subarray(part.bodyStart, first.headersStart));
  const after = utf8.decode(octets.subarray(last.bodyEnd, part.bodyEnd));
  const close = after.indexOf(`${boundary}--`);
  const lineEnd = close < 0 ? -1 : after.indexOf('\n', close);
  return [before.slice(0, Math.max(0, before.lastIndexOf(boundary))), lineEnd < 0 ? '' : after.slice(lineEnd + 1)]
    .map((text) => text.replaceAll('\r\n', '\n'))
    .filter((text) => text !== '')
    .map(asLongSubject);
}

/** `body :raw` (RFC 5173 §5.1): all that follows the header, as it stands. */
export function rawBody(octets: Uint8Array, root: MessagePart, spend: SpendOctets): Subject {
  spend(octets.length - root.bodyStart);
  return asLongSubject(utf8.decode(octets.subarray(root.bodyStart)));
}

export type MimeValue =
  | { readonly kind: 'type' | 'subtype' | 'contenttype' }
  | { readonly kind: 'param'; readonly names: readonly string[] };

/** Pieces of a structured field's value (RFC 5703 §4.1). */
export function mimeValues(field: FieldValue, isContentType: boolean, wanted: MimeValue): readonly Subject[] {
  const { value, params } = readParameterised(field.raw);
  const [type = '', subtype = ''] = isContentType ? value.split('/', 2) : [value];
  switch (wanted.kind) {
    case 'type':
      return [asSubject(type)];
    case 'subtype':
      return [asSubject(subtype)];
    case 'contenttype':
      return [asSubject(value)];
    case 'param':
      return wanted.names.flatMap((name) => {
        const found = Object.hasOwn(params, name.toLowerCase()) ? params[name.toLowerCase()] : undefined;
        return found === undefined ? [] : [asSubject(found)];
      });
  }
}
