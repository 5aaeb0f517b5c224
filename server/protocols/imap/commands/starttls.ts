/** STARTTLS (RFC 9051 §6.2.1), and the same handshake on a port with TLS from the first octet. */
import type { Context } from '#server/protocols/imap/dispatch.ts';
import { own, Told } from '#server/protocols/imap/say.ts';
import type { Session } from '#server/protocols/imap/session.ts';
import type { Command } from '#formats/imap/command.ts';

export async function starttlsCommand(session: Session, _command: Command, { tag }: Context): Promise<'said'> {
  const { connection } = session;
  if (connection.isSecure) throw new Told(own.tlsAlready);
  connection.say(`${tag} OK Start TLS\r\n`);
  if (!(await secure(session))) session.state = { kind: 'loggedOut' };
  return 'said';
}

/** @returns false when the handshake failed: the connection is of no more use. */
export function secure({ connection, options, remoteAddress }: Session): Promise<boolean> {
  return connection.startTls(options.secureContext, (event) => options.onEvent({ ...event, remoteAddress }));
}
