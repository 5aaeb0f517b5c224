/** Where the six digits that came by mail are typed. */
import type { Ref } from 'react';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/steps.ts';
import css from './entry.module.css';

export interface CodeFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly ref: Ref<HTMLInputElement>;
}

export function CodeField({ value, onChange, ref }: CodeFieldProps) {
  return (
    <div className={css['code']}>
      <TextField
        ref={ref}
        label={t('code')}
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={9}
        required
        value={value}
        onChange={onChange}
      />
    </div>
  );
}
