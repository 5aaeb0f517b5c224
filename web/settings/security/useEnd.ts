/** Ends something of the page: says so, keeps the focus, and has the page look again. */
import { useScope } from '#web/app/SyncContext.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/security.ts';
import { endAll } from './security.ts';

type Kind = Parameters<typeof endAll>[2];

/** @returns ends `ids` and says `said` of it; the count of those that ended goes in. */
export function useEnd(
  kind: Kind,
  onChanged: () => void,
): (ids: readonly string[], said: (count: number) => string) => Promise<void> {
  const { sync, session } = useScope();
  return async (ids, said) => {
    try {
      const ended = await endAll(sync, session.primaryAccountId, kind, ids);
      if (ended > 0 || ids.length === 0) showToast(said(ended));
      else showToast(t('changeFailed'), { tone: 'danger' });
    } catch (error) {
      sync.connection.report(error);
      showToast(t('changeFailed'), { tone: 'danger' });
    }
    onChanged();
  };
}
