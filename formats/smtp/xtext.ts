/** xtext (RFC 3461 §4): how ENVID, ORCPT and AUTH= carry any text in one ESMTP value. */
import { BadSyntax, type Problem } from './bad-syntax.ts';

const XTEXT = /^(?:[!-*,-<>-~\u00a0-\u{10ffff}]|\+[0-9A-F]{2})*$/u;

/** Decodes xtext; the octets must be UTF-8 and hold no control character, for they end in headers of bounces. @throws {BadSyntax} */
export function readXtext(text: string, offset = 0, problem: Problem = 'argument'): string {
  if (!XTEXT.test(text)) throw new BadSyntax(problem, offset);
  if (!text.includes('+')) return text;
  try {
    const decoded = decodeURIComponent(text.replaceAll('%', '%25').replace(/\+([0-9A-F]{2})/g, '%$1'));
    if (!/\p{Cc}/u.test(decoded)) return decoded;
  } catch {
    // decodeURIComponent says no to octets that are not UTF-8: the same answer as for any bad value
  }
  throw new BadSyntax(problem, offset);
}

/** Encodes into xtext: what is not printable ASCII, and `+` and `=`, as `+HH` of the UTF-8 octets. */
export function printXtext(text: string): string {
  return Array.from(new TextEncoder().encode(text), (octet) =>
    octet > 32 && octet < 127 && octet !== 0x2b && octet !== 0x3d
      ? String.fromCharCode(octet)
      : `+${octet.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}
