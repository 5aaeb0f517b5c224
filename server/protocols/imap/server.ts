/** A listening port of IMAP. When it closes, the command under way is finished and answered, everybody else hears BYE. */
import type { Connection } from '#server/protocols/connection.ts';
import { type Listener, listen } from '#server/protocols/listener.ts';

import { converse } from './converse.ts';
import { type ImapLimits, type ImapOptions, limitsOf } from './options.ts';
import { leavePerson } from './commands/authenticate.ts';
import { stopNotifying } from './notify.ts';
import type { Session, Shared } from './session.ts';

/** For octets of messages: half a megabyte may be on its way while the next is prepared. */
const sending = { writeTimeoutMs: 5 * 60_000, pendingOctets: 512 * 1024 };

export type ImapServer = Listener;

/** Starts one port. @throws {Error} when it cannot be listened on. */
export function startImap(options: ImapOptions): Promise<ImapServer> {
  const limits = limitsOf(options.limits);
  const shared: Shared = { appendOctets: 0, connectionsOf: new Map() };
  return listen({
    at: options,
    limits,
    sending,
    shortestMs: Math.min(limits.loginTimeoutMs, limits.idleTimeoutMs, limits.literalTimeoutMs),
    meet: (_socket, remoteAddress) => ({
      converse(connection) {
        const session = openSession(connection, options, limits, shared, remoteAddress);
        return converse(session).finally(() => {
          leavePerson(session);
          stopNotifying(session);
        });
      },
      turnAway(because) {
        options.onEvent({ kind: 'turnedAway', remoteAddress, because });
        return options.isTlsImplicit ? undefined : '* BYE [LIMIT] Too many connections, come again later\r\n';
      },
      onFault: (error) => options.onEvent({ kind: 'fault', remoteAddress, error }),
    }),
    onFault: (error) => options.onEvent({ kind: 'fault', remoteAddress: undefined, error }),
  });
}

function openSession(
  connection: Connection,
  options: ImapOptions,
  limits: ImapLimits,
  shared: Shared,
  remoteAddress: string,
): Session {
  return {
    store: options.store,
    connection,
    options,
    limits,
    shared,
    remoteAddress,
    state: { kind: 'notAuthenticated' },
    enabled: { rev2: false, utf8: false, condstore: false, qresync: false },
    leaveDoor: undefined,
    countedAs: undefined,
    placed: new Map(),
    notifying: undefined,
    authFailures: 0,
    errors: 0,
  };
}
