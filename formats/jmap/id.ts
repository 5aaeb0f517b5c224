/**
 * Ids as text (RFC 8620 §1.2). A record's id is a letter for its type and its number within the account, so that a log
 * or a client shows at a glance what an id is, and no client can take one kind for another.
 */

const idForm = /^[A-Za-z0-9_-]{1,255}$/;

/** RFC 8620 §1.2. */
export function isId(text: string): boolean {
  return idForm.test(text);
}

/** `m5`: the prefix, then the number. */
export function printNumberedId(prefix: string, number: number): string {
  return `${prefix}${number}`;
}

/** @returns the number; undefined for anything that printNumberedId does not print for this prefix. */
export function readNumberedId(prefix: string, text: string): number | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const digits = text.slice(prefix.length);
  if (!/^[1-9]\d{0,15}$/.test(digits)) return undefined;
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : undefined;
}

export type TransferEncoding = 'identity' | 'base64' | 'quoted-printable';

/** What a blobId names: a whole blob, or a part of one with its transfer encoding undone. */
export type BlobName =
  | { readonly kind: 'whole'; readonly hash: string }
  | {
      readonly kind: 'part';
      readonly hash: string;
      /** Octets of the blob, `end` excluded. */
      readonly start: number;
      readonly end: number;
      readonly encoding: TransferEncoding;
    };

const letters = { identity: 'i', base64: 'b', 'quoted-printable': 'q' } as const satisfies Record<
  TransferEncoding,
  string
>;
const encodings: ReadonlyMap<string, TransferEncoding> = new Map([
  ['i', 'identity'],
  ['b', 'base64'],
  ['q', 'quoted-printable'],
]);

/** `G<hash>` or `G<hash>_<start>_<end>_<encoding's letter>`; the hash has 43 characters and may hold a `_` itself. */
export function printBlobId(name: BlobName): string {
  if (name.kind === 'whole') return `G${name.hash}`;
  return `G${name.hash}_${name.start}_${name.end}_${letters[name.encoding]}`;
}

const blobIdForm = /^G([A-Za-z0-9_-]{43})(?:_(0|[1-9]\d{0,14})_(0|[1-9]\d{0,14})_([ibq]))?$/;

/** @returns undefined for anything that printBlobId does not print. */
export function readBlobId(text: string): BlobName | undefined {
  const [, hash, startText, endText, letter] = blobIdForm.exec(text) ?? [];
  if (hash === undefined) return undefined;
  const encoding = letter === undefined ? undefined : encodings.get(letter);
  if (encoding === undefined) return { kind: 'whole', hash };
  const start = Number(startText);
  const end = Number(endText);
  return start <= end ? { kind: 'part', hash, start, end, encoding } : undefined;
}
