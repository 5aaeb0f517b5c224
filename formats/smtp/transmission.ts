/** The word after "with" in a Received field (RFC 3848, RFC 6531 §4.3): how a message reached us. */

export interface Transmission {
  readonly verb: 'HELO' | 'EHLO' | 'LHLO';
  readonly isSecure: boolean;
  readonly isAuthenticated: boolean;
  /** The transaction was SMTPUTF8. */
  readonly isUtf8: boolean;
}

export function printTransmission({ verb, isSecure, isAuthenticated, isUtf8 }: Transmission): string {
  if (verb === 'HELO') return 'SMTP';
  const base = verb === 'LHLO' ? 'LMTP' : isUtf8 ? 'SMTP' : 'ESMTP';
  return `${isUtf8 ? 'UTF8' : ''}${base}${isSecure ? 'S' : ''}${isAuthenticated ? 'A' : ''}`;
}
