/** The state of one connection between its commands. Commands change it; nobody else does. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { MailParameters } from '#formats/smtp/parameters.ts';
import type { ReversePath } from '#formats/smtp/path.ts';
import { printReply, type Reply } from '#formats/smtp/reply.ts';
import type { LineEndCheck } from '#formats/smtp/data.ts';
import type { Connection } from '#server/protocols/connection.ts';
import type { TlsInfo } from '#server/protocols/handshake.ts';
import type { ContentSink, MemoryBudget } from './content.ts';
import type { EnvelopeRecipient, Hello, PortKind, SmtpHandlers, SmtpSession, TurnedAway } from './handlers.ts';
import type { SmtpLimits, SmtpOptions } from './options.ts';
import { own, replyTo } from './say.ts';

export interface Dialogue<Sender, Recipient> {
  readonly connection: Connection;
  readonly options: SmtpOptions;
  readonly limits: SmtpLimits;
  readonly budget: MemoryBudget;
  readonly handlers: SmtpHandlers<Sender, Recipient>;
  readonly session: MutableSession;
  transaction: Transaction<Sender, Recipient> | undefined;
  errors: number;
  authFailures: number;
  messages: number;
  commandsSinceMessage: number;
}

/** The engine's own hand on what handlers see as SmtpSession. */
export interface MutableSession extends SmtpSession {
  readonly kind: PortKind;
  tls: TlsInfo | undefined;
  hello: Hello | undefined;
  actor: Actor | undefined;
}

export interface Transaction<Sender, Recipient> {
  readonly path: ReversePath;
  readonly parameters: MailParameters;
  readonly sender: Sender;
  readonly recipients: EnvelopeRecipient<Recipient>[];
  /** Chunks of BDAT so far (RFC 3030). */
  chunks: { readonly sink: ContentSink; readonly check: LineEndCheck } | undefined;
}

/** Says a reply and counts it when it is a refusal for good. */
export function answer<S, R>(dialogue: Dialogue<S, R>, reply: Reply): void {
  dialogue.connection.say(printReply(reply));
  if (reply.code >= 500) dialogue.errors += 1;
}

/** The reply to whatever a handler threw; a fault is reported and says nothing of itself to the client. */
export function replyToThrown<S, R>(dialogue: Dialogue<S, R>, error: unknown, fault: Reply = own.fault): Reply {
  if (error instanceof Refusal) return replyTo(error);
  dialogue.options.onEvent({ kind: 'fault', session: dialogue.session, error });
  return fault;
}

/** Says the last reply of the connection; the loop ends on it. */
export function turnAway<S, R>(dialogue: Dialogue<S, R>, because: TurnedAway, reply: Reply): void {
  dialogue.connection.say(printReply(reply));
  dialogue.options.onEvent({ kind: 'turnedAway', session: dialogue.session, because });
}

/** Forgets the message under way (RFC 5321 §4.1.1.5). */
export async function resetTransaction<S, R>(dialogue: Dialogue<S, R>): Promise<void> {
  const chunks = dialogue.transaction?.chunks;
  dialogue.transaction = undefined;
  if (chunks) await chunks.sink.dispose();
}
