/** The server's side of a TLS handshake over a socket that is open already. */
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';

/** The certificate, asked at each handshake so that a renewed one is taken at once. May throw: the handshake fails. */
export type Certificates = (serverName: string | undefined) => SecureContext;

/** For the log. */
export type TlsEvent =
  | { readonly kind: 'tlsFailed'; readonly error: Error }
  /** Octets after STARTTLS in the same breath: a broken client, or someone between us (CVE-2011-0411). Dropped. */
  | { readonly kind: 'injection'; readonly sizeOctets: number };

export interface TlsInfo {
  /** As OpenSSL names it, `TLSv1.3`. */
  readonly version: string;
  /** The IANA name, `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
}

/** @throws {Error} when there is no certificate. */
export function wrapInTls(socket: Socket, certificates: Certificates): TLSSocket {
  return new TLSSocket(socket, {
    isServer: true,
    secureContext: certificates(undefined),
    SNICallback: (serverName, callback) => {
      try {
        callback(null, certificates(serverName));
      } catch (error) {
        // thrown on, it would be nobody's and end the process
        callback(errorOf(error));
      }
    },
  });
}

/**
 * Settles with the handshake; `onSecure` is called before any octet of the client can come.
 *
 * @throws {Error} when it fails.
 */
export function finishHandshake(secure: TLSSocket, onSecure: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    secure.once('secure', () => {
      onSecure();
      resolve();
    });
    secure.once('error', reject);
    secure.once('close', () => reject(new Error('closed during the TLS handshake')));
  });
}

export function tlsInfoOf(secure: TLSSocket): TlsInfo {
  return { version: secure.getProtocol() ?? '', cipher: secure.getCipher().standardName };
}

export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
