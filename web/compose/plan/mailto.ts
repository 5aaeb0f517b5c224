/** mailto: addresses (RFC 6068). Only headers that are safe to take from a stranger's link are taken (§7). */
import type { EmailAddress } from '#web/sync/records.ts';
import { readRecipients } from './recipients.ts';

export interface Mailto {
  readonly to: readonly EmailAddress[];
  readonly cc: readonly EmailAddress[];
  readonly bcc: readonly EmailAddress[];
  readonly subject: string;
  readonly text: string;
}

export function readMailto(url: string): Mailto {
  const [, path = '', query = ''] = /^mailto:([^?#]*)\??([^#]*)/i.exec(url.trim()) ?? [];
  const none: readonly string[] = [];
  const found = { to: [path], cc: [...none], bcc: [...none], subject: '', text: '' };
  for (const pair of query.split('&')) {
    const cut = pair.indexOf('=');
    const name = decode(cut < 0 ? pair : pair.slice(0, cut)).toLowerCase();
    const value = cut < 0 ? '' : pair.slice(cut + 1);
    if (name === 'to' || name === 'cc' || name === 'bcc') found[name].push(value);
    else if (name === 'subject')
      found.subject = decode(value)
        .replaceAll(/[\r\n]+/g, ' ')
        .slice(0, 998);
    else if (name === 'body') found.text = decode(value).replaceAll('\r\n', '\n').slice(0, 100_000);
  }
  const people = (values: readonly string[]) => readRecipients(values.map(decode).join(','));
  return {
    to: people(found.to),
    cc: people(found.cc),
    bcc: people(found.bcc),
    subject: found.subject,
    text: found.text,
  };
}

/** A plus sign stands for itself (§5). */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
