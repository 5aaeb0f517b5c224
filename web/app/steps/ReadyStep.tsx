/** The account is in its holder's hands: where to go now. */
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import css from '#web/entry/entry.module.css';
import { Button } from '#web/ui/Button.tsx';
import { t } from '#web/words/entry.ts';
import form from '#web/app/login.module.css';

export function ReadyStep({ onLoggedIn }: { readonly onLoggedIn: () => void }) {
  const [, navigate] = useLocation();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const go = (path: string): void => {
    // The login page leads on to where `to` says.
    navigate(path === '/' ? '/login' : `/login?to=${encodeURIComponent(path)}`, { replace: true });
    onLoggedIn();
  };
  return (
    <div className={form['form']}>
      <h2 ref={title} tabIndex={-1}>
        {t('readyTitle')}
      </h2>
      <p>{t('readyText')}</p>
      <div className={css['actions']}>
        <Button tone="primary" onPress={() => go('/')}>
          {t('readyOpen')}
        </Button>
        <Button tone="quiet" onPress={() => go('/settings/programs')}>
          {t('readyPrograms')}
        </Button>
      </div>
      <p>{t('readyProgramsText')}</p>
    </div>
  );
}
