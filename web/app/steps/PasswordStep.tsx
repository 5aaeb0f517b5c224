/** A password is replaced by one that only its holder knows. */
import { useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { readPasswordPolicy } from '#formats/password/policy.ts';
import type { PasswordPolicy } from '#formats/password/policy.ts';
import { allRules } from '#formats/password/rules.ts';
import type { RuleId } from '#formats/password/rules.ts';
import { NewPassword } from '#web/entry/NewPassword.tsx';
import { isObject, textOr } from '#web/sync/shape.ts';
import { Button } from '#web/ui/Button.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { t as rule } from '#web/words/passwords.ts';
import { t as say } from '#web/words/steps.ts';
import { t } from '#web/words/words.ts';
import css from '#web/app/login.module.css';
import type { StepProps } from './LoginSteps.tsx';
import { StepFault } from './StepFault.tsx';
import { fetchStep, judgePassword, postStep } from './steps.ts';
import type { StepOutcome } from './steps.ts';

interface Asked {
  readonly reason: 'first' | 'given' | 'expired' | 'recovered';
  readonly policy: PasswordPolicy;
  readonly userName: string;
}

const reasons = ['first', 'given', 'expired', 'recovered'] as const;

export function PasswordStep({ onDone, onRestart, onNewcomer }: StepProps) {
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<readonly RuleId[]>([]);
  const [fault, setFault] = useState<StepOutcome | 'differs' | undefined>(undefined);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    void fetchStep('/auth/password').then((answer) => {
      const reason = reasons.find((it) => it === answer['reason']) ?? 'given';
      if (reason === 'first') onNewcomer();
      setAsked({ reason, policy: readPasswordPolicy(answer['policy']), userName: textOr(answer['userName'], '') });
    });
  }, [onNewcomer]);
  // The page has changed under whoever pressed the button: the field says where they are.
  useEffect(() => {
    if (asked) first.current?.focus();
  }, [asked]);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setRefused([]);
    if (password !== again) return setFault('differs');
    setBusy(true);
    setFault(undefined);
    const outcome = await postStep('/auth/password', { password });
    setBusy(false);
    if (outcome.kind === 'done') return onDone(outcome.steps);
    if (outcome.kind === 'refused') setRefused(rulesIn(outcome.answer));
    setFault(outcome);
    first.current?.focus();
  }

  if (!asked) return <Spinner label={t('ui.loading')} />;
  return (
    <form className={css['form']} onSubmit={(event) => void submit(event)}>
      <div role="alert">
        {fault === 'differs' && <p className={css['error']}>{rule('differs')}</p>}
        {fault !== undefined && fault !== 'differs' && (
          <StepFault outcome={fault} refused={rule('weak')} onRestart={onRestart} />
        )}
      </div>
      <h2>{say('passwordTitle')}</h2>
      <p>{say(`reason.${asked.reason}`)}</p>
      <p>{say('account', { account: asked.userName })}</p>
      {/* So that a password manager keeps the new password under the right name. */}
      <input type="text" name="username" autoComplete="username" value={asked.userName} readOnly hidden />
      <NewPassword
        firstRef={first}
        policy={asked.policy}
        password={password}
        again={again}
        refused={refused}
        judge={(typed) => judgePassword('/auth/password/judge', typed)}
        onPassword={(typed) => {
          setRefused([]);
          setPassword(typed);
        }}
        onAgain={setAgain}
      />
      <Button type="submit" tone="primary" isDisabled={isBusy}>
        {isBusy ? say('busy') : say('save')}
      </Button>
    </form>
  );
}

/** The rules an answer names. */
export function rulesIn(answer: unknown): readonly RuleId[] {
  const given: readonly unknown[] = isObject(answer) && Array.isArray(answer['rules']) ? answer['rules'] : [];
  return allRules.filter((id) => given.includes(id));
}
