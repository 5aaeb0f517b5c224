/** A whole unit as a member of a group: which one, and whom that means. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import css from '#web/console/console.module.css';
import { UnitField } from '#web/console/UnitField.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { t as word } from '#web/words/console.ts';
import { t } from '#web/words/groups.ts';
import type { Member } from './groups.ts';

export interface AddUnitDialogProps {
  /** Who is in the group already. */
  readonly known: readonly string[];
  readonly onAdd: (member: Member) => void;
  readonly onClose: () => void;
}

export function AddUnitDialog({ known, onAdd, onClose }: AddUnitDialogProps) {
  const [chosen, choose] = useState({ id: '', name: '' });
  const [error, setError] = useState('');

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (chosen.id === '') setError(t('unitNeeded'));
    else if (known.includes(chosen.id)) setError(t('unitTwice', { name: chosen.name }));
    else {
      onClose();
      onAdd({ ...chosen, kind: 'unit', email: '' });
    }
  }

  return (
    <Dialog title={t('addUnit')} onClose={onClose}>
      <p>{t('addUnitText')}</p>
      <form className={css['form']} onSubmit={submit} noValidate>
        <UnitField
          value={chosen.id}
          none={t('chooseUnit')}
          onChange={(id, name) => {
            setError('');
            choose({ id, name });
          }}
        />
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{word('cancel')}</Button>
          <Button type="submit" tone="primary">
            {t('addUnitAct')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
