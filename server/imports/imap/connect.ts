/**
 * A connection to an old server. It may be anybody's: what it sends is bounded in line, literal and answer, silence ends
 * it, and nothing of it reaches a log, because imapflow's own log would hold the password.
 */
import type { ImapFlow } from 'imapflow';

import type { ImapSource, ImportProblem } from '#server/imports/record.ts';
import { readGently } from './gentle.ts';
import { type Guard, guardClient } from './guard.ts';
import { planReach, type Reach } from './reach.ts';

export interface ConnectLimits {
  /** A message's octets: no literal may be larger. */
  readonly messageOctets: number;
  readonly silenceMs: number;
}

/** The old server cannot be used, now (`isLasting` false) or as things are. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';
  readonly problem: ImportProblem;
  readonly isLasting: boolean;
  /** It let us in, or said itself that it can do no more for now: its name is right, and later it may. */
  readonly isThere: boolean;
  constructor(problem: ImportProblem, isLasting: boolean, cause?: unknown, isThere = false) {
    super(problem, { cause });
    this.problem = problem;
    this.isLasting = isLasting;
    this.isThere = isThere;
  }
}

const maxLineOctets = 256 * 1024;
const marginOctets = 1024 * 1024;
const connectMs = 30_000;
/** Greeting, capabilities, namespaces. */
const loginOctets = 256 * 1024;

export interface Connected {
  readonly client: ImapFlow;
  readonly guard: Guard;
}

/** Connects and logs in; whoever is done stops the guard and closes the client. @throws {SourceFailure} */
export async function connectImap(
  source: ImapSource,
  password: string,
  reach: Reach,
  limits: ConnectLimits,
): Promise<Connected> {
  const lookup = planReach(source.host, { ...reach, anyHost: reach.anyHost || source.isTrusted });
  if (lookup === undefined) throw new SourceFailure('notAllowed', true);
  // Loaded when needed: a megabyte and a half of code that a server at rest does without.
  const imapflow = await import('imapflow');
  const client = new imapflow.ImapFlow({
    host: source.host,
    port: source.port,
    secure: source.security === 'tls',
    ...(source.security === 'starttls' && { doSTARTTLS: true }),
    ...(source.security === 'clear' && { doSTARTTLS: false }),
    auth: authOf(source, password),
    // net.connect and tls.connect both take `lookup`; imapflow hands these on to either.
    tls: { rejectUnauthorized: !source.acceptsAnyCertificate, ...(lookup !== 'any' && { lookup }) },
    logger: false,
    clientInfo: { name: 'Pli' },
    disableAutoIdle: true,
    // Inflating what a stranger sends is a bomb we need not take.
    disableCompression: true,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: limits.silenceMs,
    maxLineLength: maxLineOctets,
    maxLiteralSize: limits.messageOctets,
    maxResponseSize: limits.messageOctets + marginOctets,
  });
  // Whoever waits for an answer hears only that the connection is closed; this says why. Without a listener it would end
  // the process.
  client.on('error', (error: unknown) => reasons.set(client, error));
  readGently(client);
  const guard = guardClient(client, limits.silenceMs, () =>
    reasons.set(client, new TooMuch('more than was asked for')),
  );
  guard.expect(loginOctets);
  try {
    await client.connect();
    return { client, guard };
  } catch (error) {
    guard.stop();
    client.close();
    throw failureOf(error, client);
  }
}

/** A name with "\\" or "/" makes imapflow choose LOGIN, which has no authorization identity: PLAIN is asked for by name. */
function authOf({ userName, login }: ImapSource, password: string) {
  switch (login.kind) {
    case 'owner':
      return { user: userName, pass: password };
    case 'separator':
      return { user: `${userName}${login.separator}${login.master}`, pass: password };
    case 'authzid':
      return { user: login.master, authzid: userName, pass: password, loginMethod: 'AUTH=PLAIN' };
    default:
      return login satisfies never;
  }
}

const certificateCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);
const tooLargeCodes = new Set(['LiteralTooLarge', 'LineTooLarge', 'ResponseTooLarge']);

/** As imapflow's own of what is beyond a limit. */
class TooMuch extends Error {
  override readonly name = 'TooMuch';
  readonly code = 'ResponseTooLarge';
}

/** Why a connection was closed. */
const reasons = new WeakMap<ImapFlow, unknown>();

/** What went wrong with a connection, in the words of an import. */
export function failureOf(thrown: unknown, client: ImapFlow): SourceFailure {
  if (thrown instanceof SourceFailure) return thrown;
  const reason = reasons.get(client);
  const error = isTooLarge(reason) ? reason : thrown;
  const code = memberOf(error, 'code');
  const text = error instanceof Error ? error.message : '';
  if (typeof code === 'string' && certificateCodes.has(code)) return new SourceFailure('badCertificate', true, error);
  if (saysLater(error)) return new SourceFailure('unreachable', false, error, true);
  if (memberOf(error, 'authenticationFailed') === true) return new SourceFailure('badCredentials', true, error);
  if (text === 'not a public address') return new SourceFailure('notAllowed', true, error);
  if (memberOf(error, 'tlsFailed') === true) return new SourceFailure('noTls', true, error);
  if (typeof code === 'string' && (tooLargeCodes.has(code) || code.startsWith('ERR_SSL')))
    return new SourceFailure('badServer', false, error);
  return new SourceFailure('unreachable', false, error);
}

/** RFC 5530 §3 and RFC 9051 §7.1: not now. THROTTLED is Microsoft's, OVERQUOTA Google's word for too much in a day. */
const laterCodes = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'THROTTLED', 'OVERQUOTA']);

/** Whether the server said no for now, and not for good. */
export function saysLater(error: unknown): boolean {
  const said = memberOf(error, 'serverResponseCode');
  return memberOf(error, 'code') === 'ETHROTTLE' || (typeof said === 'string' && laterCodes.has(said));
}

/**
 * Whether commands still go over the line. imapflow answers with nothing, and no error, to what is asked after a BYE
 * (RFC 9051 §7.1.5) or on a line that is lost.
 */
export function isLineOpen({ usable, state, states }: ImapFlow): boolean {
  return usable && state !== states.LOGOUT;
}

/** Of a server that has let us in. @throws {SourceFailure} where no answer can be an answer. */
export function requireLine(client: ImapFlow): void {
  if (isLineOpen(client)) return;
  throw ofOneThere(new Error('the line is lost'), client);
}

/** What went wrong with a server that has let us in. */
export function ofOneThere(thrown: unknown, client: ImapFlow): SourceFailure {
  const { problem, isLasting, cause } = failureOf(thrown, client);
  return new SourceFailure(problem, isLasting, cause, problem === 'unreachable');
}

/** Whether the server sent something larger than we take: asking again would bring it again. */
export function isTooLarge(error: unknown): boolean {
  const code = memberOf(error instanceof SourceFailure ? error.cause : error, 'code');
  return typeof code === 'string' && tooLargeCodes.has(code);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
