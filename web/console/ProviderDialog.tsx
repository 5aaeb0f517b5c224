/**
 * An identity provider, new or not: the facts its administrator gives one, and how its people are recognised here. Of one
 * that is there, secret and certificates are never shown, and stay where their fields are left empty.
 */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { CheckField, TextField } from '#web/ui/TextField.tsx';
import { t as common } from '#web/words/console.ts';
import { t } from '#web/words/federation.ts';
import css from './console.module.css';
import { blankFacts, leavings, linkings, providerKinds, recordOf, setProvider } from './providers.ts';
import type { ProviderFacts, ProviderRow } from './providers.ts';
import { isKept, refusalText } from './refusals.ts';

export interface ProviderDialogProps {
  /** Undefined for a new one. */
  readonly provider: ProviderRow | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function ProviderDialog({ provider, onClose, onDone }: ProviderDialogProps) {
  const { sync, session } = useScope();
  const [facts, setFacts] = useState<ProviderFacts>(provider?.facts ?? blankFacts);
  const [position, setPosition] = useState(String(provider?.position ?? ''));
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const { kind } = facts;
  const change = (given: Partial<ProviderFacts>): void => setFacts((before) => ({ ...before, ...given }));
  /** A field of one line. */
  const line = (name: Exclude<keyof ProviderFacts, 'kind' | 'linkBy' | 'leaving' | 'isTrusted'>) => ({
    value: facts[name],
    onChange: (value: string) => change({ [name]: value }),
  });

  async function save(): Promise<void> {
    setBusy(true);
    const record = recordOf(facts, provider === undefined);
    const refused = await setProvider(
      sync,
      session.primaryAccountId,
      provider
        ? { update: { [provider.id]: { ...record, position: Number(position) } } }
        : { create: { provider: record } },
    );
    setBusy(false);
    if (refused === undefined) onDone();
    else if (isKept(refused)) onClose();
    else setError(refused === 'invalidProperties' ? t('wrongFacts') : refusalText(refused));
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setError('');
    void save();
  }

  const keepsSecret = provider?.hasSecret === true;
  const keepsCertificate = (provider?.certificates ?? 0) > 0;
  return (
    <Dialog title={provider ? t('changeName', { name: provider.name }) : t('addProvider')} onClose={onClose}>
      <form className={css['form']} onSubmit={submit}>
        {!provider && (
          <SelectField
            label={t('kind')}
            value={kind}
            onChange={(value) => change({ kind: value })}
            choices={providerKinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
          />
        )}
        <TextField
          {...line('name')}
          label={t(kind === 'ldap' ? 'directoryName' : 'buttonName')}
          maxLength={80}
          required
        />
        {provider && (
          <TextField
            label={t('position')}
            hint={t('positionHint')}
            type="number"
            min={0}
            max={1_000_000}
            value={position}
            onChange={setPosition}
            required
          />
        )}
        <TextField
          {...line('address')}
          label={t(`address.${kind}`)}
          hint={kind === 'ldap' ? t('ldapHint') : undefined}
          // The operator may have given a path alone, which a field of addresses would not let pass.
          type={provider ? 'text' : 'url'}
          required
        />
        {kind === 'oidc' && (
          <>
            <TextField {...line('clientId')} label={t('clientId')} autoComplete="off" required />
            <TextField
              {...line('secret')}
              label={t('secret')}
              hint={keepsSecret ? t('kept') : undefined}
              type="password"
              autoComplete="new-password"
            />
          </>
        )}
        {kind === 'saml' && (
          <>
            <TextField {...line('entityId')} label={t('entityId')} required />
            <TextField
              {...line('certificate')}
              label={t('certificate')}
              hint={keepsCertificate ? t('kept') : undefined}
              required={!keepsCertificate}
            />
          </>
        )}
        {kind === 'ldap' ? (
          <>
            <TextField {...line('base')} label={t('base')} required />
            <TextField {...line('bindDn')} label={t('bindDn')} autoComplete="off" />
            <TextField
              {...line('secret')}
              label={t('bindPassword')}
              hint={keepsSecret ? t('kept') : undefined}
              type="password"
              autoComplete="new-password"
            />
            <TextField
              {...line('certificate')}
              label={t('authority')}
              hint={keepsCertificate ? t('kept') : undefined}
            />
            <TextField {...line('passwordsOf')} label={t('passwordsOf')} hint={t('passwordsOfHint')} />
            <TextField {...line('recoveryUrl')} label={t('recoveryUrl')} type="url" />
          </>
        ) : (
          <>
            <TextField {...line('domains')} label={t('domains')} hint={t('domainsHint')} />
            <SelectField
              label={t('linkBy')}
              value={facts.linkBy}
              onChange={(linkBy) => change({ linkBy })}
              choices={linkings.map((value) => ({ value, label: t(`linkBy.${value}`) }))}
            />
            <SelectField
              label={t('leaving')}
              value={facts.leaving}
              onChange={(leaving) => change({ leaving })}
              choices={leavings.map((value) => ({ value, label: t(`leaving.${value}`) }))}
            />
            <CheckField label={t('isTrusted')} isOn={facts.isTrusted} onChange={(isTrusted) => change({ isTrusted })} />
          </>
        )}
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{common('cancel')}</Button>
          <Button type="submit" tone="primary" isDisabled={isBusy}>
            {t(provider ? 'save' : 'addProvider')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
