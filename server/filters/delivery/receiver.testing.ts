/** A process of its own that receives one message by LMTP, and whose power is cut at the instant it is told. */
import { receiveFromFront } from '#server/delivery/receive.ts';
import { findRecipient } from '#server/delivery/recipient.ts';
import { openStore } from '#server/store/open.ts';

export type Instant = 'beforeCommit' | 'afterCommit';

export interface Receiving {
  readonly databaseUrl: string;
  readonly folder: string;
  readonly address: string;
  readonly message: string;
  /** The process dies there; null: it lives. */
  readonly dies: Instant | null;
}

const given = process.env['PLI_FILTER_CHILD'];
if (given !== undefined) await receiveOne(JSON.parse(given) as Receiving);

/** The child: one delivery, and an acknowledgement if it comes to that. */
async function receiveOne({ databaseUrl, folder, address, message, dies }: Receiving): Promise<void> {
  const store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
  const { engine } = store;
  const die = (): Promise<never> => {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  };
  const mortal = {
    ...engine,
    read: engine.read.bind(engine),
    async write<T>(work: Parameters<typeof engine.write<T>>[0]): Promise<T> {
      let hasFiled = false;
      const result = await engine.write<T>(async (connection) => {
        const worked = await work({
          ...connection,
          all: connection.all.bind(connection),
          run: (statement, values) => {
            if (/insert into email /i.test(statement.sql)) hasFiled = true;
            return connection.run(statement, values);
          },
        });
        if (hasFiled && dies === 'beforeCommit') await die();
        return worked;
      });
      if (hasFiled && dies === 'afterCommit') await die();
      return result;
    },
  };
  const recipient = await findRecipient(store, address, 0);
  if (recipient.kind !== 'here') throw new Error(`nobody has ${address}`);
  const sender = {
    mailFrom: 'zoe@elsewhere.example',
    remoteAddress: '192.0.2.1',
    helloName: 'x',
    tls: null,
    protocol: 'LMTP',
  };
  const { outcomes } = await receiveFromFront({ ...store, engine: mortal }, Buffer.from(message), sender, [recipient]);
  process.send?.(outcomes[0]?.kind ?? 'nothing', undefined, undefined, () => process.exit(0));
}
