/** An authenticator program: scan or type a key, then show that it counts as we do. */
import { useEffect, useRef, useState } from 'react';
import type { SyntheticEvent } from 'react';
import { QrCode } from '#web/settings/programs/QrCode.tsx';
import { textOr } from '#web/sync/shape.ts';
import { Button } from '#web/ui/Button.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/security.ts';
import { addFault, proven, readAdded } from './added.ts';
import type { Added } from './added.ts';
import { send } from './api.ts';
import css from './factors.module.css';

interface Begun {
  readonly id: string;
  readonly secret: string;
  readonly uri: string;
}

export function AddTotp({ onAdded }: { readonly onAdded: (added: Added) => void }) {
  const [begun, setBegun] = useState<Begun | undefined>(undefined);
  const [code, setCode] = useState('');
  const [name, setName] = useState(t('totpName'));
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    void proven(() => send('/auth/enrol/totp')).then((reply) => {
      if (reply.kind !== 'done') return setFault(addFault(reply, t('changeFailed')));
      const { id, secret, uri } = reply.answer;
      setBegun({ id: textOr(id, ''), secret: textOr(secret, ''), uri: textOr(uri, '') });
    });
  }, []);

  async function submit(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    if (isBusy || !begun || code.trim() === '') return field.current?.focus();
    if (name.trim() === '') return setFault(t('nameMissing'));
    setBusy(true);
    setFault(undefined);
    const given = { id: begun.id, code, name: name.trim() };
    const reply = await proven(() => send('/auth/enrol/totp/confirm', given));
    setBusy(false);
    if (reply.kind === 'done') return onAdded(readAdded(given.name, reply.answer));
    setFault(addFault(reply, t('wrongCode')));
    setCode('');
    field.current?.focus();
  }

  return (
    <form className={css['form']} onSubmit={(event) => void submit(event)} noValidate>
      {!begun && !fault && <Spinner label={t('loading')} />}
      {begun && (
        <>
          <ol className={css['steps']}>
            <li>{t('totpStep1')}</li>
            <li>
              {t('totpStep2')}
              <QrCode text={begun.uri} label={t('totpQr')} />
              <span>{t('totpKey')}</span>
              <code className={css['key']} translate="no" aria-label={t('totpKeyName')}>
                {inFours(begun.secret)}
              </code>
            </li>
            <li>{t('totpStep3')}</li>
          </ol>
          <TextField
            ref={field}
            label={t('totp')}
            autoComplete="one-time-code"
            inputMode="numeric"
            value={code}
            onChange={setCode}
          />
          <TextField label={t('nameLabel')} value={name} maxLength={100} autoComplete="off" onChange={setName} />
        </>
      )}
      <div role="alert" className={css['fault']}>
        {fault}
      </div>
      {begun && (
        <Button type="submit" tone="primary" isDisabled={isBusy}>
          {isBusy ? t('adding') : t('add')}
        </Button>
      )}
    </form>
  );
}

function inFours(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? '';
}
