/** Under whose name one writes; shown where there is a choice. */
import { t } from '#web/words/compose.ts';
import type { Composer } from './composer.ts';
import css from './window.module.css';

export interface IdentityFieldProps {
  readonly composer: Composer;
  readonly identityId: string;
  readonly onChange: (identityId: string) => void;
}

export function IdentityField({ composer, identityId, onChange }: IdentityFieldProps) {
  const identities = composer.sync.store.all(composer.accountId, 'Identity');
  if (identities.length < 2) return null;
  return (
    <label className={css['subject']}>
      <span>{t('field.from')}</span>
      <select value={identityId} onChange={(event) => onChange(event.currentTarget.value)}>
        {identities.map(({ id, name, email }) => (
          <option key={id} value={id}>
            {name === '' ? email : `${name} <${email}>`}
          </option>
        ))}
      </select>
    </label>
  );
}
