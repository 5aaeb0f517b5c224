/** What a job `relay` carries: one message for the recipients of one domain, with all that is needed to send and to report. */
import type { NotifyWhen } from '#formats/smtp/parameters.ts';
import type { OutgoingRecipient } from '#server/delivery/outbound/session.ts';
import type { AccountId, BlobHash, SubmissionId, Uuid } from '#server/store/ids.ts';

export interface RelayPayload {
  readonly hash: BlobHash;
  readonly domain: string;
  /** Empty: a report of ours to a sender elsewhere. */
  readonly mailFrom: string;
  readonly ret: 'FULL' | 'HDRS' | null;
  readonly envid: string | null;
  readonly recipients: readonly QueuedRecipient[];
  readonly queuedAtMs: number;
  /** Runs that ended with "later". */
  readonly failures: number;
  readonly hasWarned: boolean;
  readonly language: 'fr' | 'en';
  /** Whose recipients these are; null for a report of ours. */
  readonly submission: { readonly accountId: AccountId; readonly submissionId: SubmissionId } | null;
  /** The Received field still to be written; null where the message has it. */
  readonly hop: { readonly id: Uuid; readonly atMs: number } | null;
}

interface QueuedRecipient {
  readonly address: string;
  readonly notify: readonly NotifyWhen[] | null;
  readonly orcpt: { readonly addressType: string; readonly address: string } | null;
}

export interface NewRelay {
  readonly hash: BlobHash;
  readonly domain: string;
  readonly mailFrom: string;
  readonly ret: 'FULL' | 'HDRS' | undefined;
  readonly envid: string | undefined;
  readonly recipients: readonly OutgoingRecipient[];
  readonly queuedAtMs: number;
  readonly language: 'fr' | 'en';
  readonly submission: RelayPayload['submission'];
  readonly hop: RelayPayload['hop'] | undefined;
}

export function newRelay(given: NewRelay): RelayPayload {
  return {
    ...given,
    ret: given.ret ?? null,
    envid: given.envid ?? null,
    hop: given.hop ?? null,
    recipients: given.recipients.map(keepRecipient),
    failures: 0,
    hasWarned: false,
  };
}

export function keepRecipient({ address, notify, orcpt }: OutgoingRecipient): QueuedRecipient {
  return { address, notify: notify ?? null, orcpt: orcpt ?? null };
}

export function recipientsOf({ recipients }: RelayPayload): readonly OutgoingRecipient[] {
  return recipients.map(({ address, notify, orcpt }) => ({
    address,
    notify: notify ?? undefined,
    orcpt: orcpt ?? undefined,
  }));
}

/** One queue a submission and domain. */
export function relayKey(accountId: AccountId, submissionId: SubmissionId, domain: string): string {
  return `${accountId}:${submissionId}:${domain}`;
}

/** Only `newRelay` and the runs of the job write it. */
export function readRelay(payload: unknown): RelayPayload {
  if (typeof payload !== 'object' || payload === null || !('hash' in payload) || !('domain' in payload))
    throw new TypeError('a relay job without its message');
  return payload as RelayPayload;
}
