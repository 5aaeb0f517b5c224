/**
 * What a message's octets hold: header fields, texts, files, by the offsets of its stored structure. Nothing is parsed
 * again and no more is read than asked for. Rights are checked by whoever opened the octets.
 */
import { type BodyValue, decodePart, decodePartText } from '#formats/message/decode.ts';
import { readHeaderFields } from '#formats/message/fields.ts';
import type { HeaderField, MessagePart } from '#formats/message/types.ts';
import type { Octets } from '#server/blobs/open.ts';
import { MissingObject } from '#server/store/blobs/place.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import type { BlobHash, TenantId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

/** Messages up to this are read whole, once: their pieces lie in one compressed frame anyway. */
const wholeOctets = 256 * 1024;

export interface OpenMessage {
  /** The fields of one part's header, in order (RFC 8621 §4.1.3). */
  headerFields(part: MessagePart): Promise<readonly HeaderField[]>;
  /** @param maxOctets of UTF-8; 0 for all (RFC 8621 §4.2 maxBodyValueBytes). */
  text(part: MessagePart, maxOctets: number): Promise<BodyValue>;
  /** The part with its transfer encoding undone. */
  decoded(part: MessagePart): Promise<Uint8Array>;
  /** Octets as they stand. */
  raw(start: number, end: number): Promise<Uint8Array>;
}

/** Opens a message an account holds. @throws {MissingObject} where the store has lost it. */
export async function openMessage(store: Store, tenantId: TenantId, hash: BlobHash): Promise<OpenMessage> {
  const blob = await openBlob(store, tenantId, hash);
  if (!blob) throw new MissingObject(hash);
  return messageOver(blob);
}

export function messageOver(octets: Octets): OpenMessage {
  let whole: Promise<Uint8Array> | undefined;
  const raw = async (start: number, end: number): Promise<Uint8Array> => {
    if (octets.sizeOctets > wholeOctets) return octets.bytes(start, end);
    whole ??= octets.bytes();
    return (await whole).subarray(start, end);
  };
  /** The part's body alone, and the part as it stands within that. */
  const body = async (part: MessagePart) => {
    const bytes = await raw(part.bodyStart, part.bodyEnd);
    return { bytes, part: { ...part, bodyStart: 0, bodyEnd: bytes.length } };
  };
  return {
    raw,
    async headerFields({ headersStart, bodyStart }) {
      const bytes = await raw(headersStart, bodyStart);
      return readHeaderFields(bytes, 0, bytes.length);
    },
    async text(asked, maxOctets) {
      const { bytes, part } = await body(asked);
      return decodePartText(bytes, part, maxOctets);
    },
    async decoded(asked) {
      const { bytes, part } = await body(asked);
      return decodePart(bytes, part);
    },
  };
}
