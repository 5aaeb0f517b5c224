/**
 * One client's socket: lines and literals in, octets out, TLS, compression, deadlines. Knows no command. What is said is
 * gathered and sent in large pieces, at the latest before we wait for the client; a client that does not read makes
 * whoever speaks to it wait. While nothing happens it holds no buffers and no timer: the server lets deadlines pass.
 */
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw } from 'node:zlib';

import { Input, type Line } from './input.ts';

/** Beyond this, what was said is sent. */
const gatheredOctets = 64 * 1024;
/** So much may wait in the socket before we wait for the client: the next is prepared while this is on its way. */
const pendingOctets = 512 * 1024;
/** Octets up to this are copied into the text around them. */
const copiedOctets = 2 * 1024;
/** For the peer to read our last words before we drop it. */
const lingerMs = 2_000;
const handshakeMs = 30_000;
/** A client that reads nothing for this long is gone. */
const writeTimeoutMs = 5 * 60_000;

/** Why no more is read: the client left, was too slow, or the server is closing. */
export type Stop = 'gone' | 'tooSlow' | 'closing';

/** Closed by end or destroy; the server calls tick now and then. */
export class Connection {
  #socket: Socket;
  readonly #input = new Input();
  #text = '';
  #pieces: (string | Uint8Array)[] = [];
  #piecesOctets = 0;
  #deflate: DeflateRaw | undefined;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #isWaiting = false;
  #stop: Stop | undefined;
  #isHandshaking = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 120_000);
    socket.on('error', this.#onError);
    this.#input.attach(socket);
  }

  /** Why reading stopped, once nextLine answered undefined. */
  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** Whether the client has sent anything we did not read. */
  get hasInput(): boolean {
    return this.#input.hasOctets;
  }

