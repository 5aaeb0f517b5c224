/** The page "use another program": a password for it, the steps, the settings, and what already has a password. */
import { useCallback } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { Part, SettingsPage } from '#web/settings/page/SettingsPage.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { t } from '#web/words/programs.ts';
import { AccessList } from './AccessList.tsx';
import { accessKinds, fetchAccesses } from './accesses.ts';
import { fetchFacts } from './facts.ts';
import { NewAppPassword } from './NewAppPassword.tsx';
import { ServerFacts } from './ServerFacts.tsx';
import { Steps } from './Steps.tsx';

export function ProgramsPage() {
  return (
    <SettingsPage title={t('title')} intro={<p>{t('intro')}</p>} backTo="~/">
      <Content />
    </SettingsPage>
  );
}

function Content() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(
    useCallback(() => Promise.all([fetchFacts(), fetchAccesses(sync, accountId)]), [sync, accountId]),
  );
  const { value, load } = fetched;
  if (value === undefined)
    return <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />;
  const [facts, accesses] = value;
  return (
    <>
      <Part id="programs-make" title={t('makeTitle')}>
        <p>{t('makeWhy')}</p>
        <NewAppPassword scopes={facts.scopes} onChanged={() => void load()} />
      </Part>
      <Steps email={facts.email} profileUrl={facts.profileUrl} />
      <ServerFacts email={facts.email} services={facts.services} webUrl={facts.webUrl} />
      {accessKinds.map((kind) => (
        <AccessList key={kind} kind={kind} accesses={accesses[kind]} onChanged={() => void load()} />
      ))}
    </>
  );
}
