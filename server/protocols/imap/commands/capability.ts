/** CAPABILITY, ID, ENABLE and LOGOUT (RFC 9051 §6.1, RFC 2971, RFC 5161). */
import type { Command } from '#formats/imap/command.ts';
import { printString } from '#formats/imap/string.ts';
import { capabilities } from '#server/protocols/imap/capabilities.ts';
import type { Done } from '#server/protocols/imap/dispatch.ts';
import { type Enabled, type Session } from '#server/protocols/imap/session.ts';

export function capabilityCommand(session: Session): void {
  session.connection.say(`* CAPABILITY ${capabilities(session)}\r\n`);
}

export function logoutCommand(session: Session): Done {
  session.connection.say('* BYE See you soon\r\n');
  session.state = { kind: 'loggedOut' };
  return {};
}

/** What the client says of itself changes nothing here. */
export function idCommand({ connection }: Session): void {
  connection.say(`* ID ("name" ${printString('Pli')})\r\n`);
}

const enables: ReadonlyMap<string, readonly (keyof Enabled)[]> = new Map([
  ['IMAP4REV2', ['rev2']],
  ['UTF8=ACCEPT', ['utf8']],
  ['CONDSTORE', ['condstore']],
  ['QRESYNC', ['condstore', 'qresync']],
]);

const printed: Readonly<Record<string, string>> = { IMAP4REV2: 'IMAP4rev2' };

/** What we do not know is passed over (RFC 5161 §3.1). */
export function enableCommand(session: Session, command: Extract<Command, { kind: 'enable' }>): void {
  const { connection, enabled, state } = session;
  const hadCondstore = enabled.condstore;
  const news: string[] = [];
  for (const name of command.capabilities) {
    const switches = enables.get(name) ?? [];
    if (switches.some((each) => !enabled[each])) news.push(printed[name] ?? name);
    for (const each of switches) enabled[each] = true;
  }
  connection.say(`* ENABLED${news.map((name) => ` ${name}`).join('')}\r\n`);
  // From here on the client counts by modseqs (RFC 7162 §3.1.2.1).
  if (enabled.condstore && !hadCondstore && state.kind === 'selected')
    connection.say(`* OK [HIGHESTMODSEQ ${state.mailbox.known.modseq}] Newest\r\n`);
}
