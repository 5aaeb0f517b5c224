/**
 * The talk with one client from greeting to goodbye: one command at a time, in order (RFC 5321 §4.1.4). Faults are caught
 * here and nowhere else; the client hears 421 and comes again.
 */
import { isUtf8 } from 'node:buffer';
import { BadSyntax } from '#formats/smtp/bad-syntax.ts';
import { type Command, MAX_AUTH_LINE_OCTETS, MAX_COMMAND_LINE_OCTETS, readCommand } from '#formats/smtp/command.ts';
import { printReply, type Reply } from '#formats/smtp/reply.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Line } from '#server/protocols/input.ts';
import { authenticate } from './authenticate.ts';
import { type Dialogue, answer, replyToThrown, resetTransaction, turnAway } from './dialogue.ts';
import { hello, secure, startTls } from './hello.ts';
import { bdat, data } from './message.ts';
import { greeting, own, replyToProblem } from './say.ts';
import { mail, rcpt } from './transaction.ts';

export async function converse<S, R>(dialogue: Dialogue<S, R>): Promise<void> {
  const { connection, options, session } = dialogue;
  try {
    if (options.isTlsImplicit && !(await secure(dialogue))) return;
    if (await greet(dialogue)) while (await step(dialogue));
    // what stopped the reading is told, if anybody is there to hear it
    if (connection.stop === 'closing') connection.say(printReply(own.closing));
    if (connection.stop === 'ended') connection.say(printReply(own.ended));
    if (connection.stop === 'tooSlow') turnAway(dialogue, 'tooSlow', own.tooSlow);
  } catch (error) {
    options.onEvent({ kind: 'fault', session, error });
    connection.say(printReply(own.closing));
  } finally {
    await resetTransaction(dialogue);
    await connection.end();
  }
}

async function greet<S, R>(dialogue: Dialogue<S, R>): Promise<boolean> {
  const { connection, options, limits, session, handlers } = dialogue;
  // A mail server waits for the greeting (RFC 5321 §4.3.1); what talks first is a program that only wants to be rid of spam.
  if (session.kind === 'mx' && limits.greetingDelayMs > 0 && !session.tls) {
    await new Promise((resolve) => setTimeout(resolve, limits.greetingDelayMs));
    if (connection.hasInput) {
      turnAway(dialogue, 'earlyTalker', own.earlyTalker);
      return false;
    }
  }
  try {
    await handlers.connected?.(session);
  } catch (error) {
    const reply = replyToThrown(dialogue, error);
    const isForGood = error instanceof Refusal && reply.code >= 500;
    connection.say(printReply(isForGood ? own.turnedAway : own.tooManyConnections));
    return false;
  }
  connection.say(printReply(greeting(options.hostName, session.kind === 'lmtp')));
  return true;
}

/** Reads one line and does it. @returns whether there is a next. */
async function step<S, R>(dialogue: Dialogue<S, R>): Promise<boolean> {
  const { connection, limits, session } = dialogue;
  const maxOctets = session.kind === 'submission' && !session.actor ? MAX_AUTH_LINE_OCTETS : MAX_COMMAND_LINE_OCTETS;
  const line = await connection.nextLine(maxOctets, limits.commandTimeoutMs);
  if (!line) return false;
  const canGoOn = await obey(dialogue, line);
  if (!canGoOn) return false;
  dialogue.commandsSinceMessage += 1;
  return isWithinLimits(dialogue);
}

async function obey<S, R>(dialogue: Dialogue<S, R>, line: Line): Promise<boolean> {
  const text = line.kind === 'text' ? decode(line.text) : undefined;
  if (text === undefined) {
    answer(dialogue, unreadable[line.kind]);
    return true;
  }
  let command: Command;
  try {
    command = readCommand(text);
  } catch (error) {
    if (!(error instanceof BadSyntax)) throw error;
    if (/^bdat(?![^ ])/i.test(text)) {
      // its octets follow, and we do not know how many: read as commands they could say anything
      turnAway(dialogue, 'tooLarge', own.cannotCount);
      return false;
    }
    answer(dialogue, replyToProblem(error.problem));
    return true;
  }
  return perform(dialogue, command);
}

/** A line is UTF-8 (RFC 6531 §3.3). @param octets one a character. */
function decode(octets: string): string | undefined {
  if (!/[\x80-\xff]/.test(octets)) return octets;
  const buffer = Buffer.from(octets, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : undefined;
}

const unreadable = {
  text: own.notUtf8,
  tooLong: own.lineTooLong,
  bareLineEnd: own.bareLineEnd,
} satisfies Readonly<Record<Line['kind'], Reply>>;

/** @returns whether the connection can go on. */
async function perform<S, R>(dialogue: Dialogue<S, R>, command: Command): Promise<boolean> {
  switch (command.kind) {
    case 'hello':
      await hello(dialogue, command);
      return true;
    case 'mail':
      await mail(dialogue, command.path, command.parameters);
      return true;
    case 'rcpt':
      await rcpt(dialogue, command.path, command.parameters);
      return true;
    case 'data':
      return data(dialogue);
    case 'bdat':
      return bdat(dialogue, command.sizeOctets, command.isLast);
    case 'auth':
      await authenticate(dialogue, command.mechanism, command.initialResponse);
      return true;
    case 'starttls':
      return startTls(dialogue);
    case 'rset':
      await resetTransaction(dialogue);
      answer(dialogue, own.ok);
      return true;
    case 'noop':
      answer(dialogue, own.ok);
      return true;
    case 'help':
      answer(dialogue, own.help);
      return true;
    case 'vrfy':
      answer(dialogue, own.cannotVerify);
      return true;
    case 'expn':
      answer(dialogue, own.notHere);
      return true;
    case 'quit':
      answer(dialogue, own.bye);
      return false;
    default:
      return command satisfies never;
  }
}

function isWithinLimits<S, R>(dialogue: Dialogue<S, R>): boolean {
  const { limits } = dialogue;
  if (dialogue.errors > limits.maxErrors) turnAway(dialogue, 'tooManyErrors', own.tooManyErrors);
  else if (dialogue.authFailures >= limits.maxAuthFailures) {
    turnAway(dialogue, 'tooManyAuthFailures', own.tooManyAuthFailures);
  } else if (dialogue.commandsSinceMessage > limits.maxCommandsPerMessage) {
    turnAway(dialogue, 'tooManyCommands', own.tooManyCommands);
  } else if (dialogue.messages > limits.maxMessagesPerConnection) {
    turnAway(dialogue, 'tooManyMessages', own.tooManyMessages);
  } else return true;
  return false;
}
