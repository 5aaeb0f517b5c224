/** A new identity provider: the facts its administrator gives one, and how its people are recognised here. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t as common } from '#web/words/console.ts';
import { t } from '#web/words/federation.ts';
import css from './console.module.css';
import { leavings, linkings, providerKinds, setProvider } from './providers.ts';
import type { Leaving, Linking, ProviderKind } from './providers.ts';
import { refusalText } from './refusals.ts';

const addressNames = { oidc: 'issuer', cas: 'url', saml: 'entryPoint', ldap: 'url' } as const;
const words = (text: string): readonly string[] => text.split(/[\s,;]+/).filter((one) => one !== '');

export function ProviderDialog({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const { sync, session } = useScope();
  const [kind, setKind] = useState<ProviderKind>('oidc');
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const [clientId, setClientId] = useState('');
  const [secret, setSecret] = useState('');
  const [entityId, setEntityId] = useState('');
  const [certificate, setCertificate] = useState('');
  const [domains, setDomains] = useState('');
  const [linkBy, setLinkBy] = useState<Linking>('userName');
  const [leaving, setLeaving] = useState<Leaving>('ask');
  const [base, setBase] = useState('');
  const [bindDn, setBindDn] = useState('');
  const [passwordsOf, setPasswordsOf] = useState('');
  const [recoveryUrl, setRecoveryUrl] = useState('');
  const [isTrusted, setTrusted] = useState(false);
  const [error, setError] = useState('');

  async function save(): Promise<void> {
    const settings = {
      [addressNames[kind]]: address.trim(),
      ...(kind === 'ldap'
        ? {
            base: base.trim(),
            bindDn: bindDn.trim(),
            passwordsOf: words(passwordsOf),
            recoveryUrl: recoveryUrl.trim(),
            certificates: certificate.trim() === '' ? [] : [certificate],
          }
        : { domains: words(domains), linkBy, leaving, isSecondFactorTrusted: isTrusted }),
      ...(kind === 'oidc' && { clientId: clientId.trim() }),
      ...(kind === 'saml' && { entityId: entityId.trim(), certificates: [certificate] }),
    };
    const record = { kind, name: name.trim(), settings, ...((kind === 'oidc' || kind === 'ldap') && { secret }) };
    const refused = await setProvider(sync, session.primaryAccountId, { create: { provider: record } });
    if (refused === undefined) onDone();
    else setError(refused === 'invalidProperties' ? t('wrongFacts') : refusalText(refused));
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setError('');
    void save();
  }

  return (
    <Dialog title={t('addProvider')} onClose={onClose}>
      <form className={css['form']} onSubmit={submit}>
        <SelectField
          label={t('kind')}
          value={kind}
          onChange={setKind}
          choices={providerKinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
        <TextField
          label={t(kind === 'ldap' ? 'directoryName' : 'buttonName')}
          value={name}
          onChange={setName}
          maxLength={80}
          required
        />
        <TextField
          label={t(`address.${kind}`)}
          hint={kind === 'ldap' ? t('ldapHint') : undefined}
          type="url"
          value={address}
          onChange={setAddress}
          required
        />
        {kind === 'oidc' && (
          <>
            <TextField label={t('clientId')} value={clientId} onChange={setClientId} autoComplete="off" required />
            <TextField
              label={t('secret')}
              type="password"
              value={secret}
              onChange={setSecret}
              autoComplete="new-password"
            />
          </>
        )}
        {kind === 'saml' && (
          <>
            <TextField label={t('entityId')} value={entityId} onChange={setEntityId} required />
            <TextField label={t('certificate')} value={certificate} onChange={setCertificate} required />
          </>
        )}
        {kind === 'ldap' ? (
          <>
            <TextField label={t('base')} value={base} onChange={setBase} required />
            <TextField label={t('bindDn')} value={bindDn} onChange={setBindDn} autoComplete="off" />
            <TextField
              label={t('bindPassword')}
              type="password"
              value={secret}
              onChange={setSecret}
              autoComplete="new-password"
            />
            <TextField label={t('authority')} value={certificate} onChange={setCertificate} />
            <TextField
              label={t('passwordsOf')}
              hint={t('passwordsOfHint')}
              value={passwordsOf}
              onChange={setPasswordsOf}
            />
            <TextField label={t('recoveryUrl')} type="url" value={recoveryUrl} onChange={setRecoveryUrl} />
          </>
        ) : (
          <>
            <TextField label={t('domains')} hint={t('domainsHint')} value={domains} onChange={setDomains} />
            <SelectField
              label={t('linkBy')}
              value={linkBy}
              onChange={setLinkBy}
              choices={linkings.map((value) => ({ value, label: t(`linkBy.${value}`) }))}
            />
            <SelectField
              label={t('leaving')}
              value={leaving}
              onChange={setLeaving}
              choices={leavings.map((value) => ({ value, label: t(`leaving.${value}`) }))}
            />
            <label>
              <input
                type="checkbox"
                checked={isTrusted}
                onChange={(event) => setTrusted(event.currentTarget.checked)}
              />{' '}
              {t('isTrusted')}
            </label>
          </>
        )}
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{common('cancel')}</Button>
          <Button type="submit" tone="primary">
            {t('addProvider')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
