/** A value to take into another program: shown as it is, with a button that copies it. */
import { Copy } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '#web/ui/Button.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/programs.ts';
import css from './programs.module.css';

export interface CopyableProps {
  /** What it is, for the button's name and what is said once it is copied; never the value. */
  readonly name: string;
  readonly value: string;
  readonly isSecret?: boolean;
}

export function Copyable({ name, value, isSecret = false }: CopyableProps) {
  const shown = useRef<HTMLElement>(null);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(value);
      showToast(t('copied', { name }));
    } catch {
      // No clipboard over plain HTTP, or the browser said no: what is selected, the person can copy.
      if (shown.current) getSelection()?.selectAllChildren(shown.current);
      showToast(t('copySelected'));
    }
  }

  return (
    <span className={css['copyable']}>
      <code ref={shown} className={isSecret ? css['secret'] : css['value']} translate="no">
        {value}
      </code>
      <Button
        tone={isSecret ? 'primary' : 'quiet'}
        icon={Copy}
        className={isSecret ? undefined : css['copy']}
        aria-label={t('copyName', { name })}
        onPress={() => void copy()}
      >
        {t('copy')}
      </Button>
    </span>
  );
}
