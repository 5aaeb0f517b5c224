/** Groups: searched as one types, listed page by page by name, and the chosen one beside the list. */
import { SearchX, UsersRound } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useLine, useScope } from '#web/app/SyncContext.tsx';
import { useLayout } from '#web/app/useMedia.ts';
import { consoleAccess } from '#web/console/access.ts';
import css from '#web/console/console.module.css';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t as word } from '#web/words/console.ts';
import { t } from '#web/words/groups.ts';
import { GroupDialog } from './GroupDialog.tsx';
import { GroupPane } from './GroupPane.tsx';
import { searchGroups } from './groups.ts';
import type { GroupPage } from './groups.ts';

/** Kept while one looks at a group and comes back, as long as the page stands. */
let lastTyped = '';

const pauseMs = 150;

export function GroupsScreen({ groupId }: { readonly groupId: string | undefined }) {
  const { session } = useScope();
  const layout = useLayout();
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState(lastTyped);
  const [isAdding, add] = useState(false);
  // Another list where a group on it was changed.
  const [version, setVersion] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const isAlone = layout !== 'desk' && groupId !== undefined;
  return (
    <div className={css['split']}>
      {!isAlone && (
        <section className={css['pane']} aria-labelledby="groups-title">
          <h2 id="groups-title" ref={heading} tabIndex={-1}>
            {t('title')}
          </h2>
          <p>{t('intro')}</p>
          <form role="search" className={css['search']} onSubmit={(event) => event.preventDefault()}>
            <TextField
              type="search"
              label={t('searchLabel')}
              hint={t('searchHint')}
              value={typed}
              onChange={(text) => {
                lastTyped = text;
                setTyped(text);
              }}
              maxLength={200}
              autoComplete="off"
              spellCheck={false}
            />
          </form>
          {consoleAccess(session).powers.includes('administer') && (
            <div>
              <Button tone="primary" onPress={() => add(true)}>
                {t('add')}
              </Button>
            </div>
          )}
          <Results typed={typed.trim()} chosen={groupId} version={version} />
        </section>
      )}
      {groupId !== undefined && (
        <GroupPane
          key={groupId}
          groupId={groupId}
          isAlone={isAlone}
          onChanged={() => setVersion(version + 1)}
          onRemoved={() => {
            setVersion(version + 1);
            navigate('/console/groups');
            // Once the list stands again.
            setTimeout(() => heading.current?.focus());
          }}
        />
      )}
      {groupId === undefined && layout === 'desk' && (
        <div className={css['pane']}>
          <EmptyState icon={UsersRound} title={t('choose')} />
        </div>
      )}
      {isAdding && (
        <GroupDialog
          onClose={() => add(false)}
          onDone={(id) => {
            setVersion(version + 1);
            navigate(`/console/groups/${encodeURIComponent(id)}`);
          }}
        />
      )}
    </div>
  );
}

interface ResultsProps {
  readonly typed: string;
  readonly chosen: string | undefined;
  readonly version: number;
}

interface Shown extends GroupPage {
  /** Of which list: after a change another one is fetched, and this one stands until it is there. */
  readonly version: number;
}

function Results({ typed, chosen, version }: ResultsProps) {
  const { sync, session } = useScope();
  const line = useLine(sync);
  const accountId = session.primaryAccountId;
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  const [hasFailed, setFailed] = useState(false);
  const [isFetching, setFetching] = useState(false);
  const latest = useRef(0);

  useEffect(() => {
    if (line !== 'online') return undefined;
    latest.current += 1;
    const mine = latest.current;
    const timer = setTimeout(() => {
      searchGroups(sync, accountId, typed).then(
        (page) => {
          // What was typed since has its own answer on the way.
          if (mine !== latest.current) return;
          setShown({ ...page, version });
          setFailed(false);
        },
        (error: unknown) => {
          sync.connection.report(error);
          if (mine === latest.current) setFailed(true);
        },
      );
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [sync, accountId, line, typed, version]);

  async function fetchMore(): Promise<void> {
    const last = shown?.groups.at(-1);
    if (!shown || !last) return;
    setFetching(true);
    const mine = latest.current;
    try {
      const page = await searchGroups(sync, accountId, typed, last.id);
      if (mine === latest.current)
        setShown({ ...shown, groups: [...shown.groups, ...page.groups], hasMore: page.hasMore });
    } catch (error) {
      sync.connection.report(error);
      setFailed(true);
    }
    setFetching(false);
  }

  if (!shown)
    return hasFailed || line !== 'online' ? (
      <EmptyState icon={SearchX} title={word('failed')} text={line === 'online' ? undefined : word('offline')} />
    ) : (
      <Spinner label={word('loading')} />
    );
  const count = shown.groups.length;
  return (
    <>
      <p role="status" className={css['count']}>
        {count === 0 ? t('none') : t(shown.hasMore ? 'foundMore' : 'found', { count })}
      </p>
      {count === 0 && <EmptyState icon={SearchX} title={t('none')} text={t('noneText')} />}
      {count > 0 && (
        <ul className={css['rows']}>
          {shown.groups.map(({ id, name, email, unitName, memberCount }) => (
            <li key={id}>
              <Link
                href={`/console/groups/${encodeURIComponent(id)}`}
                className={css['row'] ?? ''}
                aria-current={id === chosen ? 'true' : undefined}
              >
                <span className={css['about']}>
                  <strong>{name}</strong>
                  <span>{[unitName || t('whole'), t('members', { count: memberCount })].join(' · ')}</span>
                  {email !== '' && <span>{email}</span>}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {shown.hasMore && (
        <Button isDisabled={isFetching} onPress={() => void fetchMore()}>
          {word('more')}
        </Button>
      )}
    </>
  );
}
