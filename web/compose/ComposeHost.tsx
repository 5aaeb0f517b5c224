/**
 * Draws the composers of the page: side by side at the bottom right of a desk, one on a tablet, filling a phone; the
 * others as tabs beside them. Also the messages on their way out, and what an earlier page left unfinished.
 */
import { Mail, X } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { RefObject } from 'react';
import { takeComposeRequests } from '#web/app/composeRequests.ts';
import { useScope } from '#web/app/SyncContext.tsx';
import { useLayout } from '#web/app/useMedia.ts';
import type { Layout } from '#web/app/useMedia.ts';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { t } from '#web/words/compose.ts';
import { shortDate } from '#web/words/dates.ts';
import { tellAnswering } from './answering.ts';
import type { Composer } from './composer.ts';
import { ComposeWindow } from './ComposeWindow.tsx';
import {
  activate,
  closeComposer,
  composersView,
  hasUnsavedWork,
  openComposer,
  resumeCopy,
  subscribeComposers,
} from './composers.ts';
import { forgetLocally, leftCopies } from './local.ts';
import type { LocalCopy } from './local.ts';
import { SendingBar } from './SendingBar.tsx';
import css from './host.module.css';

/** Width of a docked window with its gap, in CSS pixels. */
const dockedPx = 640;
/** What a message with its button needs beside them. */
const messagePx = 420;

export function ComposeHost() {
  const { sync, accountId, session } = useScope();
  const { open, activeId, sendings } = useSyncExternalStore(subscribeComposers, composersView);
  const layout = useLayout();
  const host = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);
  const room = useRoom();
  const [left, setLeft] = useState<readonly LocalCopy[]>([]);
  const isFull = layout === 'phone';

  useEffect(
    () =>
      takeComposeRequests((request) => {
        if (request.kind === 'resume') void leftCopies(session.userName).then(setLeft);
        else {
          if (!document.activeElement?.closest('[data-composer]')) before.current = document.activeElement;
          void openComposer(sync, accountId, request);
        }
      }),
    [sync, accountId, session.userName],
  );

  useEffect(() => tellAnswering(sync), [sync]);

  useEffect(() => {
    const guard = (event: BeforeUnloadEvent) => {
      if (hasUnsavedWork()) event.preventDefault();
    };
    const keepAll = () => {
      if (document.visibilityState === 'hidden') for (const composer of composersView().open) saveHidden(composer);
    };
    globalThis.addEventListener('beforeunload', guard);
    document.addEventListener('visibilitychange', keepAll);
    return () => {
      globalThis.removeEventListener('beforeunload', guard);
      document.removeEventListener('visibilitychange', keepAll);
    };
  }, []);

  // The last one closed gives the focus back to where it was called from.
  const hasWindows = open.length > 0;
  useEffect(() => {
    if (hasWindows || !(before.current instanceof HTMLElement)) return;
    if (document.activeElement === document.body || document.activeElement === null) before.current.focus();
  }, [hasWindows]);

  const shown = shownOf(open, activeId, isFull || layout === 'tablet' ? 1 : Math.max(1, Math.floor(room / dockedPx)));
  useClearance(host, shown.length, layout);
  const hidden = open.filter((it) => !shown.includes(it));
  const isScreenTaken = isFull && shown.length > 0;
  useEffect(() => {
    const others = [...(host.current?.parentElement?.children ?? [])].filter(
      (element) => element !== host.current && element.getAttribute('role') !== 'status',
    );
    for (const element of others) element.toggleAttribute('inert', isScreenTaken);
    return () => {
      for (const element of others) element.removeAttribute('inert');
    };
  }, [isScreenTaken]);

  return (
    <div ref={host} className={css['host']} data-layout={layout}>
      {hidden.length > 0 && (
        <nav className={css['tabs']} aria-label={t('window.dock')} data-raised={isScreenTaken || undefined}>
          {hidden.map((composer) => (
            <Tab key={composer.id} composer={composer} />
          ))}
        </nav>
      )}
      <div className={css['dock']}>
        {shown.map((composer) => (
          <ComposeWindow
            key={composer.id}
            composer={composer}
            isActive={composer.id === activeId}
            isFull={isFull}
            onMinimise={() => {
              composer.show({ isMinimised: true });
              activate(undefined);
            }}
          />
        ))}
      </div>
      {left.length > 0 && (
        <ResumeCard
          copies={left}
          onResume={(copy) => {
            setLeft(left.filter((it) => it !== copy));
            resumeCopy(sync, copy);
          }}
          onLater={() => setLeft([])}
        />
      )}
      <SendingBar sendings={sendings} />
    </div>
  );
}

