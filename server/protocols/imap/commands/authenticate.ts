/** AUTHENTICATE, LOGIN and UNAUTHENTICATE (RFC 9051 §6.2, RFC 4959, RFC 8437): who is there, proved by server/access. */
import type { Command } from '#formats/imap/command.ts';
import { type Authenticated, authenticateBasic } from '#server/access/authenticate.ts';
import { enterDoor } from '#server/access/doors.ts';
import { Refusal } from '#server/access/refusal.ts';
import { authenticateToken } from '#server/provider/authenticate.ts';
import { capabilities, maySendPassword } from '#server/protocols/imap/capabilities.ts';
import type { Done } from '#server/protocols/imap/dispatch.ts';
import { stopNotifying } from '#server/protocols/imap/notify.ts';
import { own, Told } from '#server/protocols/imap/say.ts';
import type { Session } from '#server/protocols/imap/session.ts';
import {
  type Broken,
  type Credentials,
  exchange,
  type MechanismName,
  mechanisms,
  readResponse,
} from '#server/protocols/sasl.ts';
import { printTokenFailure } from '#server/protocols/token-failure.ts';

/** Base64 of a bearer token and what is around it. */
const maxResponseOctets = 16 * 1024;

/** What an app password or a token must be for. */
const scope = 'mail';

type Authenticate = Extract<Command, { readonly kind: 'authenticate' }>;
type Login = Extract<Command, { readonly kind: 'login' }>;

export async function authenticateCommand(session: Session, command: Authenticate): Promise<Done> {
  if (!isMechanism(command.mechanism)) throw new Told(own.noSuchMechanism);
  if (!maySendPassword(session)) throw new Told(own.needsTls);
  const mechanism = mechanisms[command.mechanism];
  const credentials = await exchange(mechanism, command.initialResponse, (asked) => respond(session, asked));
  if (typeof credentials === 'string') throw new Told(credentials === 'cancelled' ? own.authCancelled : own.badBase64);
  try {
    return enter(session, await prove(session, credentials));
  } catch (error) {
    if (error instanceof Refusal) session.authFailures += 1;
    // The client answers with nothing of interest (RFC 7628 §3.2.3).
    if (error instanceof Refusal && mechanism.isToken)
      await respond(session, await printTokenFailure(session.store, error, scope));
    throw error;
  }
}

export async function loginCommand(session: Session, { userName, password }: Login): Promise<Done> {
  if (!maySendPassword(session)) throw new Told(own.needsTls);
  try {
    const credentials = { kind: 'password', authorizationId: '', userName, password } as const;
    return enter(session, await prove(session, credentials));
  } catch (error) {
    if (error instanceof Refusal) session.authFailures += 1;
    throw error;
  }
}

/** Back to the start, for a proxy that serves another user next (RFC 8437). */
export function unauthenticateCommand(session: Session): void {
  leavePerson(session);
  session.placed.clear();
  stopNotifying(session);
  session.state = { kind: 'notAuthenticated' };
  Object.assign(session.enabled, { rev2: false, utf8: false, condstore: false, qresync: false });
}

function isMechanism(name: string): name is MechanismName {
  return Object.hasOwn(mechanisms, name);
}

async function prove({ store, remoteAddress }: Session, credentials: Credentials): Promise<Authenticated> {
  if (credentials.kind === 'bearer') {
    const { token, userName } = credentials;
    return authenticateToken(store, { token, userName, remoteAddress, scope, program: 'imap' });
  }
  const { authorizationId, userName, password } = credentials;
  // Whoever acts for another account finds it under their own name, by NAMESPACE (RFC 4616 §2).
  if (authorizationId !== '' && authorizationId.toLowerCase() !== userName.toLowerCase())
    throw new Refusal('badCredentials');
  return authenticateBasic(store, { userName, password, remoteAddress, scope, program: 'imap' });
}

function enter(session: Session, { actor, accountId }: Authenticated): Done {
  const key = `${actor.tenantId}.${actor.personId}`;
  const { connectionsOf } = session.shared;
  const count = connectionsOf.get(key) ?? 0;
  if (count >= session.limits.maxConnectionsPerPerson) throw new Told(own.tooManyForPerson);
  connectionsOf.set(key, count + 1);
  session.countedAs = key;
  session.leaveDoor = enterDoor(session.store, actor, () => session.connection.stopSoon('ended'));
  session.state = { kind: 'authenticated', who: { actor, accountId } };
  return { code: `CAPABILITY ${capabilities(session)}`, words: 'Welcome' };
}

/** This connection counts no longer among those of its person. */
export function leavePerson(session: Session): void {
  session.leaveDoor?.();
  session.leaveDoor = undefined;
  const { connectionsOf } = session.shared;
  if (session.countedAs === undefined) return;
  const left = (connectionsOf.get(session.countedAs) ?? 1) - 1;
  if (left > 0) connectionsOf.set(session.countedAs, left);
  else connectionsOf.delete(session.countedAs);
  session.countedAs = undefined;
}

async function respond({ connection, limits }: Session, asked: string): Promise<Uint8Array | Broken> {
  connection.say(`+ ${Buffer.from(asked).toString('base64')}\r\n`);
  const line = await connection.nextLine(maxResponseOctets, limits.loginTimeoutMs);
  if (!line) return 'gone';
  return line.kind === 'text' ? readResponse(line.text) : 'badResponse';
}
