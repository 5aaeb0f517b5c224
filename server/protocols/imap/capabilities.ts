/** What we announce (RFC 9051 §6.1.1): nothing that does not work in the state it is announced in. */
import { isLoopback } from '#server/protocols/address.ts';

import type { Session } from './session.ts';

const always = 'IMAP4rev2 IMAP4rev1 LITERAL+ SASL-IR ID ENABLE';

const loggedIn = [
  'IDLE NAMESPACE CHILDREN LIST-EXTENDED LIST-STATUS SPECIAL-USE CREATE-SPECIAL-USE STATUS=SIZE',
  'UNSELECT CONDSTORE QRESYNC OBJECTID MOVE UIDPLUS MULTIAPPEND CATENATE BINARY SAVEDATE PREVIEW',
  'LIST-MYRIGHTS UTF8=ACCEPT UNAUTHENTICATE ESEARCH SEARCHRES SORT SORT=DISPLAY ESORT THREAD=ORDEREDSUBJECT',
  'THREAD=REFERENCES WITHIN PARTIAL MULTISEARCH QUOTA QUOTA=RES-STORAGE ACL RIGHTS=texk METADATA LIST-METADATA NOTIFY',
].join(' ');

export function capabilities(session: Session): string {
  const { state, connection, limits } = session;
  if (state.kind !== 'notAuthenticated') {
    const compress = connection.isCompressed ? '' : ' COMPRESS=DEFLATE';
    return `${always} ${loggedIn}${compress} APPENDLIMIT=${limits.maxMessageOctets}`;
  }
  const tls = connection.isSecure ? '' : ' STARTTLS';
  const login = maySendPassword(session) ? ' AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 AUTH=OAUTHBEARER' : ' LOGINDISABLED';
  return `${always}${tls}${login}`;
}

/** A password needs TLS, or a wire nobody else reads. */
export function maySendPassword({ connection, options, remoteAddress }: Session): boolean {
  return connection.isSecure || options.mayAuthenticateInClear || isLoopback(remoteAddress);
}
