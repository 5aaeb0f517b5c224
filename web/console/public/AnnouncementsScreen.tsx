/** Announcements: what is shown, planned and over, a new one, another text, the end of one, and who has read it. */
import { Megaphone } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { refusalText } from '#web/console/refusals.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Confirm, Dialog } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/console-public.ts';
import { t as common } from '#web/words/console.ts';
import { mediumDate } from '#web/words/dates.ts';
import { AnnouncementDialog } from './AnnouncementDialog.tsx';
import { fetchCounts, fetchPublished, fetchSwitch, setPublished } from './published.ts';
import type { Published } from './published.ts';

type Open =
  | { readonly kind: 'new' }
  | { readonly kind: 'edit' | 'withdraw' | 'count'; readonly of: Published }
  | { readonly kind: 'none' };

const closed: Open = { kind: 'none' };

export function AnnouncementsScreen() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchPublished(sync, accountId), [sync, accountId]));
  const { value: rights } = useFetched(useCallback(() => fetchSwitch(sync, accountId), [sync, accountId]));
  const [open, setOpen] = useState<Open>(closed);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value: published, load } = fetched;
  const close = () => setOpen(closed);

  function after(said: string): void {
    close();
    showToast(said);
    // The button that was pressed may be gone.
    heading.current?.focus();
    void load();
  }

  async function withdraw({ id }: Published): Promise<void> {
    const refused = await setPublished(sync, accountId, { destroy: [id] });
    if (refused === undefined) after(t('withdrawn'));
    else showToast(refusalText(refused), { tone: 'danger' });
  }

  return (
    <section className={css['page']} aria-labelledby="announcements-title">
      <h2 id="announcements-title" ref={heading} tabIndex={-1}>
        {t('announcements')}
      </h2>
      <p>{t('announcementsIntro')}</p>
      {published === undefined && (
        <NotFetched of={fetched} loading={common('loading')} failed={common('failed')} offline={common('offline')} />
      )}
      {typeof published === 'string' && (
        <EmptyState icon={Megaphone} title={t('announcementsClosed')} text={refusalText(published)} />
      )}
      {Array.isArray(published) && (
        <>
          <div>
            <Button tone="primary" onPress={() => setOpen({ kind: 'new' })}>
              {t('newAnnouncement')}
            </Button>
          </div>
          {published.length === 0 && <EmptyState icon={Megaphone} title={t('noAnnouncements')} />}
          <ul className={css['list']}>
            {published.map((one: Published) => (
              <Row key={one.id} of={one} onOpen={(kind) => setOpen({ kind, of: one })} />
            ))}
          </ul>
        </>
      )}
      {(open.kind === 'new' || open.kind === 'edit') && (
        <AnnouncementDialog
          of={open.kind === 'edit' ? open.of : undefined}
          mayPlatform={rights?.mayPlatform === true}
          onClose={close}
          onDone={() => after(t(open.kind === 'edit' ? 'saved' : 'published'))}
        />
      )}
      {open.kind === 'withdraw' && (
        <Confirm
          title={t('withdraw')}
          text={t('withdrawText')}
          action={t('withdraw')}
          onConfirm={() => void withdraw(open.of)}
          onClose={close}
        />
      )}
      {open.kind === 'count' && <CountDialog of={open.of} onClose={close} />}
    </section>
  );
}

interface RowProps {
  readonly of: Published;
  readonly onOpen: (kind: 'edit' | 'withdraw' | 'count') => void;
}

function Row({ of, onOpen }: RowProps) {
  const { level, textFr, startsAt, endsAt, withdrawnAt, mustAcknowledge, isPublic } = of;
  const begin = textFr.length > 60 ? `${textFr.slice(0, 60)}…` : textFr;
  const [now] = useState(() => Date.now());
  const isOver = withdrawnAt !== '' || (endsAt !== '' && Date.parse(endsAt) <= now);
  const state =
    withdrawnAt !== '' ? 'isWithdrawn' : isOver ? 'isOver' : Date.parse(startsAt) > now ? 'isPlanned' : 'isShown';
  return (
    <li className={css['item']}>
      <div className={css['about']}>
        <strong>{textFr}</strong>
        <span>
          {t(state)}, {t(`level.${level}`)}, {whom(of)}
          {isPublic && `, ${t('onDoor')}`}
        </span>
        <span>
          {t('from', { date: mediumDate(startsAt) })}
          {endsAt !== '' && `, ${t('until', { date: mediumDate(endsAt) })}`}
        </span>
      </div>
      <div className={css['acts']}>
        {mustAcknowledge && (
          <Button aria-label={t('countName', { text: begin })} onPress={() => onOpen('count')}>
            {t('count')}
          </Button>
        )}
        {!isOver && (
          <>
            <Button aria-label={t('editName', { text: begin })} onPress={() => onOpen('edit')}>
              {t('edit')}
            </Button>
            <Button tone="danger" aria-label={t('withdrawName', { text: begin })} onPress={() => onOpen('withdraw')}>
              {t('withdraw')}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}

function whom({ isPlatform, population, unitName }: Published): string {
  if (unitName !== '') return t('forUnit', { unit: unitName });
  if (population !== '') return t('forPopulation', { population });
  return t(isPlatform ? 'ofPlatform' : 'audience.everybody');
}

function CountDialog({ of, onClose }: { readonly of: Published; readonly onClose: () => void }) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchCounts(sync, accountId, of.id), [sync, accountId, of.id]));
  const { value: counts } = fetched;
  const sum = (pick: 'people' | 'acknowledged') => (counts ?? []).reduce((total, one) => total + one[pick], 0);
  return (
    <Dialog title={t('count')} onClose={onClose}>
      {counts === undefined ? (
        <NotFetched of={fetched} loading={common('loading')} failed={common('failed')} offline={common('offline')} />
      ) : (
        <>
          <p>{t('countAll', { acknowledged: sum('acknowledged'), people: sum('people') })}</p>
          <ul className={css['list']}>
            {counts.map(({ unitName, people, acknowledged }) => (
              <li key={unitName} className={css['item']}>
                <span className={css['about']}>{unitName === '' ? t('noUnit') : unitName}</span>
                <span>{t('countOf', { acknowledged, people })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}
