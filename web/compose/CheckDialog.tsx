/** Says what is to be looked at again before a message is sent. */
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { t } from '#web/words/compose.ts';
import css from './window.module.css';

interface CheckDialogProps {
  readonly says: readonly string[];
  readonly onClose: () => void;
  /** Absent where it is no mere advice. */
  readonly onGoOn: (() => void) | undefined;
}

export function CheckDialog({ says, onClose, onGoOn }: CheckDialogProps) {
  return (
    <Dialog title={t('check.title')} onClose={onClose}>
      <ul className={css['says']}>
        {says.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <DialogActions>
        <Button autoFocus tone={onGoOn ? 'plain' : 'primary'} onPress={onClose}>
          {t('check.back')}
        </Button>
        {onGoOn && (
          <Button tone="primary" onPress={onGoOn}>
            {t('check.sendAnyway')}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}
