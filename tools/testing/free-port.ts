/** A port for a program that cannot be told to take a free one itself. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** @returns a port of the loopback address that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port');
  return address.port;
}
