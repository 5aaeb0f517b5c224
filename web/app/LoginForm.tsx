/** The form itself, on the login page and in the dialog that comes when a session has ended. */
import { Eye, EyeOff } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import type { FormEvent, KeyboardEvent } from 'react';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { lazyPart } from '#web/ui/lazyPart.ts';
import { Spinner } from '#web/ui/Spinner.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/words.ts';
import { logIn } from './login.ts';
import type { LoginOutcome } from './login.ts';
import css from './login.module.css';
import { fetchSteps } from './steps/steps.ts';
import type { LoginStep } from './steps/steps.ts';

const Obstacle = lazyPart(() => import('#web/entry/Obstacle.tsx').then((it) => it.Obstacle));
const PasskeyDoor = lazyPart(() => import('#web/factors/PasskeyDoor.tsx').then((it) => it.PasskeyDoor));
const LoginSteps = lazyPart(() => import('./steps/LoginSteps.tsx').then((it) => it.LoginSteps));

export interface LoginFormProps {
  /** Fixed when a session is taken up again: another person must not send what this one wrote. */
  readonly userName?: string;
  readonly prefill?: { readonly userName: string; readonly password: string } | undefined;
  readonly onLoggedIn: () => void;
  /** Where somebody comes in for the first time, with something else than a password of their own. */
  readonly words?: LoginWords;
  /** Told what is typed as a name: it may belong to another way in. */
  readonly onUserName?: (userName: string) => void;
  /** Steps are to be taken: what else is on the page makes room. */
  readonly onSteps?: (hasSteps: boolean) => void;
}

export interface LoginWords {
  readonly secret: string;
  readonly secretHint: string;
  readonly submit: string;
  readonly refused: string;
}

export function LoginForm({ userName: fixedName, prefill, onLoggedIn, words, onSteps, onUserName }: LoginFormProps) {
  const [userName, setUserName] = useState(fixedName ?? prefill?.userName ?? '');
  const [password, setPassword] = useState(prefill?.password ?? '');
  const [isShown, show] = useState(false);
  const [hasCapsLock, setCapsLock] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<LoginOutcome | undefined>(undefined);
  const passwordRef = useRef<HTMLInputElement>(null);
  const [steps, setSteps] = useState<readonly LoginStep[]>([]);
  useEffect(() => onSteps?.(steps.length > 0), [steps, onSteps]);
  // A login begun before the page was loaded again goes on where it was; one begun meanwhile knows better.
  useEffect(() => void fetchSteps().then((begun) => setSteps((now) => (now.length > 0 ? now : begun))), []);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setOutcome(undefined);
    const result = await logIn(userName.trim(), password);
    setBusy(false);
    setOutcome(result);
    if (result.kind === 'ok') return result.steps.length === 0 ? onLoggedIn() : setSteps(result.steps);
    if (result.kind === 'refused') passwordRef.current?.select();
    passwordRef.current?.focus();
  }

  if (steps.length > 0) {
    const restart = () => {
      setSteps([]);
      setOutcome(undefined);
      setPassword('');
    };
    return (
      <Suspense fallback={<Spinner label={t('ui.loading')} />}>
        <LoginSteps steps={steps} onLoggedIn={onLoggedIn} onRestart={restart} />
      </Suspense>
    );
  }
  const watchCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState('CapsLock'));
  const takeSteps = (left: readonly LoginStep[]) => (left.length === 0 ? onLoggedIn() : setSteps(left));
  // A passkey says by itself whose it is: not where one person is expected, nor where nobody can have one yet.
  const hasDoor = fixedName === undefined && words === undefined;
  return (
    <form className={css['form']} onSubmit={(event) => void submit(event)}>
      <div role="alert">{outcome && outcome.kind !== 'ok' && <Refused outcome={outcome} words={words} />}</div>
      <TextField
        label={t('login.userName')}
        name="username"
        autoComplete={hasDoor ? 'username webauthn' : 'username'}
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        required
        readOnly={fixedName !== undefined}
        value={userName}
        onChange={(typed) => {
          setUserName(typed);
          onUserName?.(typed);
        }}
      />
      <TextField
        ref={passwordRef}
        label={words?.secret ?? t('login.password')}
        name="password"
        type={isShown ? 'text' : 'password'}
        autoComplete={words ? 'one-time-code' : 'current-password'}
        required
        value={password}
        onChange={setPassword}
        onKeyDown={watchCapsLock}
        onKeyUp={watchCapsLock}
        hint={hasCapsLock ? t('login.capsLock') : words?.secretHint}
        end={
          <IconButton
            icon={isShown ? EyeOff : Eye}
            label={isShown ? t('login.hidePassword') : t('login.showPassword')}
            onPress={() => show(!isShown)}
          />
        }
      />
      <Button type="submit" tone="primary" isDisabled={isBusy}>
        {isBusy ? t('login.busy') : (words?.submit ?? t('login.submit'))}
      </Button>
      {hasDoor && (
        <Suspense fallback={null}>
          <PasskeyDoor onDone={takeSteps} />
        </Suspense>
      )}
    </form>
  );
}

interface RefusedProps {
  readonly outcome: Exclude<LoginOutcome, { kind: 'ok' }>;
  readonly words: LoginWords | undefined;
}

function Refused({ outcome, words }: RefusedProps) {
  if (outcome.kind === 'locked' || outcome.kind === 'noCookie' || outcome.kind === 'clock')
    return (
      <Suspense fallback={null}>
        <Obstacle outcome={outcome} />
      </Suspense>
    );
  return (
    <p className={css['error']}>
      {outcome.kind === 'refused' && words ? words.refused : said(outcome)} <a href="/aide">{t('login.help')}</a>
    </p>
  );
}

function said(outcome: Extract<LoginOutcome, { kind: 'refused' | 'tryLater' | 'unreachable' }>): string {
  switch (outcome.kind) {
    case 'refused':
      return t('login.refused');
    case 'tryLater':
      return outcome.afterSeconds < 90
        ? t('login.tryLaterSeconds', { count: Math.max(1, Math.ceil(outcome.afterSeconds)) })
        : t('login.tryLaterMinutes', { count: Math.ceil(outcome.afterSeconds / 60) });
    case 'unreachable':
      break;
  }
  return t('login.unreachable');
}