/** Minimised ones are hidden; of the others the active one and the newest have a window, as far as there is room. */
function shownOf(open: readonly Composer[], activeId: string | undefined, roof: number): readonly Composer[] {
  const up = open.filter((it) => !it.view().isMinimised);
  const ranked = up.toSorted(
    (a, b) => Number(b.id === activeId) - Number(a.id === activeId) || up.indexOf(b) - up.indexOf(a),
  );
  const kept = new Set(ranked.slice(0, roof));
  return up.filter((it) => kept.has(it));
}

/** The page is about to be put away, perhaps for good: there may be no later. */
function saveHidden(composer: Composer): void {
  if (composer.isPristine()) return;
  composer.keep();
  void composer.saveNow();
}

/** Messages of the page stand beside docked windows, or above their buttons where there is too little room beside. */
function useClearance(host: RefObject<HTMLElement | null>, count: number, layout: Layout): void {
  useLayoutEffect(() => {
    const element = host.current;
    if (count === 0 || !element) return;
    const { style } = document.documentElement;
    const clear = () => {
      style.removeProperty('--toast-end');
      style.removeProperty('--compose-foot');
    };
    const observer = new ResizeObserver(() => {
      clear();
      const isBeside = layout === 'desk' && globalThis.innerWidth - element.offsetWidth >= messagePx;
      if (isBeside) style.setProperty('--toast-end', `${element.offsetWidth}px`);
      else style.setProperty('--compose-foot', '4.5rem');
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      clear();
    };
  }, [host, count, layout]);
}

function useRoom(): number {
  return useSyncExternalStore(
    (listener) => {
      globalThis.addEventListener('resize', listener);
      return () => globalThis.removeEventListener('resize', listener);
    },
    () => globalThis.innerWidth,
  );
}

function Tab({ composer }: { readonly composer: Composer }) {
  const { draft } = useSyncExternalStore(composer.subscribe, composer.view);
  const subject = draft.subject.trim() || t('newMessage');
  return (
    <div className={css['tab']}>
      <Button
        tone="quiet"
        icon={Mail}
        className={css['restore']}
        aria-label={t('window.restore', { subject })}
        onPress={() => activate(composer.id)}
      >
        <span className={css['subject']}>{subject}</span>
      </Button>
      <IconButton icon={X} label={t('window.close')} onPress={() => closeComposer(composer)} className={css['close']} />
    </div>
  );
}

interface ResumeCardProps {
  readonly copies: readonly LocalCopy[];
  readonly onResume: (copy: LocalCopy) => void;
  readonly onLater: () => void;
}

function ResumeCard({ copies, onResume, onLater }: ResumeCardProps) {
  return (
    <section className={css['resume']} aria-label={t('resume.title', { count: copies.length })}>
      <div role="status">
        <h2 className={css['resumeTitle']}>{t('resume.title', { count: copies.length })}</h2>
        <p>{t('resume.text')}</p>
      </div>
      <ul className={css['copies']}>
        {copies.slice(0, 5).map((copy) => (
          <li key={copy.id} className={css['copy']}>
            <span>
              {t('resume.item', {
                subject: copy.draft.subject.trim() || t('noSubject'),
                date: shortDate(new Date(copy.atMs).toISOString()),
              })}
            </span>
            <Button onPress={() => onResume(copy)}>{t('resume.action')}</Button>
          </li>
        ))}
      </ul>
      <Button
        tone="quiet"
        onPress={() => {
          // What the server holds as well is found among the drafts; the rest is offered again next time.
          for (const copy of copies) if (copy.storedId !== undefined && copy.isSaved) void forgetLocally(copy.id);
          onLater();
        }}
      >
        {t('resume.later')}
      </Button>
    </section>
  );
}
