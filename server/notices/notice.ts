/**
 * What a person is told of the safety of their own account, and of who acts for them, by a letter in their inbox: written in the transaction of
 * what it tells, filed by a job soon after, so that no login waits for it.
 */
import type { AccountId, TenantId } from '#server/store/ids.ts';
import { enqueueJob } from '#server/store/jobs.ts';
import type { Tx } from '#server/store/statement.ts';

export type Notice =
  | { readonly kind: 'newDevice'; readonly userAgent: string; readonly from: string }
  | { readonly kind: 'factorAdded'; readonly factor: 'totp' | 'passkey'; readonly name: string }
  | { readonly kind: 'factorRemoved'; readonly factor: 'totp' | 'passkey'; readonly name: string }
  | { readonly kind: 'factorsReset' }
  | { readonly kind: 'recoveryUsed'; readonly left: number; readonly from: string }
  | { readonly kind: 'recoveryRenewed' }
  | { readonly kind: 'passkeyCopied'; readonly name: string }
  | { readonly kind: 'mandateOffered'; readonly account: string; readonly author: string | null }
  | {
      readonly kind: 'mandateAnswered';
      readonly account: string;
      readonly holder: string;
      readonly isAccepted: boolean;
    }
  /** More room was asked for: octets; times in milliseconds since 1970, null for good. */
  | {
      readonly kind: 'quotaGranted';
      readonly octets: number;
      readonly endsAt: number | null;
      readonly answer: string;
    }
  | { readonly kind: 'quotaRefused'; readonly answer: string }
  /** `octets`: what there is from then on; null for no limit. */
  | { readonly kind: 'quotaEnds'; readonly octets: number | null; readonly usedOctets: number; readonly endsAt: number }
  | { readonly kind: 'quotaEnded'; readonly octets: number | null; readonly usedOctets: number }
  /** To both sides: who held it or gave it has left the unit it hung on. */
  | { readonly kind: 'mandateEnded'; readonly account: string; readonly holder: string; readonly unit: string }
  /** A second administrator is wanted for an act: until when, in milliseconds since 1970; `about`: whose account. */
  | {
      readonly kind: 'approvalAsked';
      readonly act: string;
      readonly author: string;
      readonly about: string | null;
      readonly reason: string;
      readonly until: number;
    }
  /** What became of one's own. */
  | {
      readonly kind: 'approvalEnded';
      readonly act: string;
      readonly about: string | null;
      readonly state: 'approved' | 'refused' | 'lapsed' | 'overtaken';
      readonly decider: string | null;
      readonly answer: string;
    }
  /** To both sides; `endsAt` in milliseconds since 1970. */
  | { readonly kind: 'mandateEnds'; readonly account: string; readonly holder: string; readonly endsAt: number };

export const noticeKind = 'notice';

export interface NoticePayload {
  readonly notice: Notice;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Tells the person whose own account it is. */
export async function tellPerson(
  tx: Tx,
  { tenantId, accountId }: { readonly tenantId: TenantId; readonly accountId: AccountId },
  notice: Notice,
  at: number,
): Promise<void> {
  const payload: NoticePayload = { notice, at };
  await enqueueJob(tx, { tenantId, kind: noticeKind, accountId, payload, runAt: at }, at);
}
