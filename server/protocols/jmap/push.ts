/** Push to subscribed devices, in JMAP's words (RFC 8620 §7.1, §7.2.2). */
import { startPusher, type Pusher } from '#server/push/pusher.ts';
import type { VapidKey } from '#server/push/vapid.ts';
import type { House } from '#server/protocols/house.ts';

import { printStateChange } from './http/state-change.ts';

export interface PushOptions {
  readonly vapid?: VapidKey;
  /** PEM; believed in laboratory mode only. */
  readonly extraCa?: string;
}

export function startJmapPush({ store, log, isLab }: House, { vapid, extraCa }: PushOptions): Pusher {
  return startPusher(store, log, {
    vapid,
    mayReachInside: isLab,
    extraCa: isLab ? extraCa : undefined,
    printChange: (changed) => JSON.stringify(printStateChange(changed)),
    printVerification: (pushSubscriptionId, verificationCode) =>
      JSON.stringify({ '@type': 'PushVerification', pushSubscriptionId, verificationCode }),
  });
}
