/** The maintenance switch: what is planned and under way, a new one, and its end. Each with a reason and a fresh proof. */
import { CircleCheck } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { MaintenanceLine } from '#web/announcements/NewsLine.tsx';
import news from '#web/announcements/news.module.css';
import { modes } from '#web/announcements/announcements.ts';
import type { Mode } from '#web/announcements/announcements.ts';
import css from '#web/console/console.module.css';
import { ReasonForm } from '#web/console/ReasonForm.tsx';
import { refusalText } from '#web/console/refusals.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Dialog } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { TextArea } from '#web/ui/TextArea.tsx';
import { CheckField, ChoiceField, TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/console-public.ts';
import { t as common } from '#web/words/console.ts';
import { mediumDate } from '#web/words/dates.ts';
import { endMaintenance, fetchSwitch, startMaintenance, whenOf } from './published.ts';
import type { Planned } from './published.ts';

export function MaintenanceScreen() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchSwitch(sync, accountId), [sync, accountId]));
  const [isPlanning, plan] = useState(false);
  const [asked, ask] = useState<Planned | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value, load } = fetched;
  const after = (said: string) => {
    showToast(said);
    // The button that was pressed may be gone.
    heading.current?.focus();
    void load();
  };
  return (
    <section className={css['page']} aria-labelledby="maintenance-title">
      <h2 id="maintenance-title" ref={heading} tabIndex={-1}>
        {t('maintenance')}
      </h2>
      <p>{t('maintenanceIntro')}</p>
      {value === undefined && (
        <NotFetched of={fetched} loading={common('loading')} failed={common('failed')} offline={common('offline')} />
      )}
      {value && (
        <>
          <div>
            <Button tone="primary" onPress={() => plan(true)}>
              {t('plan')}
            </Button>
          </div>
          {value.planned.length === 0 && <EmptyState icon={CircleCheck} title={t('allOpen')} text={t('allOpenText')} />}
          <ul className={css['list']}>
            {value.planned.map((one) => (
              <li key={String(one.isPlatform)} className={css['item']}>
                <div className={css['about']}>
                  <strong>{t(one.isPlatform ? 'ofPlatform' : 'ofTenant')}</strong>
                  <span>
                    {t(`mode.${one.mode}`)}, {t(hasBegun(one) ? 'since' : 'from', { date: mediumDate(one.startsAt) })}
                  </span>
                  <span>{one.endsAt === '' ? t('noEnd') : t('announcedEnd', { date: mediumDate(one.endsAt) })}</span>
                  {one.textFr !== '' && <span>{one.textFr}</span>}
                </div>
                {(value.mayPlatform || !one.isPlatform) && (
                  <Button tone="danger" onPress={() => ask(one)}>
                    {t(hasBegun(one) ? 'end' : 'cancel')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {isPlanning && value && (
        <PlanDialog
          mayPlatform={value.mayPlatform}
          onClose={() => plan(false)}
          onDone={() => {
            plan(false);
            after(t('planned'));
          }}
        />
      )}
      {asked && (
        <EndDialog
          of={asked}
          onClose={() => ask(undefined)}
          onDone={() => {
            ask(undefined);
            after(t('ended'));
          }}
        />
      )}
    </section>
  );
}

function hasBegun({ startsAt }: Planned): boolean {
  return Date.parse(startsAt) <= Date.now();
}

interface PlanDialogProps {
  readonly mayPlatform: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function PlanDialog({ mayPlatform, onClose, onDone }: PlanDialogProps) {
  const { sync, session } = useScope();
  const [mode, setMode] = useState<Mode>('readOnly');
  const [isPlatform, setPlatform] = useState(false);
  const [startsAt, setStart] = useState('');
  const [endsAt, setEnd] = useState('');
  const [textFr, setFrench] = useState('');
  const [textEn, setEnglish] = useState('');
  const [isTried, setTried] = useState(false);
  const [error, setError] = useState('');
  const [openedAt] = useState(() => Date.now());
  const start = whenOf(startsAt);
  const end = whenOf(endsAt);
  const isEndWrong = end !== null && Date.parse(end) <= Math.max(openedAt, start === null ? 0 : Date.parse(start));

  async function run(reason: string): Promise<void> {
    const given = { isPlatform, mode, startsAt: start, endsAt: end, textFr, textEn };
    const refused = await startMaintenance(sync, session.primaryAccountId, given, reason);
    if (refused === undefined) onDone();
    else setError(refusalText(refused));
  }

  const shown = { mode, startsAt: start ?? new Date(openedAt).toISOString(), endsAt: end ?? '', textFr, textEn };
  return (
    <Dialog title={t('plan')} onClose={onClose}>
      <ReasonForm
        action={t('plan')}
        tone={mode === 'closed' ? 'danger' : 'primary'}
        isRight={!isEndWrong}
        error={error}
        onTry={() => setTried(true)}
        onClose={onClose}
        onRun={(reason) => void run(reason)}
      >
        <ChoiceField
          label={t('meanwhile')}
          value={mode}
          onChange={setMode}
          choices={modes.map((value) => ({ value, label: t(`mode.${value}`) }))}
        />
        <p className={css['soft']}>{t(`about.${mode}`)}</p>
        {mayPlatform && <CheckField label={t('wholePlatform')} isOn={isPlatform} onChange={setPlatform} />}
        <TextField
          type="datetime-local"
          label={t('startsAt')}
          hint={t('startsAtHint')}
          value={startsAt}
          onChange={setStart}
        />
        <TextField
          type="datetime-local"
          label={t('endsAt')}
          hint={t('endsAtHint')}
          error={isTried && isEndWrong ? t('endWrong') : undefined}
          value={endsAt}
          onChange={setEnd}
        />
        <TextArea label={t('textFr')} rows={2} maxLength={1000} value={textFr} onChange={setFrench} lang="fr" />
        <TextArea label={t('textEn')} rows={2} maxLength={1000} value={textEn} onChange={setEnglish} lang="en" />
        <p className={css['soft']}>{t('preview')}</p>
        <div className={news['preview']}>
          <MaintenanceLine of={{ state: start === null ? mode : 'open', maintenance: shown }} />
        </div>
      </ReasonForm>
    </Dialog>
  );
}

interface EndDialogProps {
  readonly of: Planned;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function EndDialog({ of, onClose, onDone }: EndDialogProps) {
  const { sync, session } = useScope();
  const [error, setError] = useState('');
  const action = t(hasBegun(of) ? 'end' : 'cancel');

  async function run(reason: string): Promise<void> {
    const refused = await endMaintenance(sync, session.primaryAccountId, of.isPlatform, reason);
    if (refused === undefined) onDone();
    else setError(refusalText(refused));
  }

  return (
    <Dialog title={action} onClose={onClose}>
      <ReasonForm action={action} error={error} onClose={onClose} onRun={(reason) => void run(reason)} />
    </Dialog>
  );
}
