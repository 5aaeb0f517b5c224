/**
 * What the MX and LMTP ports do with what the engine reads: ask the verbs of delivery. No mail for others is ever
 * taken here: that is submission's.
 */
import { isInternational, printMailbox } from '#formats/smtp/path.ts';
import { printTransmission } from '#formats/smtp/transmission.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { DeliveredEach } from '#server/delivery/deliver.ts';
import { receiveFromFront, receiveFromOutside, type ReceiveOptions, type Sender } from '#server/delivery/receive.ts';
import { findPostmaster, findRecipient, type Recipient } from '#server/delivery/recipient.ts';
import { requireReceiving } from '#server/maintenance/require.ts';
import type { Store } from '#server/store/store.ts';

import type { Envelope, MessageOutcome, Outcome, SmtpHandlers, SmtpSession } from './handlers.ts';

interface AcceptedSender {
  readonly sizeOctets: number;
  /** Where the server in front of us vouches for it: groups are not written to from outside. */
  readonly writer: string | undefined;
}

/** LMTP: the server in front of us checked the message; each recipient has an answer (RFC 2033). */
export function lmtpHandlers(store: Store, hostName: string): SmtpHandlers<AcceptedSender, Recipient> {
  return {
    ...handlersFor(store, hostName, 'front'),
    async message(session, envelope, content) {
      const recipients = receivingOf(store, envelope);
      const { reference, outcomes } = await receiveFromFront(
        store,
        await content.octets(),
        senderOf(session, envelope),
        recipients,
      );
      return { kind: 'each', outcomes: outcomes.map((outcome) => outcomeOf(outcome, reference)) };
    },
  };
}

/** MX: the world's mail. One answer for all recipients, so what could not be filed for some comes back to the sender. */
export function mxHandlers(
  store: Store,
  options: ReceiveOptions,
  bounce: (octets: Buffer, mailFrom: string, refused: readonly RefusedRecipient[]) => Promise<void>,
): SmtpHandlers<AcceptedSender, Recipient> {
  return {
    ...handlersFor(store, options.hostName, 'outside'),
    async message(session, envelope, content): Promise<MessageOutcome> {
      const recipients = receivingOf(store, envelope);
      const octets = await content.octets();
      const sender = senderOf(session, envelope);
      const { reference, outcomes } = await receiveFromOutside(store, octets, sender, recipients, options);
      const refused = outcomes.flatMap((outcome, index) => {
        const recipient = recipients[index];
        return outcome.kind === 'refused' && recipient ? [{ recipient, refusal: outcome.refusal }] : [];
      });
      const [first] = refused;
      // Nobody has it: the sender's own server may say so, which is better than a bounce of ours.
      if (first && refused.length === outcomes.length) return { kind: 'refused', refusal: first.refusal };
      if (first) await bounce(octets, sender.mailFrom, refused);
      return { kind: 'accepted', reference };
    },
  };
}

export interface RefusedRecipient {
  readonly recipient: Recipient;
  readonly refusal: Refusal;
}

function handlersFor(
  store: Store,
  hostName: string,
  from: 'front' | 'outside',
): Omit<SmtpHandlers<AcceptedSender, Recipient>, 'message'> {
  return {
    authenticate: () => {
      throw new Refusal('mayNot');
    },
    mailFrom: (_session, path, parameters) => ({
      sizeOctets: parameters.sizeOctets ?? 0,
      writer: from === 'front' ? printMailbox(path) : undefined,
    }),
    async rcptTo(_session, path, _parameters, sender) {
      // `<Postmaster>` alone is this host's (RFC 5321 §4.5.1).
      const destination =
        path.kind === 'postmaster'
          ? await findPostmaster(store, `postmaster@${hostName}`, sender.sizeOctets)
          : await findRecipient(store, `${path.localPart}@${path.domain}`, sender.sizeOctets, sender.writer);
      // Not ours: we relay for nobody (RFC 5321 §7.9).
      if (destination.kind === 'elsewhere') throw new Refusal('noSuchDomain');
      requireReceiving(store, destination.tenantId);
      return destination;
    },
  };
}

/** @throws {Refusal} `underMaintenance`: a house may have closed since RCPT, and the message stays whole where it is. */
function receivingOf(store: Store, envelope: Envelope<AcceptedSender, Recipient>): readonly Recipient[] {
  const recipients = envelope.recipients.map((each) => each.recipient);
  for (const { tenantId } of recipients) requireReceiving(store, tenantId);
  return recipients;
}

function senderOf(session: SmtpSession, envelope: Envelope<AcceptedSender, Recipient>): Sender {
  return {
    mailFrom: printMailbox(envelope.path),
    remoteAddress: session.remoteAddress,
    helloName: session.hello?.name ?? 'unknown',
    tls: session.tls ? `${session.tls.version} ${session.tls.cipher}` : null,
    protocol: printTransmission({
      verb: session.hello?.verb ?? 'HELO',
      isSecure: session.tls !== undefined,
      isAuthenticated: false,
      isUtf8: isInternational(envelope.path),
    }),
  };
}

function outcomeOf(outcome: DeliveredEach, reference: string): Outcome {
  return outcome.kind === 'delivered' ? { kind: 'accepted', reference } : outcome;
}
