/**
 * What the SMTP engine asks of whoever starts it: one function for each decision. The engine keeps the protocol, its order
 * and its limits; every rule about people, addresses and messages stands behind these. A handler says no by throwing a
 * Refusal; anything else it throws is a fault, reported by an event and answered 4xx. Calls of one connection never overlap.
 */
import type { Actor } from '#server/access/actor.ts';
import type { Refusal } from '#server/access/refusal.ts';
import type { MailParameters, RcptParameters } from '#formats/smtp/parameters.ts';
import type { ForwardPath, ReversePath } from '#formats/smtp/path.ts';
import type { Content } from './content.ts';
import type { TlsEvent, TlsInfo } from '#server/protocols/handshake.ts';
import type { Crowded } from '#server/protocols/listener.ts';
import type { Credentials } from '#server/protocols/sasl.ts';

/** mx: mail from other servers; submission: mail from our people; lmtp: final delivery from a server in front of us. */
export type PortKind = 'mx' | 'lmtp' | 'submission';

/** One connection, as far as it is known when a handler is called. The same record lives as long as the connection. */
export interface SmtpSession {
  readonly kind: PortKind;
  /** Textual; an IPv4 client of a dual socket is written as IPv4. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly isLoopback: boolean;
  readonly tls: TlsInfo | undefined;
  /** undefined before the hello, and again after STARTTLS */
  readonly hello: Hello | undefined;
  readonly actor: Actor | undefined;
}

export interface Hello {
  readonly verb: 'HELO' | 'EHLO' | 'LHLO';
  /** What the client calls itself; proves nothing. */
  readonly name: string;
}

/** `Sender` and `Recipient` are what mailFrom and rcptTo found; the engine only carries them to message. */
export interface Envelope<Sender, Recipient> {
  readonly path: ReversePath;
  readonly parameters: MailParameters;
  readonly sender: Sender;
  /** In the order they were accepted; one address may stand twice. */
  readonly recipients: readonly EnvelopeRecipient<Recipient>[];
}

export interface EnvelopeRecipient<Recipient> {
  readonly path: ForwardPath;
  readonly parameters: RcptParameters;
  readonly recipient: Recipient;
}

/** `accepted` promises that the message is durable (RFC 5321 §6.1). `reference` helps to find it again in our logs. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly reference: string | undefined }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** As if thrown, for one recipient: a fault, told as 4xx. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** `each` is for LMTP: as many outcomes as recipients, in their order (RFC 2033 §4.2). */
export type MessageOutcome = Outcome | { readonly kind: 'each'; readonly outcomes: readonly Outcome[] };

type Answer<T> = T | Promise<T>;

export interface SmtpHandlers<Sender, Recipient> {
  /** Before the greeting: a Refusal turns the client away. */
  readonly connected?: (session: SmtpSession) => Answer<void>;
  /** Only called where AUTH is offered and the connection may carry a password. @throws {Refusal} badCredentials … */
  readonly authenticate: (session: SmtpSession, credentials: Credentials) => Answer<Actor>;
  /** Somebody is in. `end` ends the connection once the command under way is answered. */
  readonly entered?: (session: SmtpSession, end: () => void) => void;
  /** What a client whose token was refused is told before the refusal: JSON (RFC 7628 §3.2.2). */
  readonly tokenFailure?: (error: unknown) => Answer<string>;
  /** On submission `session.actor` is there. */
  readonly mailFrom: (session: SmtpSession, path: ReversePath, parameters: MailParameters) => Answer<Sender>;
  /** @throws {Refusal} noSuchRecipient, overQuota … refuses this recipient only. */
  readonly rcptTo: (
    session: SmtpSession,
    path: ForwardPath,
    parameters: RcptParameters,
    sender: Sender,
  ) => Answer<Recipient>;
  /** The content is gone once this settles: what is to be kept must have been read. */
  readonly message: (
    session: SmtpSession,
    envelope: Envelope<Sender, Recipient>,
    content: Content,
  ) => Answer<MessageOutcome>;
  readonly closed?: (session: SmtpSession) => void;
}

/** For the log and the counters. */
export type SmtpEvent =
  | { readonly kind: 'turnedAway'; readonly session: SmtpSession; readonly because: TurnedAway }
  | (TlsEvent & { readonly session: SmtpSession })
  /** A bug, or a disk or database that does not work: the client was told to come again. */
  | { readonly kind: 'fault'; readonly session: SmtpSession | undefined; readonly error: unknown };

export type TurnedAway =
  | Crowded
  | 'earlyTalker'
  | 'tooManyErrors'
  | 'tooManyCommands'
  | 'tooManyMessages'
  | 'tooManyAuthFailures'
  | 'tooSlow'
  | 'tooLarge';