  get isSecure(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  get isCompressed(): boolean {
    return this.#deflate !== undefined;
  }

  /** Octets, one a character. Ask isFull now and then, and flush. */
  say(octets: string): void {
    this.#text += octets;
  }

  /** Octets that nobody will change. */
  sayOctets(octets: Uint8Array): void {
    if (octets.length <= copiedOctets) {
      this.#text += Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
      return;
    }
    if (this.#text !== '') this.#pieces.push(this.#text);
    this.#piecesOctets += this.#text.length + octets.length;
    this.#text = '';
    this.#pieces.push(octets);
  }

  /** Whether enough was said to be sent. */
  get isFull(): boolean {
    return this.#text.length + this.#piecesOctets >= gatheredOctets;
  }

  /** The client is there no more: what is said now is lost. */
  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  /** The next line, if it must come within `timeoutMs`; undefined when reading stopped. */
  async nextLine(maxOctets: number, timeoutMs: number): Promise<Line | undefined> {
    if (this.isFull) await this.flush();
    if (this.#stop) return undefined;
    let line = this.#input.takeLine(maxOctets);
    if (line) return line;
    await this.flush();
    this.#deadlineMs = Date.now() + timeoutMs;
    while (!this.#hasStopped() && (line = this.#input.takeLine(maxOctets)) === undefined) await this.#wait();
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return line;
  }

  /** A line that is here, or undefined after something happened: a nudge, octets, or the end. Says first what is to be said. */
  async nextLineOrNudge(maxOctets: number, deadlineMs: number): Promise<Line | undefined> {
    const line = this.#input.takeLine(maxOctets);
    if (line) return line;
    await this.flush();
    if (this.#hasStopped()) return undefined;
    this.#deadlineMs = deadlineMs;
    await this.#wait();
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return this.#stop ? undefined : this.#input.takeLine(maxOctets);
  }

  /** Ends the waiting of nextLineOrNudge. */
  nudge(): void {
    this.#input.interrupt();
  }

  /** Exactly `sizeOctets` octets, in pieces as they came; undefined when the client left or was too slow. */
  async takeLiteral(sizeOctets: number, timeoutMs: number): Promise<readonly Buffer[] | undefined> {
    const pieces: Buffer[] = [];
    const isWhole = await this.#eachPiece(sizeOctets, timeoutMs, (piece) => void pieces.push(piece));
    return isWhole ? pieces : undefined;
  }

  /** Reads past a literal nobody wants. @returns false when the client left or was too slow. */
  skipLiteral(sizeOctets: number, timeoutMs: number): Promise<boolean> {
    return this.#eachPiece(sizeOctets, timeoutMs, () => undefined);
  }

  async #eachPiece(sizeOctets: number, timeoutMs: number, take: (piece: Buffer) => void): Promise<boolean> {
    await this.flush();
    for (let left = sizeOctets; left > 0;) {
      const piece = this.#input.takeOctets(left);
      if (piece) {
        left -= piece.length;
        take(piece);
        continue;
      }
      if (this.#stop === 'tooSlow' || this.#stop === 'gone') return false;
      if (this.#input.hasEnded) {
        this.#stop = 'gone';
        return false;
      }
      this.#deadlineMs = Date.now() + timeoutMs;
      await this.#input.wait();
      this.#deadlineMs = Number.POSITIVE_INFINITY;
    }
    return true;
  }

  /** Sends what was said. Waits only while the client does not read. */
  async flush(): Promise<void> {
    if (this.#text === '' && this.#pieces.length === 0) return;
    const pieces = this.#pieces;
    if (this.#text !== '') pieces.push(this.#text);
    this.#text = '';
    this.#pieces = [];
    this.#piecesOctets = 0;
    const socket = this.#socket;
    if (socket.destroyed) return;
    const sent = this.#deflate ? await deflated(this.#deflate, pieces) : pieces;
    if (socket.destroyed || writeAll(socket, sent) || socket.writableLength <= pendingOctets) return;
    this.#deadlineMs = Date.now() + writeTimeoutMs;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.once('drain', done);
      socket.once('close', done);
    });
    this.#deadlineMs = Number.POSITIVE_INFINITY;
  }

  /**
   * Turns TLS on. Whatever the client sent in clear behind STARTTLS is dropped: read after the handshake it would pass for
   * words of the authenticated client (RFC 9051 §11.3; CVE-2011-0411).
   *
   * @returns the number of octets dropped.
   * @throws {Error} when the handshake fails; the connection is of no more use.
   */
  async startTls(secureContext: (serverName: string | undefined) => SecureContext): Promise<number> {
    const dropped = this.#input.detach().reduce((sum, { length }) => sum + length, 0);
    await this.flush();
    this.#deadlineMs = Date.now() + handshakeMs;
    this.#isHandshaking = true;
    const secure = new TLSSocket(this.#socket, {
      isServer: true,
      secureContext: secureContext(undefined),
      SNICallback: (serverName, callback) => {
        try {
          callback(null, secureContext(serverName));
        } catch (error) {
          // thrown on, it would be nobody's and end the process
          callback(error instanceof Error ? error : new Error(String(error)));
        }
      },
    });
    this.#socket = secure;
    secure.on('error', this.#onError);
    await new Promise<void>((resolve, reject) => {
      secure.once('secure', () => {
        this.#input.attach(secure);
        resolve();
      });
      secure.once('error', reject);
      secure.once('close', () => reject(new Error('closed during the TLS handshake')));
    });
    this.#isHandshaking = false;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return dropped;
  }

  /** From here on both sides speak DEFLATE (RFC 4978). What was said before is sent in clear. */
  async startCompression(): Promise<void> {
    await this.flush();
    const queued = this.#input.detach();
    const socket = this.#socket;
    const inflate = createInflateRaw();
    // 48 kB: a connection that idles keeps it.
    this.#deflate = createDeflateRaw({ level: 3, windowBits: 13, memLevel: 5, flush: constants.Z_SYNC_FLUSH });
    // Not DEFLATE: nothing after it can be understood.
    inflate.on('error', () => socket.destroy());
    this.#input.attach(inflate);
    for (const octets of queued) inflate.write(octets);
    socket.on('data', (chunk: Buffer) => {
      if (!inflate.write(chunk)) socket.pause();
    });
    inflate.on('drain', () => socket.resume());
    socket.once('end', () => inflate.end());
    socket.once('close', () => {
      inflate.destroy();
      this.#deflate?.destroy();
    });
    socket.resume();
  }

  /** Sends what was said and closes, leaving the peer a moment to read it. */
  async end(): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) return;
    await Promise.race([this.flush(), new Promise((resolve) => setTimeout(resolve, lingerMs).unref())]);
    this.#input.detach();
    await new Promise<void>((resolve) => {
      if (socket.destroyed) return resolve();
      const timer = setTimeout(() => socket.destroy(), lingerMs);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.end();
      // What still comes is read and forgotten: unread, it would make the kernel reset the connection under our last words.
      socket.on('data', () => undefined);
      socket.once('end', () => socket.destroySoon());
      socket.resume();
      return undefined;
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Stops between two commands, at once when none is under way. */
  stopSoon(): void {
    this.#stop ??= 'closing';
    if (this.#isWaiting) this.#input.interrupt();
  }

  /** Lets a deadline pass. A client that does not even read is dropped. */
  tick(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    this.#stop = 'tooSlow';
    this.#input.interrupt();
    if (this.#isHandshaking || this.#socket.writableNeedDrain) this.#socket.destroy();
  }

  async #wait(): Promise<void> {
    if (this.#hasStopped()) return;
    this.#isWaiting = true;
    await this.#input.wait();
    this.#isWaiting = false;
  }

  #hasStopped(): boolean {
    if (this.#stop === undefined && this.#input.hasEnded && !this.#input.hasOctets) this.#stop = 'gone';
    return this.#stop !== undefined;
  }

  /** A reset or a broken pipe is a client that left: the input ends by the 'close' that follows. */
  readonly #onError = (): void => {
    this.#input.interrupt();
  };
}

/** @returns false when the socket has more than it wants. */
function writeAll(socket: Socket, pieces: readonly (string | Uint8Array)[]): boolean {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return write(socket, only);
  socket.cork();
  let isReady = true;
  for (const piece of pieces) isReady = write(socket, piece);
  socket.uncork();
  return isReady;
}

function write(socket: Socket, piece: string | Uint8Array): boolean {
  return typeof piece === 'string' ? socket.write(piece, 'latin1') : socket.write(piece);
}

function deflated(deflate: DeflateRaw, pieces: readonly (string | Uint8Array)[]): Promise<readonly Uint8Array[]> {
  return new Promise((resolve) => {
    const out: Buffer[] = [];
    const onData = (chunk: Buffer): void => void out.push(chunk);
    const done = (): void => {
      deflate.off('data', onData);
      deflate.off('close', done);
      resolve(out);
    };
    deflate.on('data', onData);
    deflate.once('close', done);
    for (const piece of pieces) deflate.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
    deflate.flush(constants.Z_SYNC_FLUSH, done);
  });
}
