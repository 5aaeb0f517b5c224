/**
 * Sending a letter of the house to one address: filed in the inbox where it is one of ours, else by the queue, from the
 * null sender, so that what cannot be delivered comes back to nobody (RFC 5321 §4.5.5).
 */
import { findAccountByAddress, parseAddress } from '#server/directory/address.ts';
import { printHouseLetter } from '#server/notices/print.ts';
import { fileReports, stageReports } from '#server/submission/reports.ts';
import { newRelay } from '#server/submission/relay-payload.ts';
import { linkBlob, stageBlob } from '#server/store/blobs/store.ts';
import { enqueueJob, wakeRunners } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import type { Person } from './queries.ts';
import type { Letter } from './words.ts';

export interface Post {
  /** About whom it is. */
  readonly person: Person;
  /** Where it goes. */
  readonly to: string;
  readonly letter: Letter;
  /** For Message-ID. */
  readonly hostName: string;
}

/** Durable when it resolves. Nothing happens where the address leads to nobody of ours. */
export async function sendLetter(store: Store, { person, to, letter, hostName }: Post): Promise<void> {
  const at = store.now();
  const { tenantId, accountId, language } = person;
  const address = parseAddress(to);
  if (!address) return;
  const octets = printHouseLetter({
    to: { name: null, email: address.address },
    ours: person.email,
    subject: letter.subject,
    text: `${letter.text.join('\r\n\r\n')}\r\n`,
    at,
    hostName,
  });
  const route = await read(store, (tx) => findAccountByAddress(tx, address.address));
  if (route.kind === 'nobody') return;
  if (route.kind === 'account') {
    const staged = await stageReports(store, [octets]);
    await transaction(store, route.accountId, (tx) => fileReports(tx, staged, at));
    return;
  }
  const staged = await stageBlob(store, octets);
  await write(store, async (tx) => {
    const key = `letter:${staged.hash}`;
    const payload = newRelay({
      hash: staged.hash,
      domain: address.domain,
      mailFrom: '',
      ret: undefined,
      envid: undefined,
      recipients: [{ address: address.address, notify: undefined, orcpt: undefined }],
      queuedAtMs: at,
      language,
      submission: null,
      hop: undefined,
    });
    await enqueueJob(tx, { tenantId, kind: 'relay', key, accountId, payload, runAt: at }, at);
    await linkBlob(tx, staged, { accountId, tenantId, kind: 'queue', owner: key, expiresAt: null }, at);
  });
  wakeRunners(store);
}
