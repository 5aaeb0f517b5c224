/** The tree of units: unfolded level by level or searched, and the chosen one beside it. */
import { Network, SearchX } from 'lucide-react';
import { useCallback, useDeferredValue, useState } from 'react';
import { Link } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import { useLayout } from '#web/app/useMedia.ts';
import { consoleAccess } from '#web/console/access.ts';
import consoleCss from '#web/console/console.module.css';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { Spoken } from '#web/ui/Spoken.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t as word } from '#web/words/console.ts';
import { t } from '#web/words/units.ts';
import { UnitDialog } from './UnitDialog.tsx';
import { UnitLevel } from './UnitLevel.tsx';
import { UnitPane } from './UnitPane.tsx';
import css from './units.module.css';
import { fetchUnitPage, kindText } from './units.ts';

export function UnitsScreen({ unitId }: { readonly unitId: string | undefined }) {
  const { session } = useScope();
  const layout = useLayout();
  const [typed, setTyped] = useState('');
  const [isAdding, add] = useState(false);
  // Another tree where something in it was changed.
  const [version, setVersion] = useState(0);
  const change = () => setVersion(version + 1);
  const { isWhole, powers } = consoleAccess(session);
  const isAlone = layout !== 'desk' && unitId !== undefined;
  return (
    <div className={consoleCss['split']}>
      {!isAlone && (
        <section className={consoleCss['pane']} aria-labelledby="units-title">
          <h2 id="units-title">{t('title')}</h2>
          <p>{t('intro')}</p>
          <form role="search" className={consoleCss['search']} onSubmit={(event) => event.preventDefault()}>
            <TextField
              type="search"
              label={t('searchLabel')}
              hint={t('searchHint')}
              value={typed}
              onChange={setTyped}
              maxLength={200}
              autoComplete="off"
              spellCheck={false}
            />
          </form>
          {isWhole && powers.includes('administer') && (
            <div>
              <Button tone="primary" onPress={() => add(true)}>
                {t('add')}
              </Button>
            </div>
          )}
          {typed.trim() === '' ? (
            <nav aria-label={t('tree')} className={css['tree']}>
              <UnitLevel parentId={null} chosen={unitId} version={version} isOpen />
            </nav>
          ) : (
            <Found typed={typed} chosen={unitId} version={version} />
          )}
        </section>
      )}
      {unitId !== undefined && <UnitPane key={unitId} unitId={unitId} isAlone={isAlone} onChanged={change} />}
      {unitId === undefined && layout === 'desk' && (
        <div className={consoleCss['pane']}>
          <EmptyState icon={Network} title={t('choose')} />
        </div>
      )}
      {isAdding && <UnitDialog parentId={null} onClose={() => add(false)} onDone={change} />}
    </div>
  );
}

interface FoundProps {
  readonly typed: string;
  readonly chosen: string | undefined;
  readonly version: number;
}

function Found({ typed, chosen, version }: FoundProps) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const text = useDeferredValue(typed);
  const fetched = useFetched(
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- another version is fetched anew
    useCallback(() => fetchUnitPage(sync, accountId, { text }), [sync, accountId, text, version]),
  );
  const { value } = fetched;
  if (value === undefined)
    return <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />;
  const { units } = value;
  return (
    <>
      <p role="status" className={consoleCss['count']}>
        {units.length === 0 ? <Spoken>{t('none')}</Spoken> : t('found', { count: units.length })}
      </p>
      {units.length === 0 && <EmptyState icon={SearchX} title={t('none')} text={t('noneText')} />}
      <ul className={consoleCss['rows']}>
        {units.map((unit) => (
          <li key={unit.id}>
            <Link
              href={`/console/units/${encodeURIComponent(unit.id)}`}
              className={consoleCss['row'] ?? ''}
              aria-current={unit.id === chosen ? 'true' : undefined}
            >
              <span className={consoleCss['about']}>
                <strong>{unit.name}</strong>
                <span>{[kindText(unit.kind), unit.code].filter((part) => part !== '').join(' · ')}</span>
                <span>{unit.aboveNames.join(' › ')}</span>
              </span>
              {unit.isClosed && <span className={consoleCss['badge']}>{t('closed')}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
