/**
 * The octets of a message after DATA (RFC 5321 §4.5.2): dots unstuffed, the end found. Only CR LF . CR LF ends it; CR or LF
 * alone never does, whatever stands around it, so two servers cannot disagree about where a message ends (RFC 5321 §2.3.8,
 * known as SMTP smuggling). Lone ones are noted for the head to refuse after the end. Works on chunks as they come, in views
 * of them, without copying.
 */
import { joinOctets } from '#formats/octets/join.ts';

const CR = 13;
const LF = 10;
const DOT = 46;
const CARRIAGE_RETURN = Uint8Array.of(CR);

export interface DataReader {
  /**
   * Reads the chunk up to the end of the data.
   *
   * @returns the offset in the chunk behind the end of data, or -1 when it has not come yet.
   */
  readonly push: (chunk: Uint8Array, sink: (piece: Uint8Array) => void) => number;
  /** Whether a CR without LF or an LF without CR was seen. */
  readonly hasBareLineEnd: () => boolean;
}

type State = 'inLine' | 'afterCr' | 'lineStart' | 'afterDot' | 'afterDotCr';

/** A reader for one message; the CRLF of the DATA command counts as the line end before it. */
export function createDataReader(): DataReader {
  let state: State = 'lineStart';
  let isBare = false;

  function push(chunk: Uint8Array, sink: (piece: Uint8Array) => void): number {
    let at = 0;
    let from = 0; // octets before it were given to the sink, or were a stuffing dot
    let nextCr = -2; // where the next CR is; -2 when not searched yet
    while (at < chunk.length) {
      const octet = chunk[at];
      switch (state) {
        case 'lineStart':
          if (octet === DOT) {
            if (at > from) sink(chunk.subarray(from, at));
            at += 1;
            from = at;
            state = 'afterDot';
          } else state = 'inLine';
          break;
        case 'afterDot':
          if (octet === CR) {
            at += 1;
            state = 'afterDotCr';
          } else state = 'inLine';
          break;
        case 'afterDotCr':
          if (octet === LF) return at + 1;
          isBare = true;
          // This CR was held back in case it belonged to the end of data; when it came with the chunk before, `from` is 0.
          if (at === 0) sink(CARRIAGE_RETURN);
          state = 'inLine';
          break;
        case 'afterCr':
          if (octet === LF) {
            at += 1;
            state = 'lineStart';
          } else {
            isBare = true;
            state = 'inLine';
          }
          break;
        case 'inLine': {
          const lf = chunk.indexOf(LF, at);
          if (nextCr !== -1 && nextCr < at) nextCr = chunk.indexOf(CR, at);
          if (lf >= 0) {
            // the only CR before an LF must be the one that stands right before it
            if (nextCr === lf - 1 && nextCr >= at) state = 'lineStart';
            else {
              isBare = true;
              if (lf > at && chunk[lf - 1] === CR) state = 'lineStart';
            }
            at = lf + 1;
          } else {
            const isLastCr = chunk[chunk.length - 1] === CR;
            if (nextCr >= 0 && !(isLastCr && nextCr === chunk.length - 1)) isBare = true;
            state = isLastCr ? 'afterCr' : 'inLine';
            at = chunk.length;
          }
          break;
        }
        default:
          state satisfies never;
      }
    }
    const to = state === 'afterDotCr' ? chunk.length - 1 : chunk.length;
    if (to > from) sink(chunk.subarray(from, to));
    return -1;
  }

  return { push, hasBareLineEnd: () => isBare };
}

export interface LineEndCheck {
  readonly push: (chunk: Uint8Array) => void;
  /** Asked after the last chunk: a CR at the very end is alone too. */
  readonly hasBareLineEnd: () => boolean;
}

/** The same check for BDAT (RFC 3030 §2), where octets are counted, not stuffed, and may be cut anywhere. */
export function createLineEndCheck(): LineEndCheck {
  let isBare = false;
  let isAfterCr = false;
  return {
    push(chunk) {
      if (isBare || chunk.length === 0) return;
      let at = 0;
      if (isAfterCr) {
        if (chunk[0] !== LF) isBare = true;
        at = 1;
      }
      while (!isBare) {
        const lf = chunk.indexOf(LF, at);
        const cr = chunk.indexOf(CR, at);
        if (lf < 0) {
          isBare = cr >= 0 && cr !== chunk.length - 1;
          break;
        }
        if (cr < 0 || cr !== lf - 1) isBare = true;
        at = lf + 1;
      }
      isAfterCr = chunk[chunk.length - 1] === CR;
    },
    hasBareLineEnd: () => isBare || isAfterCr,
  };
}

/** Stuffs dots and ends the data: what a client sends after 354. A message that does not end a line gets its CRLF. */
export function printData(message: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at >= 0 && at < message.length;) {
    if (message[at] === DOT && (at === 0 || (message[at - 1] === LF && message[at - 2] === CR))) {
      pieces.push(message.subarray(from, at), Uint8Array.of(DOT));
      from = at;
    }
    at = message.indexOf(LF, at) + 1 || -1;
  }
  const length = message.length;
  const endsLine = length === 0 || (message[length - 1] === LF && message[length - 2] === CR);
  pieces.push(message.subarray(from), new TextEncoder().encode(endsLine ? '.\r\n' : '\r\n.\r\n'));
  return joinOctets(pieces);
}
