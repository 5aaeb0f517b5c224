/** A provisional password is replaced by one that only its holder knows. */
import { Eye, EyeOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t as say } from '#web/words/steps.ts';
import { t } from '#web/words/words.ts';
import css from '../login.module.css';
import type { StepProps } from './LoginSteps.tsx';
import { StepFault } from './StepFault.tsx';
import { postStep } from './steps.ts';
import type { StepOutcome } from './steps.ts';

export function PasswordStep({ onDone, onRestart }: StepProps) {
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [isShown, show] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<StepOutcome | 'differs' | undefined>(undefined);
  const first = useRef<HTMLInputElement>(null);
  // The page has changed under whoever pressed the button: the field says where they are.
  useEffect(() => first.current?.focus(), []);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    if (password !== again) return setFault('differs');
    setBusy(true);
    setFault(undefined);
    const outcome = await postStep('/auth/password', { password });
    setBusy(false);
    if (outcome.kind === 'done') return onDone(outcome.steps);
    setFault(outcome);
    first.current?.focus();
  }

  const type = isShown ? 'text' : 'password';
  return (
    <form className={css['form']} onSubmit={(event) => void submit(event)}>
      <div role="alert">
        {fault === 'differs' && <p className={css['error']}>{say('differs')}</p>}
        {fault !== undefined && fault !== 'differs' && (
          <StepFault outcome={fault} refused={say('weak')} onRestart={onRestart} />
        )}
      </div>
      <h2>{say('passwordTitle')}</h2>
      <p>{say('passwordText')}</p>
      <TextField
        ref={first}
        label={say('newPassword')}
        name="new-password"
        type={type}
        autoComplete="new-password"
        required
        value={password}
        onChange={setPassword}
        end={
          <IconButton
            icon={isShown ? EyeOff : Eye}
            label={isShown ? t('login.hidePassword') : t('login.showPassword')}
            onPress={() => show(!isShown)}
          />
        }
      />
      <TextField
        label={say('again')}
        name="new-password-again"
        type={type}
        autoComplete="new-password"
        required
        value={again}
        onChange={setAgain}
      />
      <Button type="submit" tone="primary" isDisabled={isBusy}>
        {isBusy ? say('busy') : say('save')}
      </Button>
    </form>
  );
}
