/** Giving somebody a role: which, over what, until when and why. The server decides whether one may. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/console.ts';
import { endOfDay, grantRole, roleNames } from './console.ts';
import type { PersonCard, RoleName } from './console.ts';
import css from './console.module.css';
import { refusalText } from './refusals.ts';
import { UnitField } from './UnitField.tsx';

export interface GrantDialogProps {
  readonly card: PersonCard;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function GrantDialog({ card, onClose, onDone }: GrantDialogProps) {
  const { sync, session } = useScope();
  const [kind, setKind] = useState<RoleName>('support');
  const [unitId, setUnitId] = useState('');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const [reasonError, setReasonError] = useState<string | undefined>(undefined);
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const hasUnit = kind === 'unit' || kind === 'support';

  async function grant(): Promise<void> {
    setBusy(true);
    const refused = await grantRole(sync, session.primaryAccountId, {
      personId: card.id,
      kind,
      unitId: hasUnit && unitId !== '' ? unitId : null,
      reason: reason.trim(),
      endsAt: endOfDay(until),
    });
    setBusy(false);
    if (refused !== undefined) {
      setError(refusalText(refused));
      return;
    }
    onDone();
    onClose();
    showToast(t('grantDone', { name: card.name }));
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setReasonError(reason.trim() === '' ? t('reasonMissing') : undefined);
    if (reason.trim() !== '') void grant();
  }

  return (
    <Dialog title={t('grantTitle', { name: card.name })} onClose={onClose}>
      <form className={css['form']} onSubmit={submit} noValidate>
        <p>{t('rolesIntro')}</p>
        <SelectField
          label={t('grantKind')}
          value={kind}
          choices={roleNames.toReversed().map((name) => ({ value: name, label: t(`role.${name}`) }))}
          onChange={setKind}
        />
        {hasUnit && <UnitField value={unitId} none={t('allUnits')} onChange={setUnitId} />}
        <TextField label={t('grantUntil')} type="date" value={until} onChange={setUntil} />
        <TextField
          label={t('reason')}
          hint={t('reasonHint')}
          value={reason}
          onChange={setReason}
          maxLength={500}
          required
          error={reasonError}
        />
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button type="submit" tone="primary" isDisabled={isBusy}>
            {t('grantAct')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
