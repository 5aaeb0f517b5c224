/** On a card: the addresses somebody has, another one in place of a provisional one, and their appointments by day. */
import { useCallback, useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import type { PersonCard } from '#web/console/console.ts';
import css from '#web/console/console.module.css';
import { ReasonForm } from '#web/console/ReasonForm.tsx';
import { refusalText } from '#web/console/refusals.ts';
import { UnitField } from '#web/console/UnitField.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as word } from '#web/words/console.ts';
import { dayFromKey, dayName } from '#web/words/dates.ts';
import { t } from '#web/words/places.ts';
import { changePlaces, fetchPlaces } from './places.ts';
import type { AppointmentRow } from './places.ts';

export interface PlacesPartProps {
  readonly card: PersonCard;
  readonly onChanged: () => void;
}

export function PlacesPart({ card, onChanged }: PlacesPartProps) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const { id: personId } = card;
  const fetched = useFetched(useCallback(() => fetchPlaces(sync, accountId, personId), [sync, accountId, personId]));
  const [open, setOpen] = useState<'address' | 'plan' | undefined>(undefined);
  const { value, load } = fetched;
  const mayChange = card.powers.includes('administer') && card.state !== 'closed';
  const close = (): void => setOpen(undefined);
  const done = (): void => {
    close();
    void load();
    onChanged();
  };

  async function cancel({ id }: AppointmentRow): Promise<void> {
    const refused = await changePlaces(sync, 'Appointment/cancel', { accountId, personId, id });
    if (refused === undefined) showToast(t('cancelled'));
    else showToast(refused === 'invalidArguments' ? t('begun') : refusalText(refused), { tone: 'danger' });
    await load();
  }

  if (!value)
    return <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />;
  return (
    <>
      <div className={css['part']}>
        <h3>{t('addresses')}</h3>
        <ul className={css['lines']}>
          {value.addresses.map(({ address, kind }) => (
            <li key={address}>
              {address} ({t(`kind.${kind}`)})
            </li>
          ))}
        </ul>
        {mayChange && (
          <div>
            <Button onPress={() => setOpen('address')}>{t('replace')}</Button>
          </div>
        )}
      </div>
      <div className={css['part']}>
        <h3>{t('appointments')}</h3>
        {value.appointments.length === 0 && <p className={css['soft']}>{t('none')}</p>}
        <ul className={css['list']}>
          {value.appointments.map((one) => (
            <li key={one.id} className={css['item']}>
              <div className={css['about']}>
                {lineText(one)}
                <span>{[one.functionName, t(`state.${one.state}`)].filter((part) => part !== '').join(' · ')}</span>
              </div>
              {mayChange && one.state === 'planned' && (
                <Button aria-label={t('cancelName', { from: dayText(one.from) })} onPress={() => void cancel(one)}>
                  {t('cancel')}
                </Button>
              )}
            </li>
          ))}
        </ul>
        {mayChange && (
          <div>
            <Button onPress={() => setOpen('plan')}>{t('plan')}</Button>
          </div>
        )}
      </div>
      {open === 'address' && <AddressDialog card={card} onClose={close} onDone={done} />}
      {open === 'plan' && <PlanDialog card={card} onClose={close} onDone={done} />}
    </>
  );
}

function dayText(day: string): string {
  const date = dayFromKey(day);
  return date ? dayName(date) : day;
}

function lineText({ hasUnit, unitName, from, until }: AppointmentRow): string {
  const unit = hasUnit ? unitName || t('elsewhere') : t('noUnit');
  return until === ''
    ? t('line', { unit, from: dayText(from) })
    : t('lineUntil', { unit, from: dayText(from), until: dayText(until) });
}

interface PlaceDialogProps {
  readonly card: PersonCard;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function AddressDialog({ card, onClose, onDone }: PlaceDialogProps) {
  const { sync, session } = useScope();
  const [address, setAddress] = useState('');
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const wanted = address.trim();
  const isWhole = wanted.includes('@');

  async function replace(reason: string): Promise<void> {
    setBusy(true);
    const args = { accountId: session.primaryAccountId, personId: card.id, address: wanted, reason };
    const refused = await changePlaces(sync, 'Person/replaceAddress', args);
    setBusy(false);
    if (refused !== undefined) {
      setError(refused === 'invalidArguments' ? t('addressWrong') : refusalText(refused));
      return;
    }
    showToast(t('replaced', { name: card.name, address: wanted }));
    onDone();
  }

  return (
    <Dialog title={t('replaceTitle', { name: card.name })} onClose={onClose}>
      <p>{t('replaceText')}</p>
      <ReasonForm
        action={t('replace')}
        isRight={isWhole}
        isBusy={isBusy}
        error={error}
        onTry={() => setTried(true)}
        onClose={onClose}
        onRun={(reason) => void replace(reason)}
      >
        <TextField
          label={t('address')}
          hint={t('addressHint')}
          type="email"
          value={address}
          onChange={setAddress}
          maxLength={254}
          autoComplete="off"
          spellCheck={false}
          required
          autoFocus
          error={isTried && !isWhole ? t('addressMissing') : undefined}
        />
      </ReasonForm>
    </Dialog>
  );
}

function PlanDialog({ card, onClose, onDone }: PlaceDialogProps) {
  const { sync, session } = useScope();
  const [unitId, setUnitId] = useState('');
  const [functionName, setFunction] = useState('');
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');

  async function plan(): Promise<void> {
    setBusy(true);
    const refused = await changePlaces(sync, 'Appointment/plan', {
      accountId: session.primaryAccountId,
      personId: card.id,
      unitId,
      functionName: functionName.trim() === '' ? null : functionName.trim(),
      from,
      until: until === '' ? null : until,
    });
    setBusy(false);
    if (refused !== undefined) {
      setError(refused === 'invalidArguments' ? t('wrong') : refusalText(refused));
      return;
    }
    showToast(t('planned', { name: card.name }));
    onDone();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    const isRight = unitId !== '' && from !== '';
    setError(isRight ? '' : t('missing'));
    if (isRight) void plan();
  }

  return (
    <Dialog title={t('planTitle', { name: card.name })} onClose={onClose}>
      <p>{t('planText')}</p>
      <form className={css['form']} onSubmit={submit} noValidate>
        <UnitField value={unitId} none={t('chooseUnit')} onChange={setUnitId} />
        <TextField
          label={t('functionName')}
          hint={t('functionHint')}
          value={functionName}
          onChange={setFunction}
          maxLength={200}
        />
        <TextField label={t('from')} type="date" value={from} onChange={setFrom} required />
        <TextField label={t('until')} hint={t('untilHint')} type="date" min={from} value={until} onChange={setUntil} />
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{word('cancel')}</Button>
          <Button type="submit" tone="primary" isDisabled={isBusy}>
            {t('planAct')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
