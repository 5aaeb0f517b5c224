/**
 * What is still on its way of a request that is refused already is read and let go. Many programs write their whole
 * request before they read a word: closed upon, they see a broken pipe and never the answer (RFC 9112 §9.6).
 */
import type { IncomingMessage } from 'node:http';

/** Whoever sends more is closed upon: four of the largest uploads. */
const mostOctets = 200_000_000;
const mostMs = 60_000;

/** Resolves when the request has been read to its end, or is not worth it. */
export async function readOut(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  if (Number(request.headers['content-length'] ?? 0) > mostOctets) return;
  // Who waits for our word before the body has not sent it, and will not.
  if (request.headers.expect !== undefined) return;
  await new Promise<void>((resolve) => {
    let octets = 0;
    const count = (chunk: Buffer): void => {
      octets += chunk.length;
      if (octets > mostOctets) stop();
    };
    const stop = (): void => {
      clearTimeout(tooLate);
      request.off('data', count).off('end', stop).off('close', stop).off('error', stop);
      resolve();
    };
    const tooLate = setTimeout(stop, mostMs);
    request.on('data', count).on('end', stop).on('close', stop).on('error', stop).resume();
  });
}
