/** The page of delegations: who may act for me, for whom I may act, and opening my mail to a colleague. */
import { useCallback, useEffect } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { Part, SettingsPage } from '#web/settings/page/SettingsPage.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { t } from '#web/words/mandates.ts';
import { GiveForm } from './GiveForm.tsx';
import { GivenList } from './GivenList.tsx';
import { HeldList } from './HeldList.tsx';
import { MandateItem } from './MandateItem.tsx';
import { fetchMandates, isPast } from './mandates.ts';
import { SeenChoice } from './SeenChoice.tsx';
import css from './mandates.module.css';
import page from '#web/settings/page/page.module.css';

export function MandatesPage() {
  const { session, accountId } = useScope();
  const account = session.accounts.find(({ id }) => id === accountId);
  const isOwn = accountId === session.primaryAccountId;
  return (
    <SettingsPage
      title={isOwn ? t('title') : t('titleOf', { name: account?.name ?? '' })}
      intro={<p>{isOwn ? t('intro') : t('introShared')}</p>}
      backTo="/"
    >
      <Content isOwn={isOwn} />
    </SettingsPage>
  );
}

function Content({ isOwn }: { readonly isOwn: boolean }) {
  const { sync, accountId } = useScope();
  const fetched = useFetched(useCallback(() => fetchMandates(sync, accountId), [sync, accountId]));
  const { value, load } = fetched;
  useEffect(() => sync.onAccount(() => void load()), [sync, load]);
  if (value === undefined)
    return <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />;
  const present = value.filter((one) => !isPast(one));
  const past = value.filter(isPast);
  const onChanged = () => void load();
  return (
    <>
      {isOwn && <HeldList held={present.filter(({ isHeld }) => isHeld)} onChanged={onChanged} />}
      <GivenList given={present.filter(({ isHeld }) => !isHeld)} isOwn={isOwn} onChanged={onChanged} />
      <Part id="mandates-give" title={isOwn ? t('giveTitle') : t('giveTitleShared')}>
        <GiveForm onGiven={onChanged} />
      </Part>
      {!isOwn && <SeenChoice />}
      {past.length > 0 && (
        <details className={`${page['part'] ?? ''} ${page['fold'] ?? ''}`}>
          <summary>{t('pastTitle')}</summary>
          <ul className={`${page['list'] ?? ''} ${css['past'] ?? ''}`}>
            {past.map((one) => (
              <MandateItem key={one.id} mandate={one} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
