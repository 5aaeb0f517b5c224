/**
 * `npm run bench`: measures a real server over its real protocols and holds the numbers against the promises.
 *
 *     npm run bench                          every bench, embedded database
 *     npm run bench -- lmtp jmap             the named ones
 *     npm run bench -- --postgres --quick    on PostgreSQL; smaller numbers, for a first look
 */
import { parseArgs } from 'node:util';
import { withHouse, type Bench } from './house.ts';
import { client } from './client.ts';
import { door } from './door.ts';
import { imap } from './imap/imap.ts';
import { directory } from './directory.ts';
import { mailboxes } from './jmap.ts';
import { deliveries, manyRecipients } from './lmtp.ts';
import { stolenDuring } from './machine.ts';
import { printRows, type Row } from './measure.ts';
import { push } from './push.ts';
import { filters } from './sieve.ts';

const benches: readonly Bench[] = [push, client, deliveries, manyRecipients, mailboxes, imap, filters, door, directory];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { postgres: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});

const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0)
  throw new Error(`No such bench: ${unknown.join(', ')}. Benches: ${benches.map(({ name }) => name).join(', ')}`);

for (const { name, run } of benches) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.error(`${name} …`);
  const rows: Row[] = [];
  const stolen = await stolenDuring(async () => {
    rows.push(...(await withHouse(values.postgres ? 'postgres' : 'sqlite', values.quick, run)));
  });
  rows.push({ kind: 'amount', name: '(kept by the host meanwhile)', value: stolen, unit: '%' });
  console.log(printRows(rows));
}
