/**
 * Messages on their way out, with the seconds in which each can be called back. It is announced once, politely; the
 * seconds that run down are for the eye. Toasts stand above it.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '#web/ui/Button.tsx';
import { t } from '#web/words/compose.ts';
import { cancelSending } from './composers.ts';
import type { Sending } from './composers.ts';
import css from './sending.module.css';

export function SendingBar({ sendings }: { readonly sendings: readonly Sending[] }) {
  const bar = useRef<HTMLElement>(null);
  const count = sendings.length;
  useLayoutEffect(() => {
    const { style } = document.documentElement;
    const height = bar.current?.offsetHeight ?? 0;
    if (count > 0)
      style.setProperty('--toast-bottom', `calc(${height}px + var(--space-2) + var(--compose-foot, var(--space-4)))`);
    else style.setProperty('--toast-bottom', 'var(--compose-foot, var(--space-4))');
  }, [count]);
  return (
    <section ref={bar} className={css['bar']} aria-label={t('send.label')}>
      {/* Always there: a live region made together with its text is not announced. */}
      <div role="status" aria-live="polite" aria-relevant="additions text">
        {sendings.map((sending) => (
          <p key={sending.composer.id} className={css['spoken']}>
            {words(sending)}
          </p>
        ))}
      </div>
      {sendings.map((sending) => (
        <Row key={sending.composer.id} sending={sending} />
      ))}
    </section>
  );
}

function Row({ sending }: { readonly sending: Sending }) {
  const { stage } = sending;
  return (
    <div className={css['row']}>
      <p aria-hidden>{words(sending)}</p>
      {stage.kind === 'held' && <Countdown untilMs={stage.untilMs} />}
      {(stage.kind === 'held' || stage.kind === 'waiting') && (
        <Button tone="quiet" className={css['undo']} onPress={() => void cancelSending(sending)}>
          {t('undo')}
        </Button>
      )}
    </div>
  );
}

function Countdown({ untilMs }: { readonly untilMs: number }) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((untilMs - now) / 1000));
  return (
    <span aria-hidden className={css['seconds']}>
      {t('send.countdown', { count: seconds })}
    </span>
  );
}

function words({ composer, stage }: Sending): string {
  const subject = composer.view().draft.subject.trim() || t('noSubject');
  switch (stage.kind) {
    case 'sending':
      return t('send.sending', { subject });
    case 'waiting':
      return t('send.waiting', { subject });
    case 'held':
      return t('send.sent', { subject });
    case 'callingBack':
      return t('send.callingBack', { subject });
  }
}
