/** Mail domains: which one new addresses are of, what DNS must say of each and whether it does, a new one, an end. */
import { Globe } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { consoleAccess } from '#web/console/access.ts';
import css from '#web/console/console.module.css';
import { PlatformPeople } from '#web/console/PlatformPeople.tsx';
import { isKept, refusalText, toastRefusal } from '#web/console/refusals.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Confirm, Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as word } from '#web/words/console.ts';
import { t } from '#web/words/domains.ts';
import { DomainPart } from './DomainPart.tsx';
import { changeDomain, fetchDomains } from './domains.ts';
import type { DomainRow } from './domains.ts';

export function DomainsScreen() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const { isPlatform } = consoleAccess(session);
  const fetched = useFetched(useCallback(() => fetchDomains(sync, accountId), [sync, accountId]));
  const [isAdding, add] = useState(false);
  const [asked, ask] = useState<DomainRow | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value: domains, load } = fetched;

  async function change(method: 'Domain/makeDefault' | 'Domain/remove', name: string): Promise<void> {
    const answer = await changeDomain(sync, method, { accountId, name });
    if (typeof answer === 'string') toastRefusal(answer);
    else if (answer > 0) showToast(t('used', { name, count: answer }), { tone: 'danger' });
    else showToast(t(method === 'Domain/remove' ? 'removed' : 'madeMain', { name }));
    await load();
    // The button that was pressed may be gone.
    heading.current?.focus();
  }

  return (
    <section className={css['page']} aria-labelledby="domains-title">
      <h2 id="domains-title" ref={heading} tabIndex={-1}>
        {t('title')}
      </h2>
      <p>{t('intro')}</p>
      {domains === undefined && (
        <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />
      )}
      {typeof domains === 'string' && <EmptyState icon={Globe} title={t('forbidden')} text={refusalText(domains)} />}
      {Array.isArray(domains) && (
        <>
          {isPlatform && (
            <div>
              <Button onPress={() => add(true)}>{t('add')}</Button>
            </div>
          )}
          {domains.map((domain: DomainRow) => (
            <DomainPart
              key={domain.name}
              domain={domain}
              onMain={() => void change('Domain/makeDefault', domain.name)}
              onRemove={() => ask(domain)}
            />
          ))}
          {!isPlatform && (
            <section className={css['part']} aria-labelledby="domains-another">
              <h3 id="domains-another">{t('another')}</h3>
              <p>{t('addElsewhere')}</p>
              <PlatformPeople />
            </section>
          )}
        </>
      )}
      {isAdding && <AddDialog onClose={() => add(false)} onDone={() => void load()} />}
      {asked && (
        <Confirm
          title={t('removeName', { name: asked.name })}
          text={t('removeText')}
          action={t('remove')}
          onConfirm={() => void change('Domain/remove', asked.name)}
          onClose={() => ask(undefined)}
        />
      )}
    </section>
  );
}

function AddDialog({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const { sync, session } = useScope();
  const [name, setName] = useState('');
  const [error, setError] = useState('');

  async function save(): Promise<void> {
    const answer = await changeDomain(sync, 'Domain/add', { accountId: session.primaryAccountId, name: name.trim() });
    if (typeof answer === 'string') {
      if (isKept(answer)) return onClose();
      setError(answer === 'invalidArguments' ? t('wrong') : refusalText(answer));
      return;
    }
    showToast(t('added', { name: name.trim() }));
    onClose();
    onDone();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setError('');
    void save();
  }

  return (
    <Dialog title={t('add')} onClose={onClose}>
      <p>{t('addText')}</p>
      <form className={css['form']} onSubmit={submit}>
        <TextField
          label={t('name')}
          hint={t('nameHint')}
          value={name}
          onChange={setName}
          maxLength={253}
          autoComplete="off"
          spellCheck={false}
          required
          autoFocus
        />
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{word('cancel')}</Button>
          <Button type="submit" tone="primary">
            {t('add')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
