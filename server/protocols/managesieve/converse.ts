/**
 * The talk with one client from greeting to goodbye: one command at a time, in order. Faults are caught here and nowhere
 * else; the client hears NO and may go on.
 */
import { BadSyntax } from '#formats/managesieve/bad-syntax.ts';
import { type Command, readCommand } from '#formats/managesieve/command.ts';
import { printResponse, printString, type Response } from '#formats/managesieve/print.ts';
import { readLinePart, type Token } from '#formats/managesieve/token.ts';
import { Refusal } from '#server/access/refusal.ts';
import { filterPolicy } from '#server/filters/policy.ts';
import { isStanding } from '#server/provider/authenticate.ts';
import type { Line } from '#server/protocols/input.ts';

import { authenticate } from './authenticate.ts';
import { printCapabilities, printGreeting, runScriptCommand, type ScriptCommand } from './commands.ts';
import type { TurnedAway } from './options.ts';
import { own, sayProblem, sayRefusal } from './say.ts';
import { patienceOf, say, type Session } from './session.ts';

/** Literals larger than this many times what we take are not even read past. */
const drainFactor = 8;
/** More than any command has. */
const mostWords = 8;

export async function converse(session: Session): Promise<void> {
  const { connection, options, remoteAddress } = session;
  try {
    say(session, printGreeting(session));
    while (await step(session));
    if (connection.stop === 'closing') answer(session, own.closing);
    if (connection.stop === 'ended') answer(session, own.ended);
    if (connection.stop === 'tooSlow') turnAway(session, 'tooSlow', own.tooSlow);
  } catch (error) {
    options.onEvent({ kind: 'fault', remoteAddress, error });
    answer(session, own.closing);
  } finally {
    session.leaveDoor?.();
    await connection.end();
  }
}

/** Reads one command and does it. @returns whether there is a next. */
async function step(session: Session): Promise<boolean> {
  const { limits } = session;
  const read = await readWhole(session);
  if (read === undefined) return false;
  const canGoOn = read.kind === 'command' ? await perform(session, read.command) : answer(session, read.response);
  if (!canGoOn) return false;
  if (session.authFailures >= limits.maxAuthFailures) {
    turnAway(session, 'tooManyAuthFailures', own.tooManyAuthFailures);
    return false;
  }
  if (session.errors <= limits.maxErrors) return true;
  turnAway(session, 'tooManyErrors', own.tooManyErrors);
  return false;
}

type Whole =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'broken'; readonly response: Response };

/** A command with its literals; undefined when reading stopped. What is broken is read to its end first. */
async function readWhole(session: Session): Promise<Whole | undefined> {
  const { connection, limits, user } = session;
  const tokens: Token[] = [];
  let broken: Response | undefined;
  let timeoutMs = user ? limits.idleTimeoutMs : limits.loginTimeoutMs;
  for (let isContinued = false; ; isContinued = true) {
    const line = await connection.nextLine(limits.maxLineOctets, timeoutMs, isContinued ? 'command' : undefined);
    if (!line) return undefined;
    timeoutMs = limits.literalTimeoutMs;
    const part = readPart(line, isContinued);
    if ('status' in part) return { kind: 'broken', response: broken ?? part };
    tokens.push(...part.tokens);
    if (tokens.length > mostWords) broken ??= sayProblem('arguments');
    const { literalOctets } = part;
    if (literalOctets === undefined) break;
    const most = user ? filterPolicy(session.store).scriptOctets : limits.maxLineOctets;
    if (literalOctets > most * drainFactor) {
      turnAway(session, 'tooLarge', own.tooLarge);
      return undefined;
    }
    if (literalOctets > most || broken) {
      broken ??= sayProblem('literalTooLong');
      if (!(await connection.skipLiteral(literalOctets, patienceOf(session)))) return undefined;
      continue;
    }
    const octets = await connection.takeLiteral(literalOctets, patienceOf(session));
    if (!octets) return undefined;
    tokens.push({ kind: 'string', octets });
  }
  if (broken) return { kind: 'broken', response: broken };
  try {
    return { kind: 'command', command: readCommand(tokens) };
  } catch (error) {
    if (error instanceof BadSyntax) return { kind: 'broken', response: sayProblem(error.problem) };
    throw error;
  }
}

function readPart(line: Line, isContinued: boolean): ReturnType<typeof readLinePart> | Response {
  if (line.kind === 'tooLong') return own.lineTooLong;
  if (line.kind === 'bareLineEnd') return own.bareLineEnd;
  try {
    return readLinePart(line.text, isContinued);
  } catch (error) {
    if (error instanceof BadSyntax) return sayProblem(error.problem);
    throw error;
  }
}

/** @returns whether the connection can go on. */
async function perform(session: Session, command: Command): Promise<boolean> {
  const { user } = session;
  switch (command.kind) {
    case 'logout':
      answer(session, own.bye);
      return false;
    case 'capability':
      say(session, printCapabilities(session));
      return answer(session, own.done);
    case 'noop':
      return answer(
        session,
        command.tag === undefined ? own.done : { ...own.done, code: `TAG ${printString(command.tag)}` },
      );
    case 'starttls':
      return startTls(session);
    case 'authenticate': {
      const response = await whatever(session, () => authenticate(session, command.mechanism, command.initial));
      return response ? answer(session, response) : false;
    }
    case 'unauthenticate':
      if (!user) return answer(session, own.loginFirst);
      session.user = undefined;
      session.leaveDoor?.();
      return answer(session, own.done);
    case 'havespace':
    case 'putscript':
    case 'checkscript':
    case 'listscripts':
    case 'setactive':
    case 'getscript':
    case 'deletescript':
    case 'renamescript':
      return runForUser(session, command);
    default:
      return command satisfies never;
  }
}

async function runForUser(session: Session, command: ScriptCommand): Promise<boolean> {
  const { user } = session;
  if (!user) return answer(session, own.loginFirst);
  if (user.actor.by !== 'password' && !(await isStanding(session.store, user.actor))) {
    answer(session, own.ended);
    return false;
  }
  const response = await whatever(session, async () => {
    const ran = await runScriptCommand(session, user, command);
    if (ran.before !== '') say(session, ran.before);
    return ran.response;
  });
  return answer(session, response);
}

/** Refusals as answers; a fault is reported and says nothing of itself. */
async function whatever<T>(session: Session, work: () => Promise<T>): Promise<T | Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return sayRefusal(error);
    session.options.onEvent({ kind: 'fault', remoteAddress: session.remoteAddress, error });
    return own.fault;
  }
}

/** STARTTLS (RFC 5804 §2.2): capabilities are said anew under TLS, because nothing heard before can be believed. */
async function startTls(session: Session): Promise<boolean> {
  const { connection, options, remoteAddress, user } = session;
  if (connection.isSecure) return answer(session, own.tlsAlready);
  if (user) return answer(session, own.loginDone);
  if (!options.secureContext) return answer(session, own.noTls);
  answer(session, own.startTls);
  const isSecure = await connection.startTls(options.secureContext, (event) =>
    options.onEvent({ ...event, remoteAddress }),
  );
  if (!isSecure) return false;
  say(session, printGreeting(session));
  return true;
}

/** @returns true: the connection goes on. */
function answer(session: Session, response: Response): boolean {
  if (response.status === 'NO') session.errors += 1;
  say(session, printResponse(response));
  return true;
}

function turnAway(session: Session, because: TurnedAway, response: Response): void {
  session.options.onEvent({ kind: 'turnedAway', remoteAddress: session.remoteAddress, because });
  say(session, printResponse(response));
}
