/** One's word on an act of another administrator: agreed, or refused with a reason; or one's own, withdrawn. */
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { refusalText } from '#web/console/refusals.ts';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { actText, t } from '#web/words/approvals.ts';
import { t as common } from '#web/words/console.ts';
import { pairText } from '#web/words/lists.ts';
import type { Asked } from './ApprovalsScreen.tsx';
import { decide } from './approvals.ts';
import { aboutText } from './words.ts';

export interface ApprovalDialogProps {
  readonly asked: Asked;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function ApprovalDialog({ asked: { approval, action }, onClose, onDone }: ApprovalDialogProps) {
  const { sync, session } = useScope();
  const [answer, setAnswer] = useState('');
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const isRight = action !== 'refuse' || answer.trim() !== '';

  async function send(): Promise<void> {
    setBusy(true);
    const word = { id: approval.id, action, answer: answer.trim() };
    const refused = await decide(sync, session.primaryAccountId, word);
    setBusy(false);
    if (refused === 'overtaken') {
      // It is over, whoever ended it: the list is read again, and says so.
      showToast(t('overtaken'), { tone: 'danger' });
    } else if (refused === undefined) showToast(t(`done.${action}`));
    else {
      setError(refused === 'forbidden' ? t('mayNot') : refusalText(refused));
      return;
    }
    onClose();
    onDone();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    setError('');
    if (isRight) void send();
    // Once the field says what is wrong.
    else setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  }

  return (
    <Dialog title={pairText(t(action), actText(approval.details))} onClose={onClose}>
      <p>{[approval.personName, approval.unitName, aboutText(approval)].filter((part) => part !== '').join(' · ')}</p>
      {!approval.isOwn && approval.reason !== '' && (
        <p>{t('reasonOf', { name: approval.authorName, reason: approval.reason })}</p>
      )}
      <p>{t(`ask.${action}`)}</p>
      <form ref={form} className={css['form']} onSubmit={submit} noValidate>
        {action !== 'withdraw' && (
          <TextField
            label={t(action === 'refuse' ? 'because' : 'word')}
            value={answer}
            onChange={setAnswer}
            maxLength={500}
            required={action === 'refuse'}
            autoFocus
            error={isTried && !isRight ? t('becauseMissing') : undefined}
          />
        )}
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{common('cancel')}</Button>
          <Button type="submit" tone={action === 'approve' ? 'primary' : 'danger'} isDisabled={isBusy}>
            {t(action)}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
