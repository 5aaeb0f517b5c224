/** The envelope out of the store: JSON as `JSON.stringify` made it of an `Envelope`, checked. What is missing or damaged is null. */
import type { AddressGroup, EmailAddress } from '#formats/address/types.ts';
import type { Envelope } from './types.ts';

export function readStoredEnvelope(stored: unknown): Envelope {
  return {
    from: groupsOf(field(stored, 'from')),
    sender: groupsOf(field(stored, 'sender')),
    replyTo: groupsOf(field(stored, 'replyTo')),
    to: groupsOf(field(stored, 'to')),
    cc: groupsOf(field(stored, 'cc')),
    bcc: groupsOf(field(stored, 'bcc')),
    subject: textOf(field(stored, 'subject')),
    messageId: textsOf(field(stored, 'messageId')),
    inReplyTo: textsOf(field(stored, 'inReplyTo')),
    references: textsOf(field(stored, 'references')),
    sentAt: textOf(field(stored, 'sentAt')),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function textsOf(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : null;
}

function groupsOf(value: unknown): AddressGroup[] | null {
  if (!Array.isArray(value)) return null;
  return value.map((group: unknown) => ({
    name: textOf(field(group, 'name')),
    addresses: addressesOf(field(group, 'addresses')),
  }));
}

function addressesOf(value: unknown): EmailAddress[] {
  if (!Array.isArray(value)) return [];
  return value.map((address: unknown) => ({
    name: textOf(field(address, 'name')),
    email: textOf(field(address, 'email')) ?? '',
  }));
}
