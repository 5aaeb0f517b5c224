/** One unit: what is said of it, how many people are there, and what its administrators may do. */
import { ArrowLeft, SearchX } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { refusalText } from '#web/console/refusals.ts';
import { UnitField } from '#web/console/UnitField.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Confirm, Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as word } from '#web/words/console.ts';
import { dayName } from '#web/words/dates.ts';
import { t } from '#web/words/units.ts';
import { UnitDialog } from './UnitDialog.tsx';
import { fetchUnit, kindText, setUnit } from './units.ts';
import type { UnitCard } from './units.ts';

/** The server counts as far. */
const countedAtMost = 50_000;

export interface UnitPaneProps {
  readonly unitId: string;
  readonly isAlone: boolean;
  readonly onChanged: () => void;
}

type Open = 'add' | 'edit' | 'move' | 'close';

export function UnitPane({ unitId, isAlone, onChanged }: UnitPaneProps) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchUnit(sync, accountId, unitId), [sync, accountId, unitId]));
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value: unit, load } = fetched;
  const close = (): void => setOpen(undefined);
  const done = (): void => {
    onChanged();
    void load();
    heading.current?.focus();
  };

  async function setClosed(it: UnitCard, isClosed: boolean): Promise<void> {
    const refused = await setUnit(sync, accountId, { update: { [it.id]: { isClosed } } });
    if (refused === undefined) {
      showToast(t(isClosed ? 'wasClosed' : 'reopened', { name: it.name }));
      done();
    } else if (refused === 'invalidProperties')
      showToast(t(isClosed ? 'closeNotEmpty' : 'aboveClosed'), { tone: 'danger' });
    else showToast(refusalText(refused), { tone: 'danger' });
  }

  return (
    <section className={css['pane']} aria-label={typeof unit === 'object' ? unit.name : t('title')}>
      {isAlone && (
        <Link href="/console/units" className={css['link'] ?? ''}>
          <ArrowLeft aria-hidden size={18} />
          {t('backToTree')}
        </Link>
      )}
      {unit === undefined && (
        <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />
      )}
      {unit === 'gone' && <EmptyState icon={SearchX} title={t('gone')} />}
      {typeof unit === 'object' && (
        <>
          <h2 ref={heading} tabIndex={-1}>
            {unit.name}
          </h2>
          {unit.isClosed && (
            <p className={css['warning']}>{t('closedAt', { date: dayName(new Date(unit.closedAt)) })}</p>
          )}
          {unit.mayChange && (
            <div className={css['acts']}>
              <Button onPress={() => setOpen('edit')}>{t('edit')}</Button>
              {!unit.isClosed && <Button onPress={() => setOpen('add')}>{t('addBelow')}</Button>}
              {unit.mayMove && <Button onPress={() => setOpen('move')}>{t('move')}</Button>}
              {unit.mayMove && !unit.isClosed && (
                <Button tone="danger" onPress={() => setOpen('close')}>
                  {t('close')}
                </Button>
              )}
              {unit.mayMove && unit.isClosed && (
                <Button onPress={() => void setClosed(unit, false)}>{t('reopen')}</Button>
              )}
            </div>
          )}
          <Facts unit={unit} />
          {open === 'add' && <UnitDialog parentId={unit.id} onClose={close} onDone={done} />}
          {open === 'edit' && <UnitDialog unit={unit} parentId={null} onClose={close} onDone={done} />}
          {open === 'move' && <MoveDialog unit={unit} onClose={close} onDone={done} />}
          {open === 'close' && (
            <Confirm
              title={t('closeTitle', { name: unit.name })}
              text={t('closeText')}
              action={t('close')}
              onConfirm={() => void setClosed(unit, true)}
              onClose={close}
            />
          )}
        </>
      )}
    </section>
  );
}

function Facts({ unit }: { readonly unit: UnitCard }) {
  const { aboveNames, kind, code, department, isPublic, people, below, peopleBelow } = unit;
  const isMany = peopleBelow >= countedAtMost;
  const count = (number: number): string => t('people', { count: number });
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('above'), aboveNames.length === 0 ? t('top') : aboveNames.join(' › ')],
    [t('kindLabel'), kindText(kind)],
    [t('codeLabel'), code],
    [t('departmentLabel'), department],
    [t('sector'), t(isPublic ? 'public' : 'private')],
    [t('own'), count(people)],
    [t('belowCount'), below > 0 ? String(below) : ''],
    [t('whole'), below === 0 ? '' : isMany ? t('peopleMany', { count: countedAtMost }) : count(peopleBelow)],
  ];
  return (
    <dl className={css['facts']}>
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

interface MoveDialogProps {
  readonly unit: UnitCard;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function MoveDialog({ unit, onClose, onDone }: MoveDialogProps) {
  const { sync, session } = useScope();
  const [parentId, setParentId] = useState(unit.parentId ?? '');
  const [error, setError] = useState('');

  async function move(): Promise<void> {
    const change = { update: { [unit.id]: { parentId: parentId === '' ? null : parentId } } };
    const refused = await setUnit(sync, session.primaryAccountId, change);
    if (refused !== undefined) {
      setError(refused === 'invalidProperties' ? t('moveLoop') : refusalText(refused));
      return;
    }
    showToast(t('moved', { name: unit.name }));
    onClose();
    onDone();
  }

  return (
    <Dialog title={t('moveTitle', { name: unit.name })} onClose={onClose}>
      <p>{t('moveText')}</p>
      <div className={css['form']}>
        <UnitField value={parentId} none={t('top')} onChange={setParentId} />
        <p role="alert" className={css['error']}>
          {error}
        </p>
      </div>
      <DialogActions>
        <Button onPress={onClose}>{word('cancel')}</Button>
        <Button tone="primary" onPress={() => void move()}>
          {t('move')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
