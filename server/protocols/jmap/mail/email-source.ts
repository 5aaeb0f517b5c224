/** A message to print properties of: one the account keeps, or one that was only read (RFC 8621 §4.9). */
import { bodyLists } from '#formats/message/bodies.ts';
import { readStoredEnvelope } from '#formats/message/packenvelope.ts';
import { readStructure } from '#formats/message/pack.ts';
import type { BodyLists, Envelope, MessagePart, ParsedMessage } from '#formats/message/types.ts';
import { type BlobName, printBlobId, type TransferEncoding } from '#formats/jmap/id.ts';
import type { Octets } from '#server/blobs/open.ts';
import { messageOver, openMessage, type OpenMessage } from '#server/mail/emails/content.ts';
import type { EmailWithMailboxes } from '#server/mail/emails/read.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

/** Each is worked out when it is first asked for: a list of fifty rows opens no message and reads no structure. */
export interface MessageSource {
  readonly preview: string;
  readonly hasAttachment: boolean;
  envelope(): Envelope;
  structure(): MessagePart;
  lists(): BodyLists;
  open(): Promise<OpenMessage>;
  /** Null for a multipart, which has no content of its own. */
  blobIdOf(part: MessagePart): string | null;
}

export interface StoredSource extends MessageSource {
  readonly email: EmailWithMailboxes;
}

export function storedSource(store: Store, tenantId: TenantId, email: EmailWithMailboxes): StoredSource {
  const structure = once(() => readStructure(email.structure));
  return {
    email,
    preview: email.preview,
    hasAttachment: email.hasAttachment,
    envelope: once(() => readStoredEnvelope(JSON.parse(email.envelope))),
    structure,
    lists: once(() => bodyLists(structure())),
    open: once(() => openMessage(store, tenantId, email.hash)),
    blobIdOf: (part) => partBlobId(email.hash, 0, part),
  };
}

/**
 * @param name the blob the message was read from: its parts are named by their place in that blob. Where the message
 * itself was decoded its parts have none.
 */
export function parsedSource(name: BlobName, octets: Octets, parsed: ParsedMessage): MessageSource {
  const offset = name.kind === 'whole' ? 0 : name.start;
  const hasPlaces = name.kind === 'whole' || name.encoding === 'identity';
  return {
    preview: parsed.preview,
    hasAttachment: parsed.hasAttachment,
    envelope: () => parsed.envelope,
    structure: () => parsed.structure,
    lists: () => parsed,
    open: once(() => Promise.resolve(messageOver(octets))),
    blobIdOf: (part) => (hasPlaces ? partBlobId(name.hash, offset, part) : null),
  };
}

function partBlobId(hash: string, offset: number, part: MessagePart): string | null {
  if (part.type === 'multipart') return null;
  const encoding: TransferEncoding =
    part.encoding === 'base64' || part.encoding === 'quoted-printable' ? part.encoding : 'identity';
  return printBlobId({ kind: 'part', hash, start: offset + part.bodyStart, end: offset + part.bodyEnd, encoding });
}

function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => (done ??= { value: work() }).value;
}
