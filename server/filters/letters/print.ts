/**
 * The letters filters write: forwards, absence answers, notifications, and the notice to the owner of a filter that
 * failed. Each says of itself that no person wrote it (RFC 3834 §5), but the forward, which is somebody else's message.
 */
import { randomUUIDv7 } from 'node:crypto';

import { flattenGroups, readAddressGroups } from '#formats/address/read.ts';
import type { EmailAddress } from '#formats/address/types.ts';
import { readHeaderFields } from '#formats/message/fields.ts';
import { printMessage } from '#formats/message/print.ts';
import { type FieldSpec, printField } from '#formats/message/printfield.ts';
import type { SieveMessage, NotifyAction, VacationAction } from '#formats/sieve/types.ts';
import { parseAddress } from '#server/directory/address.ts';
import { printBy } from '#server/submission/hop.ts';

import type { Owner } from '#server/filters/queries/owner.ts';
import { words } from './words.ts';

export interface Letterhead {
  readonly owner: Owner;
  /** Folded. */
  readonly addresses: readonly string[];
  readonly hostName: string;
  /** Now, milliseconds since 1970. */
  readonly at: number;
}

/**
 * The message as it is forwarded: octet for octet, so that its DKIM signature holds, below what says where it came
 * through. `Delivered-To` (RFC 9228) is what a loop is known by.
 */
export function printForward(octets: Uint8Array, { owner, hostName, at }: Letterhead): Uint8Array {
  const headerOctets = octets.subarray(0, headerOctetsAtMost);
  const returnPaths = readHeaderFields(headerOctets, 0, headerOctets.length).filter(
    ({ name }) => name.toLowerCase() === 'return-path',
  );
  const top = printBy(hostName, 'Sieve', { id: randomUUIDv7(), atMs: at }) + `Delivered-To: ${owner.email}\r\n`;
  const pieces: Uint8Array[] = [Buffer.from(top)];
  let from = 0;
  // It says where the last delivery came from (RFC 5321 §4.4), and the next one will say it anew.
  for (const field of returnPaths) {
    pieces.push(octets.subarray(from, field.start));
    from = field.end;
  }
  return Buffer.concat([...pieces, octets.subarray(from)]);
}

const headerOctetsAtMost = 1_048_576;

/** Whether the account forwarded this message once before. */
export function cameThrough(message: SieveMessage, addresses: readonly string[]): boolean {
  return message
    .fieldsNamed('delivered-to')
    .some(({ text }) => addresses.includes(parseAddress(text.replace(/^<|>$/g, ''))?.address ?? ''));
}

/** RFC 5230 §5, RFC 3834 §3. */
export function printAnswer(action: VacationAction, head: Letterhead): Uint8Array {
  const { owner } = head;
  const { originalSubject } = action;
  return printLetter(head, {
    from: ownAddress(action.from, head),
    to: [action.to],
    cc: [],
    subject: action.subject ?? words[owner.language].answerSubject(originalSubject),
    more: [
      ...idsField('In-Reply-To', action.inReplyTo),
      ...idsField('References', action.references),
      { name: 'Auto-Submitted', form: 'Raw', value: ' auto-replied' },
      // Exchange would answer an answer otherwise.
      { name: 'X-Auto-Response-Suppress', form: 'Raw', value: ' All' },
    ],
    text: action.reason,
    isMime: action.isMime,
  });
}

/** RFC 5436 §2.7. */
export function printNotification(action: NotifyAction, message: SieveMessage, head: Letterhead): Uint8Array {
  const said = words[head.owner.language];
  const sender = message.fieldsNamed('from')[0]?.text ?? '';
  const subject = message.fieldsNamed('subject')[0]?.text ?? '';
  const importance = { 1: ['1', 'high'], 2: undefined, 3: ['5', 'low'] }[action.importance];
  return printLetter(head, {
    from: ownAddress(action.from ?? '', head),
    to: action.to,
    cc: action.cc,
    subject: action.message ?? action.subject ?? said.notifySubject(sender),
    more: [
      ...action.fields.flatMap(({ name, value }): FieldSpec[] =>
        mayStand(name) ? [{ name, form: 'Text', value }] : [],
      ),
      ...(importance === undefined
        ? []
        : ([
            { name: 'X-Priority', form: 'Raw', value: ` ${importance[0]}` },
            { name: 'Importance', form: 'Raw', value: ` ${importance[1]}` },
          ] as const)),
      { name: 'Auto-Submitted', form: 'Raw', value: ` auto-notified; owner-email="${head.owner.email}"` },
    ],
    text: action.body ?? said.notifyText(sender, subject),
    isMime: false,
  });
}

