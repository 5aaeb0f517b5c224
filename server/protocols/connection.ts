/**
 * One client's socket, for every protocol of lines: lines and octets in, octets out, TLS, compression, deadlines. Knows no
 * command. What is said is gathered and sent in large pieces, at the latest before we wait for the client, so a pipelined
 * group is answered in one packet (RFC 2920 §3.2); a client that does not read makes whoever speaks to it wait. While
 * nothing happens it holds no buffers and no timer: the listener lets deadlines pass.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw } from 'node:zlib';

import {
  type Certificates,
  errorOf,
  finishHandshake,
  type TlsEvent,
  type TlsInfo,
  tlsInfoOf,
  wrapInTls,
} from './handshake.ts';
import { Input, type Line } from './input.ts';
import { deflated, Output, writeAll } from './output.ts';

/** For the peer to read our last words before we drop it. */
const lingerMs = 5_000;
const handshakeMs = 30_000;

/** Why no more is read: the client left, was too slow, the server is closing, or whoever is there may be there no more. */
export type Stop = 'gone' | 'tooSlow' | 'closing' | 'ended';

/** How a head sends. */
export interface Sending {
  /** A client that reads nothing for this long is gone. */
  readonly writeTimeoutMs: number;
  /** So much may wait in the socket before we wait for the client: the next is prepared while this is on its way. */
  readonly pendingOctets: number;
}

/** How long octets are waited for. */
export interface Patience {
  /** From one piece to the next. */
  readonly pieceMs: number;
  /** All in all, by the clock (milliseconds since 1970). */
  readonly untilMs: number;
}

/** Closed by end or destroy; the listener calls tick now and then. */
export class Connection {
  #socket: Socket;
  readonly #sending: Sending;
  readonly #input = new Input();
  readonly #output = new Output();
  #deflate: DeflateRaw | undefined;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #stop: Stop | undefined;
  #isHandshaking = false;

