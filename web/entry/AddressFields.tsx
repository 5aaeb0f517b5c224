/** The two questions about a recovery address, one after the other: which it is, and the code that came to it. */
import type { Ref } from 'react';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/steps.ts';
import { CodeField } from './CodeField.tsx';

export interface AddressFieldsProps {
  /** Whether a code is on its way: then it is the code that is asked for. */
  readonly isSent: boolean;
  readonly address: string;
  readonly onAddress: (address: string) => void;
  readonly code: string;
  readonly onCode: (code: string) => void;
  /** Of the field that is shown. */
  readonly field: Ref<HTMLInputElement>;
}

export function AddressFields({ isSent, address, onAddress, code, onCode, field }: AddressFieldsProps) {
  return (
    <>
      <p role="status">{isSent ? t('recoverySent', { address }) : t('recoveryText')}</p>
      {isSent ? (
        <CodeField key="code" ref={field} value={code} onChange={onCode} />
      ) : (
        <TextField
          key="address"
          ref={field}
          label={t('recoveryAddress')}
          name="email"
          type="email"
          autoComplete="email"
          required
          value={address}
          onChange={onAddress}
        />
      )}
    </>
  );
}

/** What the button says that sends the answer. */
export function addressAction(isSent: boolean, isBusy: boolean): string {
  if (isSent) return t('codeCheck');
  return isBusy ? t('recoverySending') : t('recoverySend');
}
