/** GETMETADATA and SETMETADATA (RFC 5464 §4.2, §4.3). */

export interface GetMetadataCommand {
  readonly kind: 'getMetadata';
  /** '' for the server's own. */
  readonly mailbox: string;
  /** Lower case. */
  readonly entries: readonly string[];
  /** Values longer than this many octets are left out and announced by LONGENTRIES. */
  readonly maxSizeOctets: number | undefined;
  readonly depth: 0 | 1 | 'infinity';
}

/** `value` is octets; null removes the entry. */
export interface MetadataValue {
  readonly entry: string;
  readonly value: string | null;
}
