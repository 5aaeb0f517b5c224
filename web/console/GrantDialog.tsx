/** Giving somebody a role: which, over what, until when and why. The server decides whether one may. */
import { useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Dialog } from '#web/ui/Dialog.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/console.ts';
import { endOfDay, grantRole, roleNames } from './console.ts';
import type { PersonCard, RoleName } from './console.ts';
import { ReasonForm } from './ReasonForm.tsx';
import { isKept, refusalText } from './refusals.ts';
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
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const hasUnit = kind === 'unit' || kind === 'support';

  async function grant(reason: string): Promise<void> {
    setBusy(true);
    const refused = await grantRole(sync, session.primaryAccountId, {
      personId: card.id,
      kind,
      unitId: hasUnit && unitId !== '' ? unitId : null,
      reason,
      endsAt: endOfDay(until),
    });
    setBusy(false);
    if (refused !== undefined) {
      if (isKept(refused)) return onClose();
      setError(refusalText(refused));
      return;
    }
    onDone();
    onClose();
    showToast(t('grantDone', { name: card.name }));
  }

  return (
    <Dialog title={t('grantTitle', { name: card.name })} onClose={onClose}>
      <p>{t('rolesIntro')}</p>
      <ReasonForm
        action={t('grantAct')}
        isBusy={isBusy}
        error={error}
        onClose={onClose}
        onRun={(reason) => void grant(reason)}
      >
        <SelectField
          label={t('grantKind')}
          value={kind}
          choices={roleNames.toReversed().map((name) => ({ value: name, label: t(`role.${name}`) }))}
          onChange={setKind}
        />
        {hasUnit && <UnitField value={unitId} none={t('allUnits')} onChange={setUnitId} />}
        <TextField label={t('grantUntil')} type="date" value={until} onChange={setUntil} />
      </ReasonForm>
    </Dialog>
  );
}
