/** Recovery codes, shown this once: to be copied, printed, written down. */
import { Copy, Printer } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from '#web/ui/Button.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { Warning } from '#web/ui/Warning.tsx';
import { t } from '#web/words/security.ts';
import css from './factors.module.css';

export interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}

export function RecoveryCodes({ codes, onDone }: RecoveryCodesProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const list = useRef<HTMLUListElement>(null);
  // What was here before had the focus; and so it is read out.
  useEffect(() => heading.current?.focus(), []);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(codes.join('\n'));
      showToast(t('codesCopied'));
    } catch {
      if (list.current) getSelection()?.selectAllChildren(list.current);
      showToast(t('codesSelected'));
    }
  }

  return (
    <section className={css['codes']} aria-labelledby="recovery-codes" data-print>
      <h3 id="recovery-codes" ref={heading} tabIndex={-1}>
        {t('codesTitle')}
      </h3>
      <Warning>
        <strong>{t('codesOnce')}</strong> {t('codesCareful')}
      </Warning>
      <ul ref={list} className={css['list']} translate="no">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={css['actions']}>
        <Button icon={Copy} onPress={() => void copy()}>
          {t('codesCopy')}
        </Button>
        <Button icon={Printer} onPress={() => globalThis.print()}>
          {t('codesPrint')}
        </Button>
        <Button tone="primary" onPress={onDone}>
          {t('codesDone')}
        </Button>
      </div>
    </section>
  );
}
