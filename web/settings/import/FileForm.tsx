/** Old mail in a file: it is sent, then brought in as an import like any other. */
import { FileUp } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import type { SyntheticEvent } from 'react';
import { FileTrigger } from 'react-aria-components';
import { useScope } from '#web/app/SyncContext.tsx';
import { UploadFailed, uploadFile } from '#web/compose/upload.ts';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { sizeText } from '#web/words/dates.ts';
import { t } from '#web/words/imports.ts';
import css from './import.module.css';
import { createImport } from './imports.ts';
import { startText } from './startText.ts';

const fileTypes = ['.zip', '.mbox', '.mbx', '.eml'];

export function FileForm({ onStarted }: { readonly onStarted: () => Promise<void> }) {
  const { sync, session, accountId } = useScope();
  const id = useId();
  const [file, setFile] = useState<File | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  const [sent, setSent] = useState<number | undefined>(undefined);
  const form = useRef<HTMLFormElement>(null);
  const most = session.limits.maxSizeUploadOctets;

  async function send(): Promise<void> {
    setError(undefined);
    const problem = !file
      ? t('fileMissing')
      : file.size > most
        ? t('fileTooLarge', { size: sizeText(most) })
        : undefined;
    if (!file || problem !== undefined) {
      setError(problem);
      form.current?.querySelector('button')?.focus();
      return;
    }
    setSent(0);
    try {
      const { signal } = new AbortController();
      const { blobId } = await uploadFile(sync.uploadUrl(accountId), file, setSent, signal);
      const refused = await createImport(sync, accountId, { blobId, name: file.name });
      if (refused) return setError(startText(refused.type));
      setFile(undefined);
      showToast(t('started'));
      await onStarted();
    } catch (thrown) {
      if (!(thrown instanceof UploadFailed)) sync.connection.report(thrown);
      setError(t('fileFailed'));
    } finally {
      setSent(undefined);
    }
    return undefined;
  }

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    if (sent === undefined) void send();
  }

  return (
    <Part id="import-file" title={t('fileTitle')}>
      <p>{t('fileText', { size: sizeText(most) })}</p>
      <form ref={form} className={page['form']} onSubmit={submit} noValidate>
        <div className={css['file']}>
          <FileTrigger
            acceptedFileTypes={fileTypes}
            onSelect={(files) => {
              setFile(files?.[0]);
              setError(undefined);
            }}
          >
            <Button icon={FileUp} aria-describedby={`${id}-name ${id}-said`}>
              {t('file')}
            </Button>
          </FileTrigger>
          <span id={`${id}-name`} role="status">
            {file?.name}
          </span>
        </div>
        <p role="alert" id={`${id}-said`} className={page['error']}>
          {error}
        </p>
        {sent !== undefined && <progress className={css['bar']} aria-label={t('fileSending')} value={sent} max={1} />}
        <div>
          <Button type="submit" isDisabled={sent !== undefined}>
            {sent === undefined ? t('fileStart') : t('fileSending')}
          </Button>
        </div>
      </form>
    </Part>
  );
}
