/** The preview of a message: the beginning of what the sender wrote, on one line (`preview` in RFC 8621 §4.1.4). */
import { decodePartText } from './decode.ts';
import { htmlToText } from './html.ts';
import type { BodyLists, MessagePart } from './types.ts';

/** Characters of a preview (RFC 8621 §4.1.4). */
export const MAX_PREVIEW = 256;
/** Encoded octets looked at: HTML begins with long style sheets. */
const MAX_TEXT_OCTETS = 16_384;
/** Read first, and mostly enough. */
const FIRST_TEXT_OCTETS = 1_536;
const MAX_HTML_OCTETS = 131_072;
/** Text parts looked at before the preview stays empty. */
const MAX_PARTS_TRIED = 4;

/** Lines that announce quoted text: `Le … a écrit :`, `On … wrote:`, `-----Message d'origine-----`. */
const ATTRIBUTION =
  /^(?:le |on |el |am ).{5,200}(?:écrit|wrote|escribió|schrieb)\s?:$|^-{3,}\s?(?:message|forwarded|original|ursprüngliche)/i;

const INVISIBLE = /\u034f|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

export function previewOf(message: Uint8Array, lists: BodyLists): string {
  const texts = lists.textBody.slice(0, MAX_PARTS_TRIED).filter((part) => part.type === 'text');
  for (const part of texts) {
    const own = part.subtype === 'html' ? fromHtml(message, part, false) : ownWords(message, part);
    if (own !== '') return own;
  }
  // Nothing but quotes: better than nothing.
  const first = texts[0];
  if (first === undefined) return '';
  if (first.subtype === 'html') return fromHtml(message, first, true);
  return fold(decodePartText(message, beginningOf(first, MAX_TEXT_OCTETS)).text.replaceAll('>', ' '));
}

function ownWords(message: Uint8Array, part: MessagePart): string {
  const first = fromText(message, part, FIRST_TEXT_OCTETS);
  const isEnough = first.length >= MAX_PREVIEW || part.encodedOctets <= FIRST_TEXT_OCTETS;
  return isEnough ? first : fromText(message, part, MAX_TEXT_OCTETS);
}

function fromText(message: Uint8Array, part: MessagePart, octets: number): string {
  const { text } = decodePartText(message, beginningOf(part, octets));
  let own = '';
  for (let at = 0; at < text.length && own.length < 2 * MAX_PREVIEW;) {
    const lineEnd = text.indexOf('\n', at);
    const next = lineEnd < 0 ? text.length : lineEnd + 1;
    const line = text.slice(at, next).trim();
    // The signature begins (RFC 3676 §4.3).
    if (line === '--') break;
    if (line !== '' && !line.startsWith('>') && !ATTRIBUTION.test(line)) own += `${line} `;
    at = next;
  }
  return fold(own);
}

function fromHtml(message: Uint8Array, part: MessagePart, hasQuotes: boolean): string {
  const { text: html } = decodePartText(message, beginningOf(part, MAX_HTML_OCTETS));
  const text = htmlToText(html, { maxCharacters: MAX_PREVIEW * 4, hasLinks: false, hasQuotes });
  if (hasQuotes) return fold(text.replaceAll('>', ' '));
  const lines = text.split('\n').filter((line) => !ATTRIBUTION.test(line.trim()));
  return fold(lines.join(' '));
}

/** The part cut short where it is long: a cut character at its end is of no matter for a preview. */
function beginningOf(part: MessagePart, octets: number): MessagePart {
  return part.encodedOctets <= octets ? part : { ...part, bodyEnd: part.bodyStart + octets };
}

/** One line, without what is not seen: controls, zero-width fillers that newsletters put after their first words. */
function fold(text: string): string {
  let line = '';
  let isSpaceOwed = false;
  for (let at = 0; at < text.length && line.length < MAX_PREVIEW; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0x2028 || code === 0x2029) isSpaceOwed = line !== '';
    else if (code < 0xad || !INVISIBLE.test(text.charAt(at))) {
      if (isSpaceOwed) line += ' ';
      if (line.length < MAX_PREVIEW) line += text.charAt(at);
      isSpaceOwed = false;
    }
  }
  // A pair of surrogates cut in two loses its first half too.
  return line
    .replace(/[\ud800-\udbff]$/, '')
    .toWellFormed()
    .trimEnd();
}
