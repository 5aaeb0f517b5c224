/** How one logs in, and where one is logged in: second factors, sessions, devices, and what happened at the door. */
import { useCallback, useEffect } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { SettingsPage } from '#web/settings/page/SettingsPage.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { t } from '#web/words/security.ts';
import { AddressPart } from './AddressPart.tsx';
import { DevicesPart } from './DevicesPart.tsx';
import { EventsPart } from './EventsPart.tsx';
import { FactorsPart } from './FactorsPart.tsx';
import { LinksPart } from './LinksPart.tsx';
import { RecoveryPart } from './RecoveryPart.tsx';
import { fetchSecurity } from './security.ts';
import { SessionsPart } from './SessionsPart.tsx';

export function SecurityPage() {
  return (
    <SettingsPage title={t('title')} intro={<p>{t('intro')}</p>} backTo="~/">
      <Content />
    </SettingsPage>
  );
}

function Content() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchSecurity(sync, accountId), [sync, accountId]));
  const { value, load } = fetched;
  // What another tab or support did is seen here at once.
  useEffect(() => sync.onAccount(() => void load()), [sync, load]);
  if (value === undefined)
    return <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />;
  const onChanged = () => void load();
  return (
    <>
      <FactorsPart of={value} onChanged={onChanged} />
      {value.factors.length > 0 && <RecoveryPart of={value} onChanged={onChanged} />}
      {(value.recoveryAsking !== 'never' || value.recoveryAddress !== undefined) && (
        <AddressPart of={value} onChanged={onChanged} />
      )}
      {value.links.length > 0 && <LinksPart links={value.links} onChanged={onChanged} />}
      <SessionsPart sessions={value.sessions} onChanged={onChanged} />
      <DevicesPart devices={value.devices} onChanged={onChanged} />
      {/* What was done here is in the log too: with each change it begins anew. */}
      <EventsPart key={JSON.stringify(value)} />
    </>
  );
}
