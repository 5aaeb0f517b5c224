/** Pushed connections: what each idle one costs the server, and how soon a delivery is heard. */
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { portOf, residentKb, type Bench } from './house.ts';
import { openJmap } from './jmap-client.ts';
import { LmtpClient } from './lmtp-client.ts';
import { makeMessage } from './messages.ts';

const connectionCount = 1000;
const deliveryCount = 50;
const settleMs = 3000;

export const push: Bench = {
  name: 'push',
  run: async (house) => {
    await sleep(settleMs);
    const restKb = residentKb(house);
    const account = await house.lab.addAccount('ecoute');
    const client = await openJmap(house.ready.url, account, 1);
    // A few first, so that code and caches of the first connection are not counted with the rest.
    const early = await listenMany(client.listen, 20);
    await sleep(settleMs);
    const beforeKb = residentKb(house);
    const count = house.isQuick ? 200 : connectionCount;
    const streams = await listenMany(client.listen, count);
    await sleep(settleMs);
    const eachKb = (residentKb(house) - beforeKb) / count;
    for (const stream of streams) stream.destroy();

    const [listener] = early;
    if (!listener) throw new Error('Nobody listens');
    const lmtp = await LmtpClient.open(portOf(house, 'lmtp'));
    const samplesMs: number[] = [];
    for (let at = 0; at < deliveryCount; at++) {
      const heard = nextState(listener);
      const message = makeMessage('claire.martin@bench.example', account.email, 4_000);
      const startedAt = performance.now();
      await lmtp.deliver('claire.martin@bench.example', [account.email], message);
      await heard;
      samplesMs.push(performance.now() - startedAt);
      await sleep(20);
    }
    lmtp.close();
    for (const stream of early) stream.destroy();
    client.close();
    return [
      { kind: 'amount', name: 'memory at rest', value: restKb / 1000, unit: 'MB', atMost: 200 },
      { kind: 'amount', name: 'memory per idle pushed connection', value: eachKb, unit: 'kB', atMost: 60 },
      { kind: 'latency', name: 'delivery to pushed client', samplesMs, targetMs: 50 },
    ];
  },
};

async function listenMany(listen: () => Promise<IncomingMessage>, count: number): Promise<readonly IncomingMessage[]> {
  const streams: IncomingMessage[] = [];
  while (streams.length < count) {
    streams.push(...(await Promise.all(Array.from({ length: Math.min(50, count - streams.length) }, listen))));
  }
  for (const stream of streams) stream.on('error', () => {}).resume();
  return streams;
}

/** Resolves with the next state event; a comment or a ping is none. */
function nextState(stream: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const look = (chunk: Buffer): void => {
      if (!chunk.includes('event: state')) return;
      stream.off('data', look);
      resolve();
    };
    stream.on('data', look);
  });
}
