/** Populations: how many people each has, and what it has otherwise than the institution. */
import { Users } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { populationForm, profileOptions } from '#formats/policies/policies.ts';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { isKept, refusalText } from '#web/console/refusals.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as word } from '#web/words/console.ts';
import { pairText } from '#web/words/lists.ts';
import { ruleText, t } from '#web/words/rules.ts';
import { OptionField } from './OptionField.tsx';
import { fetchPopulations, saveRules, valueText } from './rules.ts';
import type { PopulationRow, Values } from './rules.ts';

export function PopulationsPart({ access }: { readonly access: Values }) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchPopulations(sync, accountId), [sync, accountId]));
  const [edited, edit] = useState<PopulationRow | 'new' | undefined>(undefined);
  const { value: populations, load } = fetched;
  return (
    <>
      <p>{t('populationsIntro')}</p>
      <div>
        <Button tone="primary" onPress={() => edit('new')}>
          {t('addPopulation')}
        </Button>
      </div>
      {populations === undefined && (
        <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />
      )}
      {typeof populations === 'string' && (
        <EmptyState icon={Users} title={t('forbidden')} text={refusalText(populations)} />
      )}
      {Array.isArray(populations) && (
        <ul className={css['list']}>
          {populations.map((population: PopulationRow) => (
            <li key={population.name} className={css['item']}>
              <div className={css['about']}>
                <strong>{population.name}</strong>
                <span>{t('people', { count: population.people })}</span>
                <Own profile={population.profile} />
              </div>
              <Button aria-label={t('editName', { name: population.name })} onPress={() => edit(population)}>
                {t('edit')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {edited !== undefined && (
        <PopulationDialog
          population={edited === 'new' ? undefined : edited}
          access={access}
          onClose={() => edit(undefined)}
          onDone={() => void load()}
        />
      )}
    </>
  );
}

function Own({ profile }: { readonly profile: Values }) {
  const own = Object.entries(profile).flatMap(([name, value]) =>
    value === undefined ? [] : [pairText(ruleText(`access.${name}`), valueText(`access.${name}`, value))],
  );
  if (own.length === 0) return <span>{t('inheritsAll')}</span>;
  return own.map((line) => <span key={line}>{line}</span>);
}

interface PopulationDialogProps {
  readonly population: PopulationRow | undefined;
  readonly access: Values;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function PopulationDialog({ population, access, onClose, onDone }: PopulationDialogProps) {
  const { sync, session } = useScope();
  const before = population?.profile ?? {};
  const [name, setName] = useState(population?.name ?? '');
  const [draft, setDraft] = useState<Values>(before);
  const [isTried, setTried] = useState(false);
  const [error, setError] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const isNameRight = populationForm.test(name.trim());

  async function save(): Promise<void> {
    const whose = { accountId: session.primaryAccountId, name: name.trim() };
    const refused = await saveRules(sync, 'Population/change', whose, before, draft);
    if (refused !== undefined) {
      if (isKept(refused)) return onClose();
      setError(refused === 'invalidArguments' ? t('wrong') : refusalText(refused));
      return;
    }
    showToast(t('saved'));
    onClose();
    onDone();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    setError('');
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid]');
    if (wrong) wrong.focus();
    else if (isNameRight) void save();
  }

  return (
    <Dialog title={population ? t('editName', { name }) : t('newPopulation')} onClose={onClose}>
      <form ref={form} className={css['form']} onSubmit={submit} noValidate>
        {!population && (
          <TextField
            label={t('populationName')}
            hint={t('newPopulationHint')}
            value={name}
            onChange={setName}
            maxLength={100}
            required
            autoFocus
            error={isTried && !isNameRight ? t('nameMissing') : undefined}
          />
        )}
        {Object.entries(profileOptions).map(([option, it]) => (
          <OptionField
            key={option}
            name={`access.${option}`}
            option={it}
            value={draft[option]}
            otherwise={access[option] === undefined ? it.otherwise : access[option]}
            isInherited
            onChange={(value) => setDraft({ ...draft, [option]: value })}
          />
        ))}
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{word('cancel')}</Button>
          <Button type="submit" tone="primary">
            {t('save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
