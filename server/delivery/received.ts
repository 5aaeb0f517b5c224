/** The `Received` field (RFC 5321 §4.4): where a message came from, by whom and when, written where it enters. */
import { printDate } from '#formats/message/date.ts';

export interface Hop {
  readonly helloName: string;
  readonly remoteAddress: string;
  readonly tls: string | null;
  readonly protocol: string;
  readonly hostName: string;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly forWhom: string | undefined;
}

/** Folded, ending in CRLF. What the peer said of itself is cut down to what a comment may hold. */
export function printReceived(hop: Hop): string {
  const literal = hop.remoteAddress.includes(':') ? `IPv6:${hop.remoteAddress}` : hop.remoteAddress;
  const from = `from ${harmless(hop.helloName)} ([${literal}])`;
  const by = `by ${harmless(hop.hostName)} (Pli) with ${hop.protocol} id ${hop.id}`;
  const tls = hop.tls === null ? '' : `\r\n\t(${harmless(hop.tls).replace(' ', ' cipher ')})`;
  const forWhom = hop.forWhom === undefined ? '' : `\r\n\tfor <${hop.forWhom}>`;
  return `Received: ${from}\r\n\t${by}${tls}${forWhom};\r\n\t${printDate(new Date(hop.at).toISOString())}\r\n`;
}

function harmless(word: string): string {
  return word.replace(/[^A-Za-z0-9.:_[\] -]/g, '').slice(0, 255) || 'unknown';
}
