/** The names of hosts whose login page is this institution's: seen by its administrators, given by the platform's. */
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { consoleAccess } from '#web/console/access.ts';
import css from '#web/console/console.module.css';
import { PlatformPeople } from '#web/console/PlatformPeople.tsx';
import { isKept, refusalText, toastRefusal } from '#web/console/refusals.ts';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/brand.ts';
import { askBrand } from './brand.ts';
import own from './brand.module.css';

export interface HostsPartProps {
  readonly hostnames: readonly string[];
  readonly onChanged: () => void;
}

export function HostsPart({ hostnames, onChanged }: HostsPartProps) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const { isPlatform } = consoleAccess(session);
  const [name, setName] = useState('');
  const [error, setError] = useState('');
  const [asked, ask] = useState<string | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);

  async function add(): Promise<void> {
    const refused = await askBrand(sync, 'Brand/addHostname', { accountId, name: name.trim() });
    if (refused === undefined) {
      showToast(t('hostAdded', { name: name.trim() }));
      setName('');
      onChanged();
    } else if (isKept(refused)) setName('');
    else setError(refused === 'invalidArguments' ? t('hostWrong') : refusalText(refused));
  }

  async function remove(host: string): Promise<void> {
    const refused = await askBrand(sync, 'Brand/removeHostname', { accountId, name: host });
    if (refused === undefined) showToast(t('hostRemoved', { name: host }));
    else toastRefusal(refused);
    onChanged();
    // The button that was pressed may be gone.
    heading.current?.focus();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setError(name.trim() === '' ? t('hostWrong') : '');
    if (name.trim() !== '') void add();
  }

  return (
    <section className={css['part']} aria-labelledby="brand-hosts">
      <h3 id="brand-hosts" ref={heading} tabIndex={-1}>
        {t('hosts')}
      </h3>
      <p className={css['soft']}>{t('hostsText')}</p>
      {hostnames.length === 0 ? (
        <p>{t('noHosts')}</p>
      ) : (
        <ul className={own['hosts']}>
          {hostnames.map((host) => (
            <li key={host}>
              <code>{host}</code>
              {isPlatform && (
                <Button tone="danger" aria-label={t('hostRemoveName', { name: host })} onPress={() => ask(host)}>
                  {t('hostRemove')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {isPlatform ? (
        <form className={own['hostForm']} onSubmit={submit} noValidate>
          <TextField
            label={t('hostName')}
            hint={t('hostHint')}
            error={error || undefined}
            value={name}
            onChange={setName}
            maxLength={253}
            autoComplete="off"
            spellCheck={false}
            required
          />
          <div>
            <Button type="submit">{t('hostAdd')}</Button>
          </div>
        </form>
      ) : (
        <PlatformPeople />
      )}
      {asked !== undefined && (
        <Confirm
          title={t('hostRemoveName', { name: asked })}
          text={t('hostRemoveText')}
          action={t('hostRemove')}
          onConfirm={() => void remove(asked)}
          onClose={() => ask(undefined)}
        />
      )}
    </section>
  );
}
