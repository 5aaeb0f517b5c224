/** One service: its name, its addresses, what it may ask for. What is wrong is said by the server, field by field. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { isKept } from '#web/console/refusals.ts';
import { mayText } from '#web/openid/scopes.ts';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { LinesField } from '#web/ui/LinesField.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { CheckField, TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/clients.ts';
import { clientScopes, saveClient } from './clients.ts';
import type { Client, ClientFields, Saved } from './clients.ts';

export interface ClientDialogProps {
  /** undefined for a new one. */
  readonly client: Client | undefined;
  readonly onClose: () => void;
  readonly onSaved: (name: string, saved: Extract<Saved, { readonly kind: 'saved' }>) => void;
}

const blank: ClientFields = {
  name: '',
  isConfidential: true,
  isFirstParty: false,
  redirectUris: [],
  postLogoutUris: [],
  logoutUri: '',
  scopes: ['openid', 'profile', 'email'],
};

export function ClientDialog({ client, onClose, onSaved }: ClientDialogProps) {
  const { sync, session } = useScope();
  const [fields, setFields] = useState<ClientFields>(client ?? blank);
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const change = (given: Partial<ClientFields>): void => setFields((before) => ({ ...before, ...given }));

  async function save(): Promise<void> {
    setBusy(true);
    try {
      const { name, isConfidential, isFirstParty, redirectUris, postLogoutUris, logoutUri, scopes } = fields;
      const saved = await saveClient(sync, session.primaryAccountId, client?.id, {
        name,
        isConfidential,
        isFirstParty,
        redirectUris,
        postLogoutUris,
        scopes,
        logoutUri: logoutUri.trim(),
      });
      if (saved.kind === 'saved') return onSaved(fields.name, saved);
      if (isKept(saved.type)) return onClose();
      setWrong(saved.properties);
      setError(
        saved.properties.length > 0
          ? t('wrong', { fields: saved.properties.map(fieldName).join(', ') })
          : t('failed', { type: saved.type }),
      );
    } catch (fault) {
      sync.connection.report(fault);
      setError(t('failed', { type: 'offline' }));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog title={client ? t('changeName', { name: client.name }) : t('add')} onClose={onClose}>
      <form
        className={css['form']}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label={t('name')}
          hint={t('nameHint')}
          value={fields.name}
          onChange={(name) => change({ name })}
          aria-invalid={wrong.includes('name') || undefined}
          maxLength={200}
          required
          autoFocus
        />
        {!client && (
          <SelectField
            label={t('kind')}
            value={fields.isConfidential ? 'confidential' : 'public'}
            choices={[
              { value: 'confidential', label: t('kindConfidential') },
              { value: 'public', label: t('kindPublic') },
            ]}
            onChange={(kind) => change({ isConfidential: kind === 'confidential' })}
          />
        )}
        <LinesField
          label={t('redirectUris')}
          hint={t('redirectHint')}
          value={fields.redirectUris}
          isWrong={wrong.includes('redirectUris')}
          onChange={(redirectUris) => change({ redirectUris })}
        />
        <LinesField
          label={t('postLogoutUris')}
          hint={t('postLogoutHint')}
          value={fields.postLogoutUris}
          isWrong={wrong.includes('postLogoutUris')}
          onChange={(postLogoutUris) => change({ postLogoutUris })}
        />
        <TextField
          label={t('logoutUri')}
          hint={t('logoutHint')}
          type="url"
          value={fields.logoutUri}
          onChange={(logoutUri) => change({ logoutUri })}
        />
        <fieldset className={css['checks']}>
          <legend>{t('scopes')}</legend>
          {clientScopes.map((scope) => (
            <CheckField
              key={scope}
              label={mayText(scope)}
              isOn={fields.scopes.includes(scope)}
              onChange={(isOn) =>
                change({
                  scopes: clientScopes.filter((one) => (one === scope ? isOn : fields.scopes.includes(one))),
                })
              }
            />
          ))}
        </fieldset>
        <CheckField
          label={t('houseField')}
          isOn={fields.isFirstParty}
          onChange={(isFirstParty) => change({ isFirstParty })}
        />
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button type="submit" tone="primary" isDisabled={isBusy}>
            {t('save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function fieldName(property: string): string {
  switch (property) {
    case 'name':
    case 'redirectUris':
    case 'postLogoutUris':
    case 'logoutUri':
    case 'scopes':
      return t(property);
    default:
      return property;
  }
}
