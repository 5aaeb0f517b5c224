/** Replacing one's own password, in a session of one's own. */
import { useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { readPasswordPolicy } from '#formats/password/policy.ts';
import type { PasswordPolicy } from '#formats/password/policy.ts';
import type { RuleId } from '#formats/password/rules.ts';
import type { Elsewhere } from '#web/app/login.ts';
import form from '#web/app/login.module.css';
import { rulesIn } from '#web/app/steps/PasswordStep.tsx';
import { fetchStep, judgePassword, postStep } from '#web/app/steps/steps.ts';
import { useScope } from '#web/app/SyncContext.tsx';
import { withProof } from '#web/factors/proof.ts';
import { SettingsPage } from '#web/settings/page/SettingsPage.tsx';
import { isObject, textOr } from '#web/sync/shape.ts';
import { Button } from '#web/ui/Button.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/entry.ts';
import { t as rule } from '#web/words/passwords.ts';
import { t as step } from '#web/words/steps.ts';
import { t as word } from '#web/words/words.ts';
import { NewPassword } from './NewPassword.tsx';

type Said = 'done' | 'differs' | 'wrong' | 'weak' | 'tryLater' | 'unreachable';

export function OwnPasswordPage() {
  const { session } = useScope();
  const [policy, setPolicy] = useState<PasswordPolicy | undefined>(undefined);
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [refused, setRefused] = useState<readonly RuleId[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [said, say] = useState<Said | undefined>(undefined);
  const first = useRef<HTMLInputElement>(null);
  const [directory, setDirectory] = useState<Elsewhere | undefined>(undefined);
  useEffect(
    () =>
      void fetchStep('/auth/own-password').then((it) => {
        const kept = isObject(it['directory']) ? it['directory'] : undefined;
        setDirectory(kept && { name: textOr(kept['name'], ''), url: textOr(kept['url'], '') });
        setPolicy(readPasswordPolicy(it['policy']));
      }),
    [],
  );

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setRefused([]);
    if (password !== again) return say('differs');
    setBusy(true);
    say(undefined);
    const outcome = await withProof(
      () => postStep('/auth/own-password', { current, password }),
      ({ kind }) => kind === 'stepUpNeeded',
    );
    setBusy(false);
    if (outcome.kind === 'refused') {
      setRefused(rulesIn(outcome.answer));
      say(outcome.answer['kind'] === 'wrongPassword' ? 'wrong' : 'weak');
    } else if (outcome.kind === 'done') {
      for (const empty of [setCurrent, setPassword, setAgain]) empty('');
      say('done');
    } else if (outcome.kind !== 'stepUpNeeded') say(outcome.kind === 'tryLater' ? 'tryLater' : 'unreachable');
    first.current?.focus();
  }

  if (!policy) return <Spinner label={word('ui.loading')} />;
  if (directory)
    return (
      <SettingsPage title={t('ownTitle')} intro={<p>{t('neverAsks')}</p>} backTo="~/">
        <p>{t('ownKeptBy', directory)}</p>
        {directory.url !== '' && (
          <p>
            <a href={directory.url}>{t('keptByChange', directory)}</a>
          </p>
        )}
      </SettingsPage>
    );
  return (
    <SettingsPage title={t('ownTitle')} intro={<p>{t('neverAsks')}</p>} backTo="~/">
      <p role="status">{said === 'done' && t('ownDone')}</p>
      <form className={form['form']} onSubmit={(event) => void submit(event)}>
        <div role="alert">
          {said !== undefined && said !== 'done' && <p className={form['error']}>{sentence(said)}</p>}
        </div>
        <input type="text" name="username" autoComplete="username" value={session.userName} readOnly hidden />
        <TextField
          ref={first}
          label={t('current')}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={setCurrent}
        />
        <NewPassword
          policy={policy}
          password={password}
          again={again}
          refused={refused}
          judge={(typed) => judgePassword('/auth/own-password/judge', typed)}
          onPassword={(typed) => {
            setRefused([]);
            setPassword(typed);
          }}
          onAgain={setAgain}
        />
        <Button type="submit" tone="primary" isDisabled={isBusy}>
          {isBusy ? step('busy') : t('ownSave')}
        </Button>
      </form>
    </SettingsPage>
  );
}

function sentence(said: Exclude<Said, 'done'>): string {
  switch (said) {
    case 'differs':
      return rule('differs');
    case 'wrong':
      return t('ownWrong');
    case 'weak':
      return rule('weak');
    case 'tryLater':
      return step('tryLater');
    case 'unreachable':
      return step('unreachable');
  }
}
