/** The session has ended: the same person logs in again over the page, and everything goes on. */
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { t } from '#web/words/words.ts';
import { LoginForm } from './LoginForm.tsx';

export interface LoginAgainProps {
  readonly userName: string;
  readonly onLoggedIn: () => void;
  readonly onLeft: () => void;
}

export function LoginAgain({ userName, onLoggedIn, onLeft }: LoginAgainProps) {
  return (
    <Dialog title={t('login.againTitle')} isRequired onClose={onLeft}>
      <p>{t('login.againText')}</p>
      <LoginForm userName={userName} onLoggedIn={onLoggedIn} />
      <DialogActions>
        <Button tone="quiet" onPress={onLeft}>
          {t('login.other')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
