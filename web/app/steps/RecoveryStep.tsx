/** An address by which one gets in again: a code is sent there and typed here. */
import { useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { addressAction, AddressFields } from '#web/entry/AddressFields.tsx';
import css from '#web/entry/entry.module.css';
import { numberOr, textOr } from '#web/sync/shape.ts';
import { Button } from '#web/ui/Button.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { t as say } from '#web/words/steps.ts';
import { t } from '#web/words/words.ts';
import form from '#web/app/login.module.css';
import type { StepProps } from './LoginSteps.tsx';
import { StepFault } from './StepFault.tsx';
import { fetchStep, postStep } from './steps.ts';
import type { StepOutcome } from './steps.ts';

export function RecoveryStep({ onDone, onRestart, onNewcomer }: StepProps) {
  const [isOptional, setOptional] = useState<boolean | undefined>(undefined);
  const [address, setAddress] = useState('');
  const [code, setCode] = useState('');
  const [isSent, setSent] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<StepOutcome | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    void fetchStep('/auth/recovery-address').then((answer) => {
      setAddress(textOr(answer['known'], ''));
      setOptional(answer['isOptional'] === true);
      if (answer['isNewcomer'] === true) onNewcomer();
    });
  }, [onNewcomer]);
  useEffect(() => {
    if (isSent || isOptional !== undefined) field.current?.focus();
  }, [isSent, isOptional]);

  async function post(path: string, body: Readonly<Record<string, string>>): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setFault(undefined);
    const outcome = await postStep(path, body);
    setBusy(false);
    if (outcome.kind === 'done' && path === '/auth/recovery-address') return setSent(true);
    if (outcome.kind === 'done') return onDone(outcome.steps);
    setFault(outcome);
    field.current?.focus();
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void (isSent ? post('/auth/recovery-address/code', { code }) : post('/auth/recovery-address', { address }));
  };

  if (isOptional === undefined) return <Spinner label={t('ui.loading')} />;
  return (
    <form className={form['form']} onSubmit={submit}>
      <div role="alert">
        {fault && (
          <StepFault
            outcome={fault}
            refused={isSent ? codeFault(fault) : say('recoveryRefused')}
            onRestart={onRestart}
          />
        )}
      </div>
      <h2>{say('recoveryTitle')}</h2>
      <AddressFields
        isSent={isSent}
        address={address}
        onAddress={setAddress}
        code={code}
        onCode={setCode}
        field={field}
      />
      <div className={css['actions']}>
        <Button type="submit" tone="primary" isDisabled={isBusy}>
          {addressAction(isSent, isBusy)}
        </Button>
        {isSent && (
          <Button
            tone="quiet"
            onPress={() => {
              setFault(undefined);
              setCode('');
              setSent(false);
            }}
          >
            {say('recoveryOther')}
          </Button>
        )}
        {isOptional && (
          <Button tone="quiet" onPress={() => void post('/auth/recovery-address/skip', {})}>
            {say('recoverySkip')}
          </Button>
        )}
      </div>
    </form>
  );
}

function codeFault(fault: StepOutcome): string {
  if (fault.kind !== 'refused' || fault.answer['kind'] !== 'wrong') return say('codeOver');
  const count = numberOr(fault.answer['left'], 0);
  return count > 0 ? say('codeWrong', { count }) : say('codeOver');
}
