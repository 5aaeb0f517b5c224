/**
 * DATA (RFC 5321 §4.1.1.4) and BDAT (RFC 3030): the octets of a message, then the handler's word. All octets of a refused
 * message are read first: a reply in their midst would make the rest of them commands.
 */
import { createDataReader, createLineEndCheck } from '#formats/smtp/data.ts';
import { printReply, type Reply } from '#formats/smtp/reply.ts';
import type { Patience } from '#server/protocols/connection.ts';
import { ContentSink } from './content.ts';
import { type Dialogue, type Transaction, answer, replyToThrown, resetTransaction, turnAway } from './dialogue.ts';
import type { MessageOutcome, Outcome } from './handlers.ts';
import { chunkTaken, messageTaken, own, replyTo } from './say.ts';

/** How often the size limit is drained before we hang up on a message that does not end. */
const DRAIN_FACTOR = 4;

/** DATA. @returns whether the connection can go on. */
export async function data<S, R>(dialogue: Dialogue<S, R>): Promise<boolean> {
  const { connection, transaction } = dialogue;
  const refusal = dataRefusal(dialogue);
  if (refusal || !transaction) {
    answer(dialogue, refusal ?? own.mailFirst);
    return true;
  }
  connection.say(printReply(own.startMessage));
  const sink = openSink(dialogue);
  try {
    const reader = createDataReader();
    const patience = patienceOf(dialogue);
    for (;;) {
      const chunk = connection.takeChunk() ?? (await connection.nextChunk(patience));
      if (!chunk) return false;
      const end = reader.push(chunk, sink.write);
      if (sink.mustFlush) await sink.flush();
      if (end >= 0) {
        connection.giveBack(chunk.subarray(end));
        await finish(dialogue, transaction, sink, reader.hasBareLineEnd());
        return true;
      }
      if (isEndless(dialogue, sink)) return false;
    }
  } finally {
    await sink.dispose();
  }
}

/** BDAT. @returns whether the connection can go on. */
export async function bdat<S, R>(dialogue: Dialogue<S, R>, sizeOctets: number, isLast: boolean): Promise<boolean> {
  const refusal = bdatRefusal(dialogue);
  const { transaction } = dialogue;
  if (refusal || !transaction) {
    // the octets come whatever we say (RFC 3030 §2)
    const isRead = await readOctets(dialogue, sizeOctets, () => undefined);
    if (isRead) answer(dialogue, refusal ?? own.mailFirst);
    return isRead;
  }
  transaction.chunks ??= { sink: openSink(dialogue), check: createLineEndCheck() };
  const { sink, check } = transaction.chunks;
  const isRead = await readOctets(dialogue, sizeOctets, (chunk) => {
    check.push(chunk);
    sink.write(chunk);
    return sink.mustFlush ? sink.flush() : undefined;
  });
  if (!isRead || isEndless(dialogue, sink)) return false;
  if (!isLast) {
    // Said at once when it is hopeless, so the client can stop sending; it must then say RSET.
    const problem = sink.isTooLarge ? own.tooLarge : undefined;
    answer(dialogue, problem ?? chunkTaken(sizeOctets));
    return true;
  }
  await finish(dialogue, transaction, sink, check.hasBareLineEnd());
  return true;
}

function dataRefusal<S, R>({ transaction, session }: Dialogue<S, R>): Reply | undefined {
  if (!transaction) return own.mailFirst;
  if (transaction.chunks) return own.dataOrBdat;
  if (transaction.recipients.length > 0) return undefined;
  return session.kind === 'lmtp' ? own.noRecipientsByLmtp : own.noRecipients;
}

function bdatRefusal<S, R>({ transaction, session }: Dialogue<S, R>): Reply | undefined {
  if (!transaction) return own.mailFirst;
  if (transaction.recipients.length > 0) return undefined;
  return session.kind === 'lmtp' ? own.noRecipientsByLmtp : own.noRecipients;
}

function openSink<S, R>({ options, limits, budget }: Dialogue<S, R>): ContentSink {
  const { spoolFolder } = options;
  const { maxMemoryOctets, maxMessageOctets } = limits;
  return new ContentSink({ spoolFolder, maxMemoryOctets, maxMessageOctets }, budget);
}