  constructor(socket: Socket, sending: Sending) {
    this.#socket = socket;
    this.#sending = sending;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 120_000);
    socket.on('error', this.#onError);
    this.#input.attach(socket);
  }

  /** Why reading stopped, once a reader answered undefined or false. */
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

  get tls(): TlsInfo | undefined {
    return this.#socket instanceof TLSSocket ? tlsInfoOf(this.#socket) : undefined;
  }

  get isCompressed(): boolean {
    return this.#deflate !== undefined;
  }

  /** Octets, one a character. Ask isFull now and then, and flush. */
  say(octets: string): void {
    this.#output.say(octets);
  }

  /** Octets that nobody will change. */
  sayOctets(octets: Uint8Array): void {
    this.#output.sayOctets(octets);
  }

  /** Whether enough was said to be sent. */
  get isFull(): boolean {
    return this.#output.isFull;
  }

  /** The client is there no more: what is said now is lost. */
  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  /**
   * The next line, if it comes within `timeoutMs`; undefined when reading stopped. A server that closes reads no more
   * commands, but `within` one that has begun it reads on.
   */
  async nextLine(maxOctets: number, timeoutMs: number, within?: 'command'): Promise<Line | undefined> {
    if (this.#output.isFull) await this.flush();
    if (this.#mustStop(within)) return undefined;
    let line = this.#input.takeLine(maxOctets);
    if (line) return line;
    await this.flush();
    this.#deadlineMs = Date.now() + timeoutMs;
    while (!this.#mustStop(within) && (line = this.#input.takeLine(maxOctets)) === undefined) await this.#input.wait();
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return line;
  }

  /** A line that is here, or undefined after something happened: a nudge, octets, or the end. Says first what is to be said. */
  async nextLineOrNudge(maxOctets: number, deadlineMs: number): Promise<Line | undefined> {
    const line = this.#input.takeLine(maxOctets);
    if (line) return line;
    await this.flush();
    if (this.#mustStop()) return undefined;
    this.#deadlineMs = deadlineMs;
    await this.#input.wait();
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return this.#stop ? undefined : this.#input.takeLine(maxOctets);
  }

  /** Ends the waiting of nextLineOrNudge. */
  nudge(): void {
    this.#input.interrupt();
  }

  /** Octets that are here, as they came, without waiting. */
  takeChunk(): Buffer | undefined {
    return this.#input.takeOctets();
  }

  /** The next octets as they come, `most` of them at most; undefined when the client left or was too slow. */
  async nextChunk({ pieceMs, untilMs }: Patience, most?: number): Promise<Buffer | undefined> {
    if (!this.#output.isEmpty) await this.flush();
    this.#deadlineMs = Math.min(Date.now() + pieceMs, untilMs);
    let chunk: Buffer | undefined;
    while ((chunk = this.#input.takeOctets(most)) === undefined && !this.#mustStop('command')) await this.#input.wait();
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return chunk;
  }

  /** Puts back what was not wanted of a chunk. */
  giveBack(rest: Buffer): void {
    this.#input.giveBack(rest);
  }

  /**
   * Reads exactly `sizeOctets` octets, in pieces as they came; `take` may make the next one wait.
   *
   * @returns false when the client left or was too slow.
   */
  async eachPiece(
    sizeOctets: number,
    patience: Patience,
    take: (piece: Buffer) => Promise<void> | undefined,
  ): Promise<boolean> {
    for (let left = sizeOctets; left > 0;) {
      const piece = this.#input.takeOctets(left) ?? (await this.nextChunk(patience, left));
      if (!piece) return false;
      left -= piece.length;
      const taken = take(piece);
      if (taken) await taken;
    }
    return true;
  }

  /** Exactly `sizeOctets` octets; undefined when the client left or was too slow. */
  async takeLiteral(sizeOctets: number, patience: Patience): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    const isWhole = await this.eachPiece(sizeOctets, patience, (piece) => void pieces.push(piece));
    if (!isWhole) return undefined;
    const [only] = pieces;
    return pieces.length === 1 && only ? only : Buffer.concat(pieces);
  }

  /** Reads past a literal nobody wants. @returns false when the client left or was too slow. */
  skipLiteral(sizeOctets: number, patience: Patience): Promise<boolean> {
    return this.eachPiece(sizeOctets, patience, () => undefined);
  }

  /** Sends what was said. Waits only while the client does not read. */
  async flush(): Promise<void> {
    if (this.#output.isEmpty) return;
    const said = this.#output.take();
    const socket = this.#socket;
    if (socket.destroyed) return;
    const pieces = this.#deflate ? await deflated(this.#deflate, said) : said;
    const { pendingOctets } = this.#sending;
    if (socket.destroyed || writeAll(socket, pieces) || socket.writableLength <= pendingOctets) return;
    await this.#drain(socket);
  }

  /**
   * Turns TLS on. Whatever the client sent in clear behind STARTTLS is dropped: read after the handshake it would pass for
   * words of the authenticated client (RFC 9051 §11.3, RFC 3207 §6, RFC 5804 §2.2; CVE-2011-0411).
   *
   * @returns false when the handshake failed: the connection is closed.
   */
  async startTls(certificates: Certificates, onEvent: (event: TlsEvent) => void): Promise<boolean> {
    // Before our word is sent: what comes after it is the handshake.
    const sizeOctets = this.#input.detach().reduce((sum, { length }) => sum + length, 0);
    try {
      await this.flush();
      this.#deadlineMs = Date.now() + handshakeMs;
      this.#isHandshaking = true;
      // TLS writes past the socket's own queue: our word must be out before.
      if (this.#socket.writableLength > 0) await written(this.#socket);
      if (this.#socket.destroyed) throw new Error('closed before the TLS handshake');
      const secure = wrapInTls(this.#socket, certificates);
      this.#socket = secure;
      secure.on('error', this.#onError);
      await finishHandshake(secure, () => this.#input.attach(secure));
    } catch (error) {
      this.destroy();
      onEvent({ kind: 'tlsFailed', error: errorOf(error) });
      return false;
    } finally {
      this.#isHandshaking = false;
      this.#deadlineMs = Number.POSITIVE_INFINITY;
    }
    if (sizeOctets > 0) onEvent({ kind: 'injection', sizeOctets });
    return true;
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
    await this.flush();
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
  stopSoon(because: 'closing' | 'ended' = 'closing'): void {
    this.#stop ??= because;
    this.#input.interrupt();
  }

  /** Lets a deadline pass. A client that does not even read is dropped. */
  tick(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    this.#stop = 'tooSlow';
    this.#input.interrupt();
    if (this.#isHandshaking || this.#socket.writableNeedDrain) this.#socket.destroy();
  }

  /** Until the client has read all that was written, or is gone. */
  async #drain(socket: Socket): Promise<void> {
    this.#deadlineMs = Date.now() + this.#sending.writeTimeoutMs;
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

  /** A command that has begun is finished before we close. */
  #mustStop(within?: 'command'): boolean {
    const isOver = this.#input.hasEnded && !this.#input.hasOctets;
    if (isOver) this.#stop ??= 'gone';
    const canFinish = this.#stop === 'closing' || this.#stop === 'ended';
    return this.#stop !== undefined && (isOver || within === undefined || !canFinish);
  }

  /** A reset or a broken pipe is a client that left: the input ends by the 'close' that follows. */
  readonly #onError = (): void => {
    this.#input.interrupt();
  };
}

/** Until the kernel has all that was written. */
function written(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.write('', () => resolve());
  });
}
