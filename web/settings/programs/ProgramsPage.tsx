/** The page "use another program": a password for it, the steps, the settings, and what already has a password. */
import { ArrowLeft, CloudOff } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useLine, useScope } from '#web/app/SyncContext.tsx';
import { useTitle } from '#web/app/useTitle.ts';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { t } from '#web/words/programs.ts';
import { AppPasswordList } from './AppPasswordList.tsx';
import { fetchAppPasswords, fetchFacts } from './facts.ts';
import type { AppPassword, Facts } from './facts.ts';
import { NewAppPassword } from './NewAppPassword.tsx';
import css from './programs.module.css';
import { ServerFacts } from './ServerFacts.tsx';
import { Steps } from './Steps.tsx';

export function ProgramsPage() {
  const heading = useRef<HTMLHeadingElement>(null);
  // One comes from a dialog that has gone: the keyboard goes on here.
  useEffect(() => heading.current?.focus(), []);
  useTitle(t('title'), 0);
  return (
    <div className={css['scroll']}>
      <div className={css['page']}>
        <header className={css['head']}>
          <Link href="~/" className={css['back'] ?? ''}>
            <ArrowLeft aria-hidden size={18} />
            {t('back')}
          </Link>
          <h1 ref={heading} tabIndex={-1}>
            {t('title')}
          </h1>
          <p>{t('intro')}</p>
        </header>
        <Content />
      </div>
    </div>
  );
}

interface Loaded {
  readonly facts: Facts;
  readonly appPasswords: readonly AppPassword[];
}

function Content() {
  const { sync, session } = useScope();
  const line = useLine(sync);
  const [loaded, setLoaded] = useState<Loaded | undefined>(undefined);
  const [hasFailed, setFailed] = useState(false);
  const accountId = session.primaryAccountId;

  const load = useCallback(
    () =>
      Promise.all([fetchFacts(), fetchAppPasswords(sync, accountId)]).then(
        ([facts, appPasswords]) => {
          setLoaded({ facts, appPasswords });
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

  if (loaded) {
    const { facts, appPasswords } = loaded;
    return (
      <>
        <section className={css['part']} aria-labelledby="programs-make">
          <h2 id="programs-make">{t('makeTitle')}</h2>
          <p>{t('makeWhy')}</p>
          <NewAppPassword scopes={facts.scopes} onChanged={() => void load()} />
        </section>
        <Steps email={facts.email} profileUrl={facts.profileUrl} />
        <ServerFacts email={facts.email} services={facts.services} webUrl={facts.webUrl} />
        <AppPasswordList appPasswords={appPasswords} onChanged={() => void load()} />
      </>
    );
  }
  if (!hasFailed && line === 'online') return <Spinner label={t('loading')} />;
  return (
    <EmptyState icon={CloudOff} title={t('failed')} text={line === 'online' ? undefined : t('offline')}>
      {line === 'online' && <Button onPress={() => void load()}>{t('retry')}</Button>}
    </EmptyState>
  );
}
