/**
 * `mailto:` as a way to notify (RFC 5436 §2, RFC 6068): recipients and a few fields. Fields that would forge who sent the notification, or where
 * it has been, are not taken.
 */
import { isMailAddress } from './address.ts';

export interface Mailto {
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject: string | null;
  readonly body: string | null;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

const MAX_URI_UNITS = 8_192;
const MAX_RECIPIENTS = 10;
const MAX_FIELDS = 20;
/** RFC 5436 §2.3, and what the sending of mail itself decides. */
const NOT_TAKEN = new Set([
  'from',
  'sender',
  'reply-to',
  'bcc',
  'date',
  'message-id',
  'received',
  'return-path',
  'auto-submitted',
  'mime-version',
  'in-reply-to',
  'references',
  'dkim-signature',
  'authentication-results',
]);

/** Null for what is no mailto URI, or names nobody. */
export function readMailto(uri: string): Mailto | null {
  const found = /^mailto:([^?#]*)(?:\?([^#]*))?$/i.exec(uri.slice(0, MAX_URI_UNITS + 1));
  if (found === null || uri.length > MAX_URI_UNITS) return null;
  const to = readAddresses(found[1] ?? '');
  const cc: string[] = [];
  if (to === null) return null;
  let subject: string | null = null;
  let body: string | null = null;
  const fields: { name: string; value: string }[] = [];
  for (const field of (found[2] ?? '').split(/&(?:amp;)?/).slice(0, MAX_FIELDS)) {
    const equals = field.indexOf('=');
    if (equals < 0) continue;
    const name = decode(field.slice(0, equals))?.toLowerCase() ?? '';
    const raw = field.slice(equals + 1);
    const value = decode(raw);
    if (value === null) return null;
    if (name === 'to' || name === 'cc') {
      const more = readAddresses(raw);
      if (more === null) return null;
      (name === 'to' ? to : cc).push(...more);
    } else if (name === 'subject') subject = onOneLine(value);
    else if (name === 'body') body = value;
    else if (/^[!-9;-~]+$/.test(name) && !NOT_TAKEN.has(name) && !/^(?:resent|content|list|arc)-/.test(name))
      fields.push({ name, value: onOneLine(value) });
  }
  const all = [...new Set([...to, ...cc])];
  if (all.length === 0 || all.length > MAX_RECIPIENTS) return null;
  const main = all.filter((address) => to.includes(address));
  return { to: main, cc: all.filter((address) => !to.includes(address)), subject, body, fields };
}

/** Addresses with commas between them, each percent-encoded; null where one is none. */
function readAddresses(text: string): string[] | null {
  const addresses: string[] = [];
  for (const piece of text.split(',')) {
    if (piece === '') continue;
    // A comma that is encoded separates too, as the older RFC 2368 had it.
    for (const word of decode(piece)?.split(',') ?? ['']) {
      const address = word.trim();
      if (!isMailAddress(address)) return null;
      addresses.push(address);
    }
  }
  return addresses;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // URIError: a percent sign that encodes nothing.
    return null;
  }
}

function onOneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
