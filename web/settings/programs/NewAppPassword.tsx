/** Makes an app password: a name, what it may do, and then the password, shown this once. */
import { useEffect, useId, useRef, useState } from 'react';
import type { SyntheticEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import page from '#web/settings/page/page.module.css';
import { LoggedOut, Unreachable } from '#web/sync/errors.ts';
import { Button } from '#web/ui/Button.tsx';
import { CheckField, TextField } from '#web/ui/TextField.tsx';
import { Warning } from '#web/ui/Warning.tsx';
import { t } from '#web/words/programs.ts';
import { Copyable } from './Copyable.tsx';
import { makeAppPassword } from './facts.ts';
import css from './programs.module.css';
import { scopeWords } from './scopes.ts';

export interface NewAppPasswordProps {
  readonly scopes: readonly string[];
  /** The list of app passwords is, or may be, another one now. */
  readonly onChanged: () => void;
}

interface Made {
  readonly name: string;
  readonly password: string;
}

export function NewAppPassword({ scopes, onChanged }: NewAppPasswordProps) {
  const [made, setMade] = useState<Made | undefined>(undefined);
  // After "I am done" the focus goes back to where the next one begins.
  const [isAgain, setAgain] = useState(false);

  return made ? (
    <MadePassword
      made={made}
      onDone={() => {
        setMade(undefined);
        setAgain(true);
      }}
    />
  ) : (
    <Form
      scopes={scopes}
      hasFocus={isAgain}
      onChanged={onChanged}
      onMade={(one) => {
        setMade(one);
        onChanged();
      }}
    />
  );
}

interface FormProps extends NewAppPasswordProps {
  readonly hasFocus: boolean;
  readonly onMade: (made: Made) => void;
}

function Form({ scopes, hasFocus, onMade, onChanged }: FormProps) {
  const { sync, session } = useScope();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>(scopes);
  const [isBusy, setBusy] = useState(false);
  const [nameError, setNameError] = useState<string | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const usesId = useId();
  useEffect(() => {
    if (hasFocus) field.current?.focus();
  }, [hasFocus]);

  async function make(): Promise<void> {
    const given = name.trim();
    const hasName = given !== '';
    setNameError(hasName ? undefined : t('nameMissing'));
    setError(chosen.length === 0 ? t('usesMissing') : undefined);
    if (!hasName) field.current?.focus();
    if (!hasName || chosen.length === 0) return;
    if (sync.connection.line() === 'offline') return setError(t('makeOffline'));
    setBusy(true);
    try {
      const answer = await makeAppPassword(sync, session.primaryAccountId, { name: given, scopes: chosen });
      if (answer.kind === 'made') return onMade({ name: given, password: answer.password });
      setError(refusalText(answer.type));
    } catch (problem) {
      sync.connection.report(problem);
      if (problem instanceof LoggedOut) setError(t('makeLoggedOut'));
      else if (problem instanceof Unreachable) setError(t('makeUnsure', { name: given }));
      else setError(t('makeFailed', { type: problem instanceof Error ? problem.name : '' }));
      onChanged();
    }
    setBusy(false);
  }

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    if (!isBusy) void make();
  }

  return (
    <form className={page['form']} onSubmit={submit} noValidate>
      <TextField
        ref={field}
        label={t('name')}
        hint={t('nameHint')}
        error={nameError}
        value={name}
        maxLength={100}
        autoComplete="off"
        onChange={setName}
      />
      <div role="group" aria-labelledby={usesId} className={css['uses']}>
        <span id={usesId} className={css['label']}>
          {t('uses')}
        </span>
        {scopes.map((scope) => (
          <CheckField
            key={scope}
            label={scopeWords(scope)}
            isOn={chosen.includes(scope)}
            onChange={(isOn) => setChosen(scopes.filter((it) => (it === scope ? isOn : chosen.includes(it))))}
          />
        ))}
      </div>
      <div role="alert" className={page['error']}>
        {error}
      </div>
      <div>
        <Button type="submit" tone="primary">
          {isBusy ? t('making') : t('make')}
        </Button>
      </div>
    </form>
  );
}

function MadePassword({ made, onDone }: { readonly made: Made; readonly onDone: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The form it stands for had the focus; and so it is read out.
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className={css['made']}>
      <h3 ref={heading} tabIndex={-1}>
        {t('made', { name: made.name })}
      </h3>
      <Copyable name={t('secret')} value={made.password} isSecret />
      <Warning>
        <strong>{t('once')}</strong> {t('careful')}
      </Warning>
      <div>
        <Button onPress={onDone}>{t('done')}</Button>
      </div>
    </div>
  );
}

function refusalText(type: string): string {
  switch (type) {
    case 'overQuota':
      return t('makeTooMany');
    case 'forbidden':
    case 'accountReadOnly':
      return t('makeForbidden');
    default:
      return t('makeFailed', { type });
  }
}
