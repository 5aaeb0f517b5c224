/** In place of everything while the house is closed for maintenance; it goes by itself when the house opens again. */
import { Construction } from 'lucide-react';
import { useEffect } from 'react';
import { t } from '#web/words/announcements.ts';
import { mediumDate } from '#web/words/dates.ts';
import css from './news.module.css';

export function ClosedPage({ endsAt }: { readonly endsAt: number | undefined }) {
  useEffect(() => {
    document.title = `${t('closedTitle')} — Pli`;
  }, []);
  const end = endsAt === undefined ? '' : ` ${t('expectedEnd', { until: mediumDate(new Date(endsAt).toISOString()) })}`;
  return (
    <main className={css['closed']}>
      <Construction aria-hidden size={40} />
      <h1>{t('closedTitle')}</h1>
      <p>
        {t('closedNow')}
        {end}
      </p>
      <p>{t('opensByItself')}</p>
      <p>
        <a href="/status">{t('status')}</a>
      </p>
    </main>
  );
}
