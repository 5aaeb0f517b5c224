/** Under whose name one writes; shown where there is a choice. A message that answers nothing may move to another account. */
import { useEffect, useSyncExternalStore } from 'react';
import { t } from '#web/words/compose.ts';
import type { AccountId, Identity } from '#web/sync/records.ts';
import type { Sync } from '#web/sync/sync.ts';
import type { Composer } from './composer.ts';
import css from './window.module.css';

export interface IdentityFieldProps {
  readonly composer: Composer;
  readonly identityId: string;
  readonly onChange: (identityId: string) => void;
  readonly onMove: (accountId: AccountId, identityId: string) => void;
}

export function IdentityField({ composer, identityId, onChange, onMove }: IdentityFieldProps) {
  const { sync, accountId } = composer;
  const mayMove = composer.view().draft.relation === undefined;
  const accounts = (sync.session()?.accounts ?? []).filter((it) => it.id === accountId || (mayMove && it.maySend));
  const groups = accounts.map((account) => ({ account, identities: sync.store.all(account.id, 'Identity') }));
  useIdentities(
    sync,
    accounts.map(({ id }) => id),
  );
  const count = groups.reduce((sum, { identities }) => sum + identities.length, 0);
  if (count < 2) return null;

  function choose(value: string): void {
    const [account = '', id = ''] = value.split(' ');
    const chosen = accounts.find((it) => it.id === account);
    if (!chosen) return;
    if (chosen.id === accountId) onChange(id);
    else onMove(chosen.id, id);
  }

  return (
    <label className={css['subject']}>
      <span>{t('field.from')}</span>
      <select value={`${accountId} ${identityId}`} onChange={(event) => choose(event.currentTarget.value)}>
        {groups.map(({ account, identities }) =>
          groups.length < 2 ? (
            identities.map((identity) => <Choice key={identity.id} accountId={account.id} identity={identity} />)
          ) : (
            <optgroup key={account.id} label={account.name}>
              {identities.map((identity) => (
                <Choice key={identity.id} accountId={account.id} identity={identity} />
              ))}
            </optgroup>
          ),
        )}
      </select>
    </label>
  );
}

function Choice({ accountId, identity }: { readonly accountId: AccountId; readonly identity: Identity }) {
  const { id, name, email } = identity;
  return <option value={`${accountId} ${id}`}>{name === '' ? email : `${name} <${email}>`}</option>;
}

/** Fetches the identities of accounts that are not on the screen, and draws when they come. */
function useIdentities(sync: Sync, accountIds: readonly AccountId[]): void {
  const key = accountIds.join(' ');
  useEffect(() => {
    for (const { id } of sync.session()?.accounts ?? [])
      if (key.split(' ').includes(id)) void sync.ensureAll(id, 'Identity').catch(() => undefined);
  }, [sync, key]);
  useSyncExternalStore(
    (listener) => {
      const stops = accountIds.map((id) => sync.store.subscribe(id, 'Identity', listener));
      return () => stops.forEach((stop) => stop());
    },
    () => accountIds.reduce((sum, id) => sum + sync.store.all(id, 'Identity').length, 0),
  );
}
