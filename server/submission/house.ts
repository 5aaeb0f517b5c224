/** What the jobs that send are given by the composition. */
import type { Outbound } from '#server/delivery/outbound/options.ts';
import type { Patience } from '#server/delivery/outbound/schedule.ts';
import type { Store } from '#server/store/store.ts';

export interface SendingHouse {
  readonly store: Store;
  readonly outbound: Outbound;
  /** Messages on their way to other servers at once, in this process. */
  readonly connections: number;
  readonly patience: Patience;
  /** For reports to people (IANA). */
  readonly timeZone: string;
  /** For the log and the counters. */
  readonly onEvent: (event: SendingEvent) => void;
}

export type SendingEvent =
  | { readonly kind: 'delivered' | 'refused'; readonly recipients: number }
  | {
      readonly kind: 'taken' | 'later' | 'failed';
      readonly domain: string;
      readonly recipients: number;
      /** One line of what was said; undefined when there were several. */
      readonly reply: string | undefined;
    }
  | { readonly kind: 'busy'; readonly domain: string };
