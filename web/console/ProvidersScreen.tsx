/** Other identity providers: which ones let people in here, in the order of their buttons; a new one, and another word about one. */
import { DoorOpen } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as common } from '#web/words/console.ts';
import { t } from '#web/words/federation.ts';
import css from './console.module.css';
import { ProviderDialog } from './ProviderDialog.tsx';
import { fetchProviders, setProvider } from './providers.ts';
import type { ProviderRow } from './providers.ts';
import { refusalText, toastRefusal } from './refusals.ts';

export function ProvidersScreen() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchProviders(sync, accountId), [sync, accountId]));
  const [edited, edit] = useState<ProviderRow | 'new' | undefined>(undefined);
  const [asked, ask] = useState<ProviderRow | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value: providers, load } = fetched;

  async function change(args: Parameters<typeof setProvider>[2], said: string): Promise<void> {
    const refused = await setProvider(sync, accountId, args);
    if (refused === undefined) showToast(said);
    else toastRefusal(refused);
    await load();
    // The button that was pressed may be gone.
    heading.current?.focus();
  }

  return (
    <section className={css['page']} aria-labelledby="providers-title">
      <h2 id="providers-title" ref={heading} tabIndex={-1}>
        {t('providers')}
      </h2>
      <p>{t('providersIntro')}</p>
      {providers === undefined && (
        <NotFetched of={fetched} loading={common('loading')} failed={common('failed')} offline={common('offline')} />
      )}
      {typeof providers === 'string' && (
        <EmptyState icon={DoorOpen} title={t('providersClosed')} text={refusalText(providers)} />
      )}
      {Array.isArray(providers) && (
        <>
          <div>
            <Button tone="primary" onPress={() => edit('new')}>
              {t('addProvider')}
            </Button>
          </div>
          <ul className={css['list']}>
            {providers.map((provider: ProviderRow) => (
              <li key={provider.id} className={css['item']}>
                <div className={css['about']}>
                  <strong>{provider.name}</strong>
                  <span>
                    {t(`kind.${provider.kind}`)}, {provider.isEnabled ? t('isOpen') : t('isClosed')}
                  </span>
                  <span>{provider.address}</span>
                  {provider.kind !== 'ldap' && <span>{t('callback', { url: provider.callback })}</span>}
                </div>
                <div className={css['acts']}>
                  <Button aria-label={t('changeName', { name: provider.name })} onPress={() => edit(provider)}>
                    {t('change')}
                  </Button>
                  <Button
                    aria-label={t(provider.isEnabled ? 'closeName' : 'openName', { name: provider.name })}
                    onPress={() =>
                      void change({ update: { [provider.id]: { isEnabled: !provider.isEnabled } } }, t('saved'))
                    }
                  >
                    {provider.isEnabled ? t('close') : t('open')}
                  </Button>
                  <Button
                    tone="danger"
                    aria-label={t('removeName', { name: provider.name })}
                    onPress={() => ask(provider)}
                  >
                    {t('remove')}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
      {edited && (
        <ProviderDialog
          provider={edited === 'new' ? undefined : edited}
          onClose={() => edit(undefined)}
          onDone={() => {
            edit(undefined);
            showToast(t('saved'));
            void load();
          }}
        />
      )}
      {asked && (
        <Confirm
          title={t('removeName', { name: asked.name })}
          text={t('removeText')}
          action={t('remove')}
          onConfirm={() => void change({ destroy: [asked.id] }, t('removed'))}
          onClose={() => ask(undefined)}
        />
      )}
    </section>
  );
}
