/**
 * Literals (RFC 9051 §4.3, RFC 7888, RFC 6855 §4). The connection asks here, at each line end, whether more octets belong to the command, and whether
 * they are a message to be streamed aside or a string that stays in the line. Cheap: looks at both ends of the line only.
 */
import { commandStart } from './tag.ts';

/** Digits of a size: fifteen stay exact. Who announces more is refused by the reader. */
const HEADER = /(~?)\{(\d{1,15})(\+?)\}$/;
/** `~{999999999999999+}` and what stands before it in an APPEND (`UTF8 (`, `TEXT `, `URL `). */
const LOOKED_AT = 40;

/** The literal a line ends in. */
export interface LiteralAhead {
  readonly sizeOctets: number;
  /** False for `{n+}`: its octets come without waiting for our `+` (RFC 7888). */
  readonly isSynchronising: boolean;
  /** literal8, `~{n}` (RFC 3516 §4.4): may hold NUL. */
  readonly isBinary: boolean;
  /** `message`: content of an APPEND, bounded by the largest message; `string`: any other, bounded by the line. */
  readonly purpose: 'message' | 'string';
}

/** Octets of a message literal: within the line, or taken aside by the connection; `index` counts those in order. */
export type LiteralOctets =
  | { readonly kind: 'inline'; readonly octets: string }
  | { readonly kind: 'aside'; readonly index: number; readonly sizeOctets: number };

/**
 * @param line the octets of the command so far, one a character, without the CRLF just met; literals taken aside left out.
 * @returns undefined when the command is complete.
 */
export function literalAhead(line: string): LiteralAhead | undefined {
  if (!line.endsWith('}')) return undefined;
  const end = line.slice(-LOOKED_AT);
  const found = HEADER.exec(end);
  if (found === null) return undefined;
  return {
    sizeOctets: Number(found[2]),
    isSynchronising: found[3] === '',
    isBinary: found[1] === '~',
    purpose: isMessage(line, end.slice(0, found.index)) ? 'message' : 'string',
  };
}

/** In an APPEND every literal is content but the mailbox name and the URLs of CATENATE (RFC 4469 §5). */
function isMessage(line: string, before: string): boolean {
  const start = commandStart(line);
  if (start === undefined || !/^APPEND /i.test(line.slice(start, start + 7))) return false;
  return !/(?:APPEND|URL) $/i.test(before);
}
