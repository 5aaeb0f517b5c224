/** One action on one account: what it does, why it is done, and for what cannot easily be mended, the user name again. */
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Copyable } from '#web/settings/programs/Copyable.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/console.ts';
import { actOn } from './console.ts';
import type { ActName, Doing, PersonCard } from './console.ts';
import css from './console.module.css';
import { refusalText } from './refusals.ts';

export interface ActDialogProps {
  readonly card: PersonCard;
  readonly action: ActName;
  readonly onClose: () => void;
  /** Something was changed: the card is to be read again. */
  readonly onDone: () => void;
}

const octetsPerGb = 1_000_000_000;
/** What takes somebody's access away for long is confirmed by their user name. */
const confirmed: readonly ActName[] = ['block', 'close'];
const dangerous: readonly ActName[] = ['suspend', 'block', 'close'];

export function ActDialog({ card, action, onClose, onDone }: ActDialogProps) {
  const { sync, session } = useScope();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const [password, setPassword] = useState('');

  async function run(doing: Doing): Promise<void> {
    setBusy(true);
    const outcome = await actOn(sync, session.primaryAccountId, card.id, doing);
    setBusy(false);
    if (outcome.kind === 'refused') {
      setError(refusalText(outcome.type));
      return;
    }
    onDone();
    if (outcome.provisionalPassword !== '') {
      setPassword(outcome.provisionalPassword);
      return;
    }
    onClose();
    const undoing = planUndo(card, doing);
    const { name } = card;
    showToast(
      action === 'signOut' ? t('done.signOut', { count: outcome.ended, name }) : t(`done.${action}`, { name }),
      undoing && { action: { label: t('undo'), run: () => void undo(undoing) } },
    );
  }

  async function undo(doing: Doing): Promise<void> {
    const outcome = await actOn(sync, session.primaryAccountId, card.id, doing);
    if (outcome.kind === 'refused') showToast(refusalText(outcome.type), { tone: 'danger' });
    else showToast(t(`done.${doing.action === 'signOut' ? 'reopen' : doing.action}`, { name: card.name }));
    onDone();
  }

  if (password !== '')
    return (
      <Dialog title={t('done.resetPassword', { name: card.name })} onClose={onClose} isRequired>
        <Copyable name={t('passwordName')} value={password} isSecret />
        <p>{t('passwordOnce')}</p>
        <p>{t('passwordNext')}</p>
        <DialogActions>
          <Button tone="primary" onPress={onClose}>
            {t('passwordDone')}
          </Button>
        </DialogActions>
      </Dialog>
    );
  return (
    <Dialog title={`${t(`act.${action}`)} : ${card.name}`} onClose={onClose}>
      <p>{t(`ask.${action}`)}</p>
      <ActForm
        card={card}
        action={action}
        isBusy={isBusy}
        error={error}
        onClose={onClose}
        onRun={(it) => void run(it)}
      />
    </Dialog>
  );
}

interface ActFormProps {
  readonly card: PersonCard;
  readonly action: ActName;
  readonly isBusy: boolean;
  readonly error: string;
  readonly onClose: () => void;
  readonly onRun: (doing: Doing) => void;
}

function ActForm({ card, action, isBusy, error, onClose, onRun }: ActFormProps) {
  const [reason, setReason] = useState('');
  const [word, setWord] = useState('');
  const [quota, setQuota] = useState(() =>
    card.quotaOctets === undefined ? '' : String(card.quotaOctets / octetsPerGb),
  );
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const isConfirmed = !confirmed.includes(action) || word.trim().toLowerCase() === card.userName;
  const quotaOctets = readQuota(quota);
  const errors = {
    reason: reason.trim() === '' ? t('reasonMissing') : undefined,
    word: isConfirmed ? undefined : t('confirmWrong'),
    quota: action === 'changeQuota' && quotaOctets === undefined ? t('quotaWrong') : undefined,
  };

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (errors.reason !== undefined || errors.word !== undefined || errors.quota !== undefined) {
      // The first field at fault takes the keyboard, once it says what is wrong.
      setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      return;
    }
    onRun({ action, reason: reason.trim(), ...(action === 'changeQuota' && { quotaOctets: quotaOctets ?? null }) });
  }

  return (
    <form ref={form} className={css['form']} onSubmit={submit} noValidate>
      {action === 'changeQuota' && (
        <TextField
          label={t('quotaGb')}
          inputMode="decimal"
          value={quota}
          onChange={setQuota}
          error={isTried ? errors.quota : undefined}
        />
      )}
      <TextField
        label={t('reason')}
        hint={t('reasonHint')}
        value={reason}
        onChange={setReason}
        maxLength={500}
        required
        autoFocus
        error={isTried ? errors.reason : undefined}
      />
      {confirmed.includes(action) && (
        <TextField
          label={t('confirmWord', { userName: card.userName })}
          value={word}
          onChange={setWord}
          autoComplete="off"
          spellCheck={false}
          error={isTried ? errors.word : undefined}
        />
      )}
      <p role="alert" className={css['error']}>
        {error}
      </p>
      <DialogActions>
        <Button onPress={onClose}>{t('cancel')}</Button>
        <Button type="submit" tone={dangerous.includes(action) ? 'danger' : 'primary'} isDisabled={isBusy}>
          {t(`act.${action}`)}
        </Button>
      </DialogActions>
    </form>
  );
}

/** null for no limit; undefined for what is no number. */
function readQuota(text: string): number | null | undefined {
  const typed = text.trim().replace(',', '.');
  if (typed === '') return null;
  return /^\d{1,5}(?:\.\d{1,3})?$/.test(typed) ? Math.round(Number(typed) * octetsPerGb) : undefined;
}

/** What brings back what was, where something does. */
function planUndo(card: PersonCard, { action, reason }: Doing): Doing | undefined {
  const why = t('undoReason', { reason }).slice(0, 500);
  if (action === 'changeQuota') return { action, reason: why, quotaOctets: card.quotaOctets ?? null };
  // Somebody who was locked before would come back unlocked.
  const wasIn = card.state === 'active' || card.state === 'provisioned';
  return dangerous.includes(action) && wasIn ? { action: 'reopen', reason: why } : undefined;
}
