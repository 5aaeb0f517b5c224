/**
 * What was said and is not sent yet: text and octets in their order, gathered so that a whole group of answers is one
 * write. Whoever says much asks `isFull` and sends. Empty, it holds no buffer.
 */
import type { Writable } from 'node:stream';
import { constants, type DeflateRaw } from 'node:zlib';

/** Beyond this, what was said is sent. */
const gatheredOctets = 64 * 1024;
/** Octets up to this are copied into the text around them. */
const copiedOctets = 2 * 1024;

/** Text is octets, one a character. */
export type Piece = string | Uint8Array;

/** Forgotten with its connection. */
export class Output {
  #text = '';
  #pieces: Piece[] = [];
  #piecesOctets = 0;

  get isEmpty(): boolean {
    return this.#text === '' && this.#pieces.length === 0;
  }

  /** Whether enough was said to be sent. */
  get isFull(): boolean {
    return this.#text.length + this.#piecesOctets >= gatheredOctets;
  }

  /** Octets, one a character. */
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

  /** All that was said, in order; from here on it is the taker's. */
  take(): readonly Piece[] {
    const pieces = this.#pieces;
    if (this.#text !== '') pieces.push(this.#text);
    this.#text = '';
    this.#pieces = [];
    this.#piecesOctets = 0;
    return pieces;
  }
}

/** @returns false when the writable has more than it wants. */
export function writeAll(writable: Writable, pieces: readonly Piece[]): boolean {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return write(writable, only);
  writable.cork();
  let isReady = true;
  for (const piece of pieces) isReady = write(writable, piece);
  writable.uncork();
  return isReady;
}

function write(writable: Writable, piece: Piece): boolean {
  return typeof piece === 'string' ? writable.write(piece, 'latin1') : writable.write(piece);
}

/** The same, compressed so far that the other side can read it all. */
export function deflated(deflate: DeflateRaw, pieces: readonly Piece[]): Promise<readonly Uint8Array[]> {
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
    for (const piece of pieces) write(deflate, piece);
    deflate.flush(constants.Z_SYNC_FLUSH, done);
  });
}
