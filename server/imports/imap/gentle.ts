/**
 * Lets others on the event loop have their turn while an old server's answers are read. imapflow 2.1.2 reads what the
 * socket gives, up to 64 KiB, in one go: thousands of short lines, half a second. Here it gets them in small pieces.
 */
import type { ImapFlow } from 'imapflow';

const pieceOctets = 4096;

type Transform = (chunk: Buffer, encoding: BufferEncoding, done: () => void) => void;

/** @throws {TypeError} where imapflow is made otherwise than the version we know. */
export function readGently(client: ImapFlow): void {
  const streamer: unknown = Reflect.get(client, 'streamer');
  if (typeof streamer !== 'object' || streamer === null) throw new TypeError('imapflow has no streamer');
  const transform: unknown = Reflect.get(streamer, '_transform');
  if (!isTransform(transform)) throw new TypeError('its streamer is no transform');
  const gentle: Transform = (chunk, encoding, done) => {
    const feed = (from: number): void => {
      if (from >= chunk.length) return done();
      const next = (): void => void setImmediate(feed, from + pieceOctets);
      return transform.call(streamer, chunk.subarray(from, from + pieceOctets), encoding, next);
    };
    feed(0);
  };
  Reflect.set(streamer, '_transform', gentle);
}

function isTransform(value: unknown): value is Transform {
  return typeof value === 'function';
}
