/** Another name for a second factor. */
import { useState } from 'react';
import type { SyntheticEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/security.ts';
import { renameFactor } from './security.ts';
import type { OwnFactor } from './security.ts';

export interface RenameDialogProps {
  readonly factor: OwnFactor;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

export function RenameDialog({ factor, onClose, onChanged }: RenameDialogProps) {
  const { sync, session } = useScope();
  const [name, setName] = useState(factor.name);
  const [error, setError] = useState<string | undefined>(undefined);

  async function save(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    const given = name.trim();
    if (given === '') return setError(t('nameMissing'));
    try {
      if (!(await renameFactor(sync, session.primaryAccountId, factor.id, given))) return setError(t('changeFailed'));
      showToast(t('renamed'));
      onClose();
      onChanged();
    } catch (problem) {
      sync.connection.report(problem);
      setError(t('changeFailed'));
    }
  }

  return (
    <Dialog title={t('renameName', { name: factor.name })} onClose={onClose}>
      <form onSubmit={(event) => void save(event)} noValidate>
        <TextField
          label={t('nameLabel')}
          value={name}
          error={error}
          maxLength={100}
          autoComplete="off"
          onChange={setName}
        />
        <DialogActions>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button type="submit" tone="primary">
            {t('save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
