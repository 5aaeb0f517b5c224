/**
 * What a client has sent and we have not read yet. Bounded: when nobody reads, the socket is told to wait. Lines and message
 * octets are taken from the same queue, so pipelined commands keep their order.
 */
import { isAscii } from 'node:buffer';
import type { Socket } from 'node:net';

const HIGH_WATER_OCTETS = 256 * 1024;
const LF = 10;
const CR = 13;

export type Line =
  /** Without its CRLF. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tooLong' }
  | { readonly kind: 'bareLineEnd' }
  | { readonly kind: 'notUtf8' };

/** Closed with its connection. */
export class Input {
  #socket: Socket | undefined;
  #chunks: Buffer[] = [];
  #queuedOctets = 0;
  /** The line under way: its pieces, or only its length once it is too long. */
  #pieces: Buffer[] = [];
  #lineOctets = 0;
  #hasEnded = false;
  #wake: (() => void) | undefined;

  /** No more octets will come. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get hasOctets(): boolean {
    return this.#queuedOctets > 0;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', this.#onData);
    socket.once('end', this.#onEnd);
    socket.once('close', this.#onEnd);
  }

  /** Lets go of the socket and drops what is queued. @returns how many octets that was. */
  detach(): number {
    const socket = this.#socket;
    let dropped = this.#queuedOctets + this.#lineOctets;
    if (socket) {
      socket.off('data', this.#onData);
      socket.off('end', this.#onEnd);
      socket.off('close', this.#onEnd);
      socket.pause();
      for (let rest: unknown = socket.read(); Buffer.isBuffer(rest); rest = socket.read()) dropped += rest.length;
    }
    this.#socket = undefined;
    this.#chunks = [];
    this.#queuedOctets = 0;
    this.#pieces = [];
    this.#lineOctets = 0;
    return dropped;
  }

  /** The next whole line, or undefined while it is still coming. One longer than `maxOctets` is dropped as it comes. */
  takeLine(maxOctets: number): Line | undefined {
    for (let chunk = this.#shift(); chunk; chunk = this.#shift()) {
      const end = chunk.indexOf(LF) + 1;
      const piece = end > 0 && end < chunk.length ? chunk.subarray(0, end) : chunk;
      this.#lineOctets += piece.length;
      if (this.#lineOctets <= maxOctets) this.#pieces.push(piece);
      else this.#pieces = [];
      if (end <= 0) continue;
      if (end < chunk.length) this.giveBack(chunk.subarray(end));
      const line = this.#lineOctets > maxOctets ? ({ kind: 'tooLong' } as const) : lineOf(this.#pieces);
      this.#pieces = [];
      this.#lineOctets = 0;
      return line;
    }
    return undefined;
  }

  /** The next octets as they came, or undefined while none are here. */
  takeChunk(): Buffer | undefined {
    return this.#shift();
  }

  /** Puts back what was not read of the last chunk. */
  giveBack(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#chunks.unshift(rest);
    this.#queuedOctets += rest.length;
  }

  /** Settles when there is something new: octets, the end, or an interrupt. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  interrupt(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #shift(): Buffer | undefined {
    const chunk = this.#chunks.shift();
    if (chunk) this.#queuedOctets -= chunk.length;
    if (this.#queuedOctets < HIGH_WATER_OCTETS && this.#socket?.isPaused() === true) this.#socket.resume();
    return chunk;
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#queuedOctets += chunk.length;
    if (this.#queuedOctets >= HIGH_WATER_OCTETS) this.#socket?.pause();
    this.interrupt();
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    this.interrupt();
  };
}

function lineOf(pieces: readonly Buffer[]): Line {
  const octets = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  if (octets[octets.length - 2] !== CR) return { kind: 'bareLineEnd' };
  const line = octets.subarray(0, -2);
  if (isAscii(line)) return { kind: 'text', text: line.toString('latin1') };
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line) };
  } catch {
    return { kind: 'notUtf8' };
  }
}
