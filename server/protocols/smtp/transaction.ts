/** MAIL and RCPT (RFC 5321 §4.1.1.2, §4.1.1.3): the envelope, one handler's word for each address. */
import type { MailParameters, RcptParameters } from '#formats/smtp/parameters.ts';
import { type ForwardPath, type ReversePath, isInternational } from '#formats/smtp/path.ts';
import type { Reply } from '#formats/smtp/reply.ts';
import { type Dialogue, answer, replyToThrown } from './dialogue.ts';
import { own } from './say.ts';

export async function mail<S, R>(
  dialogue: Dialogue<S, R>,
  path: ReversePath,
  parameters: MailParameters,
): Promise<void> {
  const refusal = mailRefusal(dialogue, path, parameters);
  if (refusal) return answer(dialogue, refusal);
  try {
    const sender = await dialogue.handlers.mailFrom(dialogue.session, path, parameters);
    dialogue.transaction = { path, parameters, sender, recipients: [], chunks: undefined };
    return answer(dialogue, own.sender);
  } catch (error) {
    return answer(dialogue, replyToThrown(dialogue, error));
  }
}

function mailRefusal<S, R>(
  { session, options, limits, transaction }: Dialogue<S, R>,
  path: ReversePath,
  { sizeOctets, isUtf8, hold }: MailParameters,
): Reply | undefined {
  if (!session.hello) return own.helloFirst;
  if (transaction) return own.mailAlready;
  if (session.kind === 'submission' && !session.actor) return own.authNeeded;
  if (isInternational(path) && !isUtf8) return own.utf8NotAnnounced;
  if (sizeOctets !== undefined && sizeOctets > limits.maxMessageOctets) return own.tooLarge;
  if (!hold) return undefined;
  if (session.kind !== 'submission' || options.maxHoldSeconds <= 0) return own.parameter;
  const holdSeconds = hold.kind === 'for' ? hold.seconds : (hold.instantMs - Date.now()) / 1000;
  return holdSeconds > options.maxHoldSeconds ? own.holdTooLong : undefined;
}

export async function rcpt<S, R>(
  dialogue: Dialogue<S, R>,
  path: ForwardPath,
  parameters: RcptParameters,
): Promise<void> {
  const { transaction, limits } = dialogue;
  if (!transaction) return answer(dialogue, own.mailFirst);
  if (transaction.chunks) return answer(dialogue, own.dataOrBdat);
  if (isInternational(path) && !transaction.parameters.isUtf8) return answer(dialogue, own.utf8NotAnnounced);
  if (transaction.recipients.length >= limits.maxRecipients) return answer(dialogue, own.tooManyRecipients);
  try {
    const recipient = await dialogue.handlers.rcptTo(dialogue.session, path, parameters, transaction.sender);
    transaction.recipients.push({ path, parameters, recipient });
    return answer(dialogue, own.recipient);
  } catch (error) {
    return answer(dialogue, replyToThrown(dialogue, error));
  }
}
