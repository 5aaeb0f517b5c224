/** A provisional password just made for somebody: shown once, to be handed over. */
import { Button } from '#web/ui/Button.tsx';
import { Copyable } from '#web/settings/programs/Copyable.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { t } from '#web/words/console.ts';

export interface GivenPasswordProps {
  readonly title: string;
  readonly password: string;
  /** What its holder does with it. */
  readonly next: string;
  /** Whether it can be read again. */
  readonly isKept?: boolean;
  readonly onClose: () => void;
}

export function GivenPassword({ title, password, next, isKept = false, onClose }: GivenPasswordProps) {
  return (
    <Dialog title={title} onClose={onClose} isRequired>
      <Copyable name={t('passwordName')} value={password} isSecret />
      {!isKept && <p>{t('passwordOnce')}</p>}
      <p>{next}</p>
      <DialogActions>
        <Button tone="primary" onPress={onClose}>
          {t('passwordDone')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
