/** EHLO, HELO, LHLO (RFC 5321 §4.1.1.1, RFC 2033 §4.1) and STARTTLS (RFC 3207): what we can do, and beginning anew under TLS. */
import { printReply } from '#formats/smtp/reply.ts';
import { type Dialogue, answer, resetTransaction } from './dialogue.ts';
import type { Hello } from './handlers.ts';
import { own } from './say.ts';

export async function hello<S, R>(dialogue: Dialogue<S, R>, said: Hello): Promise<void> {
  const { session, connection, options } = dialogue;
  if ((session.kind === 'lmtp') !== (said.verb === 'LHLO')) {
    return answer(dialogue, session.kind === 'lmtp' ? own.helloByLmtp : own.helloBySmtp);
  }
  await resetTransaction(dialogue);
  session.hello = { verb: said.verb, name: said.name };
  const lines = said.verb === 'HELO' ? [options.hostName] : [options.hostName, ...extensionsOf(dialogue)];
  connection.say(printReply({ code: 250, enhanced: undefined, lines }));
}

/** STARTTLS. @returns whether the connection can go on. */
export async function startTls<S, R>(dialogue: Dialogue<S, R>): Promise<boolean> {
  const { session, connection, options } = dialogue;
  const refusal = session.tls ? own.tlsAlready : dialogue.transaction ? own.authInMessage : undefined;
  if (refusal) answer(dialogue, refusal);
  else if (!options.secureContext) answer(dialogue, own.notHere);
  else {
    connection.say(printReply(own.startTls));
    if (!(await secure(dialogue))) return false;
    // "The server MUST discard any knowledge obtained from the client" (RFC 3207 §4.2)
    session.hello = undefined;
    session.actor = undefined;
  }
  return true;
}

/** The handshake, for STARTTLS and for ports where TLS is implicit. */
export async function secure<S, R>(dialogue: Dialogue<S, R>): Promise<boolean> {
  const { session, connection, options } = dialogue;
  if (!options.secureContext) return false;
  if (!(await connection.startTls(options.secureContext, (event) => options.onEvent({ ...event, session }))))
    return false;
  session.tls = connection.tls;
  return true;
}

/** Whether a password may be asked for here and now: never in clear over a network, unless this is a laboratory. */
export function mayAuthenticate<S, R>({ session, options }: Dialogue<S, R>): boolean {
  return session.tls !== undefined || session.isLoopback || options.mayAuthenticateInClear;
}

function extensionsOf<S, R>(dialogue: Dialogue<S, R>): readonly string[] {
  const { session, options, limits } = dialogue;
  const isSubmission = session.kind === 'submission';
  const latest = new Date(Date.now() + options.maxHoldSeconds * 1000).toISOString().replace(/\.\d+/, '');
  return [
    'PIPELINING',
    `SIZE ${limits.maxMessageOctets}`,
    '8BITMIME',
    'SMTPUTF8',
    'DSN',
    'CHUNKING',
    'ENHANCEDSTATUSCODES',
    `LIMITS RCPTMAX=${limits.maxRecipients}`, // RFC 9422
    ...(options.secureContext && !session.tls ? ['STARTTLS'] : []),
    ...(isSubmission && options.mechanisms.length > 0 && mayAuthenticate(dialogue)
      ? [`AUTH ${options.mechanisms.join(' ')}`]
      : []),
    ...(isSubmission && options.maxHoldSeconds > 0 ? [`FUTURERELEASE ${options.maxHoldSeconds} ${latest}`] : []),
  ];
}
