/**
 * Getting in again without the password: who one is, a check against robots that asks nothing of the person, and the
 * code that came by mail. What the page says never tells whether anybody was found.
 */
import { useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { Link } from 'wouter';
import { DoorPage } from '#web/app/DoorPage.tsx';
import { useHouseInfo } from '#web/app/useHouseInfo.ts';
import form from '#web/app/login.module.css';
import { LoginSteps } from '#web/app/steps/LoginSteps.tsx';
import type { LoginStep } from '#web/app/steps/steps.ts';
import { Button } from '#web/ui/Button.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/entry.ts';
import { CodeField } from './CodeField.tsx';
import { Contact } from './Contact.tsx';
import css from './entry.module.css';
import { askForCode, showCode } from './recover.ts';

export function ForgottenPage({ onLoggedIn }: { readonly onLoggedIn: () => void }) {
  const house = useHouseInfo();
  const [ticket, setTicket] = useState<string | undefined>(undefined);
  const [steps, setSteps] = useState<readonly LoginStep[] | undefined>(undefined);
  const restart = (): void => {
    setSteps(undefined);
    setTicket(undefined);
  };
  return (
    <DoorPage title={t('forgottenTitle')} house={house}>
      {steps ? (
        <LoginSteps steps={steps} onLoggedIn={onLoggedIn} onRestart={restart} />
      ) : ticket === undefined ? (
        <AskForm onAsked={setTicket} />
      ) : (
        <CodeForm ticket={ticket} onRight={setSteps} onRestart={restart} />
      )}
      {!steps &&
        house?.directories.map(({ name, url }) => (
          <p key={url}>
            {t('keptBy', { name })} <a href={url}>{t('keptByChange', { name })}</a>
          </p>
        ))}
      {!steps && <Contact contact={house?.contact} />}
      <ul className={form['ways']}>
        <li>
          <Link href="/login">{t('back')}</Link>
        </li>
      </ul>
    </DoorPage>
  );
}

type Check = 'waiting' | 'working' | 'done' | 'failed';
const checkText = {
  waiting: 'checkWaiting',
  working: 'checkWorking',
  done: 'checkDone',
  failed: 'checkFailed',
} as const;

function AskForm({ onAsked }: { readonly onAsked: (ticket: string) => void }) {
  const [name, setName] = useState('');
  const [birthDate, setBirthDate] = useState('');
  const [numen, setNumen] = useState('');
  const [isChecked, setChecked] = useState(false);
  const [check, setCheck] = useState<Check>('waiting');
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const nameRef = useRef<HTMLInputElement>(null);
  const dateRef = useRef<HTMLInputElement>(null);
  const nameError = isChecked && name.trim() === '' ? t('nameMissing') : undefined;
  const oneError = isChecked && birthDate.trim() === '' && numen.trim() === '' ? t('oneMissing') : undefined;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setChecked(true);
    setFault(undefined);
    if (name.trim() === '') return nameRef.current?.focus();
    if (birthDate.trim() === '' && numen.trim() === '') return dateRef.current?.focus();
    setBusy(true);
    setCheck('working');
    const outcome = await askForCode({ name: name.trim(), birthDate, numen }, () => setCheck('done'));
    setBusy(false);
    if (outcome.kind === 'asked') return onAsked(outcome.ticket);
    setCheck(outcome.kind === 'unsolved' ? 'failed' : 'waiting');
    if (outcome.kind !== 'unsolved') setFault(t(outcome.kind));
  }

  return (
    <form className={form['form']} noValidate onSubmit={(event) => void submit(event)}>
      <div role="alert">{fault !== undefined && <p className={form['error']}>{fault}</p>}</div>
      <p>{t('forgottenText')}</p>
      <TextField
        ref={nameRef}
        label={t('name')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        required
        value={name}
        onChange={setName}
        error={nameError}
      />
      <TextField
        ref={dateRef}
        label={t('birthDate')}
        name="bday"
        autoComplete="bday"
        inputMode="numeric"
        value={birthDate}
        onChange={setBirthDate}
        hint={t('birthDateHint')}
        error={oneError}
      />
      <TextField
        label={t('numen')}
        name="numen"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        value={numen}
        onChange={setNumen}
        hint={t('numenHint')}
      />
      <div className={css['check']} role="group" aria-label={t('check')}>
        <p>
          <strong>{t('check')}</strong>
        </p>
        <p>{t('checkWhy')}</p>
        <p role="status">{t(checkText[check])}</p>
        {check === 'working' && <progress aria-label={t('checkWorking')} />}
      </div>
      <Button type="submit" tone="primary" isDisabled={isBusy}>
        {isBusy ? t('asking') : t('ask')}
      </Button>
    </form>
  );
}

interface CodeFormProps {
  readonly ticket: string;
  readonly onRight: (steps: readonly LoginStep[]) => void;
  readonly onRestart: () => void;
}

function CodeForm({ ticket, onRight, onRestart }: CodeFormProps) {
  const [code, setCode] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setFault(undefined);
    const outcome = await showCode(ticket, code);
    setBusy(false);
    if (outcome.kind === 'done') return onRight(outcome.steps);
    field.current?.select();
    if (outcome.kind === 'wrong')
      return setFault(outcome.left > 0 ? t('codeWrong', { count: outcome.left }) : t('codeLast'));
    setFault(outcome.kind === 'over' ? t('codeOver') : t(outcome.kind));
  }

  return (
    <form className={form['form']} onSubmit={(event) => void submit(event)}>
      <div role="alert">{fault !== undefined && <p className={form['error']}>{fault}</p>}</div>
      <h2>{t('codeTitle')}</h2>
      <p>{t('codeText')}</p>
      <CodeField ref={field} value={code} onChange={setCode} />
      <div className={css['actions']}>
        <Button type="submit" tone="primary" isDisabled={isBusy}>
          {isBusy ? t('codeBusy') : t('codeSend')}
        </Button>
        <Button tone="quiet" onPress={onRestart}>
          {t('restart')}
        </Button>
      </div>
      <p>{t('noCode')}</p>
    </form>
  );
}
