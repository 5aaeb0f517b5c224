/**
 * The octets of one message while they come in: in memory up to a threshold, then in a file of the spool folder, so that a
 * thousand slow clients cannot fill the memory. A disk that fails is told at the end: the octets must be drained first.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface Content {
  readonly sizeOctets: number;
  readonly held: 'memory' | 'file';
  /** The whole, in one Buffer; for a file this reads it. */
  readonly octets: () => Promise<Buffer>;
  /** From the start, as often as wanted. */
  readonly stream: () => AsyncIterable<Uint8Array>;
}

/** What all messages coming in may hold in memory together. */
export interface MemoryBudget {
  readonly maxOctets: number;
  heldOctets: number;
}

export interface ContentLimits {
  readonly spoolFolder: string;
  readonly maxMemoryOctets: number;
  readonly maxMessageOctets: number;
}

/** Lives from DATA to the answer; must be disposed of whatever happens. */
export class ContentSink {
  readonly #limits: ContentLimits;
  readonly #budget: MemoryBudget;
  /** In memory: the first #heldOctets of it are the message. A lone first piece is kept as it is, a view not ours to write into. */
  #buffer: Uint8Array = new Uint8Array(0);
  #isOurs = false;
  #heldOctets = 0;
  #chargedOctets = 0;
  #file: { readonly handle: FileHandle; readonly path: string } | undefined;
  #unwritten: Uint8Array[] = [];
  #sizeOctets = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(limits: ContentLimits, budget: MemoryBudget) {
    this.#limits = limits;
    this.#budget = budget;
  }

  /** All that came, also what was dropped for being too much. */
  get sizeOctets(): number {
    return this.#sizeOctets;
  }

  get isTooLarge(): boolean {
    return this.#sizeOctets > this.#limits.maxMessageOctets;
  }

  /** Why the spool file could not be written. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Takes a piece; the caller must not change it. Ask mustFlush after each chunk from the network. */
  readonly write = (piece: Uint8Array): void => {
    this.#sizeOctets += piece.length;
    if (this.isTooLarge || this.#failure) this.#drop();
    else if (this.#file) this.#unwritten.push(piece);
    else this.#hold(piece);
  };

  get mustFlush(): boolean {
    return (
      this.#unwritten.length > 0 ||
      this.#heldOctets > this.#limits.maxMemoryOctets ||
      (this.#budget.heldOctets > this.#budget.maxOctets && this.#heldOctets > 0)
    );
  }

  /** Moves to the spool file, or appends to it. Never throws: see failure. */
  async flush(): Promise<void> {
    try {
      if (!this.#file) {
        const path = join(this.#limits.spoolFolder, `incoming-${randomBytes(12).toString('hex')}`);
        this.#file = { handle: await open(path, 'wx', 0o600), path };
        this.#unwritten = [this.#buffer.subarray(0, this.#heldOctets)];
      }
      const pieces = this.#unwritten;
      this.#unwritten = [];
      for (const piece of pieces) await this.#file.handle.writeFile(piece);
    } catch (error) {
      this.#failure = { error };
      this.#unwritten = [];
    }
    this.#release();
  }

  /** The finished content; only when it is neither too large nor failed. */
  content(): Content {
    const file = this.#file;
    if (file) {
      return {
        sizeOctets: this.#sizeOctets,
        held: 'file',
        octets: () => readFile(file.path),
        stream: () => createReadStream(file.path, { highWaterMark: 256 * 1024 }),
      };
    }
    const { buffer, byteOffset } = this.#buffer;
    const octets = Buffer.from(buffer, byteOffset, this.#heldOctets);
    return {
      sizeOctets: this.#sizeOctets,
      held: 'memory',
      octets: () => Promise.resolve(octets),
      // oxlint-disable-next-line typescript/require-await -- an async generator is what stream() promises
      stream: async function* () {
        yield octets;
      },
    };
  }

  /** Removes the file and gives the memory back. Never throws: a file left behind is for the next start to sweep. */
  async dispose(): Promise<void> {
    this.#drop();
    const file = this.#file;
    if (!file) return;
    this.#file = undefined;
    await file.handle.close().catch(() => undefined);
    await rm(file.path, { force: true }).catch(() => undefined);
  }

  #hold(piece: Uint8Array): void {
    const needed = this.#heldOctets + piece.length;
    if (this.#heldOctets === 0) {
      this.#buffer = piece;
      this.#isOurs = false;
    } else {
      if (!this.#isOurs || needed > this.#buffer.length) {
        const grown = Buffer.allocUnsafeSlow(Math.max(needed * 2, 16_384));
        grown.set(this.#buffer.subarray(0, this.#heldOctets));
        this.#buffer = grown;
        this.#isOurs = true;
      }
      this.#buffer.set(piece, this.#heldOctets);
    }
    this.#heldOctets = needed;
    this.#charge(this.#buffer.length);
  }

  #drop(): void {
    this.#unwritten = [];
    this.#release();
  }

  #release(): void {
    this.#buffer = new Uint8Array(0);
    this.#heldOctets = 0;
    this.#charge(0);
  }

  #charge(octets: number): void {
    this.#budget.heldOctets += octets - this.#chargedOctets;
    this.#chargedOctets = octets;
  }
}
