/**
 * Keeps an old server within bounds that no single answer shows: nothing useful for too long, or far more octets than
 * what was asked for can be. Either closes the connection, and whoever waits for an answer is told.
 */
import type { ImapFlow } from 'imapflow';

export interface Guard {
  /** What is asked for next takes at most so many octets. */
  expect(octets: number): void;
  /** Something came that was asked for. */
  touch(): void;
  stop(): void;
}

const lookEveryMs = 100;

/** @param onFlood before the connection is closed for sending too much. */
export function guardClient(client: ImapFlow, silenceMs: number, onFlood: () => void): Guard {
  let touchedAt = performance.now();
  let roof = Infinity;
  const look = (): void => {
    const isSilent = performance.now() - touchedAt > silenceMs;
    const isFlood = client.stats().received > roof;
    if (isFlood) onFlood();
    if (isSilent || isFlood) client.close();
  };
  const beat = setInterval(look, lookEveryMs);
  beat.unref();
  return {
    expect(octets) {
      touchedAt = performance.now();
      roof = client.stats().received + octets;
    },
    touch() {
      touchedAt = performance.now();
    },
    stop: () => clearInterval(beat),
  };
}
