/** A listening port of ManageSieve (RFC 5804). When it closes, the command under way is answered, everybody else hears BYE. */
import { printResponse } from '#formats/managesieve/print.ts';
import { isLoopback } from '#server/protocols/address.ts';
import { type Listener, listen } from '#server/protocols/listener.ts';

import { converse } from './converse.ts';
import { limitsOf, type ManageSieveOptions } from './options.ts';
import { own } from './say.ts';

/** Answers are short: whoever leaves any of them unread is waited for. */
const sending = { writeTimeoutMs: 30_000, pendingOctets: 0 };

export type ManageSieveServer = Listener;

/** @throws {Error} when the port cannot be listened on. */
export function startManageSieve(options: ManageSieveOptions): Promise<ManageSieveServer> {
  const limits = limitsOf(options.limits);
  return listen({
    at: options,
    limits,
    sending,
    shortestMs: Math.min(limits.loginTimeoutMs, limits.idleTimeoutMs, limits.literalTimeoutMs),
    meet: (_socket, remoteAddress) => ({
      converse: (connection) =>
        converse({
          store: options.store,
          connection,
          options,
          limits,
          remoteAddress,
          isLoopback: isLoopback(remoteAddress),
          user: undefined,
          leaveDoor: undefined,
          errors: 0,
          authFailures: 0,
        }),
      turnAway(because) {
        options.onEvent({ kind: 'turnedAway', remoteAddress, because });
        return printResponse(own[because]);
      },
      onFault: (error) => options.onEvent({ kind: 'fault', remoteAddress, error }),
    }),
    onFault: (error) => options.onEvent({ kind: 'fault', remoteAddress: undefined, error }),
  });
}
