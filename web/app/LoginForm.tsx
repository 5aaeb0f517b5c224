/** The form itself, on the login page and in the dialog that comes when a session has ended. */
import { Eye, EyeOff } from 'lucide-react';
import { useRef, useState } from 'react';
import type { FormEvent, KeyboardEvent } from 'react';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/words.ts';
import { logIn } from './login.ts';
import type { LoginOutcome } from './login.ts';
import css from './login.module.css';

export interface LoginFormProps {
  /** Fixed when a session is taken up again: another person must not send what this one wrote. */
  readonly userName?: string;
  readonly prefill?: { readonly userName: string; readonly password: string } | undefined;
  readonly onLoggedIn: () => void;
}

export function LoginForm({ userName: fixedName, prefill, onLoggedIn }: LoginFormProps) {
  const [userName, setUserName] = useState(fixedName ?? prefill?.userName ?? '');
  const [password, setPassword] = useState(prefill?.password ?? '');
  const [isShown, show] = useState(false);
  const [hasCapsLock, setCapsLock] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<LoginOutcome | undefined>(undefined);
  const passwordRef = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setOutcome(undefined);
    const result = await logIn(userName.trim(), password);
    setBusy(false);
    setOutcome(result);
    if (result.kind === 'ok') return onLoggedIn();
    if (result.kind === 'refused') passwordRef.current?.select();
    passwordRef.current?.focus();
  }

  const watchCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState('CapsLock'));
  return (
    <form className={css['form']} onSubmit={(event) => void submit(event)}>
      <div role="alert">{outcome && outcome.kind !== 'ok' && <p className={css['error']}>{said(outcome)}</p>}</div>
      <TextField
        label={t('login.userName')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        required
        readOnly={fixedName !== undefined}
        value={userName}
        onChange={setUserName}
      />
      <TextField
        ref={passwordRef}
        label={t('login.password')}
        name="password"
        type={isShown ? 'text' : 'password'}
        autoComplete="current-password"
        required
        value={password}
        onChange={setPassword}
        onKeyDown={watchCapsLock}
        onKeyUp={watchCapsLock}
        hint={hasCapsLock ? t('login.capsLock') : undefined}
        end={
          <IconButton
            icon={isShown ? EyeOff : Eye}
            label={isShown ? t('login.hidePassword') : t('login.showPassword')}
            onPress={() => show(!isShown)}
          />
        }
      />
      <Button type="submit" tone="primary" isDisabled={isBusy}>
        {isBusy ? t('login.busy') : t('login.submit')}
      </Button>
    </form>
  );
}

function said(outcome: Exclude<LoginOutcome, { kind: 'ok' }>): string {
  switch (outcome.kind) {
    case 'refused':
      return t('login.refused');
    case 'locked':
      return t('login.locked');
    case 'tryLater':
      return outcome.afterSeconds < 90
        ? t('login.tryLaterSeconds', { count: Math.max(1, Math.ceil(outcome.afterSeconds)) })
        : t('login.tryLaterMinutes', { count: Math.ceil(outcome.afterSeconds / 60) });
    case 'unreachable':
      break;
  }
  return t('login.unreachable');
}
