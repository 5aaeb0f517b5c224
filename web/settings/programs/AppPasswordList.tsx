/** The app passwords that work: what they are for, when and from where they were last used, and their end. */
import { KeyRound } from 'lucide-react';
import { useRef, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { dayName, mediumDate } from '#web/words/dates.ts';
import { listText } from '#web/words/lists.ts';
import { t } from '#web/words/programs.ts';
import { revokeAppPassword } from './facts.ts';
import type { AppPassword } from './facts.ts';
import css from './programs.module.css';
import { scopeWords } from './scopes.ts';

export interface AppPasswordListProps {
  readonly appPasswords: readonly AppPassword[];
  readonly onChanged: () => void;
}

export function AppPasswordList({ appPasswords, onChanged }: AppPasswordListProps) {
  const { sync, session } = useScope();
  const [asked, ask] = useState<AppPassword | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);

  async function revoke({ id, name }: AppPassword): Promise<void> {
    try {
      if (!(await revokeAppPassword(sync, session.primaryAccountId, id))) throw new Error('refused');
      showToast(t('revoked', { name }));
      // The button that was pressed goes with its row.
      heading.current?.focus();
    } catch (error) {
      sync.connection.report(error);
      showToast(t('revokeFailed', { name }), { tone: 'danger' });
    }
    onChanged();
  }

  return (
    <Part id="programs-list" title={t('listTitle')} heading={heading}>
      {appPasswords.length === 0 && <EmptyState icon={KeyRound} title={t('listEmpty')} text={t('listEmptyText')} />}
      {appPasswords.length > 0 && (
        <ul className={page['list']}>
          {appPasswords.map((one) => (
            <li key={one.id} className={css['item']}>
              <KeyRound aria-hidden size={20} />
              <div className={css['about']}>
                <strong>{one.name}</strong>
                <span>{t('may', { uses: listText(one.scopes.map(scopeWords)) })}</span>
                <span>{usedText(one)}</span>
                <span>{t('createdAt', { date: dayName(new Date(one.createdAt)) })}</span>
              </div>
              <Button aria-label={t('revokeName', { name: one.name })} onPress={() => ask(one)}>
                {t('revoke')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {asked && (
        <Confirm
          title={t('revokeTitle', { name: asked.name })}
          text={t('revokeText')}
          action={t('revoke')}
          onConfirm={() => void revoke(asked)}
          onClose={() => ask(undefined)}
        />
      )}
    </Part>
  );
}

function usedText({ lastUsedAt, lastUsedFrom }: AppPassword): string {
  if (lastUsedAt === undefined) return t('neverUsed');
  return t('lastUsed', { date: mediumDate(lastUsedAt), from: lastUsedFrom });
}
