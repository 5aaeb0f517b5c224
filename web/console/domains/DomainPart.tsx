/** One mail domain: its records, to be copied into DNS, and beside each whether the world sees it. */
import { useId, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { refusalText } from '#web/console/refusals.ts';
import { Button } from '#web/ui/Button.tsx';
import { classes } from '#web/ui/classes.ts';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/domains.ts';
import own from './domains.module.css';
import { checkDomain } from './domains.ts';
import type { DomainRow, Finding } from './domains.ts';

export interface DomainPartProps {
  readonly domain: DomainRow;
  readonly onMain: () => void;
  readonly onRemove: () => void;
}

export function DomainPart({ domain, onMain, onRemove }: DomainPartProps) {
  const { sync, session } = useScope();
  const id = useId();
  const { name, isDefault, records } = domain;
  const [findings, setFindings] = useState<readonly Finding[] | undefined>(undefined);
  const [isChecking, setChecking] = useState(false);
  const seen = findings?.filter((state) => state === 'good').length ?? 0;

  async function check(): Promise<void> {
    setChecking(true);
    const found = await checkDomain(sync, session.primaryAccountId, name);
    setChecking(false);
    if (typeof found === 'string') showToast(refusalText(found), { tone: 'danger' });
    else setFindings(found);
  }

  return (
    <section className={css['part']} aria-labelledby={id}>
      <div className={css['chip']}>
        <h3 id={id}>{name}</h3>
        {isDefault && <span className={css['badge']}>{t('main')}</span>}
      </div>
      {isDefault && <p className={css['soft']}>{t('mainText')}</p>}
      <div className={css['acts']}>
        <Button isDisabled={isChecking} aria-label={t('checkName', { name })} onPress={() => void check()}>
          {t(isChecking ? 'checking' : 'check')}
        </Button>
        {!isDefault && (
          <>
            <Button aria-label={t('makeMainName', { name })} onPress={onMain}>
              {t('makeMain')}
            </Button>
            <Button tone="danger" aria-label={t('removeName', { name })} onPress={onRemove}>
              {t('remove')}
            </Button>
          </>
        )}
      </div>
      <p role="status" className={css['count']}>
        {findings && t('checked', { seen, count: records.length })}
      </p>
      <details open={findings !== undefined}>
        <summary>{t('records', { count: records.length })}</summary>
        <table className={classes(css['table'], own['records'])}>
          <caption className={css['spoken']}>{t('recordsOf', { name })}</caption>
          <thead>
            <tr>
              <th scope="col">{t('type')}</th>
              <th scope="col">{t('host')}</th>
              <th scope="col">{t('value')}</th>
              {findings && <th scope="col">{t('seen')}</th>}
            </tr>
          </thead>
          <tbody>
            {records.map((record, index) => (
              <tr key={`${record.type} ${record.name} ${record.value}`}>
                <td>{record.type}</td>
                <td>
                  <code>{record.name}</code>
                </td>
                <td>
                  <code>{record.value}</code>
                </td>
                {findings && <td>{t(`state.${findings[index] ?? 'doubtful'}`)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
