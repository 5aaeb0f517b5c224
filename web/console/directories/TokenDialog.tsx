/** A new token: whose it is, over what, until when; then the token itself, this once. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { consoleAccess } from '#web/console/access.ts';
import { endOfDay } from '#web/console/console.ts';
import css from '#web/console/console.module.css';
import { isKept, refusalText } from '#web/console/refusals.ts';
import { UnitField } from '#web/console/UnitField.tsx';
import { Copyable } from '#web/settings/programs/Copyable.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t as word } from '#web/words/console.ts';
import { t } from '#web/words/directories.ts';
import { t as group } from '#web/words/groups.ts';
import { makeToken } from './tokens.ts';

export interface TokenDialogProps {
  readonly onClose: () => void;
  /** One was made: the list is to be read again. */
  readonly onMade: () => void;
}

export function TokenDialog({ onClose, onMade }: TokenDialogProps) {
  const { sync, session } = useScope();
  const { isWhole } = consoleAccess(session);
  const [name, setName] = useState('');
  const [unitId, setUnitId] = useState('');
  const [until, setUntil] = useState('');
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const [secret, setSecret] = useState('');
  const needsUnit = !isWhole && unitId === '';

  async function make(): Promise<void> {
    setBusy(true);
    const made = await makeToken(sync, session.primaryAccountId, {
      name: name.trim(),
      unitId: unitId === '' ? null : unitId,
      expiresAt: endOfDay(until),
    });
    setBusy(false);
    if (made.kind === 'made') {
      setSecret(made.secret);
      onMade();
    } else if (isKept(made.type)) onClose();
    else setError(errorText(made.type));
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    setError(needsUnit ? group('unitMissing') : '');
    if (name.trim() !== '' && !needsUnit) void make();
  }

  if (secret !== '')
    return (
      <Dialog title={t('shownTitle', { name: name.trim() })} onClose={onClose} isRequired>
        <p>{t('shownText')}</p>
        <Copyable name={t('token')} value={secret} isSecret />
        <DialogActions>
          <Button tone="primary" onPress={onClose}>
            {t('done')}
          </Button>
        </DialogActions>
      </Dialog>
    );
  return (
    <Dialog title={t('add')} onClose={onClose}>
      <form className={css['form']} onSubmit={submit} noValidate>
        <TextField
          label={t('name')}
          hint={t('nameHint')}
          value={name}
          onChange={setName}
          maxLength={200}
          required
          autoFocus
          error={isTried && name.trim() === '' ? t('nameMissing') : undefined}
        />
        <UnitField value={unitId} none={isWhole ? t('whole') : group('chooseUnit')} onChange={setUnitId} />
        <TextField label={t('untilLabel')} hint={t('untilHint')} type="date" value={until} onChange={setUntil} />
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{word('cancel')}</Button>
          <Button type="submit" tone="primary" isDisabled={isBusy}>
            {t('create')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function errorText(type: string): string {
  if (type === 'invalidProperties') return t('wrong');
  return type === 'tooManyRecipients' ? t('tooMany') : refusalText(type);
}
