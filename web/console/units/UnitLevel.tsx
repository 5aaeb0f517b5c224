/** One level of the tree: asked for when it is unfolded, page by page, and each unit unfolds its own. */
import { ChevronRight } from 'lucide-react';
import { useCallback, useState } from 'react';
import { Link } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import consoleCss from '#web/console/console.module.css';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { t as word } from '#web/words/console.ts';
import { t } from '#web/words/units.ts';
import { fetchUnitPage } from './units.ts';
import type { UnitRow } from './units.ts';
import css from './units.module.css';

export interface UnitLevelProps {
  readonly parentId: string | null;
  readonly chosen: string | undefined;
  /** Another one where something in the tree was changed. */
  readonly version: number;
  /** Whether its only unit is shown unfolded: the top, where there is one. */
  readonly isOpen?: boolean;
}

interface Following {
  readonly version: number;
  readonly units: readonly UnitRow[];
  readonly hasMore: boolean;
}

export function UnitLevel({ parentId, chosen, version, isOpen = false }: UnitLevelProps) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- another version is fetched anew
    useCallback(() => fetchUnitPage(sync, accountId, { parentId }), [sync, accountId, parentId, version]),
  );
  const [following, setFollowing] = useState<Following | undefined>(undefined);
  const { value } = fetched;
  if (value === undefined)
    return <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />;
  const later = following?.version === version ? following : undefined;
  const units = [...value.units, ...(later?.units ?? [])];
  const hasMore = later ? later.hasMore : value.hasMore;

  async function fetchMore(): Promise<void> {
    try {
      const page = await fetchUnitPage(sync, accountId, { parentId }, units.at(-1)?.id);
      setFollowing({ version, units: [...(later?.units ?? []), ...page.units], hasMore: page.hasMore });
    } catch (error) {
      sync.connection.report(error);
    }
  }

  if (units.length === 0) return <EmptyState icon={ChevronRight} title={t('none')} />;
  return (
    <>
      <ul className={css['level']}>
        {units.map((unit) => (
          <Branch
            key={unit.id}
            unit={unit}
            chosen={chosen}
            version={version}
            startsOpen={isOpen && units.length === 1}
          />
        ))}
      </ul>
      {hasMore && (
        <Button tone="quiet" onPress={() => void fetchMore()}>
          {t('more')}
        </Button>
      )}
    </>
  );
}

interface BranchProps {
  readonly unit: UnitRow;
  readonly chosen: string | undefined;
  readonly version: number;
  readonly startsOpen: boolean;
}

function Branch({ unit, chosen, version, startsOpen }: BranchProps) {
  const [isOpen, setOpen] = useState(startsOpen);
  const { id, name, code, people, isClosed } = unit;
  const hasBelow = unit.below > 0;
  return (
    <li>
      <div className={css['branch']}>
        {hasBelow ? (
          <span className={css['twist']} data-open={isOpen || undefined}>
            <IconButton
              icon={ChevronRight}
              label={t(isOpen ? 'fold' : 'unfold', { name })}
              aria-expanded={isOpen}
              onPress={() => setOpen(!isOpen)}
            />
          </span>
        ) : (
          <span className={css['leaf']} />
        )}
        <Link
          href={`/console/units/${encodeURIComponent(id)}`}
          className={consoleCss['row'] ?? ''}
          aria-current={id === chosen ? 'true' : undefined}
        >
          <span className={consoleCss['about']}>
            <strong>{name}</strong>
            <span>
              {[code, people > 0 ? t('people', { count: people }) : ''].filter((it) => it !== '').join(' · ')}
            </span>
          </span>
          {isClosed && <span className={consoleCss['badge']}>{t('closed')}</span>}
        </Link>
      </div>
      {hasBelow && isOpen && (
        <div className={css['below']}>
          <UnitLevel parentId={id} chosen={chosen} version={version} />
        </div>
      )}
    </li>
  );
}
