/** What a ManageSieve server says: strings, and responses with their codes (RFC 5804 §1.2, §1.3, §4). */

export interface Response {
  readonly status: 'OK' | 'NO' | 'BYE';
  /** As it stands between the parentheses: `NONEXISTENT`, `TAG "x"`. */
  readonly code: string | undefined;
  /** For people. */
  readonly words: string;
}

const quotedOctets = 1024;

/** A string: quoted where it is short and of one line, else a literal (RFC 5804 §4). */
export function printString(text: string): string {
  const isPlain = !/[\r\n\0]/.test(text) && new TextEncoder().encode(text).length <= quotedOctets;
  if (isPlain) return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
  return `{${new TextEncoder().encode(text).length}}\r\n${text}`;
}

/** With its CRLF. */
export function printResponse({ status, code, words }: Response): string {
  return `${status}${code === undefined ? '' : ` (${code})`} ${printString(words)}\r\n`;
}
