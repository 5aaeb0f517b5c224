/**
 * What the operator decided about sending. One per open store; the composition hands the options over once with
 * `setSubmissionPolicy`, before the first request.
 */
import type { Store } from '#server/store/store.ts';

export interface SubmissionPolicy {
  /** Our name in Received and in Message-ID. */
  readonly hostName: string;
  /** Of one message. */
  readonly recipients: number;
  readonly messageOctets: number;
  /** The longest a message may be held (RFC 8621 §1.3.2, RFC 4865). */
  readonly maxDelayMs: number;
}

const defaults: SubmissionPolicy = {
  hostName: 'localhost',
  recipients: 2000,
  messageOctets: 50 * 1024 * 1024,
  maxDelayMs: 366 * 86_400_000,
};

const policies = new WeakMap<Store, SubmissionPolicy>();

export function setSubmissionPolicy(store: Store, policy: Partial<SubmissionPolicy>): void {
  policies.set(store, { ...submissionPolicy(store), ...policy });
}

export function submissionPolicy(store: Store): SubmissionPolicy {
  return policies.get(store) ?? defaults;
}
