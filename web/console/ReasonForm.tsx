/**
 * The form at the end of every dialog of the console: fields of its own, then why it is done, what the server said, and
 * the two buttons. Nothing is sent before each field is right; the first one at fault takes the keyboard.
 */
import { useRef, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button } from '#web/ui/Button.tsx';
import { DialogActions } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/console.ts';
import css from './console.module.css';

export interface ReasonFormProps {
  readonly action: string;
  readonly tone?: 'primary' | 'danger';
  /** Whether the fields above are right; they say themselves what is wrong once `onTry` was called. */
  readonly isRight?: boolean;
  readonly isBusy?: boolean;
  /** What the server said. */
  readonly error: string;
  readonly children?: ReactNode;
  readonly onTry?: () => void;
  readonly onClose: () => void;
  readonly onRun: (reason: string) => void;
  /** Fields after the reason. */
  readonly after?: ReactNode;
}

export function ReasonForm(props: ReasonFormProps) {
  const {
    action,
    tone = 'primary',
    isRight = true,
    isBusy = false,
    error,
    children,
    onTry,
    onClose,
    onRun,
    after,
  } = props;
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const isMissing = reason.trim() === '';

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    onTry?.();
    if (isRight && !isMissing) onRun(reason.trim());
    // Once each field says what is wrong.
    else setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  }

  return (
    <form ref={form} className={css['form']} onSubmit={submit} noValidate>
      {children}
      <TextField
        label={t('reason')}
        hint={t('reasonHint')}
        value={reason}
        onChange={setReason}
        maxLength={500}
        required
        autoFocus={children === undefined}
        error={isTried && isMissing ? t('reasonMissing') : undefined}
      />
      {after}
      <p role="alert" className={css['error']}>
        {error}
      </p>
      <DialogActions>
        <Button onPress={onClose}>{t('cancel')}</Button>
        <Button type="submit" tone={tone} isDisabled={isBusy}>
          {action}
        </Button>
      </DialogActions>
    </form>
  );
}
