/** Pli as the IMAP bench measures it: the laboratory's server, filled by LMTP as mail comes in. */
import { readFileSync } from 'node:fs';
import { portOf, type House } from '#bench/house.ts';
import { indexed } from '#bench/indexing.ts';
import { LmtpClient } from '#bench/lmtp-client.ts';
import { ImapClient } from '#tools/imap-client.ts';
import type { MailServer } from './mail-server.ts';

const connections = 16;
const sender = 'claire.martin@bench.example';

export function pliServer(house: House): MailServer {
  const imapPort = portOf(house, 'imap');
  return {
    name: 'Pli',
    imapPort,
    lmtpPort: portOf(house, 'lmtp'),
    addUser: (name) => house.lab.addAccount(name),
    fill: async (user, messages) => {
      const waiting = messages[Symbol.iterator]();
      const clients = Array.from({ length: connections }, () => LmtpClient.open(portOf(house, 'lmtp')));
      await Promise.all(
        clients.map(async (opening) => {
          const client = await opening;
          for (let next = waiting.next(); !next.done; next = waiting.next())
            await client.deliver(sender, [user.email], next.value);
          client.close();
        }),
      );
      const client = await ImapClient.login(imapPort, user.userName, user.password);
      await client.run('SELECT INBOX');
      await client.run('STORE 1:* +FLAGS.SILENT (\\Seen)');
      client.close();
    },
    indexed: () => indexed(house),
    restarted: async () => {
      await house.lab.stop();
      return pliServer({ ...house, ready: await house.lab.start() });
    },
    memoryKb: () =>
      Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${house.lab.pid()}/smaps_rollup`, 'latin1'))?.[1]),
  };
}
