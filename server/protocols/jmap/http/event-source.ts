/**
 * Push over EventSource (RFC 8620 §7.3). Most connections say nothing for hours, so each keeps little: its socket, what
 * it watches, and its place in the one timer that pings them all.
 */
import type { Socket } from 'node:net';

import { enterDoor } from '#server/access/doors.ts';
import { type Watching, watchAccounts } from '#server/changes/watch.ts';
import type { Web } from '#server/protocols/web.ts';

import { printPosition, printStateChange, readPosition } from './state-change.ts';

interface EventSourceRoute {
  readonly Querystring: { readonly types?: string; readonly closeafter?: string; readonly ping?: string };
}

interface Listener {
  readonly socket: Socket;
  readonly watching: Watching;
  /** 0 for none. */
  readonly pingMs: number;
  pingAt: number;
  checkAt: number;
  /** Throws when the session has ended. */
  readonly recheck: () => Promise<unknown>;
}

const tickMs = 1000;
const pingRange = { least: 5, most: 300 };
/** Whether the person may still listen is asked this often. */
const recheckMs = 60_000;
/** A client that reads so slowly is let go: it comes back with its last event's id. */
const unsentOctets = 256 * 1024;
const perPerson = 20;

export function eventSourceRoutes({ app, house, proofOf }: Web): void {
  const listeners = new Set<Listener>();
  const counts = new Map<string, number>();
  house.metrics.watch('pli_push_connections', 'Open EventSource connections.', () => listeners.size);

  const tick = setInterval(() => {
    const now = Date.now();
    for (const listener of listeners) {
      if (listener.pingMs > 0 && now >= listener.pingAt) {
        listener.pingAt = now + listener.pingMs;
        write(listener.socket, 'ping', undefined, JSON.stringify({ interval: listener.pingMs / 1000 }));
      }
      if (now < listener.checkAt) continue;
      listener.checkAt = now + recheckMs;
      listener
        .recheck()
        .then(
          () => listener.watching.refresh(),
          () => listener.socket.destroy(),
        )
        .catch(() => listener.socket.destroy());
    }
  }, tickMs);
  tick.unref();
  app.addHook('preClose', async () => {
    clearInterval(tick);
    for (const { socket } of listeners) socket.destroy();
  });

  app.get<EventSourceRoute>('/jmap/eventsource', async (request, reply) => {
    const recheck = proofOf(request);
    const actor = await recheck();
    const person = `${actor.tenantId}.${actor.personId}`;
    const { types: typesText = '*', closeafter, ping = '0' } = request.query;
    const types = typesText === '*' || typesText === '' ? undefined : new Set(typesText.split(','));
    const lastEventId = request.headers['last-event-id'];
    const isOnce = closeafter === 'state';
    const pingMs = pingOf(ping, house.isLab) * 1000;
    reply.hijack();
    const { socket } = request.raw;
    socket.setTimeout(0);
    socket.setNoDelay(true);
    const position: { of?: () => string } = {};
    const watching = await watchAccounts(house.store, actor, {
      types,
      hearsNews: true,
      ...(typeof lastEventId === 'string' && { since: readPosition(lastEventId) }),
      hear(changed) {
        write(socket, 'state', position.of?.(), JSON.stringify(printStateChange(changed)));
        if (isOnce) socket.end();
      },
      // A session that was ended elsewhere hears nothing more, from that instant.
      onAccount: () => void recheck().catch(() => socket.destroy()),
    }).catch((error: unknown) => {
      socket.destroy();
      throw error;
    });
    position.of = () => printPosition(watching.position());
    const open = (counts.get(person) ?? 0) + 1;
    counts.set(person, open);
    const now = Date.now();
    const listener: Listener = { socket, watching, pingMs, pingAt: now + pingMs, checkAt: now + recheckMs, recheck };
    listeners.add(listener);
    const leaveDoor = enterDoor(house.store, actor, () => socket.destroy());
    socket.once('close', () => {
      leaveDoor();
      watching.close();
      listeners.delete(listener);
      const left = (counts.get(person) ?? 1) - 1;
      if (left > 0) counts.set(person, left);
      else counts.delete(person);
    });
    socket.on('error', () => socket.destroy());
    if (open > perPerson && !house.isLab) {
      socket.end('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    socket.write(head(reply.getHeaders()));
    // A first comment opens the stream for whoever stands between.
    socket.write(`: pli\nid: ${position.of()}\n\n`);
  });
}

function pingOf(text: string, isLab: boolean): number {
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds === 0) return 0;
  return Math.min(pingRange.most, Math.max(isLab ? 1 : pingRange.least, seconds));
}

function head(headers: Readonly<Record<string, number | string | readonly string[] | undefined>>): string {
  const all = {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 200 OK\r\n${lines.join('')}\r\n`;
}

function write(socket: Socket, event: string, id: string | undefined, data: string): void {
  if (socket.writableLength > unsentOctets) {
    socket.destroy();
    return;
  }
  socket.write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`);
}
