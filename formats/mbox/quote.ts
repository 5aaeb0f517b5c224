/** Quoting of lines that would be taken for the beginning of a message: one more ">" before `>*From ` (mboxrd). */

const LF = 0x0a;
const GREATER = 0x3e;
const from = [0x46, 0x72, 0x6f, 0x6d, 0x20] as const;

/** Whether `From ` stands at `at`. */
export function isFromAt(octets: Uint8Array, at: number): boolean {
  return from.every((octet, index) => octets[at + index] === octet);
}

/** The offsets of the lines that begin with `>*From `, after at least `least` ">". */
function quotedLines(octets: Uint8Array, least: number): number[] {
  const found: number[] = [];
  for (let at = 0; at >= 0 && at < octets.length;) {
    let after = at;
    while (octets[after] === GREATER) after += 1;
    if (after - at >= least && isFromAt(octets, after)) found.push(at);
    const end = octets.indexOf(LF, after);
    at = end < 0 ? -1 : end + 1;
  }
  return found;
}

export function quoteFrom(octets: Uint8Array): Uint8Array {
  const lines = quotedLines(octets, 0);
  if (lines.length === 0) return octets;
  const quoted = new Uint8Array(octets.length + lines.length);
  let from = 0;
  for (const [index, at] of lines.entries()) {
    quoted.set(octets.subarray(from, at), from + index);
    quoted[at + index] = GREATER;
    from = at;
  }
  quoted.set(octets.subarray(from), from + lines.length);
  return quoted;
}

export function unquoteFrom(octets: Uint8Array): Uint8Array {
  const lines = quotedLines(octets, 1);
  if (lines.length === 0) return octets;
  const plain = new Uint8Array(octets.length - lines.length);
  let from = 0;
  for (const [index, at] of lines.entries()) {
    plain.set(octets.subarray(from, at), from - index);
    from = at + 1;
  }
  plain.set(octets.subarray(from), from - lines.length);
  return plain;
}
