/** APPEND (RFC 9051 §6.3.12), MULTIAPPEND (RFC 3502): messages are read and staged one by one, and filed all or none. */
import type { AppendLiteral, AppendMessage } from '#formats/imap/append.ts';
import type { Command } from '#formats/imap/command.ts';
import { printInOrder } from '#formats/imap/sequence-set.ts';
import { appendMessages, type MessageToAppend } from '#server/mail/emails/append.ts';
import { ingest } from '#server/mail/ingest.ts';
import type { Context, Done } from '#server/protocols/imap/dispatch.ts';
import { catenated } from '#server/protocols/imap/fetch/catenate.ts';
import { askedFlags } from '#server/protocols/imap/fetch/flags.ts';
import { own, Told } from '#server/protocols/imap/say.ts';
import { type Session, whoIn } from '#server/protocols/imap/session.ts';

import { brought, requireTarget } from './copy.ts';

type Append = Extract<Command, { readonly kind: 'append' }>;

export async function appendCommand(session: Session, command: Append, { messages }: Context): Promise<Done> {
  const { store, limits } = session;
  const target = await requireTarget(session, command.mailbox);
  const { accountId, mailbox } = target;
  const toAppend: MessageToAppend[] = [];
  for (const message of command.messages) {
    const octets = await octetsOf(session, message, messages);
    if (octets.length > limits.maxMessageOctets) throw new Told(own.literalTooLong);
    const { keywords, isDeleted } = askedFlags(message.flags);
    toAppend.push({
      message: await ingest(store, octets),
      keywords,
      isDeleted,
      receivedAt: message.internalDateMs,
    });
  }
  const { uidValidity, uids } = await appendMessages(store, whoIn(session).actor, accountId, mailbox.id, toAppend);
  const code = `APPENDUID ${uidValidity} ${printInOrder(uids)}`;
  return { code, words: 'Appended', told: brought(session, target, uids) };
}

async function octetsOf(session: Session, { data }: AppendMessage, messages: readonly Buffer[]): Promise<Uint8Array> {
  if (data.kind === 'literal') return literalOf(data, messages);
  return catenated(session, data.parts, (literal) => literalOf(literal, messages));
}

function literalOf({ octets }: AppendLiteral, messages: readonly Buffer[]): Uint8Array {
  if (octets.kind === 'inline') return Buffer.from(octets.octets, 'latin1');
  const message = messages[octets.index];
  if (!message) throw new Error(`message ${octets.index} was not brought`);
  return message;
}
