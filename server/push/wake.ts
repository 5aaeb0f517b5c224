/** How the verbs of this folder reach the pusher of their process, if it has one. */
import type { Store } from '#server/store/store.ts';

import type { Subscription } from './queries.ts';

export type PushNews = { readonly kind: 'changed' } | { readonly kind: 'verify'; readonly subscription: Subscription };

const pushers = new WeakMap<Store, Set<(news: PushNews) => void>>();

/** @returns what to call to hear no more. */
export function onPushNews(store: Store, hear: (news: PushNews) => void): () => void {
  const those = pushers.get(store) ?? new Set();
  pushers.set(store, those.add(hear));
  return () => those.delete(hear);
}

export function tellPushers(store: Store, news: PushNews): void {
  for (const hear of pushers.get(store) ?? []) hear(news);
}
