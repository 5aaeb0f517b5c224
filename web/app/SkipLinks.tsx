/**
 * The first stops of the keyboard: straight to a part of the page. Only parts that are there are offered. They stand
 * before everything, in a place of their own in index.html, as only the screen knows its parts.
 */
import type { MouseEvent } from 'react';
import { createPortal } from 'react-dom';
import { t } from '#web/words/words.ts';
import css from './skip.module.css';

export interface SkipLinksProps {
  readonly targets: readonly ('messages' | 'conversation' | 'mailboxes')[];
}

export function SkipLinks({ targets }: SkipLinksProps) {
  const names = {
    messages: t('skip.list'),
    conversation: t('skip.conversation'),
    mailboxes: t('skip.mailboxes'),
  };
  const place = document.getElementById('skip');
  if (!place) return null;
  return createPortal(
    <nav className={css['skip']} aria-label={t('skip.label')}>
      {targets.map((target) => (
        <a key={target} href={`#${target}`} onClick={focusTarget}>
          {names[target]}
        </a>
      ))}
    </nav>,
    place,
  );
}

/** Moves the focus without touching the address, which belongs to the router. In the list, to the grid if it is there. */
function focusTarget(event: MouseEvent<HTMLAnchorElement>): void {
  event.preventDefault();
  const target = document.querySelector<HTMLElement>(event.currentTarget.hash);
  (target?.querySelector<HTMLElement>('[role="grid"][tabindex="0"]') ?? target)?.focus();
}
