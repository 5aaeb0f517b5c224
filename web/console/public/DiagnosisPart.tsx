/** « Diagnostic »: the code that somebody reads out on the phone, and what their browser found out about itself. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { modes } from '#web/announcements/announcements.ts';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { refusable } from '#web/console/console.ts';
import { refusalText } from '#web/console/refusals.ts';
import { Button } from '#web/ui/Button.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { isObject, textOr } from '#web/sync/shape.ts';
import { mediumDate } from '#web/words/dates.ts';
import { t } from '#web/words/diagnosis.ts';

const names = [
  'cookies',
  'storage',
  'database',
  'clockAheadSeconds',
  'online',
  'answerMs',
  'serviceState',
  'userAgent',
  'language',
  'timeZone',
  'screen',
] as const;
type Name = (typeof names)[number];

interface Diagnosis {
  readonly at: string;
  readonly found: readonly (readonly [name: Name, value: string, isWrong: boolean])[];
}

/** A clock that is wrong by less ends no session. */
const clockSeconds = 300;

function readDiagnosis(answer: Readonly<Record<string, unknown>>): Diagnosis {
  const findings = isObject(answer['findings']) ? answer['findings'] : {};
  return {
    at: textOr(answer['createdAt'], ''),
    found: names.flatMap((name): Diagnosis['found'] => {
      const value = findings[name];
      if (typeof value === 'boolean') return [[name, t(value ? 'works' : 'fails'), !value]];
      if (typeof value === 'number')
        return [[name, String(value), name === 'clockAheadSeconds' && Math.abs(value) > clockSeconds]];
      if (typeof value !== 'string') return [];
      return [[name, name === 'serviceState' ? serviceText(value) : value, false]];
    }),
  };
}

/** As the page said it then; a state of a newer server stands as it is. */
function serviceText(state: string): string {
  const known = (['open', ...modes] as const).find((one) => one === state);
  return known === undefined ? state : t(`service.${known}`);
}

export function DiagnosisPart() {
  const { sync, session } = useScope();
  const [code, setCode] = useState('');
  const [diagnosis, setDiagnosis] = useState<Diagnosis | undefined>(undefined);
  const [error, setError] = useState('');

  async function look(): Promise<void> {
    setError('');
    setDiagnosis(undefined);
    const args = { accountId: session.primaryAccountId, code };
    const answer = await refusable(async () => (await sync.client.request([['Diagnosis/read', args, 'd']])).of('d'));
    if (typeof answer !== 'string') setDiagnosis(readDiagnosis(answer));
    else setError(answer === 'invalidArguments' ? t('unknown') : refusalText(answer));
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (code.trim() !== '') void look();
  }

  return (
    <>
      <form className={css['form']} onSubmit={submit}>
        <TextField
          label={t('code')}
          hint={t('codeHint')}
          value={code}
          onChange={setCode}
          maxLength={20}
          autoComplete="off"
          spellCheck={false}
        />
        <div>
          <Button type="submit">{t('look')}</Button>
        </div>
      </form>
      <p role="alert" className={css['error']}>
        {error}
      </p>
      {diagnosis && (
        <div role="status">
          <p className={css['soft']}>{t('madeAt', { date: mediumDate(diagnosis.at) })}</p>
          <ul className={css['list']}>
            {diagnosis.found.map(([name, value, isWrong]) => (
              <li key={name} className={css['item']}>
                <span className={css['about']}>{t(`found.${name}`)}</span>
                {isWrong ? <strong className={css['warning']}>{value}</strong> : <span>{value}</span>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
