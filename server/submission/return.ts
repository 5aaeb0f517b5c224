/**
 * Returning what we had taken from elsewhere and could not file for everyone: the envelope sender gets a report, in their
 * mailbox when they are one of us, else by the queue, from the null sender.
 */
import type { Refusal } from '#server/access/refusal.ts';
import { findAccountByAddress, parseDomain } from '#server/directory/address.ts';
import type { Recipient } from '#server/delivery/recipient.ts';
import { linkBlob, stageBlob } from '#server/store/blobs/store.ts';
import { enqueueJob, wakeRunners } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { newRelay } from './relay-payload.ts';
import { type Fate, fileReports, printReports, stageReports } from './reports.ts';

export interface Returned {
  readonly octets: Uint8Array;
  /** Empty: nobody is told (RFC 5321 §4.5.5). */
  readonly mailFrom: string;
  readonly refused: readonly { readonly recipient: Recipient; readonly refusal: Refusal }[];
}

/** Durable when it resolves, so that the message may be acknowledged after it. */
export async function returnToSender(
  store: Store,
  { hostName, timeZone }: { readonly hostName: string; readonly timeZone: string },
  { octets, mailFrom, refused }: Returned,
): Promise<void> {
  const [first] = refused;
  if (!first || mailFrom === '') return;
  const at = store.now();
  const { tenantId, accountId } = first.recipient;
  const fates = refused.map(({ recipient, refusal }): Fate => {
    const isFull = refusal.reason === 'overQuota';
    const status = isFull ? '5.2.2' : refusal.reason === 'noSuchRecipient' ? '5.1.1' : '5.7.1';
    return {
      recipient: { address: recipient.address, notify: undefined, orcpt: undefined },
      action: 'failed',
      status,
      remoteMta: undefined,
      diagnostic: refusal.reason === 'rejected' ? `x-pli; ${refusal.message.replace(/\s+/g, ' ')}` : undefined,
    };
  });
  const domain = mailFrom.slice(mailFrom.lastIndexOf('@') + 1);
  const about = {
    hostName,
    timeZone,
    mailFrom,
    ret: undefined,
    envid: undefined,
    // Whoever wrote to a French academy; the other language follows.
    language: 'fr' as const,
    arrivedAtMs: at,
    willRetryUntilMs: undefined,
    octets,
  };
  const reports = printReports(fates, about, at);
  const route = await read(store, (tx) => findAccountByAddress(tx, mailFrom));
  if (route.kind === 'account') {
    const staged = await stageReports(store, reports);
    await transaction(store, route.accountId, (tx) => fileReports(tx, staged, at));
    return;
  }
  // An address of ours that nobody has: there is nobody to tell.
  if (route.kind === 'nobody') return;
  const queued = parseDomain(domain) ?? domain;
  for (const report of reports) {
    const staged = await stageBlob(store, report);
    await write(store, async (tx) => {
      const key = `report:${staged.hash}`;
      const payload = newRelay({
        hash: staged.hash,
        domain: queued,
        mailFrom: '',
        ret: undefined,
        envid: undefined,
        recipients: [{ address: mailFrom, notify: undefined, orcpt: undefined }],
        queuedAtMs: at,
        language: 'fr',
        submission: null,
        hop: undefined,
      });
      await enqueueJob(tx, { tenantId, kind: 'relay', key, accountId, payload, runAt: at }, at);
      await linkBlob(tx, staged, { accountId, tenantId, kind: 'queue', owner: key, expiresAt: null }, at);
    });
  }
  wakeRunners(store);
}
