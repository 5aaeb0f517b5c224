/** The services that let people in with Pli: added, changed, given another secret, removed. */
import { Plug, ShieldOff } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { toastRefusal } from '#web/console/refusals.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Copyable } from '#web/settings/programs/Copyable.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Confirm, Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/clients.ts';
import { t as word } from '#web/words/console.ts';
import { ClientDialog } from './ClientDialog.tsx';
import { fetchClients, removeClient, renewSecret } from './clients.ts';
import type { Client } from './clients.ts';

type Open =
  | { readonly kind: 'edit'; readonly client: Client | undefined }
  | { readonly kind: 'remove' | 'renew'; readonly client: Client }
  | { readonly kind: 'secret'; readonly name: string; readonly id: string; readonly secret: string };

export function ClientsScreen() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchClients(sync, accountId), [sync, accountId]));
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value, load } = fetched;
  const close = (): void => setOpen(undefined);

  async function run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      sync.connection.report(error);
      showToast(t('failed', { type: 'offline' }), { tone: 'danger' });
    }
    void load();
  }

  return (
    <section className={css['page']} aria-labelledby="clients-title">
      <h2 id="clients-title" ref={heading} tabIndex={-1}>
        {t('title')}
      </h2>
      <p>{t('intro')}</p>
      {value === undefined && (
        <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />
      )}
      {value && value.clients === undefined && (
        <EmptyState icon={ShieldOff} title={t('forbidden')} text={t('forbiddenText')} />
      )}
      {value?.clients && (
        <>
          <p>{t('issuer', { url: globalThis.location.origin })}</p>
          <div className={css['acts']}>
            <Button tone="primary" onPress={() => setOpen({ kind: 'edit', client: undefined })}>
              {t('add')}
            </Button>
          </div>
          {value.clients.length === 0 && <EmptyState icon={Plug} title={t('empty')} text={t('emptyText')} />}
          {value.clients.length > 0 && <Clients clients={value.clients} onOpen={setOpen} />}
        </>
      )}
      {open?.kind === 'edit' && (
        <ClientDialog
          client={open.client}
          onClose={close}
          onSaved={(name, { id, secret }) => {
            setOpen(open.client ? undefined : { kind: 'secret', name, id, secret });
            showToast(t('saved', { name }));
            void load();
          }}
        />
      )}
      {open?.kind === 'remove' && (
        <Confirm
          title={t('removeTitle', { name: open.client.name })}
          text={t('removeText')}
          action={t('remove')}
          onClose={close}
          onConfirm={() =>
            void run(async () => {
              const { id, name } = open.client;
              const gone = await removeClient(sync, accountId, id);
              if (gone.kind === 'saved') showToast(t('removed', { name }));
              else toastRefusal(gone.type);
              // The button that was pressed goes with its row.
              heading.current?.focus();
            })
          }
        />
      )}
      {open?.kind === 'renew' && (
        <Confirm
          title={t('renewTitle', { name: open.client.name })}
          text={t('renewText')}
          action={t('renew')}
          onClose={close}
          onConfirm={() =>
            void run(async () => {
              const { id, name } = open.client;
              const saved = await renewSecret(sync, accountId, id);
              if (saved.kind === 'saved') setOpen({ kind: 'secret', name, id, secret: saved.secret });
              else toastRefusal(saved.type);
            })
          }
        />
      )}
      {open?.kind === 'secret' && <SecretDialog given={open} onClose={close} />}
    </section>
  );
}

interface ClientsProps {
  readonly clients: readonly Client[];
  readonly onOpen: (open: Open) => void;
}

function Clients({ clients, onOpen }: ClientsProps) {
  return (
    <ul className={css['list']}>
      {clients.map((client) => (
        <li key={client.id} className={css['item']}>
          <div className={css['about']}>
            <strong>{client.name}</strong>
            <span>{client.isConfidential ? t('confidential') : t('public')}</span>
            {client.isFirstParty && <span>{t('firstParty')}</span>}
            <span>
              {t('clientId')} : <code translate="no">{client.id}</code>
            </span>
          </div>
          <div className={css['acts']}>
            <Button aria-label={t('changeName', client)} onPress={() => onOpen({ kind: 'edit', client })}>
              {t('change')}
            </Button>
            {client.isConfidential && (
              <Button aria-label={t('renewName', client)} onPress={() => onOpen({ kind: 'renew', client })}>
                {t('renew')}
              </Button>
            )}
            <Button aria-label={t('removeName', client)} onPress={() => onOpen({ kind: 'remove', client })}>
              {t('remove')}
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}

interface SecretDialogProps {
  readonly given: Extract<Open, { readonly kind: 'secret' }>;
  readonly onClose: () => void;
}

function SecretDialog({ given: { name, id, secret }, onClose }: SecretDialogProps) {
  return (
    <Dialog title={t('secretTitle', { name })} onClose={onClose} isRequired={secret !== ''}>
      <p>{t('secretText')}</p>
      <p>
        {t('clientId')}
        <br />
        <Copyable name={t('clientId')} value={id} />
      </p>
      {secret !== '' && (
        <p>
          {t('secret')}
          <br />
          <Copyable name={t('secret')} value={secret} isSecret />
        </p>
      )}
      <DialogActions>
        <Button tone="primary" onPress={onClose}>
          {t('close')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
