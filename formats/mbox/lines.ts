/** Line ends of messages kept on Unix disks: LF there, CRLF in mail (RFC 5322 §2.1). */

const LF = 0x0a;
const CR = 0x0d;

/**
 * Gives every line CRLF when the first line ends in LF alone: then it was the disk's doing. A message whose first line
 * ends in CRLF is as it was sent, and stays.
 */
export function withCrlf(octets: Uint8Array): Uint8Array {
  const first = octets.indexOf(LF);
  if (first < 0 || octets[first - 1] === CR) return octets;
  let bare = 0;
  for (let at = first; at >= 0; at = octets.indexOf(LF, at + 1)) if (octets[at - 1] !== CR) bare += 1;
  const grown = new Uint8Array(octets.length + bare);
  let from = 0;
  let to = 0;
  for (let at = first; at >= 0; at = octets.indexOf(LF, at + 1)) {
    grown.set(octets.subarray(from, at), to);
    to += at - from;
    if (octets[at - 1] !== CR) grown[to++] = CR;
    grown[to++] = LF;
    from = at + 1;
  }
  grown.set(octets.subarray(from), to);
  return grown;
}
