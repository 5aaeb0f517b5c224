/** AUTHENTICATE (RFC 5804 §2.1): the exchange of one SASL mechanism, then who that is and whose scripts are meant. */
import { readLinePart } from '#formats/managesieve/token.ts';
import { BadSyntax } from '#formats/managesieve/bad-syntax.ts';
import { printString, type Response } from '#formats/managesieve/print.ts';
import { authenticateBasic, type Authenticated } from '#server/access/authenticate.ts';
import { enterDoor } from '#server/access/doors.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { addressesOf } from '#server/directory/account-addresses.ts';
import { findAccountByAddress } from '#server/directory/address.ts';
import { authenticateToken } from '#server/provider/authenticate.ts';
import { type Broken, type Credentials, exchange, mechanisms, readResponse } from '#server/protocols/sasl.ts';
import type { AccountId } from '#server/store/ids.ts';
import { printTokenFailure } from '#server/protocols/token-failure.ts';
import { read } from '#server/store/store.ts';

import { own, sayRefusal } from './say.ts';
import { patienceOf, say, type Session, type User } from './session.ts';

/** Octets of one answer of the client, before base64 is undone. */
const answerOctets = 16 * 1024;

/** What an app password or a token must be for. */
const scope = 'mail';

/** Whether a password may be asked for here and now: never in clear over a network, unless this is a laboratory. */
export function mayAuthenticate({ connection, isLoopback, options }: Session): boolean {
  return connection.isSecure || isLoopback || options.mayAuthenticateInClear;
}

/** @returns undefined when the client is gone. @throws what is no refusal. */
export async function authenticate(
  session: Session,
  name: string,
  initial: string | undefined,
): Promise<Response | undefined> {
  if (session.user) return own.loginDone;
  const offered = session.options.mechanisms.find((mechanism) => mechanism === name);
  if (!offered) return own.noSuchMechanism;
  if (!mayAuthenticate(session)) return own.needsTls;
  const mechanism = mechanisms[offered];
  const credentials = await exchange(mechanism, initial, (challenge) => ask(session, challenge));
  if (credentials === 'gone') return undefined;
  if (credentials === 'cancelled') return own.cancelled;
  if (credentials === 'badResponse') return own.badBase64;
  try {
    session.user = await logIn(session, credentials);
    session.leaveDoor = enterDoor(session.store, session.user.actor, () => session.connection.stopSoon('ended'));
    return own.authenticated;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    session.authFailures += 1;
    // The client answers with nothing of interest (RFC 7628 §3.2.3).
    const failure = mechanism.isToken ? await printTokenFailure(session.store, error, scope) : undefined;
    if (failure !== undefined && (await ask(session, failure)) === 'gone') return undefined;
    return sayRefusal(error);
  }
}

/** A challenge is a string of base64, and so is the answer, quoted or a literal (RFC 5804 §2.1). */
async function ask(session: Session, challenge: string): Promise<Uint8Array | Broken> {
  const { connection, limits } = session;
  say(session, `${printString(Buffer.from(challenge).toString('base64'))}\r\n`);
  const line = await connection.nextLine(answerOctets, limits.loginTimeoutMs);
  if (!line) return 'gone';
  if (line.kind !== 'text') return 'badResponse';
  try {
    const { tokens, literalOctets } = readLinePart(line.text, false);
    if (literalOctets === undefined) return tokens.length === 1 ? answerOf(tokens[0]) : 'badResponse';
    if (literalOctets > answerOctets || tokens.length > 0) return 'badResponse';
    const octets = await connection.takeLiteral(literalOctets, patienceOf(session));
    const rest = octets && (await connection.nextLine(answerOctets, limits.literalTimeoutMs, 'command'));
    if (!octets || !rest) return 'gone';
    return answerOf({ kind: 'string', octets });
  } catch (error) {
    if (error instanceof BadSyntax) return 'badResponse';
    throw error;
  }
}

function answerOf(token: ReturnType<typeof readLinePart>['tokens'][number] | undefined): Uint8Array | Broken {
  return token?.kind === 'string' ? readResponse(Buffer.from(token.octets).toString('latin1')) : 'badResponse';
}

/** An authorization identity names the account whose scripts are meant (RFC 4616 §2): who may manage it, may. */
async function logIn(session: Session, credentials: Credentials): Promise<User> {
  const { store, remoteAddress } = session;
  if (credentials.kind === 'bearer') {
    const { token, userName } = credentials;
    return openAccount(
      session,
      await authenticateToken(store, { token, userName, remoteAddress, scope, program: 'sieve' }),
      '',
    );
  }
  const { authorizationId, userName, password } = credentials;
  const authenticated = await authenticateBasic(store, { userName, password, remoteAddress, scope, program: 'sieve' });
  const isOther = authorizationId !== '' && authorizationId.toLowerCase() !== userName.toLowerCase();
  return openAccount(session, authenticated, isOther ? authorizationId : '');
}

function openAccount({ store }: Session, { actor, accountId: ownId }: Authenticated, other: string): Promise<User> {
  return read(store, async (tx) => {
    let accountId: AccountId = ownId;
    if (other !== '') {
      const route = await findAccountByAddress(tx, other);
      // As for one that is there and may not be managed: which addresses there are is not to be learnt here.
      if (route.kind !== 'account') throw new Refusal('noSuchAccount');
      accountId = route.accountId;
    }
    await requireRight(tx, actor, accountId, 'manage', store.now());
    const [owner = ''] = other === '' ? await addressesOf(tx, actor.tenantId, accountId) : [other];
    return { actor, accountId, owner };
  });
}
