/** Which parts are text to show and which are files: the algorithm of RFC 8621 §4.1.4, on the stored structure. */
import type { BodyLists, MessagePart } from './types.ts';

interface Lists {
  readonly text: MessagePart[];
  readonly html: MessagePart[];
  readonly attachments: MessagePart[];
}

/** Signatures are part of how a message is sealed, no file to offer. */
const SIGNATURES: ReadonlySet<string> = new Set(['pkcs7-signature', 'x-pkcs7-signature', 'pgp-signature']);

export function bodyLists(root: MessagePart): BodyLists {
  const lists: Lists = { text: [], html: [], attachments: [] };
  divide([root], 'mixed', false, true, true, lists);
  return { textBody: lists.text, htmlBody: lists.html, attachments: lists.attachments };
}

/** Whether there is a file that a reader should be offered (RFC 8621 §4.1.4): neither an inline part nor a signature. */
export function hasOfferedAttachment(attachments: readonly MessagePart[]): boolean {
  return attachments.some((part) => {
    if (part.disposition === 'inline' || SIGNATURES.has(part.subtype)) return false;
    // An image that the HTML shows by its Content-ID is part of the text, though many programs do not say inline.
    return part.disposition !== null || part.cid === null || part.type !== 'image';
  });
}

function divide(
  parts: readonly MessagePart[],
  multipart: string,
  inAlternative: boolean,
  wantsText: boolean,
  wantsHtml: boolean,
  lists: Lists,
): void {
  const textBefore = wantsText ? lists.text.length : -1;
  const htmlBefore = wantsHtml ? lists.html.length : -1;
  let takesText = wantsText;
  let takesHtml = wantsHtml;
  for (const [index, part] of parts.entries()) {
    if (part.type === 'multipart') {
      divide(part.subParts, part.subtype, inAlternative || part.subtype === 'alternative', takesText, takesHtml, lists);
      continue;
    }
    if (!isInline(part, index, multipart)) {
      lists.attachments.push(part);
      continue;
    }
    const kind = part.type === 'text' ? part.subtype : '';
    if (multipart === 'alternative') {
      if (kind === 'plain') lists.text.push(part);
      else if (kind === 'html') lists.html.push(part);
      else lists.attachments.push(part);
      continue;
    }
    if (inAlternative && kind === 'plain') takesHtml = false;
    if (inAlternative && kind === 'html') takesText = false;
    if (takesText) lists.text.push(part);
    if (takesHtml) lists.html.push(part);
    if ((!takesText || !takesHtml) && kind === '') lists.attachments.push(part);
  }
  if (multipart !== 'alternative' || !takesText || !takesHtml) return;
  // Only one of the two was found: it serves for both.
  if (textBefore === lists.text.length && htmlBefore !== lists.html.length)
    lists.text.push(...lists.html.slice(htmlBefore));
  else if (htmlBefore === lists.html.length && textBefore !== lists.text.length)
    lists.html.push(...lists.text.slice(textBefore));
}

function isInline(part: MessagePart, index: number, multipart: string): boolean {
  const isMedia = part.type === 'image' || part.type === 'audio' || part.type === 'video';
  const isText = part.type === 'text' && (part.subtype === 'plain' || part.subtype === 'html');
  if (part.disposition === 'attachment' || !(isMedia || isText)) return false;
  return index === 0 || (multipart !== 'related' && (isMedia || part.name === null));
}
