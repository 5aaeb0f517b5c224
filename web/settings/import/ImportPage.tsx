/** The page "bring in my old mail": from a server, from a file, what is under way, and what to take along. */
import { ArrowLeft, CloudOff } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useLine, useScope } from '#web/app/SyncContext.tsx';
import { useTitle } from '#web/app/useTitle.ts';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { t } from '#web/words/imports.ts';
import { ExportPart } from './ExportPart.tsx';
import { FileForm } from './FileForm.tsx';
import css from './import.module.css';
import { ImportList } from './ImportList.tsx';
import { fetchImports, importCapability, isOpen } from './imports.ts';
import type { Import } from './imports.ts';
import { ServerForm } from './ServerForm.tsx';

/** While something is under way. */
const lookEveryMs = 1_000;

export function ImportPage() {
  const { session, accountId } = useScope();
  const heading = useRef<HTMLHeadingElement>(null);
  // One comes from a dialog that has gone: the keyboard goes on here.
  useEffect(() => heading.current?.focus(), []);
  useTitle(t('title'), 0);
  const account = session.accounts.find((one) => one.id === accountId);
  const mayImport = account?.capabilities.includes(importCapability) === true;
  return (
    <div className={css['scroll']}>
      <div className={css['page']}>
        <header className={css['head']}>
          <Link href="/" className={css['back'] ?? ''}>
            <ArrowLeft aria-hidden size={18} />
            {t('back')}
          </Link>
          <h1 ref={heading} tabIndex={-1}>
            {t('title')}
          </h1>
          <p>{t('intro')}</p>
          {account?.isPersonal === false && <p>{t('into', { name: account.name })}</p>}
        </header>
        {mayImport ? <Content /> : <p className={css['part']}>{t('closed')}</p>}
        <ExportPart />
      </div>
    </div>
  );
}

function Content() {
  const { sync, accountId } = useScope();
  const line = useLine(sync);
  const [imports, setImports] = useState<readonly Import[] | undefined>(undefined);
  const [hasFailed, setFailed] = useState(false);

  const load = useCallback(
    () =>
      fetchImports(sync, accountId).then(
        (all) => {
          setImports(all);
          setFailed(false);
        },
        (error: unknown) => {
          sync.connection.report(error);
          setFailed(true);
        },
      ),
    [sync, accountId],
  );

  useEffect(() => {
    if (line === 'online') void load();
  }, [line, load]);

  const isAtWork = imports?.some(isOpen) === true;
  useEffect(() => {
    if (!isAtWork || line !== 'online') return undefined;
    const beat = setInterval(() => {
      if (document.visibilityState === 'visible') void load();
    }, lookEveryMs);
    return () => clearInterval(beat);
  }, [isAtWork, line, load]);

  return (
    <>
      {imports !== undefined && imports.length > 0 && <ImportList imports={imports} onChanged={load} />}
      <ServerForm onStarted={load} />
      <FileForm onStarted={load} />
      {imports?.length === 0 && <ImportList imports={imports} onChanged={load} />}
      {imports === undefined && !hasFailed && line === 'online' && <Spinner label={t('loading')} />}
      {imports === undefined && (hasFailed || line !== 'online') && (
        <EmptyState icon={CloudOff} title={t('failed')} text={line === 'online' ? undefined : t('offline')}>
          {line === 'online' && <Button onPress={() => void load()}>{t('retry')}</Button>}
        </EmptyState>
      )}
    </>
  );
}
