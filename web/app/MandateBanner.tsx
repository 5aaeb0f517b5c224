/** An offer to act for somebody waits for an answer: said once on top, with the way to the page where it is given. */
import { UserCheck } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { Link, useRoute } from 'wouter';
import { fetchMandates } from '#web/settings/mandates/mandates.ts';
import type { Mandate } from '#web/settings/mandates/mandates.ts';
import { Banner } from '#web/ui/Banner.tsx';
import { t } from '#web/words/mandates.ts';
import { useLine, useScope } from './SyncContext.tsx';

/** The screen comes first. */
const patienceMs = 2_000;

export function MandateBanner() {
  const [isThere] = useRoute('/settings/mandates');
  return isThere ? null : <Offers />;
}

function Offers() {
  const { sync, session } = useScope();
  const line = useLine(sync);
  const [offers, setOffers] = useState<readonly Mandate[]>([]);
  const accountId = session.primaryAccountId;
  const look = useCallback(async () => {
    const all = await fetchMandates(sync, accountId).catch(() => []);
    setOffers(all.filter(({ isHeld, state }) => isHeld && state === 'asked'));
  }, [sync, accountId]);
  useEffect(() => {
    if (line !== 'online') return;
    const timer = setTimeout(() => void look(), patienceMs);
    return () => clearTimeout(timer);
  }, [line, look]);
  useEffect(() => sync.onAccount(() => void look()), [sync, look]);
  const [first, ...others] = offers;
  if (!first) return null;
  const author = first.authorName ?? first.accountName;
  return (
    <Banner icon={UserCheck}>
      {others.length === 0
        ? t('bannerOne', { author, name: first.accountName })
        : t('bannerMany', { count: offers.length })}{' '}
      <Link href="~/settings/mandates">{t('bannerSee')}</Link>
    </Banner>
  );
}
