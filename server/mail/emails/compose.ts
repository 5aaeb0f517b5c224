/**
 * Making a message of what a client wrote (RFC 8621 §4.6): fields, texts, and blobs that the account owns, parts of
 * other messages among them. The message is printed once and filed as its octets; nothing is kept of how it was asked.
 */
import type { BlobName } from '#formats/jmap/id.ts';
import { type ContentSpec, type PartDeclaration, printMessage } from '#formats/message/print.ts';
import type { FieldSpec } from '#formats/message/printfield.ts';
import type { PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { openBlobOf, type Octets } from '#server/blobs/open.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { ingest } from '#server/mail/ingest.ts';
import { type SavedEmail, saveEmail, type Saving } from './save.ts';

/** A part as it was asked for. */
export type DraftPart = PartDeclaration &
  (
    | { readonly kind: 'multipart'; readonly subtype: string; readonly parts: readonly DraftPart[] }
    /** A text of any type; `text/*` is printed so that old readers can show it. */
    | { readonly kind: 'text'; readonly type: string; readonly text: string }
    | { readonly kind: 'blob'; readonly type: string; readonly blob: BlobName }
  );

export interface Draft {
  /** Message-ID and Date among them. */
  readonly fields: readonly FieldSpec[];
  readonly body: DraftPart;
}

/** Octets of all blobs in one message, before they are encoded (RFC 8621 §1.3.1 maxSizeAttachmentsPerEmail). */
export const attachmentsOctets = 50_000_000;

/** Blobs a draft names that the account does not own (RFC 8621 §4.6 blobNotFound). */
export class MissingBlobs extends Refusal {
  readonly blobs: readonly BlobName[];
  constructor(blobs: readonly BlobName[]) {
    super('noSuchBlob');
    this.blobs = blobs;
  }
}

/**
 * Writes the message and files it.
 * @throws {MissingBlobs}; {BadField} for a field that cannot be written; {Refusal} `tooLarge` and those of saveEmail.
 */
export async function composeEmail(
  store: Store,
  actor: PersonActor,
  accountId: AccountId,
  draft: Draft,
  saving: Saving,
): Promise<SavedEmail> {
  const blobs = await openBlobs(store, actor, accountId, draft.body);
  const body = await contentOf(draft.body, blobs);
  const message = await ingest(store, printMessage({ fields: draft.fields, body }));
  return saveEmail(store, actor, accountId, message, saving);
}

async function openBlobs(
  store: Store,
  actor: PersonActor,
  accountId: AccountId,
  body: DraftPart,
): Promise<ReadonlyMap<BlobName, Octets>> {
  const opened = new Map<BlobName, Octets>();
  const missing: BlobName[] = [];
  let octets = 0;
  for (const name of blobsIn(body)) {
    try {
      const blob = await openBlobOf(store, actor, accountId, name);
      opened.set(name, blob);
      octets += blob.sizeOctets;
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason !== 'noSuchBlob') throw error;
      missing.push(name);
    }
    if (octets > attachmentsOctets) throw new Refusal('tooLarge', { limit: attachmentsOctets });
  }
  if (missing.length > 0) throw new MissingBlobs(missing);
  return opened;
}

function blobsIn(part: DraftPart): readonly BlobName[] {
  if (part.kind === 'multipart') return part.parts.flatMap(blobsIn);
  return part.kind === 'blob' ? [part.blob] : [];
}

async function contentOf(part: DraftPart, blobs: ReadonlyMap<BlobName, Octets>): Promise<ContentSpec> {
  switch (part.kind) {
    case 'multipart': {
      const parts: ContentSpec[] = [];
      for (const each of part.parts) parts.push(await contentOf(each, blobs));
      return { ...part, parts };
    }
    case 'text': {
      const { type, text, ...declared } = part;
      const subtype = /^text\/(.+)$/.exec(type)?.[1];
      if (subtype !== undefined) return { ...declared, kind: 'text', subtype, text };
      return { ...declared, kind: 'bytes', type, content: new TextEncoder().encode(text) };
    }
    case 'blob': {
      const { blob, type, ...declared } = part;
      const content = (await blobs.get(blob)?.bytes()) ?? new Uint8Array();
      return type === 'message/rfc822'
        ? { ...declared, kind: 'message', content }
        : { ...declared, kind: 'bytes', type, content };
    }
    default:
      return part satisfies never;
  }
}
