/** APPEND (RFC 9051 §6.3.12), MULTIAPPEND (RFC 3502): messages are read and staged one by one, and filed all or none. */
import type { AppendLiteral, AppendMessage } from '#formats/imap/append.ts';
import type { Command } from '#formats/imap/command.ts';
import { printInOrder } from '#formats/imap/sequence-set.ts';
import { Refusal } from '#server/access/refusal.ts';
import { appendMessages, type MessageToAppend } from '#server/mail/emails/append.ts';
import type { MailboxRef } from '#server/mail/emails/place.ts';
import { ingest } from '#server/mail/ingest.ts';
import type { Context, Done } from '#server/protocols/imap/dispatch.ts';
import { catenated } from '#server/protocols/imap/fetch/catenate.ts';
import { askedFlags } from '#server/protocols/imap/fetch/flags.ts';
import { own, Told } from '#server/protocols/imap/say.ts';
import { type Session, whoIn } from '#server/protocols/imap/session.ts';
import type { Modseq } from '#server/store/ids.ts';

import { brought, requireTarget } from './copy.ts';

type Append = Extract<Command, { readonly kind: 'append' }>;

export async function appendCommand(session: Session, command: Append, { messages }: Context): Promise<Done> {
  const { store, limits } = session;
  // Where the name led before it is not looked up beforehand: the transaction that files sees whether it still does.
  const placed = session.placed.get(command.mailbox);
  const target = placed ?? (await targetOf(session, command));
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
  try {
    return await fileIn(session, target, toAppend);
  } catch (error) {
    if (!placed || !(error instanceof Refusal) || error.reason !== 'noSuchMailbox') throw error;
    return fileIn(session, await targetOf(session, command), toAppend);
  }
}

/** @throws {Told} NO [TRYCREATE]. */
async function targetOf(session: Session, command: Append): Promise<Target> {
  const { accountId, mailbox } = await requireTarget(session, command.mailbox);
  return { accountId, mailboxId: mailbox.id };
}

interface Target extends MailboxRef {
  /** Only while this is the mailbox's own. */
  readonly modseq?: Modseq;
}

async function fileIn(session: Session, target: Target, messages: readonly MessageToAppend[]): Promise<Done> {
  const { actor } = whoIn(session);
  const { uidValidity, uids } = await appendMessages(session.store, actor, target.accountId, target, messages);
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
