/** What decoding octets gives. */
export interface DecodedText {
  readonly text: string;
  /** The charset is unknown, or some octets are not of it (RFC 8621 §4.1.4). */
  readonly isEncodingProblem: boolean;
}
