/**
 * What the submission ports do with what the engine reads: log in, then every message is a submission of the account its
 * sender address belongs to (RFC 6409). A copy in Sent is filed only where the message says `X-Pli-Save-Sent: yes`, for most
 * programs file their own.
 */
import { type ForwardPath, isInternational, printMailbox } from '#formats/smtp/path.ts';
import { printTransmission } from '#formats/smtp/transmission.ts';
import type { Actor } from '#server/access/actor.ts';
import { authenticateBasic } from '#server/access/authenticate.ts';
import { enterDoor } from '#server/access/doors.ts';
import { Refusal } from '#server/access/refusal.ts';
import { findRecipient } from '#server/delivery/recipient.ts';
import { requireWritable } from '#server/maintenance/require.ts';
import { authenticateToken, isStanding } from '#server/provider/authenticate.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { type EnvelopeAddress, keepMail, keepRcpt } from '#server/submission/envelope.ts';
import { printBy } from '#server/submission/hop.ts';
import { findSendingAccount } from '#server/submission/sender.ts';
import { submitMessage } from '#server/submission/submit.ts';

import type { SmtpHandlers, SmtpSession } from './handlers.ts';
import type { Credentials } from '#server/protocols/sasl.ts';
import { printTokenFailure } from '#server/protocols/token-failure.ts';

/** What an app password or a token must be for. */
const scope = 'submission';

interface SubmissionSender {
  readonly accountId: AccountId;
  readonly address: EnvelopeAddress;
}

export function submissionHandlers(store: Store, hostName: string): SmtpHandlers<SubmissionSender, EnvelopeAddress> {
  const leaving = new WeakMap<SmtpSession, () => void>();
  return {
    authenticate: (session, credentials) => logIn(store, session, credentials),
    entered(session, end) {
      const { actor } = session;
      if (actor?.kind === 'person') leaving.set(session, enterDoor(store, actor, end));
    },
    closed: (session) => leaving.get(session)?.(),
    tokenFailure: (error) => printTokenFailure(store, error, scope),
    async mailFrom(session, path, parameters) {
      const email = printMailbox(path);
      const actor = actorOf(session);
      // An app password or a token that was taken back opens nothing more, though the connection stays.
      if (!(await isStanding(store, actor))) throw new Refusal('badCredentials');
      await requireWritable(store, actor, 'work');
      const accountId = await read(store, (tx) => findSendingAccount(tx, actor, email, store.now()));
      return { accountId, address: { email, parameters: keepMail(parameters) } };
    },
    async rcptTo(_session, path, parameters, sender) {
      const email = addressOf(path, hostName);
      try {
        await findRecipient(store, email, 0, sender.address.email);
      } catch (error) {
        // A full mailbox may have room when the message comes; an address nobody has will not.
        if (!(error instanceof Refusal) || error.reason !== 'overQuota') throw error;
      }
      return { email, parameters: keepRcpt(parameters) };
    },
    async message(session, envelope, content) {
      const { accountId, address } = envelope.sender;
      // It may have begun while the message was on its way.
      await requireWritable(store, actorOf(session), 'work');
      const protocol = printTransmission({
        verb: session.hello?.verb ?? 'EHLO',
        isSecure: session.tls !== undefined,
        isAuthenticated: true,
        isUtf8: envelope.parameters.isUtf8 || isInternational(envelope.path),
      });
      const { submissionId } = await submitMessage(store, actorOf(session), {
        accountId,
        envelope: { mailFrom: address, rcptTo: envelope.recipients.map(({ recipient }) => recipient) },
        message: {
          kind: 'octets',
          octets: await content.octets(),
          received: (id) => printBy(hostName, protocol, { id, atMs: store.now() }),
        },
      });
      return { kind: 'accepted', reference: `${accountId}:${submissionId}` };
    },
  };
}

async function logIn(store: Store, { remoteAddress }: SmtpSession, credentials: Credentials): Promise<Actor> {
  if (credentials.kind === 'bearer') {
    const { token, userName } = credentials;
    return (await authenticateToken(store, { token, userName, remoteAddress, scope, program: 'submission' })).actor;
  }
  const { authorizationId, userName, password } = credentials;
  // Whoever acts for another account does it under their own name, by the sender address (RFC 4616 §2).
  if (authorizationId !== '' && authorizationId.toLowerCase() !== userName.toLowerCase())
    throw new Refusal('badCredentials');
  return (await authenticateBasic(store, { userName, password, remoteAddress, scope, program: 'submission' })).actor;
}

/** The engine asks for a login before MAIL on this port. */
function actorOf({ actor }: SmtpSession): Actor {
  if (!actor) throw new Refusal('mayNot');
  return actor;
}

/** `<Postmaster>` alone is this host's (RFC 5321 §4.5.1). */
function addressOf(path: ForwardPath, hostName: string): string {
  return path.kind === 'postmaster' ? `postmaster@${hostName}` : printMailbox(path);
}
