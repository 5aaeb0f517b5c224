/** The content of one part, given the message and the stored structure: as octets, and as text (RFC 8621 §4.1.4, EmailBodyValue). */
import { decodeCharset } from '#formats/charset/decode.ts';
import { decodeTransfer, isKnownEncoding } from './transfer.ts';
import type { MessagePart } from './types.ts';

export interface BodyValue {
  readonly text: string;
  readonly isEncodingProblem: boolean;
  readonly isTruncated: boolean;
}

type Encoded = Pick<MessagePart, 'bodyStart' | 'bodyEnd' | 'encoding'>;
type Textual = Encoded & Pick<MessagePart, 'type' | 'subtype' | 'charset'>;

const encoder = new TextEncoder();

/** The part's octets with the transfer encoding undone; uuencode and unknown encodings as they stand. Never throws. */
export function decodePart(message: Uint8Array, part: Encoded): Uint8Array {
  return decodeTransfer(message.subarray(part.bodyStart, part.bodyEnd), part.encoding);
}

/**
 * The part as text, CRLF as LF. `maxOctets` (0: no limit) counts UTF-8; the cut is between characters, and in HTML not inside a tag.
 */
export function decodePartText(message: Uint8Array, part: Textual, maxOctets = 0): BodyValue {
  const isHtml = part.type === 'text' && part.subtype === 'html';
  return decodeText(decodePart(message, part), part.charset, {
    maxOctets,
    isHtml,
    isEncodingKnown: isKnownEncoding(part.encoding),
  });
}

/** Decodes octets of `charset` for a reader, see `decodePartText`. */
export function decodeText(
  bytes: Uint8Array,
  charset: string | null,
  options: { readonly maxOctets: number; readonly isHtml: boolean; readonly isEncodingKnown: boolean },
): BodyValue {
  const { text, isEncodingProblem } = decodeCharset(bytes, charset);
  const lines = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
  const cut = options.maxOctets > 0 ? truncate(lines, options.maxOctets, options.isHtml) : lines;
  return {
    text: cut,
    isEncodingProblem: isEncodingProblem || !options.isEncodingKnown,
    isTruncated: cut.length < lines.length,
  };
}

/** The longest beginning of `text` that is at most `maxOctets` of UTF-8 and leaves no character, nor HTML tag, in two. */
export function truncate(text: string, maxOctets: number, isHtml: boolean): string {
  if (text.length * 3 <= maxOctets) return text;
  const { read } = encoder.encodeInto(text, new Uint8Array(maxOctets));
  if (read >= text.length) return text;
  const cut = text.slice(0, read);
  const open = isHtml ? cut.lastIndexOf('<') : -1;
  return open > cut.lastIndexOf('>') ? cut.slice(0, open) : cut;
}
