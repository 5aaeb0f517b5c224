/** The address a code is sent to when the password is forgotten: which it is, another one, or none. */
import { useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { addressAction, AddressFields } from '#web/entry/AddressFields.tsx';
import { addFault, proven } from '#web/factors/added.ts';
import { send } from '#web/factors/api.ts';
import type { Reply } from '#web/factors/api.ts';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { dayName } from '#web/words/dates.ts';
import { t } from '#web/words/security.ts';
import { t as say } from '#web/words/steps.ts';
import { t as word } from '#web/words/words.ts';
import type { Security } from './security.ts';

export interface AddressPartProps {
  readonly of: Security;
  readonly onChanged: () => void;
}

type Doing = 'nothing' | 'asking' | 'typing' | 'removing';

export function AddressPart({
  of: { recoveryAddress, recoveryAddressAt, recoveryAsking },
  onChanged,
}: AddressPartProps) {
  const [doing, setDoing] = useState<Doing>('nothing');
  const [address, setAddress] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);

  const end = (): void => {
    setDoing('nothing');
    heading.current?.focus();
  };
  async function remove(): Promise<void> {
    const reply = await proven(() => send('/auth/recovery-email/remove'));
    if (reply.kind === 'done') showToast(t('addressRemoved'));
    else showToast(addFault(reply, t('changeFailed')), { tone: 'danger' });
    heading.current?.focus();
    onChanged();
  }

  const isOpen = doing === 'asking' || doing === 'typing';
  return (
    <Part id="security-address" title={t('addressTitle')} heading={heading}>
      {!isOpen && (
        <>
          <p>
            {recoveryAddress === undefined ? say('recoveryText') : t('addressIs', { address: recoveryAddress })}{' '}
            {recoveryAddressAt !== undefined && t('addressSince', { date: dayName(new Date(recoveryAddressAt)) })}
          </p>
          <div className={page['actions']}>
            {recoveryAsking !== 'never' && (
              <Button onPress={() => setDoing('asking')}>
                {recoveryAddress === undefined ? t('addressGive') : t('addressChange')}
              </Button>
            )}
            {recoveryAddress !== undefined && recoveryAsking !== 'required' && (
              <Button tone="quiet" onPress={() => setDoing('removing')}>
                {t('addressRemove')}
              </Button>
            )}
          </div>
        </>
      )}
      {isOpen && (
        <AddressForm
          key={doing}
          isSent={doing === 'typing'}
          address={address}
          onAddress={setAddress}
          onSent={(isSent) => setDoing(isSent ? 'typing' : 'asking')}
          onEnd={(isSet) => {
            end();
            setAddress('');
            if (!isSet) return;
            showToast(t('addressSet', { address: address.trim() }));
            onChanged();
          }}
        />
      )}
      {doing === 'removing' && (
        <Confirm
          title={t('addressRemoveTitle', { address: recoveryAddress ?? '' })}
          text={t('addressRemoveText')}
          action={t('addressRemove')}
          onConfirm={() => void remove()}
          onClose={() => setDoing('nothing')}
        />
      )}
    </Part>
  );
}

interface AddressFormProps {
  readonly isSent: boolean;
  readonly address: string;
  readonly onAddress: (address: string) => void;
  readonly onSent: (isSent: boolean) => void;
  /** `isSet`: the address counts now; false where one thought better of it. */
  readonly onEnd: (isSet: boolean) => void;
}

function AddressForm({ isSent, address, onAddress, onSent, onEnd }: AddressFormProps) {
  const [code, setCode] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const field = useRef<HTMLInputElement>(null);
  // Each step is a form of its own.
  useEffect(() => field.current?.focus(), []);

  async function submit(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setFault('');
    const reply = await proven(() =>
      isSent ? send('/auth/recovery-email/code', { code }) : send('/auth/recovery-email', { address }),
    );
    setBusy(false);
    if (reply.kind === 'done') return isSent ? onEnd(true) : onSent(true);
    setFault(faultOf(reply));
    field.current?.focus();
  }

  return (
    <form
      className={page['form']}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div role="alert" className={page['error']}>
        {fault}
      </div>
      <AddressFields
        isSent={isSent}
        address={address}
        onAddress={onAddress}
        code={code}
        onCode={setCode}
        field={field}
      />
      <div className={page['actions']}>
        <Button type="submit" tone="primary" isDisabled={isBusy}>
          {addressAction(isSent, isBusy)}
        </Button>
        {isSent && <Button onPress={() => onSent(false)}>{say('recoveryOther')}</Button>}
        <Button tone="quiet" onPress={() => onEnd(false)}>
          {word('ui.cancel')}
        </Button>
      </div>
    </form>
  );
}

function faultOf(reply: Exclude<Reply, { kind: 'done' }>): string {
  if (reply.kind === 'refused') return say('recoveryRefused');
  if (reply.kind !== 'wrong') return addFault(reply, '');
  return reply.left === undefined || reply.left === 0 ? say('codeOver') : say('codeWrong', { count: reply.left });
}
