/** A new announcement, or another text of one that is published; as people will see it, while it is being written. */
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { levels } from '#web/announcements/announcements.ts';
import type { Level } from '#web/announcements/announcements.ts';
import { NewsLine } from '#web/announcements/NewsLine.tsx';
import news from '#web/announcements/news.module.css';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { refusalText } from '#web/console/refusals.ts';
import { UnitField } from '#web/console/UnitField.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { TextArea } from '#web/ui/TextArea.tsx';
import { CheckField, ChoiceField, TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/console-public.ts';
import { t as common } from '#web/words/console.ts';
import { localOf, setPublished, whenOf } from './published.ts';
import type { AnnouncementAudience, AnnouncementForm, Published } from './published.ts';

export interface AnnouncementDialogProps {
  /** undefined: a new one. */
  readonly of: Published | undefined;
  readonly mayPlatform: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const audiences = ['everybody', 'population', 'unit'] as const;
type AudienceKind = (typeof audiences)[number];

export function AnnouncementDialog({ of, mayPlatform, onClose, onDone }: AnnouncementDialogProps) {
  const { sync, session } = useScope();
  const [level, setLevel] = useState<Level>(of?.level ?? 'info');
  const [audience, setAudience] = useState<AudienceKind>('everybody');
  const [population, setPopulation] = useState('');
  const [unitId, setUnit] = useState('');
  const [isPlatform, setPlatform] = useState(of?.isPlatform ?? false);
  const [isPublic, setPublic] = useState(of?.isPublic ?? false);
  const [mustAcknowledge, setAcknowledge] = useState(of?.mustAcknowledge ?? false);
  const [startsAt, setStart] = useState(localOf(of?.startsAt ?? ''));
  const [endsAt, setEnd] = useState(localOf(of?.endsAt ?? ''));
  const [textFr, setFrench] = useState(of?.textFr ?? '');
  const [textEn, setEnglish] = useState(of?.textEn ?? '');
  const [isTried, setTried] = useState(false);
  const [error, setError] = useState('');
  const formRef = useRef<HTMLFormElement>(null);
  const isForAll = of ? of.population === '' && of.unitName === '' : audience === 'everybody';
  const isMissing = textFr.trim() === '';

  async function save(): Promise<void> {
    const form: AnnouncementForm = {
      level,
      isPublic: isPublic && isForAll,
      mustAcknowledge,
      startsAt: whenOf(startsAt),
      endsAt: whenOf(endsAt),
      textFr,
      textEn,
    };
    const whom: AnnouncementAudience = {
      isPlatform,
      population: audience === 'population' ? population.trim() : null,
      unitId: audience === 'unit' ? unitId : null,
    };
    const { startsAt: start, ...rest } = form;
    // A start that was taken away leaves the one there was.
    const change = of
      ? { update: { [of.id]: { ...rest, ...(start !== null && { startsAt: start }) } } }
      : { create: { announcement: { ...form, ...whom } } };
    const refused = await setPublished(sync, session.primaryAccountId, change);
    if (refused === undefined) onDone();
    else setError(refused === 'invalidProperties' ? t('announcementWrong') : refusalText(refused));
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    setError('');
    if (!isMissing) void save();
    // Once the field says what is wrong.
    else setTimeout(() => formRef.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  }

  return (
    <Dialog title={t(of ? 'editAnnouncement' : 'newAnnouncement')} onClose={onClose}>
      <form ref={formRef} className={css['form']} onSubmit={submit} noValidate>
        <TextArea
          label={t('announcementFr')}
          autoFocus
          hint={of ? t('askedAgain') : undefined}
          error={isTried && isMissing ? t('announcementMissing') : undefined}
          maxLength={2000}
          value={textFr}
          onChange={setFrench}
          lang="fr"
        />
        <TextArea label={t('announcementEn')} maxLength={2000} value={textEn} onChange={setEnglish} lang="en" />
        <ChoiceField
          label={t('level')}
          value={level}
          onChange={setLevel}
          choices={levels.map((value) => ({ value, label: t(`level.${value}`) }))}
        />
        {!of && (
          <>
            {mayPlatform && <CheckField label={t('wholePlatform')} isOn={isPlatform} onChange={setPlatform} />}
            <SelectField
              label={t('audience')}
              value={audience}
              onChange={setAudience}
              choices={audiences
                .filter((value) => value !== 'unit' || !isPlatform)
                .map((value) => ({ value, label: t(`audience.${value}`) }))}
            />
            {audience === 'population' && (
              <TextField
                label={t('population')}
                hint={t('populationHint')}
                value={population}
                onChange={setPopulation}
                required
              />
            )}
            {audience === 'unit' && <UnitField value={unitId} none={t('chooseUnit')} onChange={setUnit} />}
          </>
        )}
        <TextField type="datetime-local" label={t('startsAt')} value={startsAt} onChange={setStart} />
        <TextField type="datetime-local" label={t('shownUntil')} value={endsAt} onChange={setEnd} />
        {isForAll && <CheckField label={t('isPublic')} isOn={isPublic} onChange={setPublic} />}
        <CheckField label={t('mustAcknowledge')} isOn={mustAcknowledge} onChange={setAcknowledge} />
        <p className={css['soft']}>{t('preview')}</p>
        <div className={news['preview']}>
          <NewsLine of={{ level, textFr: isMissing ? t('previewText') : textFr, textEn }} />
        </div>
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{common('cancel')}</Button>
          <Button type="submit" tone="primary">
            {t(of ? 'saveAnnouncement' : 'publish')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
