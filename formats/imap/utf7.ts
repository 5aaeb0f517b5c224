/**
 * Modified UTF-7 (RFC 3501 §5.1.3): mailbox names as IMAP4rev1 has them. ASCII stands for itself but `&`; the rest is UTF-16 in base64 between `&` and `-`.
 * Each name has one form only, and only that is read: two spellings of one mailbox would be two mailboxes to a client.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,';
const VALUES: ReadonlyMap<string, number> = new Map(Array.from(ALPHABET, (digit, value) => [digit, value]));

/** @param name well formed. */
export function printUtf7(name: string): string {
  return name.replace(/&|[^ -~]+/g, (run) => (run === '&' ? '&-' : `&${encodeRun(run)}-`));
}

/** @returns undefined where `octets` is not what `printUtf7` would have made. */
export function decodeUtf7(octets: string): string | undefined {
  if (!octets.includes('&')) return octets;
  let isBroken = false;
  const name = octets.replace(/&([^-]*)(-?)/g, (_, run: string, end: string) => {
    if (end === '') isBroken = true;
    return run === '' ? '&' : decodeRun(run);
  });
  return isBroken || !name.isWellFormed() || printUtf7(name) !== octets ? undefined : name;
}

function encodeRun(run: string): string {
  let encoded = '';
  let held = 0;
  let bits = 0;
  for (let at = 0; at < run.length; at++) {
    held = ((held & 0x3f) << 16) | run.charCodeAt(at);
    bits += 16;
    while (bits >= 6) {
      bits -= 6;
      encoded += ALPHABET.charAt((held >> bits) & 0x3f);
    }
  }
  return bits === 0 ? encoded : encoded + ALPHABET.charAt((held << (6 - bits)) & 0x3f);
}

/** What does not fit is left out; the comparison in `decodeUtf7` finds it missing. */
function decodeRun(run: string): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const digit of run) {
    held = ((held & 0xffff) << 6) | (VALUES.get(digit) ?? 0);
    bits += 6;
    if (bits >= 16) {
      bits -= 16;
      text += String.fromCharCode((held >> bits) & 0xffff);
    }
  }
  return text;
}
