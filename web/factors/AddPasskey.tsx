/** A passkey: the browser makes and keeps it, and gives us what it is known by. */
import { useState } from 'react';
import type { SyntheticEvent } from 'react';
import { Button } from '#web/ui/Button.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/security.ts';
import { addFault, proven, readAdded } from './added.ts';
import type { Added } from './added.ts';
import { send } from './api.ts';
import { createKey, hasPasskeys, isKnownKey } from './browserKey.ts';
import css from './factors.module.css';

export function AddPasskey({ onAdded }: { readonly onAdded: (added: Added) => void }) {
  const [name, setName] = useState(t('passkeyName'));
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | undefined>(hasPasskeys() ? undefined : t('passkeyUnsupported'));

  async function make(given: string): Promise<string | undefined> {
    const options = await proven(() => send('/auth/enrol/passkey'));
    if (options.kind !== 'done') return addFault(options, t('passkeyFailed'));
    let response: object;
    try {
      response = await createKey(options.answer);
    } catch (error) {
      return isKnownKey(error) ? t('passkeyKnown') : t('passkeyFailed');
    }
    const reply = await proven(() => send('/auth/enrol/passkey/confirm', { response, name: given }));
    if (reply.kind !== 'done') return addFault(reply, t('passkeyFailed'));
    onAdded(readAdded(given, reply.answer));
    return undefined;
  }

  async function submit(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    if (isBusy || !hasPasskeys()) return;
    if (name.trim() === '') return setFault(t('nameMissing'));
    setBusy(true);
    setFault(undefined);
    setFault(await make(name.trim()));
    setBusy(false);
  }

  return (
    <form className={css['form']} onSubmit={(event) => void submit(event)} noValidate>
      <p>{t('passkeyText')}</p>
      <TextField
        label={t('nameLabel')}
        hint={t('passkeyAsk')}
        value={name}
        maxLength={100}
        autoComplete="off"
        onChange={setName}
      />
      <div role="alert" className={css['fault']}>
        {fault}
      </div>
      <Button type="submit" tone="primary" isDisabled={isBusy}>
        {isBusy ? t('adding') : t('add')}
      </Button>
    </form>
  );
}
