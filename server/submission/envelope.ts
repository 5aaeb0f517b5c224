/**
 * The envelope of a submission (RFC 8621 §7): addresses with SMTP's parameters, as JMAP writes them, which is also how they
 * are kept. Parameters are read by the same readers as SMTP's, so that both doors take and refuse the same.
 */
import { flattenGroups } from '#formats/address/read.ts';
import type { Envelope as MessageEnvelope } from '#formats/message/types.ts';
import { BadSyntax } from '#formats/smtp/bad-syntax.ts';
import { expectEnd, openCursor } from '#formats/smtp/cursor.ts';
import {
  type MailParameters,
  type RcptParameters,
  readMailParameters,
  readRcptParameters,
} from '#formats/smtp/parameters.ts';
import { printMailbox, readMailbox } from '#formats/smtp/path.ts';
import { printXtext } from '#formats/smtp/xtext.ts';
import { Refusal } from '#server/access/refusal.ts';

/** Values with their xtext undone (RFC 8621 §7); null for a parameter without a value. */
export type Parameters = Readonly<Record<string, string | null>>;

export interface EnvelopeAddress {
  /** Empty for the null sender. */
  readonly email: string;
  readonly parameters: Parameters | null;
}

export interface SubmissionEnvelope {
  readonly mailFrom: EnvelopeAddress;
  readonly rcptTo: readonly EnvelopeAddress[];
}

/** Recipients that are no addresses (RFC 8621 §7.5 invalidRecipients). */
export class InvalidRecipients extends Refusal {
  readonly addresses: readonly string[];
  constructor(addresses: readonly string[]) {
    super('invalidRecipients', { description: `no mail address: ${addresses.slice(0, 20).join(', ')}` });
    this.addresses = addresses;
  }
}

/** What a message's own header says where the client gave no envelope (RFC 8621 §7). */
export function deriveEnvelope(message: MessageEnvelope): SubmissionEnvelope {
  const sender = flattenGroups(message.sender ?? [])[0] ?? flattenGroups(message.from ?? [])[0];
  const recipients = [message.to, message.cc, message.bcc].flatMap((groups) => flattenGroups(groups ?? []));
  return {
    mailFrom: { email: sender?.email ?? '', parameters: null },
    rcptTo: recipients.map(({ email }) => ({ email, parameters: null })),
  };
}

/**
 * Checks addresses and parameters; a recipient who stands twice receives once.
 * @throws {Refusal} `noRecipients`, `invalidProperties` for what SMTP could not say, `tooMany`; {InvalidRecipients}.
 */
export function checkEnvelope(envelope: SubmissionEnvelope, mostRecipients: number): SubmissionEnvelope {
  const { mailFrom } = envelope;
  const from = mailFrom.email === '' ? '' : readAddress(mailFrom.email);
  if (from === undefined) throw new Refusal('forbiddenMailFrom', { description: 'the sender is no mail address' });
  readMail(mailFrom.parameters);
  const invalid: string[] = [];
  const recipients = new Map<string, EnvelopeAddress>();
  for (const { email, parameters } of envelope.rcptTo) {
    const address = readAddress(email);
    if (address === undefined) invalid.push(email);
    else {
      readRcpt(parameters);
      const key = address.toLowerCase();
      if (!recipients.has(key)) recipients.set(key, { email: address, parameters });
    }
  }
  if (invalid.length > 0) throw new InvalidRecipients(invalid);
  if (recipients.size === 0) throw new Refusal('noRecipients');
  if (recipients.size > mostRecipients)
    throw new Refusal('tooMany', { limit: mostRecipients, description: `at most ${mostRecipients} recipients` });
  return { mailFrom: { email: from, parameters: mailFrom.parameters }, rcptTo: [...recipients.values()] };
}

/** In the form of printMailbox; undefined for what is no `Mailbox` (RFC 5321 §4.1.2). */
function readAddress(text: string): string | undefined {
  try {
    const cursor = openCursor(text.trim(), 'recipientAddress');
    const mailbox = readMailbox(cursor);
    expectEnd(cursor);
    return printMailbox(mailbox);
  } catch (error) {
    if (error instanceof BadSyntax) return undefined;
    throw error;
  }
}

/** @throws {Refusal} `invalidProperties`. */
export function readMail(parameters: Parameters | null): MailParameters {
  return read(parameters, readMailParameters);
}

/** @throws {Refusal} `invalidProperties`. */
export function readRcpt(parameters: Parameters | null): RcptParameters {
  return read(parameters, readRcptParameters);
}

function read<T>(parameters: Parameters | null, reader: (cursor: ReturnType<typeof openCursor>) => T): T {
  const words = Object.entries(parameters ?? {}).map(([name, value]) => {
    const keyword = name.toUpperCase();
    if (value === null) return ` ${keyword}`;
    if (keyword === 'ENVID') return ` ${keyword}=${printXtext(value)}`;
    if (keyword !== 'ORCPT') return ` ${keyword}=${value}`;
    const at = value.indexOf(';') + 1;
    return ` ${keyword}=${value.slice(0, at)}${printXtext(value.slice(at))}`;
  });
  const line = words.join('');
  try {
    // A blank within a value would begin another parameter.
    if (words.some((word) => word.includes(' ', 1))) throw new BadSyntax('argument', 0);
    return reader(openCursor(line));
  } catch (error) {
    if (!(error instanceof BadSyntax)) throw error;
    throw new Refusal('invalidProperties', { properties: ['envelope'], description: `parameters:${line}` });
  }
}

/** SMTP's parameters as they are kept. What only concerned this hop (SIZE, BODY, AUTH) is left out. */
export function keepMail({ ret, envid, isUtf8, hold }: MailParameters): Parameters | null {
  return orNull({
    ...(ret !== undefined && { RET: ret }),
    ...(envid !== undefined && { ENVID: envid }),
    ...(isUtf8 && { SMTPUTF8: null }),
    ...(hold?.kind === 'for' && { HOLDFOR: String(hold.seconds) }),
    ...(hold?.kind === 'until' && { HOLDUNTIL: new Date(hold.instantMs).toISOString().replace(/\.\d+/, '') }),
  });
}

export function keepRcpt({ notify, orcpt }: RcptParameters): Parameters | null {
  return orNull({
    ...(notify !== undefined && { NOTIFY: notify.length === 0 ? 'NEVER' : notify.join(',').toUpperCase() }),
    ...(orcpt !== undefined && { ORCPT: `${orcpt.addressType};${orcpt.address}` }),
  });
}

function orNull(parameters: Parameters): Parameters | null {
  return Object.keys(parameters).length > 0 ? parameters : null;
}

/**
 * When a message is to leave: now, or as HOLDFOR and HOLDUNTIL say (RFC 4865).
 * @param at now; both in milliseconds since 1970.
 * @throws {Refusal} `invalidProperties` when that is further away than `maxDelayMs`.
 */
export function planSendAt({ hold }: Pick<MailParameters, 'hold'>, at: number, maxDelayMs: number): number {
  if (!hold) return at;
  const sendAt = hold.kind === 'for' ? at + hold.seconds * 1000 : Math.max(at, hold.instantMs);
  if (sendAt - at > maxDelayMs)
    throw new Refusal('invalidProperties', { properties: ['envelope'], description: 'that is too far in the future' });
  return sendAt;
}
