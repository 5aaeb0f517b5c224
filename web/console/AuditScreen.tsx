/** The audit log: filtered, page by page, and to take along as a file. */
import { Download, ScrollText } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/console.ts';
import { t as menu } from '#web/words/console-menu.ts';
import { mediumDate } from '#web/words/dates.ts';
import { localeTag } from '#web/words/language.ts';
import { auditUrl, fetchAudit } from './console.ts';
import type { AuditFilter, AuditLine, AuditPage } from './console.ts';
import css from './console.module.css';
import { knownVerbs, verbText } from './verbs.ts';
import { UnitField } from './UnitField.tsx';

export function AuditScreen() {
  const given = new URLSearchParams(useSearch());
  const [, navigate] = useLocation();
  const personId = given.get('person') ?? '';
  const [chosen, setChosen] = useState<Omit<AuditFilter, 'personId'>>({ unitId: '', verb: '', from: '', until: '' });
  const filter: AuditFilter = { ...chosen, personId };
  const change = (part: Partial<AuditFilter>) => setChosen({ ...chosen, ...part });
  return (
    <section className={css['page']} aria-labelledby="audit-title">
      <h2 id="audit-title">{menu('audit')}</h2>
      <p>{t('auditIntro')}</p>
      <div role="group" aria-label={t('filters')} className={css['filters']}>
        <TextField type="date" label={t('from')} value={filter.from} onChange={(from) => change({ from })} />
        <TextField type="date" label={t('until')} value={filter.until} onChange={(until) => change({ until })} />
        <SelectField
          label={t('verb')}
          value={filter.verb}
          choices={[{ value: '', label: t('allVerbs') }, ...verbChoices()]}
          onChange={(verb) => change({ verb })}
        />
        {personId === '' && (
          <UnitField value={filter.unitId} none={t('allUnits')} onChange={(unitId) => change({ unitId })} />
        )}
        {personId !== '' && (
          <p className={css['chip']}>
            {t('ofPerson', { name: given.get('name') ?? '' })}
            <Button tone="quiet" onPress={() => navigate('/console/audit')}>
              {t('anybody')}
            </Button>
          </p>
        )}
      </div>
      <p className={css['acts']}>
        <a href={auditUrl(filter, 'csv')} download className={css['link']}>
          <Download aria-hidden size={18} />
          {t('exportCsv')}
        </a>
        <a href={auditUrl(filter, 'jsonl')} download className={css['link']}>
          <Download aria-hidden size={18} />
          {t('exportJson')}
        </a>
      </p>
      <Lines key={JSON.stringify(filter)} filter={filter} />
    </section>
  );
}

function Lines({ filter }: { readonly filter: AuditFilter }) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  // The filter is the key of this component: it never changes.
  const [mine] = useState(filter);
  const fetched = useFetched(useCallback(() => fetchAudit(sync, accountId, mine), [sync, accountId, mine]));
  const [further, setFurther] = useState<AuditPage | undefined>(undefined);
  const first = fetched.value;
  const shown = first && {
    lines: [...first.lines, ...(further?.lines ?? [])],
    hasMore: (further ?? first).hasMore,
  };

  async function fetchMore(): Promise<void> {
    const last = shown?.lines.at(-1);
    if (!shown || !last) return;
    try {
      const page = await fetchAudit(sync, accountId, mine, last.id);
      setFurther({ lines: [...(further?.lines ?? []), ...page.lines], hasMore: page.hasMore });
    } catch (error) {
      sync.connection.report(error);
    }
  }

  if (shown === undefined)
    return <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />;
  if (shown.lines.length === 0) return <EmptyState icon={ScrollText} title={t('noLines')} text={t('noLinesText')} />;
  return (
    <>
      <table className={css['table']}>
        <caption className={css['spoken']}>{t('lines')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('date')}</th>
            <th scope="col">{t('who')}</th>
            <th scope="col">{t('what')}</th>
            <th scope="col">{t('whom')}</th>
            <th scope="col">{t('reasonColumn')}</th>
            <th scope="col">{t('origin')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.lines.map((line) => (
            <tr key={line.id}>
              <td>
                <time dateTime={line.at}>{mediumDate(line.at)}</time>
              </td>
              <td data-label={t('who')}>{whoText(line)}</td>
              <td data-label={t('what')}>{verbText(line.verb)}</td>
              <td data-label={t('whom')}>{line.accountName}</td>
              <td data-label={t('reasonColumn')}>{line.reason}</td>
              <td data-label={t('origin')}>{line.from}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.hasMore && <Button onPress={() => void fetchMore()}>{t('more')}</Button>}
    </>
  );
}

/** As one looks for them: by their words. */
function verbChoices(): readonly { readonly value: string; readonly label: string }[] {
  const choices = knownVerbs.map((verb) => ({ value: verb, label: verbText(verb) }));
  return choices.toSorted((a, b) => a.label.localeCompare(b.label, localeTag()));
}

function whoText({ actorName, by }: AuditLine): string {
  if (actorName !== '') return actorName;
  return by === 'operator' ? t('operator') : t('system');
}
