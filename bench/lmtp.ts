/**
 * Deliveries by LMTP: how many a second are acknowledged, each one durable, and one message to a thousand people.
 * Where Debian's Dovecot is installed it does the same work, a size and a number of connections at a time after Pli.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addAccounts, diskOctets, portOf, type Bench } from './house.ts';
import { startDovecot } from './imap/dovecot.ts';
import type { MailServer } from './imap/mail-server.ts';
import { LmtpClient } from './lmtp-client.ts';
import type { Figures, Row } from './measure.ts';
import { makeMessage } from './messages.ts';

const sizes = [
  { name: '4 kB', octets: 4_000, count: 6_000, targetPerSecond: 1200 },
  { name: '50 kB', octets: 50_000, count: 2_400, targetPerSecond: 800 },
  { name: '1 MB', octets: 1_000_000, count: 160, targetPerSecond: undefined },
] as const;

/** Before anything is counted: the code of both servers is compiled and every mailbox has its first message. */
const warmUp = { octets: 4_000, count: 2_000, connections: 32 };

const sender = 'claire.martin@bench.example';
const recipientCount = 1000;
const settleMs = 8_000;

/** Where messages go: a port, and who is there. */
interface Door {
  readonly port: number;
  readonly recipients: readonly string[];
}

export const deliveries: Bench = {
  name: 'lmtp',
  run: async (house) => {
    const accounts = await addAccounts(house, 'recoit', 32);
    const ours = { port: portOf(house, 'lmtp'), recipients: accounts.map(({ email }) => email) };
    const dovecot = await startDovecot();
    try {
      return await measure(ours, dovecot && (await doorOf(dovecot.server)), house.isQuick);
    } finally {
      await dovecot?.stop();
    }
  },
};

async function doorOf(server: MailServer): Promise<Door> {
  const users = await Promise.all(Array.from({ length: 32 }, (_, index) => server.addUser(`recoit${index}`)));
  return { port: server.lmtpPort, recipients: users.map(({ email }) => email) };
}

async function measure(ours: Door, theirs: Door | undefined, isQuick: boolean): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const door of [ours, theirs]) if (door) await load(door, warmUp.octets, warmUp.count, warmUp.connections);
  for (const size of sizes) {
    for (const connections of [1, 8, 32]) {
      const count = Math.ceil((size.count * (connections === 1 ? 0.25 : 1)) / (isQuick ? 8 : 1));
      const name = `LMTP ${size.name}, ${connections} connections`;
      const perSecond = await load(ours, size.octets, count, connections);
      // The promise is made for 32 connections.
      const target =
        connections === 32 && size.targetPerSecond !== undefined ? { targetPerSecond: size.targetPerSecond } : {};
      rows.push({ kind: 'rate', name, perSecond, ...target });
      if (theirs === undefined || connections === 8) continue;
      const other = await load(theirs, size.octets, count, connections);
      rows.push({
        kind: 'beside',
        name: `${name}, beside Dovecot`,
        ours: rate(perSecond),
        theirs: rate(other),
        atLeast: 1,
      });
    }
  }
  return rows;
}

const rate = (value: number): Figures => ({ kind: 'per', value, unit: '/s' });

/**
 * Delivers `count` messages, in turn to each recipient.
 *
 * @returns acknowledged deliveries a second; messages are made before the clock starts.
 */
export async function load(
  { port, recipients }: Door,
  sizeOctets: number,
  count: number,
  connections: number,
): Promise<number> {
  const clients = await Promise.all(Array.from({ length: connections }, () => LmtpClient.open(port)));
  let spentMs = 0;
  // In batches, so that the load generator itself stays small.
  const batch = Math.max(connections, Math.floor(100_000_000 / sizeOctets));
  for (let done = 0; done < count; done += batch) {
    const messages = Array.from({ length: Math.min(batch, count - done) }, (_, index) => {
      const to = recipients[(done + index) % recipients.length] ?? '';
      return { to, octets: makeMessage(sender, to, sizeOctets) };
    });
    const startedAt = performance.now();
    await Promise.all(
      clients.map(async (client) => {
        for (let next = messages.pop(); next; next = messages.pop())
          await client.deliver(sender, [next.to], next.octets);
      }),
    );
    spentMs += performance.now() - startedAt;
  }
  for (const client of clients) client.close();
  return (count / spentMs) * 1000;
}

export const manyRecipients: Bench = {
  name: 'recipients',
  run: async (house) => {
    const { email } = await house.lab.addAccount('modele');
    const domain = email.slice(email.indexOf('@') + 1);
    const people = Array.from({ length: recipientCount }, (_, index) => `nombreux${index}`);
    const csv = people.map((name, index) => `${name},Camille,Nombreux${index},${name}@${domain}`);
    const file = join(house.folder, 'people.csv');
    writeFileSync(file, `userName,givenName,familyName,email\n${csv.join('\n')}\n`);
    await house.lab.pli(['account', 'import', file]);
    const recipients = people.map((name) => `${name}@${domain}`);
    const client = await LmtpClient.open(portOf(house, 'lmtp'));
    // The first one is not counted: every mailbox is new and the code is cold.
    await client.deliver(sender, recipients, makeMessage(sender, 'tous', 4_000));
    await sleep(settleMs);
    const before = diskOctets(house.folder);
    const message = makeMessage(sender, 'tous', 1_000_000);
    const startedAt = performance.now();
    await client.deliver(sender, recipients, message);
    const spentMs = performance.now() - startedAt;
    client.close();
    // Until the index has taken it in and the logs are folded: what stays is what it takes.
    await sleep(settleMs);
    const name = `1 MB to ${recipientCount} recipients`;
    return [
      { kind: 'latency', name, samplesMs: [spentMs], targetMs: 1500 },
      {
        kind: 'amount',
        name: `${name}, on disk`,
        value: (diskOctets(house.folder) - before) / 1e6,
        unit: 'MB',
        atMost: 3,
      },
    ];
  },
};
