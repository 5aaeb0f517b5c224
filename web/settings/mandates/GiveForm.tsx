/** Opening the account on the screen to somebody: to whom, to do what, from when to when, and why. */
import { useId, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { RecipientField } from '#web/compose/RecipientField.tsx';
import page from '#web/settings/page/page.module.css';
import type { EmailAddress } from '#web/sync/records.ts';
import { Button } from '#web/ui/Button.tsx';
import { CheckField, TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { dayKey } from '#web/words/dates.ts';
import { t } from '#web/words/mandates.ts';
import { endOfDay, startOfDay } from './MandateItem.tsx';
import { giveMandate } from './mandates.ts';
import type { RightName, SetRefusal } from './mandates.ts';
import css from './mandates.module.css';

const levels = ['read', 'draft', 'sendOnBehalf', 'sendAs', 'manage'] as const satisfies readonly RightName[];
type Level = (typeof levels)[number];

interface Faults {
  readonly who?: string;
  readonly until?: string;
  readonly other?: string;
}

export function GiveForm({ onGiven }: { readonly onGiven: () => void }) {
  const { sync, accountId } = useScope();
  const [who, setWho] = useState<readonly EmailAddress[]>([]);
  const [level, setLevel] = useState<Level>('read');
  const [mayWrite, setMayWrite] = useState(false);
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const [today] = useState(() => dayKey(new Date()));
  const [isBusy, setBusy] = useState(false);
  const [faults, setFaults] = useState<Faults>({});
  const form = useRef<HTMLFormElement>(null);
  const groupName = useId();

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    const [holder] = who;
    if (!holder) {
      setFaults({ who: t('whoMissing') });
      form.current?.querySelector('input')?.focus();
      return;
    }
    if (sync.connection.line() === 'offline') return setFaults({ other: t('giveOffline') });
    setBusy(true);
    setFaults({});
    const rights: readonly RightName[] = mayWrite ? [level, 'write'] : [level];
    const dates = { startsAt: startOfDay(from)?.toISOString() ?? null, endsAt: endOfDay(until)?.toISOString() ?? null };
    try {
      const record = { holderEmail: holder.email, rights, reason: reason.trim() || null, ...dates };
      const refused = await giveMandate(sync, accountId, record);
      if (refused) setFaults(faultsOf(refused));
      else {
        showToast(t('given', { name: holder.name ?? holder.email }));
        setWho([]);
        setReason('');
        onGiven();
      }
    } catch (error) {
      sync.connection.report(error);
      setFaults({ other: t('giveFailed', { type: error instanceof Error ? error.name : '' }) });
      onGiven();
    }
    setBusy(false);
  }

  return (
    <form ref={form} className={page['form']} onSubmit={(event) => void submit(event)} noValidate>
      <div className={css['who']}>
        <RecipientField
          sync={sync}
          accountId={accountId}
          label={t('who')}
          value={who}
          onChange={(value) => setWho(value.slice(-1))}
        />
        <p className={page['error']} role="alert">
          {faults.who}
        </p>
      </div>
      <fieldset className={css['levels']}>
        <legend>{t('level')}</legend>
        {levels.map((one) => (
          <label key={one}>
            <input type="radio" name={groupName} checked={one === level} onChange={() => setLevel(one)} />
            <span>{t(`level.${one}`)}</span>
          </label>
        ))}
        {level !== 'manage' && <CheckField label={t('mayWrite')} isOn={mayWrite} onChange={setMayWrite} />}
      </fieldset>
      <div className={css['dates']}>
        <TextField label={t('from')} type="date" min={today} value={from} onChange={setFrom} />
        <TextField
          label={t('until')}
          hint={t('untilHint')}
          error={faults.until}
          type="date"
          min={from || today}
          value={until}
          onChange={setUntil}
        />
      </div>
      <TextField label={t('reason')} value={reason} maxLength={500} onChange={setReason} />
      <div role="alert" className={page['error']}>
        {faults.other}
      </div>
      <div>
        <Button type="submit" tone="primary">
          {isBusy ? t('giving') : t('give')}
        </Button>
      </div>
    </form>
  );
}

function faultsOf({ type, properties }: SetRefusal): Faults {
  if (properties.includes('holderEmail')) return { who: t('whoUnknown') };
  if (properties.includes('endsAt')) return { until: t('untilWrong') };
  if (type === 'forbidden') return { other: t('giveForbidden') };
  return type === 'invalidProperties' ? { until: t('untilWrong') } : { other: t('giveFailed', { type }) };
}
