/**
 * Tells the others of a shared mailbox that one has a reply open, for as long as it is: said when its composer opens,
 * again every minute, and taken back when it is closed or sent. Whoever cannot say so any more is forgotten by the server.
 */
import { conversationsOf } from '#web/shared/conversations.ts';
import type { AccountId } from '#web/sync/records.ts';
import type { Sync } from '#web/sync/sync.ts';
import type { Composer } from './composer.ts';
import { composersView, subscribeComposers } from './composers.ts';

const sharedCapability = 'urn:pli:params:jmap:shared';
/** The server takes it for true for two minutes. */
const againMs = 60_000;

export interface Answered {
  readonly accountId: AccountId;
  readonly threadId: string;
}

/** Which conversation of a shared mailbox a composer answers; undefined for none. */
export function answeredBy({ sync, accountId, view }: Composer): Answered | undefined {
  const { relation } = view().draft;
  const account = sync.session()?.accounts.find(({ id }) => id === accountId);
  if (relation?.kind !== 'reply' || !account?.capabilities.includes(sharedCapability)) return undefined;
  const threadId = sync.store.get(accountId, 'Email', relation.emailId)?.threadId;
  return threadId === undefined ? undefined : { accountId, threadId };
}

/** @returns what to call to stop telling. */
export function tellAnswering(sync: Sync): () => void {
  let told = new Map<string, Answered>();

  const say = ({ accountId, threadId }: Answered, isAnswering: boolean): void =>
    void conversationsOf(sync, accountId).change(threadId, { isAnswering });

  function look(): void {
    const now = new Map<string, Answered>();
    for (const composer of composersView().open) {
      const answered = answeredBy(composer);
      if (answered) now.set(`${answered.accountId} ${answered.threadId}`, answered);
    }
    for (const [key, answered] of now) if (!told.has(key)) say(answered, true);
    for (const [key, answered] of told) if (!now.has(key)) say(answered, false);
    told = now;
  }

  function leave(): void {
    const url = sync.session()?.apiUrl;
    if (url === undefined) return;
    for (const { accountId, threadId } of told.values()) {
      const call = ['Conversation/set', { accountId, update: { [threadId]: { isAnswering: false } } }, 'left'];
      const body = JSON.stringify({ using: ['urn:ietf:params:jmap:core', sharedCapability], methodCalls: [call] });
      const headers = { 'content-type': 'application/json', 'x-pli-client': 'web' };
      // The page goes away; the browser sends it nevertheless.
      void fetch(url, { method: 'POST', keepalive: true, credentials: 'same-origin', headers, body }).catch(
        () => undefined,
      );
    }
  }

  const unsubscribe = subscribeComposers(look);
  const timer = setInterval(() => {
    for (const answered of told.values()) say(answered, true);
  }, againMs);
  globalThis.addEventListener('pagehide', leave);
  look();
  return () => {
    unsubscribe();
    clearInterval(timer);
    globalThis.removeEventListener('pagehide', leave);
  };
}
