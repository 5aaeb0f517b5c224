/** People: searched as one types, listed page by page, and the card of the chosen one beside the list. */
import { SearchX, UserRoundSearch } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useLine, useScope } from '#web/app/SyncContext.tsx';
import { useLayout } from '#web/app/useMedia.ts';
import { Avatar } from '#web/ui/Avatar.tsx';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { Spoken } from '#web/ui/Spoken.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/console.ts';
import { t as say } from '#web/words/console-acts.ts';
import { searchPeople, stateNames } from './console.ts';
import type { PeopleSearch, PersonRow } from './console.ts';
import css from './console.module.css';
import { CardPane } from './CardPane.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { StateBadge } from './StateBadge.tsx';
import { UnitField } from './UnitField.tsx';

/** Kept while one looks at a card and comes back, as long as the page stands. */
let lastSearch: PeopleSearch = { text: '', state: '', unitId: '' };

const pauseMs = 150;

export function PeopleScreen({ personId }: { readonly personId: string | undefined }) {
  const layout = useLayout();
  const [search, setSearch] = useState(lastSearch);
  // Another list where somebody on it was changed.
  const [version, setVersion] = useState(0);
  const change = (part: Partial<PeopleSearch>) => {
    lastSearch = { ...search, ...part };
    setSearch(lastSearch);
  };
  const isAlone = layout !== 'desk' && personId !== undefined;
  return (
    <div className={css['split']} data-open={personId !== undefined || undefined}>
      {!isAlone && (
        <section className={css['pane']} aria-label={t('results')}>
          <form role="search" className={css['search']} onSubmit={(event) => event.preventDefault()}>
            <TextField
              type="search"
              label={t('searchLabel')}
              hint={t('searchHint')}
              value={search.text}
              onChange={(text) => change({ text })}
              autoComplete="off"
              spellCheck={false}
            />
            <SelectField
              label={t('stateLabel')}
              value={search.state}
              choices={[
                { value: '', label: t('all') },
                ...stateNames.map((state) => ({ value: state, label: t(`state.${state}`) })),
              ]}
              onChange={(state) => change({ state })}
            />
            <UnitField value={search.unitId} none={t('allUnits')} onChange={(unitId) => change({ unitId })} />
          </form>
          <Results key={version} search={search} chosen={personId} />
        </section>
      )}
      {personId !== undefined && (
        <CardPane key={personId} personId={personId} isAlone={isAlone} onChanged={() => setVersion(version + 1)} />
      )}
      {personId === undefined && layout === 'desk' && (
        <div className={css['pane']}>
          <EmptyState icon={UserRoundSearch} title={t('choose')} />
        </div>
      )}
    </div>
  );
}

const noneSelected: ReadonlySet<string> = new Set();

function toggled(selected: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const those = new Set(selected);
  if (!those.delete(id)) those.add(id);
  return those;
}

interface ResultsProps {
  readonly search: PeopleSearch;
  readonly chosen: string | undefined;
}

interface Shown {
  /** What these people were found by. */
  readonly searched: string;
  readonly people: readonly PersonRow[];
  readonly hasMore: boolean;
}

function Results({ search, chosen }: ResultsProps) {
  const { sync, session } = useScope();
  const line = useLine(sync);
  const accountId = session.primaryAccountId;
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  const [hasFailed, setFailed] = useState(false);
  const [isFetching, setFetching] = useState(false);
  const latest = useRef(0);
  const { text, state, unitId } = search;
  // A selection is of the people one sees: with those of another search it begins with nobody.
  const searched = shown?.searched ?? '';
  const [selection, setSelection] = useState({ searched, ids: noneSelected });
  const selected = selection.searched === searched ? selection.ids : noneSelected;
  const select = (ids: ReadonlySet<string>) => setSelection({ searched, ids });

  useEffect(() => {
    if (line !== 'online') return undefined;
    latest.current += 1;
    const mine = latest.current;
    const timer = setTimeout(() => {
      searchPeople(sync, accountId, { text, state, unitId }).then(
        (page) => {
          // What was typed since has its own answer on the way.
          if (mine !== latest.current) return;
          setShown({ ...page, searched: JSON.stringify([text, state, unitId]) });
          setFailed(false);
        },
        (error: unknown) => {
          sync.connection.report(error);
          if (mine === latest.current) setFailed(true);
        },
      );
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [sync, accountId, line, text, state, unitId]);

  async function fetchMore(): Promise<void> {
    const last = shown?.people.at(-1);
    if (!shown || !last) return;
    setFetching(true);
    const mine = latest.current;
    try {
      const page = await searchPeople(sync, accountId, search, last.id);
      if (mine === latest.current)
        setShown({ ...shown, people: [...shown.people, ...page.people], hasMore: page.hasMore });
    } catch (error) {
      sync.connection.report(error);
      setFailed(true);
    }
    setFetching(false);
  }

  if (!shown)
    return hasFailed || line !== 'online' ? (
      <EmptyState icon={SearchX} title={t('failed')} text={line === 'online' ? undefined : t('offline')} />
    ) : (
      <Spinner label={t('loading')} />
    );
  const count = shown.people.length;
  return (
    <>
      <p role="status" className={css['count']}>
        {count === 0 ? <Spoken>{t('nobody')}</Spoken> : t(shown.hasMore ? 'foundMore' : 'found', { count })}
      </p>
      {count === 0 && <EmptyState icon={SearchX} title={t('nobody')} text={t('nobodyText')} />}
      <SelectionBar key={searched} search={search} shown={shown} selected={selected} onSelect={select} />
      {count > 0 && (
        <ul className={css['rows']}>
          {shown.people.map((person) => (
            <li key={person.id} className={css['choice']}>
              <input
                type="checkbox"
                aria-label={say('select', { name: person.name })}
                checked={selected.has(person.id)}
                onChange={() => select(toggled(selected, person.id))}
              />
              <Link
                href={`/console/people/${encodeURIComponent(person.id)}`}
                className={css['row'] ?? ''}
                aria-current={person.id === chosen ? 'true' : undefined}
              >
                <Avatar name={person.name} />
                <span className={css['about']}>
                  <span className={css['named']}>
                    <strong>{person.name}</strong>
                    {person.state !== 'active' && <StateBadge state={person.state} />}
                  </span>
                  <span>{[person.functionName, person.unitName].filter((part) => part !== '').join(' · ')}</span>
                  <span>{person.email}</span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {shown.hasMore && (
        <Button isDisabled={isFetching} onPress={() => void fetchMore()}>
          {t('more')}
        </Button>
      )}
    </>
  );
}
