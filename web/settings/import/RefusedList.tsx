/** What an import could not take, fetched when somebody wants to see it. */
import { useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import page from '#web/settings/page/page.module.css';
import { classes } from '#web/ui/classes.ts';
import { t } from '#web/words/imports.ts';
import css from './import.module.css';
import { fetchRefused } from './imports.ts';
import type { Refused } from './imports.ts';
import { reasonText } from './problemText.ts';

export function RefusedList({ id, count }: { readonly id: string; readonly count: number }) {
  const { sync, accountId } = useScope();
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  return (
    <details
      className={classes(page['fold'], css['more'])}
      onToggle={(event) => {
        if (event.currentTarget.open) fetchRefused(sync, accountId, id).then(setRefused, sync.connection.report);
      }}
    >
      <summary>{t('refusedTitle')}</summary>
      <ul className={css['refused']}>
        {refused.map(({ folder, message, reason }) => (
          <li key={`${folder} ${message}`}>{t('refusedIn', { folder, message, reason: reasonText(reason) })}</li>
        ))}
      </ul>
      {refused.length > 0 && refused.length < count && <p>{t('refusedFirst', { count: refused.length })}</p>}
    </details>
  );
}