/** What a mailto URI may add: nothing that makes the letter another letter. */
function mayStand(name: string): boolean {
  return /^(?:x-[!-9;-~]{1,60}|keywords|comments|organization)$/i.test(name) && !/^x-(?:auto|pli)/i.test(name);
}

/** To the owner, filed in their inbox and sent nowhere. */
export function printNotice(
  about: { readonly script: string; readonly sentence: string },
  message: SieveMessage,
  head: Letterhead,
): Uint8Array {
  const { owner } = head;
  const said = words[owner.language];
  const domain = owner.email.slice(owner.email.lastIndexOf('@') + 1);
  const sender = message.fieldsNamed('from')[0]?.text ?? '';
  const subject = message.fieldsNamed('subject')[0]?.text ?? '';
  return printLetter(head, {
    from: { name: 'Pli', email: `postmaster@${domain}` },
    to: [owner.email],
    cc: [],
    subject: said.faultSubject,
    more: [{ name: 'Auto-Submitted', form: 'Raw', value: ' auto-generated' }],
    text: said.faultText({ ...about, sender, subject }),
    isMime: false,
  });
}

interface Letter {
  readonly from: EmailAddress;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject: string;
  readonly more: readonly FieldSpec[];
  /** With `isMime` an entity with its header (RFC 5230 §4.6). */
  readonly text: string;
  readonly isMime: boolean;
}

function printLetter({ hostName, at }: Letterhead, letter: Letter): Uint8Array {
  const asAddresses = (list: readonly string[]): EmailAddress[] => list.map((email) => ({ name: null, email }));
  const fields: FieldSpec[] = [
    { name: 'From', form: 'Addresses', value: [letter.from] },
    { name: 'To', form: 'Addresses', value: asAddresses(letter.to) },
    ...(letter.cc.length === 0 ? [] : [{ name: 'Cc', form: 'Addresses', value: asAddresses(letter.cc) } as const]),
    { name: 'Subject', form: 'Text', value: letter.subject.replace(/\p{Cc}+/gu, ' ') },
    { name: 'Date', form: 'Date', value: new Date(at).toISOString() },
    { name: 'Message-ID', form: 'MessageIds', value: [`${randomUUIDv7()}@${hostName}`] },
    ...letter.more,
  ];
  const top = printBy(hostName, 'Sieve', { id: randomUUIDv7(), atMs: at });
  if (!letter.isMime) {
    const body = { kind: 'text', subtype: 'plain', text: letter.text } as const;
    return Buffer.concat([Buffer.from(top), printMessage({ fields, body })]);
  }
  const entity = mimeEntity(letter.text);
  return Buffer.from(`${top}${fields.map(printField).join('')}MIME-Version: 1.0\r\n${entity}`);
}

/** The entity's Content-… fields alone, and its body: what else stands in its header is the letter's own to say. */
function mimeEntity(text: string): string {
  // Bare CRs too: some take them for the end of a line, and a full stop behind one for the end of the message.
  const octets = Buffer.from(text.replace(/\r\n|\r|\n/g, '\r\n'));
  const headerEnd = octets.indexOf('\r\n\r\n');
  const isBare = octets.subarray(0, 2).toString('latin1') === '\r\n';
  const end = isBare ? 0 : headerEnd < 0 ? octets.length : headerEnd + 2;
  const fields = readHeaderFields(octets, 0, end).filter(({ name }) => /^content-/i.test(name));
  const header = fields.map(({ start, end: fieldEnd }) => octets.subarray(start, fieldEnd).toString()).join('');
  return header + octets.subarray(end).toString();
}

/** As the script says it where that is one of the account's addresses: nobody answers under another's name. */
function ownAddress(field: string, { owner, addresses }: Letterhead): EmailAddress {
  const [written] = flattenGroups(readAddressGroups(field));
  const isOwn = written !== undefined && addresses.includes(parseAddress(written.email)?.address ?? '');
  return isOwn ? { name: written.name ?? owner.name, email: written.email } : { name: owner.name, email: owner.email };
}

function idsField(name: string, text: string): readonly FieldSpec[] {
  const ids = text.match(/<[^<>\s]{1,900}>/g) ?? [];
  return ids.length === 0 ? [] : [{ name, form: 'MessageIds', value: ids }];
}
