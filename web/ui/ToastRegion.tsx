/** Where toasts are shown and read out. The region is always there: a live region made with its text is not announced. */
import { X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { t } from '#web/words/words.ts';
import { Button, IconButton } from './Button.tsx';
import { currentToasts, dropToast, subscribeToasts, toastMs } from './toasts.ts';
import type { Toast } from './toasts.ts';
import css from './toast.module.css';

export function ToastRegion() {
  const toasts = useSyncExternalStore(subscribeToasts, currentToasts);
  return (
    <section className={css['region']} aria-label={t('ui.messages')}>
      <div role="status" aria-live="polite" aria-relevant="additions">
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} />
        ))}
      </div>
    </section>
  );
}

function ToastCard({ toast }: { readonly toast: Toast }) {
  const [isHeld, hold] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => dropToast(toast.id), toastMs);
    return () => clearTimeout(timer);
  }, [toast.id, isHeld]);
  const { action } = toast;
  return (
    <div
      className={css['toast']}
      data-tone={toast.tone}
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocus={() => hold(true)}
      onBlur={() => hold(false)}
    >
      <p>{toast.text}</p>
      {action && (
        <Button
          tone="quiet"
          className={css['action']}
          onPress={() => {
            dropToast(toast.id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton className={css['close']} icon={X} label={t('ui.dismiss')} onPress={() => dropToast(toast.id)} />
    </div>
  );
}
