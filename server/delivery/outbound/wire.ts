/** The octets of a message as they go over the wire: CR LF ends every line and nothing else does, leading dots are doubled. */
import { isAscii } from 'node:buffer';

const CR = 13;
const LF = 10;
const DOT = 46;

/**
 * Makes CR or LF alone into CR LF: what the next server takes for a line end must be one for us too, or a message could
 * smuggle another behind it (RFC 5321 §2.3.8). The same array when there is nothing to do. Sign after this, never before.
 */
export function withCrLf(octets: Uint8Array): Uint8Array {
  const bare = countBare(octets);
  if (bare === 0) return octets;
  const whole = new Uint8Array(octets.length + bare);
  let at = 0;
  for (let index = 0; index < octets.length; index += 1) {
    const octet = octets[index] ?? 0;
    if (octet === CR) {
      whole[at++] = CR;
      whole[at++] = LF;
      if (octets[index + 1] === LF) index += 1;
    } else if (octet === LF) {
      whole[at++] = CR;
      whole[at++] = LF;
    } else whole[at++] = octet;
  }
  return whole.subarray(0, at);
}

/** Each adds one octet. */
function countBare(octets: Uint8Array): number {
  let bare = 0;
  for (let at = octets.indexOf(LF); at >= 0; at = octets.indexOf(LF, at + 1)) if (octets[at - 1] !== CR) bare += 1;
  for (let at = octets.indexOf(CR); at >= 0; at = octets.indexOf(CR, at + 1)) if (octets[at + 1] !== LF) bare += 1;
  return bare;
}

/** Doubles leading dots and ends the data (RFC 5321 §4.5.2). @param octets whose lines end in CR LF. */
export function printData(octets: Uint8Array): Uint8Array {
  const isLineStart = (at: number): boolean => at === 0 || (octets[at - 1] === LF && octets[at - 2] === CR);
  const dots: number[] = [];
  for (let at = octets.indexOf(DOT); at >= 0; at = octets.indexOf(DOT, at + 1)) if (isLineStart(at)) dots.push(at);
  const isEnded = octets.length === 0 || octets.at(-1) === LF;
  const end = isEnded ? '.\r\n' : '\r\n.\r\n';
  const whole = new Uint8Array(octets.length + dots.length + end.length);
  let from = 0;
  let to = 0;
  for (const dot of dots) {
    whole.set(octets.subarray(from, dot), to);
    to += dot - from;
    whole[to++] = DOT;
    from = dot;
  }
  whole.set(octets.subarray(from), to);
  whole.set(new TextEncoder().encode(end), to + octets.length - from);
  return whole;
}

/** Whether a message may only travel where 8BITMIME is offered, strictly speaking (RFC 6152). */
export function isEightBit(octets: Uint8Array): boolean {
  return !isAscii(octets);
}
