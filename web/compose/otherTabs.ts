/** Tabs of one browser tell each other which drafts they have open, so that two do not write over one another unseen. */
import { isObject, textOr } from '#web/sync/shape.ts';
import type { Composer } from './composer.ts';

const channel = new BroadcastChannel('pli-compose');
const claimed = new Set<Composer>();

/** Says that this draft is open here; tabs that have it open too answer, and both warn. */
export function claimDraft(composer: Composer): void {
  claimed.add(composer);
  channel.postMessage({ kind: 'open', messageId: composer.messageId });
}

export function releaseDraft(composer: Composer): void {
  claimed.delete(composer);
  channel.postMessage({ kind: 'closed', messageId: composer.messageId });
}

channel.addEventListener('message', (event) => {
  const data: unknown = event.data;
  if (!isObject(data)) return;
  for (const composer of claimed) {
    if (composer.messageId !== textOr(data['messageId'], '')) continue;
    if (data['kind'] === 'closed') composer.show({ isElsewhere: false });
    else composer.show({ isElsewhere: true });
    if (data['kind'] === 'open') channel.postMessage({ kind: 'alsoOpen', messageId: composer.messageId });
  }
});
