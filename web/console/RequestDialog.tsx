/** The answer to one wish for more room: how much and until when, or why not. */
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as common } from '#web/words/console.ts';
import { dayKey } from '#web/words/dates.ts';
import { t } from '#web/words/room.ts';
import { endOfDay } from './console.ts';
import css from './console.module.css';
import { octetsPerGb, readQuota } from './quota.ts';
import { refusalText } from './refusals.ts';
import { decideRequest } from './requests.ts';
import type { Asked } from './RequestsScreen.tsx';

export interface RequestDialogProps {
  readonly asked: Asked;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function RequestDialog({ asked: { request, action }, onClose, onDone }: RequestDialogProps) {
  const { sync, session } = useScope();
  const { id, name, askedOctets, until } = request;
  const [amount, setAmount] = useState(String(askedOctets / octetsPerGb));
  const [term, setTerm] = useState(until === '' ? '' : dayKey(new Date(Date.parse(until) - 1)));
  const [answer, setAnswer] = useState('');
  const [isTried, setTried] = useState(false);
  const [error, setError] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const isGranting = action === 'grant';
  const octets = readQuota(amount);
  const isAmountRight = !isGranting || typeof octets === 'number';
  const isAnswerRight = isGranting || answer.trim() !== '';

  async function send(): Promise<void> {
    const decision = isGranting ? { octets: octets ?? 0, endsAt: endOfDay(term) } : {};
    const refused = await decideRequest(sync, session.primaryAccountId, {
      id,
      action,
      answer: answer.trim(),
      ...decision,
    });
    if (refused !== undefined) {
      setError(refused === 'invalidArguments' ? t('decided') : refusalText(refused));
      return;
    }
    showToast(t(isGranting ? 'granted' : 'wasRefused', { name }));
    onClose();
    onDone();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    setError('');
    if (isAmountRight && isAnswerRight) void send();
    // Once each field says what is wrong.
    else setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  }

  return (
    <Dialog title={t(isGranting ? 'grantName' : 'refuseName', { name })} onClose={onClose}>
      <form ref={form} className={css['form']} onSubmit={submit} noValidate>
        {isGranting && (
          <>
            <TextField
              label={t('amount')}
              inputMode="decimal"
              value={amount}
              onChange={setAmount}
              required
              autoFocus
              error={isTried && !isAmountRight ? t('amountWrong') : undefined}
            />
            <TextField label={t('term')} hint={t('termHint')} type="date" value={term} onChange={setTerm} />
          </>
        )}
        <TextField
          label={t(isGranting ? 'word' : 'because')}
          hint={isGranting ? undefined : t('becauseHint')}
          value={answer}
          onChange={setAnswer}
          maxLength={1000}
          required={!isGranting}
          autoFocus={!isGranting}
          error={isTried && !isAnswerRight ? t('becauseMissing') : undefined}
        />
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{common('cancel')}</Button>
          <Button type="submit" tone={isGranting ? 'primary' : 'danger'}>
            {t(isGranting ? 'grant' : 'refuse')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
