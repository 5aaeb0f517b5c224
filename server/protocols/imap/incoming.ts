/** Reading one command: its line, its literals, the messages it brings. Every bound is kept here, before any reader sees an octet. */
import { literalAhead, type LiteralAhead } from '#formats/imap/literal.ts';
import { readTag } from '#formats/imap/tag.ts';

import type { Patience } from '#server/protocols/connection.ts';
import type { Line } from '#server/protocols/input.ts';

import { tellNotifications } from './notify.ts';
import { own, type Saying } from './say.ts';
import type { Session } from './session.ts';

export type Incoming =
  | {
      readonly kind: 'command';
      /** Octets, one a character, without the last CRLF. */
      readonly line: string;
      /** Where in the line messages were taken aside. */
      readonly aside: readonly number[];
      /** Their octets, in order. `release` them when they are no longer needed. */
      readonly messages: readonly Buffer[];
      readonly release: () => void;
    }
  /** To be answered, and the next command read. */
  | { readonly kind: 'refused'; readonly tag: string | undefined; readonly saying: Saying }
  /** To be answered, and nothing more read: what follows cannot be told from commands. */
  | { readonly kind: 'lost'; readonly tag: string | undefined; readonly saying: Saying };

/** A literal beyond this that comes unasked is not read past: the client is dropped. */
const skippedAtMostOctets = 256 * 1024 * 1024;
const endsInLiteral = /~?\{\d{1,15}\+?\}$/;

/** @returns undefined when reading stopped. */
export async function readIncoming(session: Session): Promise<Incoming | undefined> {
  const { connection, limits, state } = session;
  const isLoggedIn = state.kind !== 'notAuthenticated';
  const maxOctets = isLoggedIn ? limits.maxLineOctets : limits.maxLineOctetsBeforeLogin;
  const aside: number[] = [];
  const messages: Buffer[] = [];
  let charged = 0;
  const release = (): void => {
    session.shared.appendOctets -= charged;
    charged = 0;
  };
  let line = '';
  let timeoutMs = isLoggedIn ? limits.idleTimeoutMs : limits.loginTimeoutMs;
  try {
    for (;;) {
      const next =
        line === '' && session.notifying
          ? await firstLine(session, maxOctets)
          : await connection.nextLine(maxOctets - line.length, timeoutMs, line === '' ? undefined : 'command');
      if (!next) return (release(), undefined);
      if (next.kind !== 'text') {
        release();
        const saying = next.kind === 'tooLong' ? own.lineTooLong : own.bareLineEnd;
        return { kind: 'refused', tag: readTag(line), saying };
      }
      line += next.text;
      // What ends like a literal may be the end of the last literal's own octets.
      const ahead = endsInLiteral.test(next.text) ? literalAhead(line) : undefined;
      if (!ahead) return { kind: 'command', line, aside, messages, release };
      const saying = judge(session, ahead, line.length, charged);
      if (saying) {
        release();
        return await refuse(session, line, ahead, saying);
      }
      if (ahead.isSynchronising) connection.say('+ OK\r\n');
      if (ahead.purpose === 'message') {
        charged += ahead.sizeOctets;
        session.shared.appendOctets += ahead.sizeOctets;
      }
      const octets = await connection.takeLiteral(ahead.sizeOctets, patienceOf(session));
      if (!octets) return (release(), undefined);
      line += '\r\n';
      if (ahead.purpose === 'message') {
        aside.push(line.length);
        messages.push(octets);
      } else line += octets.toString('latin1');
      timeoutMs = limits.literalTimeoutMs;
    }
  } catch (error) {
    release();
    throw error;
  }
}

/** The line a command begins with; until it comes, what NOTIFY asked for is told. */
async function firstLine(session: Session, maxOctets: number): Promise<Line | undefined> {
  const { connection, limits } = session;
  const deadlineMs = Date.now() + limits.idleTimeoutMs;
  for (;;) {
    await tellNotifications(session, false);
    if (session.state.kind === 'loggedOut') return undefined;
    const line = await connection.nextLineOrNudge(maxOctets, deadlineMs);
    if (line || connection.stop) return line;
  }
}

/** @returns why this literal is not taken. */
function judge(
  { state, limits, shared }: Session,
  { sizeOctets, purpose }: LiteralAhead,
  lineOctets: number,
  charged: number,
): Saying | undefined {
  const isLoggedIn = state.kind !== 'notAuthenticated';
  if (purpose === 'string' || !isLoggedIn) {
    const maxOctets = isLoggedIn ? limits.maxLineOctets : limits.maxLineOctetsBeforeLogin;
    return lineOctets + sizeOctets > maxOctets ? own.literalTooLong : undefined;
  }
  if (sizeOctets > limits.maxMessageOctets || charged + sizeOctets > limits.maxAppendOctets) return own.literalTooLong;
  return shared.appendOctets + sizeOctets > limits.maxTotalAppendOctets ? own.tooBusy : undefined;
}

/** A literal that waits for our word never comes; one that comes unasked is read past, with all that follows it. */
async function refuse(
  session: Session,
  line: string,
  ahead: LiteralAhead,
  saying: Saying,
): Promise<Incoming | undefined> {
  const { connection, limits } = session;
  const tag = readTag(line);
  if (ahead.isSynchronising) return { kind: 'refused', tag, saying };
  let skipped = 0;
  for (let next: LiteralAhead | undefined = ahead; next;) {
    skipped += next.sizeOctets;
    if (skipped > skippedAtMostOctets) return { kind: 'lost', tag, saying };
    if (!(await connection.skipLiteral(next.sizeOctets, patienceOf(session)))) return undefined;
    const rest = await connection.nextLine(limits.maxLineOctets, limits.literalTimeoutMs, 'command');
    if (!rest) return undefined;
    next = rest.kind === 'text' && endsInLiteral.test(rest.text) ? literalAhead(rest.text) : undefined;
    // This one waits for us: we are at the end of what was sent.
    if (next?.isSynchronising) break;
  }
  return { kind: 'refused', tag, saying };
}

/** However large, a literal may come as long as it comes. */
function patienceOf({ limits }: Session): Patience {
  return { pieceMs: limits.literalTimeoutMs, untilMs: Number.POSITIVE_INFINITY };
}
