/** Over the list of people: how many are chosen, all at once or none, and what is done to them. */
import { FileUp, UsersRound } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Button } from '#web/ui/Button.tsx';
import { CheckField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/console.ts';
import { t as say } from '#web/words/console-acts.ts';
import { fetchAll } from './bulk.ts';
import { BulkDialog } from './BulkDialog.tsx';
import type { PeoplePage, PeopleSearch } from './console.ts';
import css from './console.module.css';

export interface SelectionBarProps {
  readonly search: PeopleSearch;
  readonly shown: PeoplePage;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
}

/** Of one search: another one has another of its own. */
export function SelectionBar({ search, shown, selected, onSelect }: SelectionBarProps) {
  const { sync, session } = useScope();
  const [dialog, open] = useState<'selection' | 'file' | undefined>(undefined);
  const [counted, setCounted] = useState<number | undefined>(undefined);
  const isShown = useRef(true);
  // With another search this component goes, and nobody wants what was being gathered.
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  const isAllShown = shown.people.length > 0 && shown.people.every(({ id }) => selected.has(id));

  async function gather(): Promise<void> {
    setCounted(0);
    try {
      const ids = await fetchAll(sync, session.primaryAccountId, search, {
        tell: setCounted,
        isWanted: () => isShown.current,
      });
      if (ids) onSelect(new Set(ids));
    } catch (error) {
      sync.connection.report(error);
      showToast(t('failed'), { tone: 'danger' });
    }
    setCounted(undefined);
  }

  return (
    <div role="group" aria-label={say('selection')} className={css['selection']}>
      {shown.people.length > 0 && (
        <CheckField
          label={say('selectShown')}
          isOn={isAllShown}
          onChange={(isOn) => onSelect(new Set(isOn ? [...selected, ...shown.people.map(({ id }) => id)] : []))}
        />
      )}
      {shown.hasMore && isAllShown && counted === undefined && (
        <Button tone="quiet" onPress={() => void gather()}>
          {say('selectAll')}
        </Button>
      )}
      <span role="status">
        {counted !== undefined
          ? say('selecting', { count: counted })
          : selected.size > 0 && say('selected', { count: selected.size })}
      </span>
      {selected.size > 0 && (
        <>
          <Button icon={UsersRound} tone="primary" onPress={() => open('selection')}>
            {say('bulkAct')}
          </Button>
          <Button tone="quiet" onPress={() => onSelect(new Set())}>
            {say('unselect')}
          </Button>
        </>
      )}
      {selected.size === 0 && (
        <Button icon={FileUp} tone="quiet" onPress={() => open('file')}>
          {say('bulkFile')}
        </Button>
      )}
      {dialog !== undefined && (
        <BulkDialog ids={dialog === 'selection' ? [...selected] : undefined} onClose={() => open(undefined)} />
      )}
    </div>
  );
}
