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
  constructor(problem: ImportProblem, isLasting: boolean, cause?: unknown) {
    super(problem, { cause });
    this.problem = problem;
    this.isLasting = isLasting;
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
  const guard = guardClient(client, limits.silenceMs);
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
  if (memberOf(error, 'authenticationFailed') === true) {
    // RFC 5530: the server is there and cannot say yes or no now.
    const isPassing = memberOf(error, 'serverResponseCode') === 'UNAVAILABLE';
    return new SourceFailure(isPassing ? 'unreachable' : 'badCredentials', !isPassing, error);
  }
  if (text === 'not a public address') return new SourceFailure('notAllowed', true, error);
  if (memberOf(error, 'tlsFailed') === true) return new SourceFailure('noTls', true, error);
  if (typeof code === 'string' && (tooLargeCodes.has(code) || code.startsWith('ERR_SSL')))
    return new SourceFailure('badServer', false, error);
  return new SourceFailure('unreachable', false, error);
}

/** Whether the server sent something larger than we take: asking again would bring it again. */
export function isTooLarge(error: unknown): boolean {
  const code = memberOf(error instanceof SourceFailure ? error.cause : error, 'code');
  return typeof code === 'string' && tooLargeCodes.has(code);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
