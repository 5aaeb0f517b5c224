/**
 * One client's socket: lines and literals in, text out, TLS, deadlines. Knows no command. Bounded: what is not read yet
 * stays with the kernel once enough is queued. The server lets deadlines pass.
 */
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';

const highWaterOctets = 64 * 1024;
/** For the peer to read our last words before we drop it. */
const lingerMs = 2_000;
const handshakeMs = 30_000;
const LF = 10;
const CR = 13;

/** Why no more is read: the client left, was too slow, or the server is closing. */
export type Stop = 'gone' | 'tooSlow' | 'closing';

export type Line =
  /** Octets, one a character, without their CRLF. */
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'tooLong' } | { readonly kind: 'bareLineEnd' };

/** Closed by end or destroy. */
export class Connection {
  #socket: Socket;
  #queue: Buffer = Buffer.alloc(0);
  #hasEnded = false;
  #stop: Stop | undefined;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #isWaiting = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    this.#attach(socket);
  }

  get stop(): Stop | undefined {
    return this.#stop;
  }

  get isSecure(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  /** Text of the server, in UTF-8. Waits only while the client does not read. */
  async say(text: string): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed || socket.write(text)) return;
    this.#deadlineMs = Date.now() + handshakeMs;
    await new Promise<void>((resolve) => {
      socket.once('drain', resolve);
      socket.once('close', resolve);
    });
    this.#deadlineMs = Number.POSITIVE_INFINITY;
  }

  /** The next line, if it comes within `timeoutMs`; undefined when reading stopped. One longer than `maxOctets` is passed over. */
  async nextLine(maxOctets: number, timeoutMs: number): Promise<Line | undefined> {
    this.#deadlineMs = Date.now() + timeoutMs;
    let isTooLong = false;
    for (;;) {
      const end = this.#queue.indexOf(LF);
      if (end >= 0) {
        const line = this.#take(end + 1);
        this.#deadlineMs = Number.POSITIVE_INFINITY;
        if (isTooLong || line.length > maxOctets) return { kind: 'tooLong' };
        if (line[line.length - 2] !== CR) return { kind: 'bareLineEnd' };
        return { kind: 'text', text: line.toString('latin1', 0, line.length - 2) };
      }
      if (this.#queue.length > maxOctets) {
        this.#take(this.#queue.length);
        isTooLong = true;
      }
      if (!(await this.#more('command'))) return undefined;
    }
  }

  /** Exactly `sizeOctets` octets; undefined when reading stopped. */
  async takeLiteral(sizeOctets: number, timeoutMs: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    const isWhole = await this.#eachPiece(sizeOctets, timeoutMs, (piece) => void pieces.push(piece));
    return isWhole ? Buffer.concat(pieces) : undefined;
  }

  /** Reads past a literal nobody wants. @returns false when reading stopped. */
  skipLiteral(sizeOctets: number, timeoutMs: number): Promise<boolean> {
    return this.#eachPiece(sizeOctets, timeoutMs, () => undefined);
  }

  async #eachPiece(sizeOctets: number, timeoutMs: number, take: (piece: Buffer) => void): Promise<boolean> {
    this.#deadlineMs = Date.now() + timeoutMs;
    for (let left = sizeOctets; left > 0;) {
      if (this.#queue.length === 0 && !(await this.#more('literal'))) return false;
      const piece = this.#take(Math.min(left, this.#queue.length));
      left -= piece.length;
      take(piece);
    }
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return true;
  }

  /**
   * Turns TLS on. Whatever the client sent in clear behind STARTTLS is dropped: read after the handshake it would pass for
   * words of the authenticated client (RFC 5804 §2.2; CVE-2011-0411).
   *
   * @returns the number of octets dropped.
   * @throws {Error} when the handshake fails; the connection is of no more use.
   */
  async startTls(secureContext: (serverName: string | undefined) => SecureContext): Promise<number> {
    const plain = this.#socket;
    const dropped = this.#queue.length;
    this.#queue = Buffer.alloc(0);
    plain.off('data', this.#onData);
    plain.off('end', this.#onEnd);
    plain.off('close', this.#onEnd);
    this.#deadlineMs = Date.now() + handshakeMs;
    const secure = new TLSSocket(plain, {
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
    await new Promise<void>((resolve, reject) => {
      secure.once('secure', resolve);
      secure.once('error', reject);
      secure.once('close', () => reject(new Error('closed during the TLS handshake')));
    });
    this.#attach(secure);
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return dropped;
  }

  /** Closes, leaving the peer a moment to read our last words. */
  async end(): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => socket.destroy(), lingerMs);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.off('data', this.#onData);
      socket.end();
      // What still comes is read and forgotten: unread, it would make the kernel reset the connection under our last words.
      socket.on('data', () => undefined);
      socket.once('end', () => socket.destroySoon());
      socket.resume();
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Stops between two commands, at once when none is under way. */
  stopSoon(): void {
    this.#stop ??= 'closing';
    if (this.#isWaiting) this.#interrupt();
  }

  /** Lets a deadline pass. A client that does not even read, or does not shake hands, is dropped. */
  tick(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    this.#stop = 'tooSlow';
    if (this.#isWaiting) this.#interrupt();
    else this.#socket.destroy();
  }

  /** Waits for octets. @returns false when no more will be read. */
  async #more(at: 'command' | 'literal'): Promise<boolean> {
    if (this.#hasEnded) this.#stop ??= 'gone';
    // A command that has begun is finished before we close; a silent client is not waited for.
    if (this.#stop !== undefined && !(this.#stop === 'closing' && at === 'literal')) return false;
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#isWaiting = true;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#isWaiting = false;
    return true;
  }

  #take(octets: number): Buffer {
    const taken = this.#queue.subarray(0, octets);
    this.#queue = this.#queue.subarray(octets);
    return taken;
  }

  #attach(socket: Socket): void {
    socket.on('data', this.#onData);
    socket.once('end', this.#onEnd);
    socket.once('close', this.#onEnd);
    // A reset or a broken pipe is a client that left: the input ends by the 'close' that follows.
    socket.on('error', () => this.#interrupt());
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#queue = this.#queue.length === 0 ? chunk : Buffer.concat([this.#queue, chunk]);
    if (this.#queue.length >= highWaterOctets) this.#socket.pause();
    this.#interrupt();
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    this.#interrupt();
  };

  #interrupt(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
