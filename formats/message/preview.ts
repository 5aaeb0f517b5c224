/** The preview of a message: the beginning of what the sender wrote, on one line (`preview` in RFC 8621 §4.1.4). */
import { decodePartText } from './decode.ts';
import { htmlToText } from './html.ts';
import type { BodyLists, MessagePart } from './types.ts';

/** Characters of a preview (RFC 8621 §4.1.4). */
export const MAX_PREVIEW = 256;
/** Encoded octets looked at: HTML begins with long style sheets. */
const MAX_TEXT_OCTETS = 8_192;
const MAX_HTML_OCTETS = 131_072;
/** Text parts looked at before the preview stays empty. */
const MAX_PARTS_TRIED = 4;

/** Lines that announce quoted text: `Le … a écrit :`, `On … wrote:`, `-----Message d'origine-----`. */
const ATTRIBUTION =
  /^(?:le |on |el |am ).{5,200}(?:écrit|wrote|escribió|schrieb)\s?:$|^-{3,}\s?(?:message|forwarded|original|ursprüngliche)/i;

export function previewOf(message: Uint8Array, lists: BodyLists): string {
  let fallback = '';
  for (const part of lists.textBody.slice(0, MAX_PARTS_TRIED)) {
    if (part.type !== 'text') continue;
    const { own, quoted } = part.subtype === 'html' ? fromHtml(message, part) : fromText(message, part);
    if (own !== '') return own;
    if (fallback === '') fallback = quoted;
  }
  return fallback;
}

function fromText(message: Uint8Array, part: MessagePart): { readonly own: string; readonly quoted: string } {
  const { text } = decodePartText(message, beginningOf(part, MAX_TEXT_OCTETS));
  const lines = text.split('\n');
  const own: string[] = [];
  for (const line of lines) {
    const content = line.trim();
    if (content === '--' || content === '') {
      // The signature begins (RFC 3676 §4.3), as `-- ` alone on its line.
      if (content === '--') break;
      continue;
    }
    if (!content.startsWith('>') && !ATTRIBUTION.test(content)) own.push(content);
  }
  return { own: fold(own.join(' ')), quoted: fold(text.replaceAll('>', ' ')) };
}

function fromHtml(message: Uint8Array, part: MessagePart): { readonly own: string; readonly quoted: string } {
  const { text: html } = decodePartText(message, beginningOf(part, MAX_HTML_OCTETS));
  const options = { maxCharacters: MAX_PREVIEW * 4, hasLinks: false, hasQuotes: false };
  const own = htmlToText(html, options)
    .split('\n')
    .filter((line) => !ATTRIBUTION.test(line.trim()))
    .join(' ');
  if (own.trim() !== '') return { own: fold(own), quoted: '' };
  return { own: '', quoted: fold(htmlToText(html, { ...options, hasQuotes: true }).replaceAll('>', ' ')) };
}

/** The part cut short where it is long: a cut character at its end is of no matter for a preview. */
function beginningOf(part: MessagePart, octets: number): MessagePart {
  return part.encodedOctets <= octets ? part : { ...part, bodyEnd: part.bodyStart + octets };
}

/** One line, without what is not seen: controls, zero-width fillers that newsletters put after their first words. */
function fold(text: string): string {
  const line = text
    .slice(0, MAX_PREVIEW * 16)
    .replace(/\u034f|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (line.length <= MAX_PREVIEW) return line.toWellFormed();
  const cut = line.slice(0, MAX_PREVIEW);
  return (
    cut.charCodeAt(MAX_PREVIEW - 1) >= 0xd800 && cut.charCodeAt(MAX_PREVIEW - 1) <= 0xdbff ? cut.slice(0, -1) : cut
  ).toWellFormed();
}
