/** How many acts wait for one's word: the number in the menu, asked for when the console opens and with every list of them. */
import { useEffect, useSyncExternalStore } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { consoleAccess } from '#web/console/access.ts';
import { fetchApprovals } from './approvals.ts';

let count = 0;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setWaitingCount(now: number): void {
  count = now;
  for (const listener of listeners) listener();
}

/** 0 as long as it is not known, and for whoever may decide nothing. */
export function useWaitingCount(): number {
  const { sync, session } = useScope();
  const mayDecide = consoleAccess(session).powers.includes('help');
  useEffect(() => {
    if (!mayDecide) return;
    fetchApprovals(sync, session.primaryAccountId, 'toDecide').then(
      (found) => setWaitingCount(typeof found === 'string' ? 0 : found.length),
      (error: unknown) => sync.connection.report(error),
    );
  }, [sync, session, mayDecide]);
  return useSyncExternalStore(subscribe, () => count);
}
