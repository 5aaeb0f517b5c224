/** The first pane: write, mailboxes, the month, the room left. Without room for it, a drawer over the rest. */
import { PenLine, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { requestCompose } from '#web/app/composeRequests.ts';
import { useMailboxByRole } from '#web/app/SyncContext.tsx';
import type { Layout } from '#web/app/useMedia.ts';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { t } from '#web/words/words.ts';
import { AccountList } from './AccountList.tsx';
import { MailboxTree } from './MailboxTree.tsx';
import { MonthCalendar } from './MonthCalendar.tsx';
import { QuotaGauge } from './QuotaGauge.tsx';
import css from './sidebar.module.css';
import type { MailActions } from './useMailActions.ts';
import { viewPath } from './view.ts';
import type { View } from './view.ts';

export interface SidebarProps {
  readonly layout: Layout;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly view: View;
  readonly actions: MailActions;
}

export function Sidebar({ layout, isOpen, onClose, view, actions }: SidebarProps) {
  const isDrawer = layout !== 'desk';
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isDrawer || !isOpen) return;
    const before = document.activeElement;
    panel.current?.querySelector<HTMLElement>('button, a')?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [isDrawer, isOpen]);
  if (isDrawer && !isOpen) return null;
  const content = <Content view={view} actions={actions} onClose={onClose} />;
  if (!isDrawer) return <aside className={css['side']}>{content}</aside>;
  return (
    <>
      {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the cross and Escape do the same */}
      <div className={css['shade']} onClick={onClose} />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes what is modal */}
      <div
        ref={panel}
        role="dialog"
        aria-modal
        aria-label={t('mailboxes.label')}
        className={css['drawer']}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          if (event.key === 'Tab') keepInside(event, panel.current);
        }}
      >
        <IconButton className={css['close']} icon={X} label={t('ui.close')} onPress={onClose} />
        {content}
      </div>
    </>
  );
}

function Content({ view, actions, onClose }: Pick<SidebarProps, 'view' | 'actions' | 'onClose'>) {
  const [, navigate] = useLocation();
  const inbox = useMailboxByRole('inbox');
  const mailboxId = view.kind === 'mailbox' ? view.mailboxId : inbox?.id;
  return (
    <>
      <div className={css['write']}>
        <Button
          tone="primary"
          icon={PenLine}
          onPress={() => {
            onClose();
            requestCompose({ kind: 'new' });
          }}
        >
          {t('verb.compose')}
        </Button>
      </div>
      <div className={css['boxes']}>
        <MailboxTree
          currentId={view.kind === 'mailbox' ? view.mailboxId : undefined}
          actions={actions}
          onLeave={onClose}
        />
        <AccountList onLeave={onClose} />
      </div>
      <MonthCalendar
        chosen={view.kind === 'mailbox' ? view.day : undefined}
        onChoose={(day) => {
          if (mailboxId === undefined) return;
          onClose();
          navigate(viewPath({ kind: 'mailbox', mailboxId, day }));
        }}
      />
      <QuotaGauge />
    </>
  );
}

/** Tab goes round inside the drawer, as the page behind it is out of reach. */
function keepInside(event: React.KeyboardEvent, panel: HTMLElement | null): void {
  const stops = [...(panel?.querySelectorAll<HTMLElement>('a[href], button:not([tabindex="-1"]), input') ?? [])];
  const first = stops[0];
  const last = stops.at(-1);
  if (event.shiftKey && document.activeElement === first) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first?.focus();
  }
}
