/** One action on one account: what it does, why it is done, and for what cannot easily be mended, the user name again. */
import { useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Dialog } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/console.ts';
import { pairText } from '#web/words/lists.ts';
import { GivenPassword } from './GivenPassword.tsx';
import { actOn } from './console.ts';
import type { ActName, Doing, PersonCard } from './console.ts';
import { octetsPerGb, readQuota } from './quota.ts';
import { ReasonForm } from './ReasonForm.tsx';
import { isKept, refusalText } from './refusals.ts';

export interface ActDialogProps {
  readonly card: PersonCard;
  readonly action: ActName;
  readonly onClose: () => void;
  /** Something was changed: the card is to be read again. */
  readonly onDone: () => void;
}

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
      if (isKept(outcome.type)) return onClose();
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
      doneText(action, name, outcome),
      undoing && { action: { label: t('undo'), run: () => void undo(undoing) } },
    );
  }

  async function undo(doing: Doing): Promise<void> {
    const outcome = await actOn(sync, session.primaryAccountId, card.id, doing);
    if (outcome.kind === 'refused') showToast(refusalText(outcome.type), { tone: 'danger' });
    else showToast(doneText(doing.action, card.name, outcome));
    onDone();
  }

  if (password !== '')
    return (
      <GivenPassword
        title={t('done.resetPassword', { name: card.name })}
        password={password}
        next={t('passwordNext')}
        onClose={onClose}
      />
    );
  return (
    <Dialog title={pairText(t(`act.${action}`), card.name)} onClose={onClose}>
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
  const [word, setWord] = useState('');
  const [quota, setQuota] = useState(() =>
    card.quotaOctets === undefined ? '' : String(card.quotaOctets / octetsPerGb),
  );
  const [isTried, setTried] = useState(false);
  const isConfirmed = !confirmed.includes(action) || word.trim().toLowerCase() === card.userName;
  const quotaOctets = readQuota(quota);
  const isQuota = action === 'changeQuota';
  const isQuotaWrong = isQuota && quotaOctets === undefined;
  return (
    <ReasonForm
      action={t(`act.${action}`)}
      tone={dangerous.includes(action) ? 'danger' : 'primary'}
      isRight={isConfirmed && !isQuotaWrong}
      isBusy={isBusy}
      error={error}
      onTry={() => setTried(true)}
      onClose={onClose}
      onRun={(reason) => onRun({ action, reason, ...(isQuota && { quotaOctets: quotaOctets ?? null }) })}
      after={
        confirmed.includes(action) && (
          <TextField
            label={t('confirmWord', { userName: card.userName })}
            value={word}
            onChange={setWord}
            autoComplete="off"
            spellCheck={false}
            error={isTried && !isConfirmed ? t('confirmWrong') : undefined}
          />
        )
      }
    >
      {isQuota && (
        <TextField
          label={t('quotaGb')}
          inputMode="decimal"
          value={quota}
          onChange={setQuota}
          error={isTried && isQuotaWrong ? t('quotaWrong') : undefined}
        />
      )}
    </ReasonForm>
  );
}

/** How many there were, where that is what it was about. */
function doneText(
  action: ActName,
  name: string,
  { ended, removed }: { readonly ended: number; readonly removed: number },
): string {
  if (action === 'signOut') return t('done.signOut', { count: ended, name });
  if (action === 'resetFactors')
    return removed === 0 ? t('done.noFactors', { name }) : t('done.resetFactors', { count: removed, name });
  return t(`done.${action}`, { name });
}

/** What brings back what was, where something does. */
function planUndo(card: PersonCard, { action, reason }: Doing): Doing | undefined {
  const why = t('undoReason', { reason }).slice(0, 500);
  if (action === 'changeQuota') return { action, reason: why, quotaOctets: card.quotaOctets ?? null };
  // Somebody who was locked before would come back unlocked.
  const wasIn = card.state === 'active' || card.state === 'provisioned';
  return dangerous.includes(action) && wasIn ? { action: 'reopen', reason: why } : undefined;
}
