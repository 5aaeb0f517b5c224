/** The house closed while one was at work: the screen stays as it is, and what was done waits. */
import { Construction } from 'lucide-react';
import { Banner } from '#web/ui/Banner.tsx';
import { t } from '#web/words/announcements.ts';
import { mediumDate } from '#web/words/dates.ts';

export interface ClosedBannerProps {
  /** Milliseconds since 1970. */
  readonly endsAt: number | undefined;
  /** How many changes wait. */
  readonly waiting: number;
}

export function ClosedBanner({ endsAt, waiting }: ClosedBannerProps) {
  return (
    <Banner icon={Construction}>
      {t('closedNow')}
      {endsAt !== undefined && ` ${t('expectedEnd', { until: mediumDate(new Date(endsAt).toISOString()) })}`}
      {waiting > 0 && ` ${t('closedWaiting', { count: waiting })}`} <a href="/status">{t('status')}</a>
    </Banner>
  );
}
