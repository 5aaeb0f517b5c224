/**
 * Telling senders what became of their message (RFC 3461 §5, RFC 3464): who is told of what is decided from NOTIFY, the
 * report is printed and staged, and filed later in the transaction that records the fate itself, so that each is told once.
 */
import { randomBytes, randomUUIDv7 } from 'node:crypto';

import { parseMessage } from '#formats/message/parse.ts';
import type { NotifyWhen } from '#formats/smtp/parameters.ts';
import { Refusal } from '#server/access/refusal.ts';
import { printReport, type RecipientReport } from '#server/delivery/outbound/bounce.ts';
import type { Action, Language } from '#server/delivery/outbound/bounce-words.ts';
import type { OutgoingRecipient } from '#server/delivery/outbound/session.ts';
import { fileMessage } from '#server/mail/emails/file.ts';
import type { ReadMessage } from '#server/mail/reading/read.ts';
import { ingest } from '#server/mail/ingest.ts';
import { noKeywords } from '#server/mail/keywords.ts';
import { requireMailboxByRole } from '#server/mail/mailboxes/role.ts';
import { asMilliseconds, type BlobHash } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';

/** One recipient's fate, good or bad. */
export interface Fate {
  readonly recipient: OutgoingRecipient;
  readonly action: Action;
  readonly status: string;
  readonly remoteMta: string | undefined;
  readonly diagnostic: string | undefined;
}

export interface Reported {
  readonly hostName: string;
  readonly timeZone: string;
  readonly mailFrom: string;
  readonly ret: 'FULL' | 'HDRS' | undefined;
  readonly envid: string | undefined;
  readonly language: Language;
  readonly arrivedAtMs: number;
  readonly willRetryUntilMs: number | undefined;
  readonly octets: Uint8Array;
}

const asked: Readonly<Record<Action, { readonly word: NotifyWhen; readonly unasked: boolean }>> = {
  failed: { word: 'failure', unasked: true },
  delayed: { word: 'delay', unasked: true },
  delivered: { word: 'success', unasked: false },
  relayed: { word: 'success', unasked: false },
};

/** Whether the sender wants to hear of it (RFC 3461 §4.1); nobody hears of what came from the null sender. */
export function wantsToHear(mailFrom: string, { notify }: Pick<OutgoingRecipient, 'notify'>, action: Action): boolean {
  const { word, unasked } = asked[action];
  return mailFrom !== '' && (notify ? notify.includes(word) : unasked);
}

/** Prints a report for each action that befell somebody; those nobody wants to hear of are left out. */
export function printReports(fates: readonly Fate[], about: Reported, atMs: number): readonly Uint8Array[] {
  const told = fates.filter(({ recipient, action }) => wantsToHear(about.mailFrom, recipient, action));
  if (told.length === 0) return [];
  const { envelope } = parseMessage(about.octets);
  const [messageId] = envelope.messageId ?? [];
  const domain = about.mailFrom.slice(about.mailFrom.lastIndexOf('@') + 1);
  return [...Map.groupBy(told, ({ action }) => action)].map(([action, those]) =>
    printReport({
      action,
      recipients: those.map((fate) => recipientReport(fate, atMs)),
      sender: about.mailFrom,
      reportingMta: about.hostName,
      from: `postmaster@${domain}`,
      messageId: `${randomUUIDv7()}@${about.hostName}`,
      atMs,
      arrivedAtMs: about.arrivedAtMs,
      willRetryUntilMs: action === 'delayed' ? about.willRetryUntilMs : undefined,
      envid: about.envid,
      ret: about.ret,
      original: { octets: about.octets, subject: envelope.subject ?? '', messageId },
      language: about.language,
      timeZone: about.timeZone,
      boundarySeed: randomBytes(12).toString('hex'),
    }),
  );
}

function recipientReport({ recipient, status, remoteMta, diagnostic }: Fate, atMs: number): RecipientReport {
  const { address: finalRecipient, orcpt: originalRecipient } = recipient;
  return { finalRecipient, originalRecipient, status, remoteMta, diagnostic, lastAttemptAtMs: atMs };
}

/** Reads and stages them for `fileReports`. */
export function stageReports(store: Store, reports: readonly Uint8Array[]): Promise<readonly ReadMessage[]> {
  return Promise.all(reports.map((octets) => ingest(store, octets)));
}

/** Files reports in the sender's inbox. A full mailbox takes none: deliveryStatus says it all the same. */
export async function fileReports(
  tx: AccountTx,
  reports: readonly ReadMessage[],
  at: number,
): Promise<readonly BlobHash[]> {
  const filed: BlobHash[] = [];
  for (const report of reports) {
    const savedAt = asMilliseconds(at);
    const inbox = await requireMailboxByRole(tx, 'inbox', at);
    try {
      await fileMessage(tx, report, {
        mailboxIds: [inbox],
        keywords: noKeywords,
        receivedAt: savedAt,
        arrivalId: null,
        savedAt,
        isDelivery: true,
      });
      filed.push(report.staged.hash);
    } catch (error) {
      // Refused before anything was written.
      if (!(error instanceof Refusal) || error.reason !== 'overQuota') throw error;
    }
  }
  return filed;
}