/** Asks the handler, says its word, and ends the transaction. */
async function finish<S, R>(
  dialogue: Dialogue<S, R>,
  transaction: Transaction<S, R>,
  sink: ContentSink,
  hasBareLineEnd: boolean,
): Promise<void> {
  const replies = await judge(dialogue, transaction, sink, hasBareLineEnd);
  await resetTransaction(dialogue);
  dialogue.messages += 1;
  dialogue.commandsSinceMessage = 0;
  // LMTP: one reply for each recipient we had accepted, in order (RFC 2033 §4.2)
  const count = dialogue.session.kind === 'lmtp' ? transaction.recipients.length : 1;
  for (let index = 0; index < count; index += 1) {
    answer(dialogue, replies.kind === 'one' ? replies.reply : (replies.each[index] ?? own.fault));
  }
}

type Replies =
  | { readonly kind: 'one'; readonly reply: Reply }
  | { readonly kind: 'each'; readonly each: readonly Reply[] };

async function judge<S, R>(
  dialogue: Dialogue<S, R>,
  transaction: Transaction<S, R>,
  sink: ContentSink,
  hasBareLineEnd: boolean,
): Promise<Replies> {
  const { session, handlers, limits, options } = dialogue;
  if (sink.isTooLarge) return { kind: 'one', reply: own.tooLarge };
  if (hasBareLineEnd && limits.bareLineEnds === 'refuse') return { kind: 'one', reply: own.bareInMessage };
  if (sink.failure) {
    options.onEvent({ kind: 'fault', session, error: sink.failure.error });
    return { kind: 'one', reply: own.noRoom };
  }
  const { path, parameters, sender, recipients } = transaction;
  try {
    const outcome = await handlers.message(session, { path, parameters, sender, recipients }, sink.content());
    return repliesTo(dialogue, outcome, recipients.length);
  } catch (error) {
    return { kind: 'one', reply: replyToThrown(dialogue, error) };
  }
}

function repliesTo<S, R>(dialogue: Dialogue<S, R>, outcome: MessageOutcome, recipientCount: number): Replies {
  if (outcome.kind !== 'each') return { kind: 'one', reply: replyToOutcome(dialogue, outcome) };
  if (dialogue.session.kind !== 'lmtp' || outcome.outcomes.length !== recipientCount) {
    throw new Error(`${outcome.outcomes.length} outcomes for ${recipientCount} recipients on ${dialogue.session.kind}`);
  }
  return { kind: 'each', each: outcome.outcomes.map((each) => replyToOutcome(dialogue, each)) };
}

function replyToOutcome<S, R>(dialogue: Dialogue<S, R>, outcome: Outcome): Reply {
  switch (outcome.kind) {
    case 'accepted':
      return messageTaken(outcome.reference);
    case 'refused':
      return replyTo(outcome.refusal);
    case 'failed':
      return replyToThrown(dialogue, outcome.error);
  }
}

/** Reads exactly so many octets. @returns false when the client stopped. */
async function readOctets<S, R>(
  dialogue: Dialogue<S, R>,
  sizeOctets: number,
  take: (chunk: Buffer) => Promise<void> | undefined,
): Promise<boolean> {
  const { connection, limits } = dialogue;
  if (sizeOctets > limits.maxMessageOctets * DRAIN_FACTOR) {
    turnAway(dialogue, 'tooLarge', own.tooMuch);
    return false;
  }
  return connection.eachPiece(sizeOctets, patienceOf(dialogue), take);
}

function patienceOf<S, R>({ limits }: Dialogue<S, R>): Patience {
  return { pieceMs: limits.dataTimeoutMs, untilMs: Date.now() + limits.dataTotalMs };
}

function isEndless<S, R>(dialogue: Dialogue<S, R>, sink: ContentSink): boolean {
  if (sink.sizeOctets <= dialogue.limits.maxMessageOctets * DRAIN_FACTOR) return false;
  turnAway(dialogue, 'tooLarge', own.tooMuch);
  return true;
}
