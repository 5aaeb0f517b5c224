/** The texts of a stored message: from its envelope and structure, and of its octets only the parts that are text. */
import type { AddressGroup } from '#formats/address/types.ts';
import { bodyLists } from '#formats/message/bodies.ts';
import { decodePartText } from '#formats/message/decode.ts';
import { htmlToText } from '#formats/message/html.ts';
import type { Envelope, MessagePart } from '#formats/message/types.ts';

import type { SearchableMessage } from './content.ts';

/** Octets [start, end) of the message. */
export type ReadOctets = (start: number, end: number) => Promise<Uint8Array>;

/** Encoded octets read of one part, parts read of one message, and characters kept of all of them. */
const maxPartOctets = 1024 * 1024;
const maxParts = 24;
const maxCharacters = 600_000;
const maxNesting = 3;
const maxNames = 500;
/** A plain text shorter than this beside an HTML one may say no more than "open this in your browser". */
const tellingCharacters = 200;

export async function readSearchable(
  envelope: Envelope,
  structure: MessagePart,
  readOctets: ReadOctets,
): Promise<SearchableMessage> {
  const texts = textGatherer(readOctets);
  await texts.gather(structure, 0);
  return {
    from: [...addressTexts(envelope.from), ...addressTexts(envelope.sender)],
    to: addressTexts(envelope.to),
    cc: addressTexts(envelope.cc),
    bcc: addressTexts(envelope.bcc),
    subject: envelope.subject ?? '',
    attachmentNames: namesIn(structure, []),
    body: texts.found,
  };
}

function addressTexts(groups: readonly AddressGroup[] | null): string[] {
  return (groups ?? []).flatMap((group) => [
    ...(group.name === null ? [] : [group.name]),
    ...group.addresses.map(({ name, email }) => (name === null ? email : `${name} ${email}`)),
  ]);
}

function textGatherer(readOctets: ReadOctets) {
  const found: string[] = [];
  let parts = 0;
  let characters = 0;

  const take = async (part: MessagePart): Promise<number> => {
    if (parts >= maxParts || characters >= maxCharacters) return 0;
    parts += 1;
    const end = Math.min(part.bodyEnd, part.bodyStart + maxPartOctets);
    const octets = await readOctets(part.bodyStart, end);
    const { text } = decodePartText(octets, { ...part, bodyStart: 0, bodyEnd: octets.length });
    const room = maxCharacters - characters;
    const isHtml = part.subtype === 'html';
    const plain = isHtml
      ? htmlToText(text, { maxCharacters: room, hasLinks: false, hasQuotes: true })
      : text.slice(0, room);
    found.push(plain);
    characters += plain.length;
    return plain.trim().length;
  };
  const isText = (part: MessagePart): boolean =>
    part.type === 'text' && (part.subtype === 'plain' || part.subtype === 'html');

  const gather = async (root: MessagePart, depth: number): Promise<void> => {
    const { textBody, htmlBody, attachments } = bodyLists(root);
    let length = 0;
    for (const part of textBody) if (isText(part)) length += await take(part);
    if (length < tellingCharacters) {
      for (const part of htmlBody) if (isText(part) && !textBody.includes(part)) await take(part);
    }
    for (const { message } of attachments) {
      if (!message || depth >= maxNesting) continue;
      const { envelope } = message;
      found.push([envelope.subject ?? '', ...addressTexts(envelope.from), ...addressTexts(envelope.to)].join('\n'));
      await gather(message.root, depth + 1);
    }
  };
  return { found, gather };
}

function namesIn(part: MessagePart, names: string[]): string[] {
  if (names.length >= maxNames) return names;
  if (part.name !== null) names.push(part.name);
  for (const child of part.subParts) namesIn(child, names);
  if (part.message) namesIn(part.message.root, names);
  return names;
}
