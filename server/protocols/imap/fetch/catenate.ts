/**
 * CATENATE (RFC 4469): a message put together from pieces that are here already, named by IMAP URLs (RFC 5092) relative to
 * this server or to the selected mailbox: `/INBOX;UIDVALIDITY=1/;UID=20/;SECTION=1.2`, `;UID=20/;SECTION=HEADER`.
 */
import type { AppendLiteral, CatenatePart } from '#formats/imap/append.ts';
import { readStructure } from '#formats/message/pack.ts';
import { sectionSlice } from '#formats/message/slices.ts';
import { findUid } from '#server/mail/view/columns.ts';
import { readDetails } from '#server/mail/view/details.ts';
import { openView } from '#server/mail/view/open.ts';
import { locate } from '#server/protocols/imap/names.ts';
import { own, tellNo, Told } from '#server/protocols/imap/say.ts';
import { type Session, whoIn } from '#server/protocols/imap/session.ts';

const urlForm =
  /^(?:\/(?<mailbox>[^;]*?)(?:;UIDVALIDITY=(?<validity>\d{1,10}))?\/)?;UID=(?<uid>\d{1,10})(?:\/;SECTION=(?<section>[^;/]+))?(?:\/;PARTIAL=(?<from>\d{1,15})(?:\.(?<length>\d{1,15}))?)?$/i;
const sectionForm = /^(?<path>\d{1,5}(?:\.\d{1,5}){0,30})?\.?(?<text>HEADER|TEXT|MIME)?$/i;

/** The pieces one after the other. @throws {Told} NO [BADURL] or [TOOBIG]. */
export async function catenated(
  session: Session,
  parts: readonly CatenatePart[],
  literalOf: (literal: AppendLiteral) => Uint8Array,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  for (const part of parts) {
    const piece = part.kind === 'url' ? await octetsOfUrl(session, part.url) : literalOf(part);
    octets += piece.length;
    if (octets > session.limits.maxMessageOctets) throw new Told(own.literalTooLong);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function octetsOfUrl(session: Session, url: string): Promise<Uint8Array> {
  const found = urlForm.exec(url)?.groups;
  const badUrl = tellNo(`BADURL "${url.replace(/[^\x20-\x7e]|["\\]/g, '?')}"`, 'Nothing is there');
  if (!found) throw badUrl;
  const place = await placeOf(session, found['mailbox'], found['validity']);
  if (!place) throw badUrl;
  const { actor } = whoIn(session);
  const { columns } = await openView(session.store, actor, place.accountId, place.mailboxId);
  const at = findUid(columns, Number(found['uid']));
  if (at < 0) throw badUrl;
  const emailId = columns.emailIds[at] ?? 0;
  const wants = { envelope: false, structure: true, preview: false, headerFields: false, blob: true };
  const details = (await readDetails(session.store, actor, place.accountId, [emailId], wants)).get(emailId);
  if (!details?.blob) throw badUrl;
  const section = sectionForm.exec(found['section'] ?? '')?.groups;
  if (!section) throw badUrl;
  const path = section['path']?.split('.').map(Number) ?? [];
  const text = section['text']?.toUpperCase();
  const named = text === 'HEADER' || text === 'TEXT' || text === 'MIME' ? text : null;
  const slice = sectionSlice(readStructure(details.structure), path, named);
  if (!slice) throw badUrl;
  const start = Math.min(slice.end, slice.start + Number(found['from'] ?? 0));
  const end = found['length'] === undefined ? slice.end : Math.min(slice.end, start + Number(found['length']));
  return details.blob.bytes(start, end);
}

async function placeOf(session: Session, encoded: string | undefined, validity: string | undefined) {
  if (encoded === undefined) return session.state.kind === 'selected' ? session.state.mailbox : undefined;
  let name: string;
  try {
    name = decodeURIComponent(encoded).normalize('NFC');
  } catch {
    return undefined;
  }
  const { accountId, mailbox } = await locate(session, /^inbox$/i.test(name) ? 'INBOX' : name);
  if (validity !== undefined && Number(validity) !== mailbox.uidValidity) return undefined;
  return { accountId, mailboxId: mailbox.id };
}
