/**
 * The talk with one client from greeting to goodbye: one command at a time, in order. Faults are caught here and nowhere
 * else; the client hears NO without details and may go on.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

import { BadSyntax } from '#formats/imap/bad-syntax.ts';
import { readCommand } from '#formats/imap/read.ts';
import { Refusal } from '#server/access/refusal.ts';
import { LostCount } from '#server/mail/view/known.ts';
import { StoreUnavailable } from '#server/store/connection.ts';

import { capabilities } from './capabilities.ts';
import { perform } from './dispatch.ts';
import { type Incoming, readIncoming } from './incoming.ts';
import { own, printSaying, type Saying, sayProblem, sayRefusal, Told } from './say.ts';
import { isUtf8, type Session } from './session.ts';
import { secure } from './commands/starttls.ts';

/** How long one client may keep the others waiting. */
const turnMs = 8;

export async function converse(session: Session): Promise<void> {
  const { connection, options } = session;
  try {
    if (options.isTlsImplicit && !(await secure(session))) return;
    connection.say(`* OK [CAPABILITY ${capabilities(session)}] ${options.hostName} Pli\r\n`);
    for (let turnEnds = performance.now() + turnMs; await step(session);) {
      // Who sends a thousand commands at once is not served before everybody else.
      if (!connection.hasInput || performance.now() < turnEnds) continue;
      await nextTurn();
      turnEnds = performance.now() + turnMs;
    }
    // what stopped the reading is told, if anybody is there to hear it
    if (connection.stop === 'closing')
      connection.say('* BYE [UNAVAILABLE] The service is closing, come again later\r\n');
    if (connection.stop === 'ended') connection.say('* BYE [UNAVAILABLE] This access has ended\r\n');
    if (connection.stop === 'tooSlow') connection.say('* BYE [UNAVAILABLE] Timed out\r\n');
  } catch (error) {
    options.onEvent({ kind: 'fault', remoteAddress: session.remoteAddress, error });
    connection.say('* BYE [SERVERBUG] Something went wrong here\r\n');
  } finally {
    await connection.end();
  }
}

/** Reads one command and does it. @returns whether there is a next. */
async function step(session: Session): Promise<boolean> {
  const { connection, limits, options, remoteAddress } = session;
  const incoming = await readIncoming(session);
  if (!incoming) return false;
  if (incoming.kind !== 'command') {
    answerBad(session, incoming.tag, incoming.saying);
    if (incoming.kind === 'lost') connection.say('* BYE [TOOBIG] Cannot tell where this ends\r\n');
    if (incoming.kind === 'lost') return false;
  } else {
    try {
      await obey(session, incoming);
    } finally {
      incoming.release();
    }
  }
  if (session.state.kind === 'loggedOut') return false;
  if (session.errors > limits.maxErrors) {
    options.onEvent({ kind: 'turnedAway', remoteAddress, because: 'tooManyErrors' });
    connection.say('* BYE [CLIENTBUG] Too many errors\r\n');
    return false;
  }
  if (session.authFailures >= limits.maxAuthFailures) {
    options.onEvent({ kind: 'turnedAway', remoteAddress, because: 'tooManyAuthFailures' });
    connection.say('* BYE [UNAVAILABLE] Too many failures\r\n');
    return false;
  }
  return true;
}

async function obey(session: Session, incoming: Extract<Incoming, { readonly kind: 'command' }>): Promise<void> {
  const { line, aside, messages } = incoming;
  let tag: string | undefined;
  try {
    const tagged = readCommand(line, { aside, isUtf8: isUtf8(session) });
    tag = tagged.tag;
    await perform(session, tagged, messages);
    session.errors = 0;
  } catch (error) {
    if (error instanceof BadSyntax) answerBad(session, error.tag, sayProblem(error));
    else answerBad(session, tag, sayThrown(session, error));
  }
}

function sayThrown(session: Session, error: unknown): Saying {
  if (error instanceof Told) return error.saying;
  if (error instanceof Refusal) return sayRefusal(error);
  // Counting lost, the client must open the mailbox again: its numbers would name other emails.
  if (error instanceof LostCount) session.state = { kind: 'loggedOut' };
  session.options.onEvent({ kind: 'fault', remoteAddress: session.remoteAddress, error });
  return error instanceof StoreUnavailable ? own.unavailable : own.fault;
}

function answerBad(session: Session, tag: string | undefined, saying: Saying): void {
  if (saying.status === 'BAD') session.errors += 1;
  session.connection.say(printSaying(tag ?? '*', tag === undefined && saying.status === 'BAD' ? own.noTag : saying));
}
