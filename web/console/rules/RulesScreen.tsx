/** The rules of the institution: a group at a time, each rule with what it is by default. */
import { Scale } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { Link } from 'wouter';
import { isPolicyGroup, optionsOf, policyGroups } from '#formats/policies/policies.ts';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { isKept, refusalText } from '#web/console/refusals.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as word } from '#web/words/console.ts';
import { ruleText, t } from '#web/words/rules.ts';
import { OptionField } from './OptionField.tsx';
import { PopulationsPart } from './PopulationsPart.tsx';
import own from './rules.module.css';
import { changedNames, fetchRules, saveRules } from './rules.ts';
import type { Values } from './rules.ts';

const groups = [...policyGroups, 'populations'] as const;

export function RulesScreen({ group: asked }: { readonly group: string | undefined }) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchRules(sync, accountId), [sync, accountId]));
  const { value: rules, load } = fetched;
  const group = groups.find((one) => one === asked) ?? 'passwords';
  return (
    <section className={css['page']} aria-labelledby="rules-title">
      <h2 id="rules-title">{t('title')}</h2>
      <p>{t('intro')}</p>
      <nav aria-label={t('groups')} className={own['groups']}>
        {groups.map((name) => (
          <Link
            key={name}
            href={`/console/rules/${name}`}
            aria-current={name === group ? 'page' : undefined}
            className={own['group'] ?? ''}
          >
            {name === 'populations' ? t('populations') : ruleText(name)}
          </Link>
        ))}
      </nav>
      {rules === undefined && (
        <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />
      )}
      {typeof rules === 'string' && <EmptyState icon={Scale} title={t('forbidden')} text={refusalText(rules)} />}
      {typeof rules === 'object' && group === 'populations' && <PopulationsPart access={rules.get('access') ?? {}} />}
      {typeof rules === 'object' && isPolicyGroup(group) && (
        <GroupForm key={group} group={group} values={rules.get(group) ?? {}} onSaved={() => void load()} />
      )}
    </section>
  );
}

interface GroupFormProps {
  readonly group: (typeof policyGroups)[number];
  readonly values: Values;
  readonly onSaved: () => void;
}

function GroupForm({ group, values, onSaved }: GroupFormProps) {
  const { sync, session } = useScope();
  const [draft, setDraft] = useState(values);
  const [error, setError] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const options = optionsOf(group);

  async function save(): Promise<void> {
    const whose = { accountId: session.primaryAccountId, name: group };
    const refused = await saveRules(sync, 'Policy/change', whose, values, draft);
    if (refused === undefined) {
      showToast(t('saved'));
      onSaved();
    } else if (!isKept(refused)) setError(refused === 'invalidArguments' ? t('wrong') : refusalText(refused));
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setError('');
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid]');
    if (wrong) wrong.focus();
    else if (changedNames(values, draft).length === 0) showToast(t('nothing'));
    else void save();
  }

  return (
    <form ref={form} className={own['form']} onSubmit={submit} aria-label={ruleText(group)} noValidate>
      <h3>{ruleText(group)}</h3>
      {Object.entries(options).map(([name, option]) => (
        <OptionField
          key={name}
          name={`${group}.${name}`}
          option={option}
          value={draft[name]}
          otherwise={option.otherwise}
          isInherited={false}
          onChange={(value) => setDraft({ ...draft, [name]: value })}
        />
      ))}
      <p role="alert" className={css['error']}>
        {error}
      </p>
      <div>
        <Button type="submit" tone="primary">
          {t('save')}
        </Button>
      </div>
    </form>
  );
}
