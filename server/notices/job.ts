/** Files notices in the inboxes they are for. A full mailbox gets none: the page of one's devices tells the same. */
import { Refusal } from '#server/access/refusal.ts';
import type { JobKind } from '#server/jobs/run.ts';
import { fileMessage } from '#server/mail/emails/file.ts';
import { ingest } from '#server/mail/ingest.ts';
import { noKeywords } from '#server/mail/keywords.ts';
import { requireMailboxByRole } from '#server/mail/mailboxes/role.ts';
import { asMilliseconds } from '#server/store/ids.ts';
import { finishJob, type Job } from '#server/store/jobs.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import type { NoticePayload } from './notice.ts';
import { type Addressee, selectAddressee } from './queries.ts';
import { printHouseLetter } from './print.ts';
import { noticeLetter } from './words.ts';

export interface NoticeOptions {
  /** For Message-ID. */
  readonly hostName: string;
  /** IANA: of the dates in the letters. */
  readonly timeZone: string;
}

export function noticeJob(store: Store, options: NoticeOptions): JobKind {
  return { leaseMs: 60_000, atOnce: 2, attempts: 10, run: (job) => fileNotice(store, options, job) };
}

async function fileNotice(store: Store, options: NoticeOptions, job: Job): Promise<void> {
  const { accountId } = job;
  const addressee = accountId === null ? undefined : await read(store, (tx) => selectAddressee(tx, accountId));
  if (accountId === null || !addressee) {
    await write(store, (tx) => finishJob(tx, job));
    return;
  }
  // Ours alone write this kind.
  const letter = await ingest(store, printNotice(options, addressee, job.payload as NoticePayload));
  const savedAt = asMilliseconds(store.now());
  try {
    await transaction(store, accountId, async (tx) => {
      if (!(await finishJob(tx, job))) return;
      await fileMessage(tx, letter, {
        mailboxIds: [await requireMailboxByRole(tx, 'inbox', savedAt)],
        keywords: noKeywords,
        receivedAt: savedAt,
        arrivalId: null,
        savedAt,
        isDelivery: true,
      });
    });
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'overQuota') throw error;
    await write(store, (tx) => finishJob(tx, job));
  }
}

function printNotice({ hostName, timeZone }: NoticeOptions, to: Addressee, { notice, at }: NoticePayload): Uint8Array {
  const { email, name, language } = to;
  const form = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'fr-FR', {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone,
  });
  const { subject, text } = noticeLetter(language, notice, {
    name,
    date: form.format(at),
    dateOf: (other) => form.format(other),
  });
  return printHouseLetter({ to: { name, email }, ours: email, subject, text, at, hostName });
}
