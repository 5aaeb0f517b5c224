/** How a message came to us: one record for all its recipients, kept beside what they received (the passport's start). */
import type { Uuid } from '#server/store/ids.ts';

import type { Authentication } from './authenticate.ts';

export interface Arrival {
  readonly id: Uuid;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly by: 'mx' | 'lmtp' | 'submission';
  /** SMTP's envelope sender (RFC 5321 §3.3); empty for the null sender. */
  readonly mailFrom: string;
  readonly remoteAddress: string;
  readonly helloName: string;
  /** `TLSv1.3 TLS_AES_256_GCM_SHA384`; null in clear text. */
  readonly tls: string | null;
  readonly authentication: Authentication | null;
  /** In the order decided. */
  readonly verdicts: readonly Verdict[];
}

/** One stop of the road and what it decided. */
export interface Verdict {
  readonly stop: 'authenticate' | 'judge' | 'filter';
  readonly verdict: 'accept' | 'junk' | 'refuse';
  readonly because: string;
}
