/**
 * The texts IMAP's SEARCH TEXT and BODY look into (RFC 9051 §6.4.4), as octets that are the same whenever
 * i;unicode-casemap says so: the decoded header fields of the message and of all its parts, and its decoded text parts.
 * An HTML part stands there as it was sent and once more as it is read, so that neither a tag nor an entity within a
 * word hides it.
 */
import { decodePartText } from '#formats/message/decode.ts';
import { decodeText } from '#formats/message/envelope.ts';
import { readHeaderFields } from '#formats/message/fields.ts';
import { htmlToText } from '#formats/message/html.ts';
import type { MessagePart } from '#formats/message/types.ts';
import { casemapOctets } from '#formats/text/casemap.ts';
import type { SearchTexts } from '#server/store/search.ts';

import type { ReadOctets } from './searchable.ts';

/** Octets of text kept of one message, encoded; far more than anybody writes, and what a mailbox full of such still bears. */
const maxTextOctets = 32 * 1024 * 1024;
/** Characters of an HTML part that are also kept as they are read. */
const maxRendered = 600_000;

/** @returns the texts of one message, see the head of this file. */
export async function readSubstringTexts(root: MessagePart, readOctets: ReadOctets): Promise<SearchTexts> {
  const heads: string[] = [];
  const bodies: string[] = [];
  let room = maxTextOctets;
  const walk = async (part: MessagePart): Promise<void> => {
    heads.push(printHeader(await readOctets(part.headersStart, part.bodyStart)));
    for (const child of part.subParts) await walk(child);
    if (part.message) return walk(part.message.root);
    if (part.subParts.length > 0 || (part.type !== 'text' && part.type !== 'message') || room <= 0) return;
    const octets = await readOctets(part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + room));
    room -= octets.length;
    const { text } = decodePartText(octets, { ...part, bodyStart: 0, bodyEnd: octets.length });
    bodies.push(text);
    if (part.type === 'text' && part.subtype === 'html') {
      bodies.push(htmlToText(text, { maxCharacters: maxRendered, hasLinks: false, hasQuotes: true }));
    }
  };
  await walk(root);
  return { head: gather(heads), body: gather(bodies) };
}

/** What is looked for, as the octets of `readSubstringTexts` have it. */
export function needleOf(text: string): Uint8Array {
  return casemapOctets(text.replaceAll('\r\n', '\n').replaceAll(parting, '\ufffd'));
}

/** How a line of the head begins that holds a value of this field. */
export function fieldOf(name: string): Uint8Array {
  return needleOf(`${name}: `);
}

/** Stands between two texts: nothing that is looked for holds it. */
const parting = '\0';

function gather(texts: readonly string[]): Uint8Array {
  return casemapOctets(texts.map((text) => text.replaceAll(parting, '\ufffd')).join(parting));
}

/** Fields one a line, unfolded, encoded words decoded. The message's own header comes first and ends at the first 0. */
function printHeader(octets: Uint8Array): string {
  return readHeaderFields(octets, 0, octets.length)
    .map(({ name, raw }) => `${name}: ${decodeText(raw).replaceAll('\n', ' ')}`)
    .join('\n');
}
