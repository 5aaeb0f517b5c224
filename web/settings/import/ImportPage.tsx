/** The page "bring in my old mail": from a server, from a file, what is under way, and what to take along. */
import { useCallback, useEffect } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { Remark, SettingsPage } from '#web/settings/page/SettingsPage.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { t } from '#web/words/imports.ts';
import { ExportPart } from './ExportPart.tsx';
import { FileForm } from './FileForm.tsx';
import { ImportList } from './ImportList.tsx';
import { fetchImports, importCapability } from './imports.ts';
import { ServerForm } from './ServerForm.tsx';

export function ImportPage() {
  const { session, accountId } = useScope();
  const account = session.accounts.find((one) => one.id === accountId);
  const mayImport = account?.capabilities.includes(importCapability) === true;
  const intro = (
    <>
      <p>{t('intro')}</p>
      {account?.isPersonal === false && <p>{t('into', { name: account.name })}</p>}
    </>
  );
  return (
    <SettingsPage title={t('title')} intro={intro} backTo="/">
      {mayImport ? <Content /> : <Remark>{t('closed')}</Remark>}
      <ExportPart />
    </SettingsPage>
  );
}

function Content() {
  const { sync, accountId } = useScope();
  const fetched = useFetched(useCallback(() => fetchImports(sync, accountId), [sync, accountId]));
  const { value: imports, load } = fetched;
  useEffect(() => sync.onPushed(accountId, 'Import', () => void load()), [sync, accountId, load]);

  return (
    <>
      {imports !== undefined && imports.length > 0 && <ImportList imports={imports} onChanged={load} />}
      <ServerForm onStarted={load} />
      <FileForm onStarted={load} />
      {imports?.length === 0 && <ImportList imports={imports} onChanged={load} />}
      {imports === undefined && (
        <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />
      )}
    </>
  );
}
