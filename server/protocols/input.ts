/**
 * What a client has sent and we have not read yet: lines and literals from one queue, so that what is pipelined keeps its
 * order. Bounded: when nobody reads, the socket is told to wait. Between commands it holds nothing.
 */
import type { Readable } from 'node:stream';

const highWaterOctets = 256 * 1024;
const LF = 10;
const CR = 13;

export type Line =
  /** Octets, one a character, without their CRLF. */
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'tooLong' } | { readonly kind: 'bareLineEnd' };

/** Closed with its connection. */
export class Input {
  #source: Readable | undefined;
  #chunks: Buffer[] = [];
  #queuedOctets = 0;
  /** The line under way: its pieces, or only its length once it is too long. */
  #pieces: Buffer[] = [];
  #lineOctets = 0;
  #hasEnded = false;
  #wake: (() => void) | undefined;
  #wasInterrupted = false;

  /** No more octets will come. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether anything was sent that nobody took. */
  get hasOctets(): boolean {
    return this.#queuedOctets > 0;
  }

  attach(source: Readable): void {
    this.#source = source;
    source.on('data', this.#onData);
    source.once('end', this.#onEnd);
    source.once('close', this.#onEnd);
  }

  /** Lets go of the source. @returns what was queued, and not read as part of a line. */
  detach(): readonly Buffer[] {
    const source = this.#source;
    const queued = [...this.#pieces, ...this.#chunks];
    if (source) {
      source.off('data', this.#onData);
      source.off('end', this.#onEnd);
      source.off('close', this.#onEnd);
      source.pause();
      for (let rest: unknown = source.read(); Buffer.isBuffer(rest); rest = source.read()) queued.push(rest);
    }
    this.#source = undefined;
    this.#chunks = [];
    this.#queuedOctets = 0;
    this.#pieces = [];
    this.#lineOctets = 0;
    return queued;
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

  /** At most `most` octets as they came, or undefined while none are here. */
  takeOctets(most = Number.POSITIVE_INFINITY): Buffer | undefined {
    const chunk = this.#shift();
    if (chunk === undefined || chunk.length <= most) return chunk;
    this.giveBack(chunk.subarray(most));
    return chunk.subarray(0, most);
  }

  /** Puts octets in front of what is queued. */
  giveBack(octets: Buffer): void {
    if (octets.length === 0) return;
    this.#chunks.unshift(octets);
    this.#queuedOctets += octets.length;
  }

  /** Settles when there are octets nobody looked at, or since the last wait the end or an interrupt came. */
  wait(): Promise<void> {
    if (this.#queuedOctets > 0 || this.#wasInterrupted) {
      this.#wasInterrupted = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Whoever does not wait yet will not wait: an interrupt that came while they were busy must not be lost. */
  interrupt(): void {
    this.#wasInterrupted = !this.#wakeUp();
  }

  /** @returns whether somebody waited. */
  #wakeUp(): boolean {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
    return wake !== undefined;
  }

  #shift(): Buffer | undefined {
    const chunk = this.#chunks.shift();
    if (chunk) this.#queuedOctets -= chunk.length;
    if (this.#queuedOctets < highWaterOctets && this.#source?.isPaused() === true) this.#source.resume();
    return chunk;
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#queuedOctets += chunk.length;
    if (this.#queuedOctets >= highWaterOctets) this.#source?.pause();
    // Nobody waits: the queue itself remembers. Taken from it, these octets must not wake the next wait for nothing.
    this.#wakeUp();
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    this.interrupt();
  };
}

function lineOf(pieces: readonly Buffer[]): Line {
  const octets = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  if (octets[octets.length - 2] !== CR) return { kind: 'bareLineEnd' };
  return { kind: 'text', text: octets.toString('latin1', 0, octets.length - 2) };
}
