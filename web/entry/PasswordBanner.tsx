/** Some days before one's password ends: a quiet line, and the way to the page where it is replaced. */
import { KeyRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { sessionFetch } from '#web/sync/sessionFetch.ts';
import { isObject, numberOr } from '#web/sync/shape.ts';
import { Banner } from '#web/ui/Banner.tsx';
import { t } from '#web/words/entry.ts';
import css from './entry.module.css';

const dayMs = 86_400_000;

export function PasswordBanner() {
  const [days, setDays] = useState<number | undefined>(undefined);
  useEffect(() => {
    sessionFetch('/auth/own-password')
      .then(async (response) => {
        const answer: unknown = response.ok ? await response.json() : undefined;
        if (isObject(answer) && answer['isEnding'] === true)
          setDays(Math.max(0, Math.floor((numberOr(answer['expiresAt'], 0) - Date.now()) / dayMs)));
      })
      // Nothing is lost: the next page asks again.
      .catch(() => undefined);
  }, []);
  if (days === undefined) return null;
  return (
    <Banner icon={KeyRound}>
      <span className={css['banner']}>
        {days === 0 ? t('endsToday') : t('endsSoon', { count: days })}{' '}
        <Link href="~/settings/password">{t('change')}</Link>
      </span>
    </Banner>
  );
}
