/**
 * One client's socket: lines and chunks in, replies out, TLS, deadlines. Knows no command. Replies are gathered and sent in
 * one write when we are about to wait for the client, so a pipelined group is answered in one packet (RFC 2920 §3.2).
 */
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { type Reply, printReply } from '#formats/smtp/reply.ts';
import type { TlsInfo } from './handlers.ts';
import { Input, type Line } from './input.ts';

const MAX_GATHERED_CHARACTERS = 64 * 1024;
/** For the peer to read our last words before we drop it. */
const LINGER_MS = 5000;
const HANDSHAKE_MS = 30_000;

/** Why no more is read: the client left, was too slow, or the server is closing. */
export type Stop = 'gone' | 'tooSlow' | 'closing';

/** Closed by end or destroy; the server calls tick about once a second. */
export class Connection {
  #socket: Socket;
  readonly #input = new Input();
  #out = '';
  #deadlineMs = Number.POSITIVE_INFINITY;
  #isBetweenCommands = false;
  #stop: Stop | undefined;
  #isHandshaking = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', this.#onError);
    this.#input.attach(socket);
  }

  /** Why reading stopped, once nextLine or nextChunk answered undefined. */
  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** Whether the client has sent anything we did not read. */
  get hasInput(): boolean {
    return this.#input.hasOctets;
  }

  say(reply: Reply): void {
    this.#out += printReply(reply);
  }

  sayText(text: string): void {
    this.#out += text;
  }

  /** The next command line, if it must come within `timeoutMs`; undefined when reading stopped. */
  async nextLine(maxOctets: number, timeoutMs: number): Promise<Line | undefined> {
    if (this.#out.length > MAX_GATHERED_CHARACTERS) await this.flush(timeoutMs);
    if (this.#stop) return undefined;
    let line = this.#input.takeLine(maxOctets);
    if (line) return line;
    await this.flush(timeoutMs);
    this.#deadlineMs = Date.now() + timeoutMs;
    this.#isBetweenCommands = true;
    while (!this.#stop && (line = this.#input.takeLine(maxOctets)) === undefined) {
      if (this.#input.hasEnded) this.#stop ??= 'gone';
      else await this.#input.wait();
    }
    this.#isBetweenCommands = false;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return line;
  }

  /** Octets already here, without waiting. */
  takeChunk(): Buffer | undefined {
    return this.#input.takeChunk();
  }

  /** The next octets of a message; undefined when reading stopped. */
  async nextChunk(timeoutMs: number): Promise<Buffer | undefined> {
    await this.flush(timeoutMs);
    this.#deadlineMs = Date.now() + timeoutMs;
    let chunk: Buffer | undefined;
    while ((chunk = this.#input.takeChunk()) === undefined && !this.#isStuck()) await this.#input.wait();
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return chunk;
  }

  giveBack(rest: Buffer): void {
    this.#input.giveBack(rest);
  }

  /** Writes what was said. Waits only while a client does not read its replies. */
  async flush(timeoutMs: number): Promise<void> {
    const text = this.#out;
    this.#out = '';
    if (text === '' || this.#socket.destroyed || this.#socket.write(text, 'latin1')) return;
    this.#deadlineMs = Date.now() + timeoutMs;
    const socket = this.#socket;
    await new Promise<void>((resolve) => {
      socket.once('drain', resolve);
      socket.once('close', resolve);
    });
    this.#deadlineMs = Number.POSITIVE_INFINITY;
  }

  /**
   * Turns TLS on. Whatever the client sent in clear behind STARTTLS is dropped: read after the handshake it would pass for
   * words of the authenticated client (RFC 3207 §6; CVE-2011-0411).
   *
   * @returns the number of octets dropped.
   * @throws {Error} when the handshake fails; the connection is of no more use.
   */
  async startTls(secureContext: (serverName: string | undefined) => SecureContext): Promise<number> {
    const dropped = this.#input.detach();
    if (this.#out !== '') {
      const text = this.#out;
      this.#out = '';
      await new Promise((resolve) => this.#socket.write(text, 'latin1', resolve));
    }
    this.#deadlineMs = Date.now() + HANDSHAKE_MS;
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

  get tls(): TlsInfo | undefined {
    const socket = this.#socket;
    if (!(socket instanceof TLSSocket)) return undefined;
    return { version: socket.getProtocol() ?? '', cipher: socket.getCipher().standardName };
  }

  /** Says a last reply and closes, leaving the peer a moment to read it. */
  async end(): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) return;
    const text = this.#out;
    this.#out = '';
    this.#input.detach();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => socket.destroy(), LINGER_MS);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.end(text, 'latin1');
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
    if (this.#isBetweenCommands) this.#input.interrupt();
  }

  /** Lets a deadline pass. A client that does not even read is dropped. */
  tick(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    this.#stop = 'tooSlow';
    this.#input.interrupt();
    if (this.#isHandshaking || this.#socket.writableNeedDrain) this.#socket.destroy();
  }

  #isStuck(): boolean {
    if (this.#stop === 'tooSlow' || this.#stop === 'gone') return true;
    if (!this.#input.hasEnded) return false;
    this.#stop = 'gone';
    return true;
  }

  /** A reset or a broken pipe is a client that left: the input ends by the 'close' that follows. */
  readonly #onError = (): void => {
    this.#input.interrupt();
  };
}
