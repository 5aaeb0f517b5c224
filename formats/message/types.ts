/**
 * What a message says about itself once read: the tree of its parts and its envelope. Both are plain JSON values, so
 * they are stored beside the message and no list, FETCH or open reads the octets again. Offsets and sizes are octets
 * from the start of the message; `start <= offset <= end of the message` always holds.
 */
import type { AddressGroup } from '#formats/address/types.ts';

/**
 * One MIME part (RFC 2045), the message itself being the first. Types, subtypes, dispositions, encodings and the names of parameters
 * are lower case. A part that could not be split (no boundary, too deep) is given as text/plain, so nothing is lost.
 */
export interface MessagePart {
  /** IMAP part number (`1`, `2.1`), also the JMAP partId; null for multipart/* (RFC 8621 §4.1.4). */
  readonly partId: string | null;
  readonly headersStart: number;
  /** First octet after the empty line; the part's header is [headersStart, bodyStart). */
  readonly bodyStart: number;
  /** Excludes the line end that belongs to the next boundary (RFC 2046 §5.1.1). */
  readonly bodyEnd: number;
  /** bodyEnd - bodyStart: octets as they stand in the message. */
  readonly encodedOctets: number;
  /** Octets once the transfer encoding is undone (`size` in RFC 8621 §4.1.4). */
  readonly sizeOctets: number;
  /** Line feeds in the encoded body of text/* and message/* (body-fld-lines, RFC 9051 §7.5.2); 0 for others. */
  readonly lineCount: number;
  readonly type: string;
  readonly subtype: string;
  /** Parameters of Content-Type, RFC 2231 and RFC 2047 undone. */
  readonly params: Readonly<Record<string, string>>;
  /** As declared, `us-ascii` where text/* declares none, null for other types (RFC 8621 §4.1.4). */
  readonly charset: string | null;
  readonly disposition: string | null;
  readonly dispositionParams: Readonly<Record<string, string>>;
  /** The file name, from Content-Disposition, else from Content-Type. Never trusted as a path. */
  readonly name: string | null;
  /** Content-ID without its angle brackets. */
  readonly cid: string | null;
  readonly language: readonly string[] | null;
  readonly location: string | null;
  readonly description: string | null;
  readonly md5: string | null;
  /** Content-Transfer-Encoding, `7bit` where none is declared. */
  readonly encoding: string;
  /** Children of a multipart/*; empty for all others. */
  readonly subParts: readonly MessagePart[];
  /** The message inside a message/rfc822 or message/global part; null for others, when encoded and when too deep. */
  readonly message: NestedMessage | null;
}

/** A message carried by another one: what IMAP's BODYSTRUCTURE shows of it (RFC 9051 §7.5.2, body-type-msg). */
export interface NestedMessage {
  readonly envelope: Envelope;
  readonly root: MessagePart;
}

/** The tree as others name it. */
export type MessageStructure = MessagePart;

/** The header fields that lists, threads, search and IMAP ENVELOPE need, decoded. An absent or empty field is null. */
export interface Envelope {
  readonly from: readonly AddressGroup[] | null;
  readonly sender: readonly AddressGroup[] | null;
  readonly replyTo: readonly AddressGroup[] | null;
  readonly to: readonly AddressGroup[] | null;
  readonly cc: readonly AddressGroup[] | null;
  readonly bcc: readonly AddressGroup[] | null;
  /** Decoded, white space folded (RFC 8621 §4.1.2.2); null when there is no such field. */
  readonly subject: string | null;
  /** Without angle brackets. */
  readonly messageId: readonly string[] | null;
  readonly inReplyTo: readonly string[] | null;
  readonly references: readonly string[] | null;
  /** RFC 3339 with the sender's offset: `2026-11-22T08:30:00+01:00`. */
  readonly sentAt: string | null;
}

/** One header field as it stands in the message. */
export interface HeaderField {
  /** As written, for instance `MIME-Version`. */
  readonly name: string;
  /** What follows the colon, without the last line end, still folded and encoded (RFC 8621 §4.1.2.1). */
  readonly raw: string;
  readonly start: number;
  /** After the line end. */
  readonly end: number;
}

/** Which parts are the text to show and which are files (RFC 8621 §4.1.4). */
export interface BodyLists {
  readonly textBody: readonly MessagePart[];
  readonly htmlBody: readonly MessagePart[];
  readonly attachments: readonly MessagePart[];
}

export interface ParsedMessage {
  readonly sizeOctets: number;
  readonly headers: readonly HeaderField[];
  readonly envelope: Envelope;
  readonly structure: MessageStructure;
  readonly textBody: readonly MessagePart[];
  readonly htmlBody: readonly MessagePart[];
  readonly attachments: readonly MessagePart[];
  readonly hasAttachment: boolean;
  /** At most 256 characters of the sender's own words, on one line. */
  readonly preview: string;
}
