/**
 * A connection to another server: lines out, replies in, each wait bounded. Closable; whatever goes wrong on it is one
 * error, `Broken`, because to the queue it is all the same: this host did not take the message.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

import { createReplyReader, type Reply } from '#formats/smtp/reply.ts';

/** Not a reply but no reply: refused, lost, timed out, TLS that did not come about, or no SMTP at all. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export interface ChannelOptions {
  readonly address: string;
  readonly port: number;
  /** TLS from the first octet. */
  readonly isTlsImplicit: boolean;
  readonly tls: TlsWishes;
  readonly connectTimeoutMs: number;
}

export interface TlsWishes {
  /** For SNI, and what the certificate must be for when it is verified. */
  readonly name: string;
  readonly isVerified: boolean;
  /** Further authorities, PEM. */
  readonly ca: string | undefined;
}

export class Channel {
  #socket: Socket;
  #reader = createReplyReader();
  #replies: Reply[] = [];
  #failure: Broken | undefined;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  /** @throws {Broken} */
  static async open(options: ChannelOptions): Promise<Channel> {
    const { address: host, port } = options;
    const plain = options.isTlsImplicit ? undefined : connectTcp({ host, port, noDelay: true });
    const socket = plain ?? connectTls({ host, port, ...tlsOptions(options.tls) });
    await settled(socket, plain ? 'connect' : 'secureConnect', options.connectTimeoutMs);
    return new Channel(socket);
  }

  /** `TLSv1.3 TLS_AES_256_GCM_SHA384`; undefined in clear text. */
  get tls(): string | undefined {
    const socket = this.#socket;
    if (!('getCipher' in socket)) return undefined;
    const secure = socket as TLSSocket;
    return `${secure.getProtocol() ?? 'TLS'} ${secure.getCipher().standardName}`;
  }

  write(octets: string | Uint8Array): void {
    if (!this.#failure) this.#socket.write(octets);
  }

  /** The next reply. @throws {Broken} when none comes in time. */
  async read(timeoutMs: number): Promise<Reply> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const reply = this.#replies.shift();
      if (reply) return reply;
      if (this.#failure) throw this.#failure;
      const leftMs = until - Date.now();
      if (leftMs <= 0) throw new Broken('no answer in time');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** After the reply to STARTTLS. What was said before in clear text counts no more. @throws {Broken} */
  async secure(wishes: TlsWishes, timeoutMs: number): Promise<void> {
    // Octets that came with the reply would be taken for the server's, protected ones (CVE-2011-0411 the other way round).
    if (this.#replies.length > 0) throw new Broken('replies before TLS');
    const plain = this.#socket;
    plain.removeAllListeners('data');
    plain.removeAllListeners('close');
    this.#reader = createReplyReader();
    const secure = connectTls({ socket: plain, ...tlsOptions(wishes) });
    this.#socket = secure;
    await settled(secure, 'secureConnect', timeoutMs);
    this.#listen(secure);
  }

  close(): void {
    this.#failure ??= new Broken('closed');
    this.#socket.destroy();
  }

  /** Says QUIT and goes: the answer to it changes nothing. */
  quit(): void {
    if (!this.#failure) this.#socket.end('QUIT\r\n');
    this.#failure ??= new Broken('closed');
    const socket = this.#socket;
    setTimeout(() => socket.destroy(), 2_000).unref();
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      try {
        this.#replies.push(...this.#reader.push(chunk));
      } catch (error) {
        this.#fail(error instanceof Error ? error.message : 'bad reply');
        socket.destroy();
      }
      this.#wake?.();
    });
    socket.on('error', (error) => this.#fail(error.message));
    socket.on('close', () => this.#fail('the connection was closed'));
  }

  #fail(because: string): void {
    this.#failure ??= new Broken(because);
    this.#wake?.();
  }
}

function tlsOptions({ name, isVerified, ca }: TlsWishes) {
  const isAddress = /^[\d.]+$|:/.test(name);
  return {
    ...(isAddress ? {} : { servername: name }),
    rejectUnauthorized: isVerified,
    ...(ca === undefined ? {} : { ca }),
    // Without verification anything is better than clear text.
    ...(isVerified ? {} : { minVersion: 'TLSv1' as const }),
  };
}

async function settled(socket: Socket, event: 'connect' | 'secureConnect', timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (because: string): void => {
      socket.destroy();
      reject(new Broken(because));
    };
    const timer = setTimeout(() => fail('no connection in time'), timeoutMs);
    const onClose = (): void => fail('the connection was closed');
    socket.once(event, () => {
      clearTimeout(timer);
      socket.removeListener('close', onClose);
      resolve();
    });
    socket.on('error', (error) => {
      clearTimeout(timer);
      fail(error.message);
    });
    socket.once('close', onClose);
  });
}
