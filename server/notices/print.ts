/** A letter of the house itself, as octets: from postmaster of one of its domains, and saying that no person wrote it. */
import { randomUUIDv7 } from 'node:crypto';

import type { EmailAddress } from '#formats/address/types.ts';
import { printMessage } from '#formats/message/print.ts';

export interface HouseLetter {
  readonly to: EmailAddress;
  /** An address of ours, whose domain the letter comes from. */
  readonly ours: string;
  readonly subject: string;
  /** Lines end in CRLF, the last one too. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** For Message-ID. */
  readonly hostName: string;
}

export function printHouseLetter({ to, ours, subject, text, at, hostName }: HouseLetter): Uint8Array {
  const domain = ours.slice(ours.lastIndexOf('@') + 1);
  return printMessage({
    fields: [
      { name: 'From', form: 'Addresses', value: [{ name: 'Pli', email: `postmaster@${domain}` }] },
      { name: 'To', form: 'Addresses', value: [to] },
      { name: 'Subject', form: 'Text', value: subject },
      { name: 'Date', form: 'Date', value: new Date(at).toISOString() },
      { name: 'Message-ID', form: 'MessageIds', value: [`${randomUUIDv7()}@${hostName}`] },
      // Nobody answers it by themselves (RFC 3834 §5).
      { name: 'Auto-Submitted', form: 'Raw', value: ' auto-generated' },
    ],
    body: { kind: 'text', subtype: 'plain', text },
  });
}
