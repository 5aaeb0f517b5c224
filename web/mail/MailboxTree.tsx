/** The mailboxes as a list of links, with what waits unread in each, a menu on each, and each a place to drop things. */
import { ChevronRight, Ellipsis, FolderPlus } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '#web/ui/lazyPart.ts';
import type { KeyboardEvent } from 'react';
import { Link } from 'wouter';
import { useRecords, useScope } from '#web/app/SyncContext.tsx';
import type { Mailbox } from '#web/sync/records.ts';
import { IconButton } from '#web/ui/Button.tsx';
import { Menu } from '#web/ui/Menu.tsx';
import { Spoken } from '#web/ui/Spoken.tsx';
import { numberText } from '#web/words/language.ts';
import { t } from '#web/words/words.ts';
import { beginDrag, dropped, isOurs } from './dragging.ts';
import type { MailboxTask } from './MailboxDialog.tsx';
import { isWithin, mailboxTree } from './mailboxTree.ts';
import type { MailboxNode } from './mailboxTree.ts';
import { MailboxIcon } from './MailboxIcon.tsx';
import { mailboxName } from './names.ts';
import css from './mailboxes.module.css';
import type { MailActions } from './useMailActions.ts';
import { viewPath } from './view.ts';

const MailboxDialog = lazyPart(() => import('./MailboxDialog.tsx').then((it) => it.MailboxDialog));

export interface MailboxTreeProps {
  readonly currentId: string | undefined;
  readonly actions: MailActions;
  /** Something was chosen: a drawer closes. */
  readonly onLeave: () => void;
}

export function MailboxTree({ currentId, actions, onLeave }: MailboxTreeProps) {
  const mailboxes = useRecords('Mailbox');
  const [task, setTask] = useState<MailboxTask | undefined>(undefined);
  return (
    <nav id="mailboxes" tabIndex={-1} className={css['tree']} aria-label={t('mailboxes.label')}>
      <header className={css['head']}>
        <h2>{t('mailboxes.label')}</h2>
        <IconButton
          icon={FolderPlus}
          label={t('mailboxes.create')}
          onPress={() => setTask({ kind: 'create', parentId: null })}
        />
      </header>
      <MailboxList
        nodes={mailboxTree(mailboxes)}
        depth={0}
        {...{ currentId, actions, onLeave, mailboxes }}
        onTask={setTask}
      />
      <Suspense fallback={null}>{task && <MailboxDialog task={task} onClose={() => setTask(undefined)} />}</Suspense>
    </nav>
  );
}

interface ListProps extends MailboxTreeProps {
  readonly nodes: readonly MailboxNode[];
  readonly mailboxes: readonly Mailbox[];
  readonly depth: number;
  readonly onTask: (task: MailboxTask) => void;
}

function MailboxList(props: ListProps) {
  return (
    <ul>
      {props.nodes.map((node) => (
        <MailboxItem key={node.mailbox.id} node={node} {...props} />
      ))}
    </ul>
  );
}

function MailboxItem({ node, ...props }: ListProps & { readonly node: MailboxNode }) {
  const { currentId, actions, onLeave, mailboxes, depth, onTask } = props;
  const { mailbox, children } = node;
  const { sync, accountId } = useScope();
  const [isOpen, setOpen] = useState(true);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [isTarget, setTarget] = useState(false);
  const name = mailboxName(mailbox);
  // Drafts are all read: what one wants to know is how many there are.
  const count = mailbox.role === 'drafts' ? mailbox.totalEmails : mailbox.role === 'trash' ? 0 : mailbox.unreadEmails;

  function onDrop(event: React.DragEvent): void {
    event.preventDefault();
    setTarget(false);
    const dragged = dropped(event);
    if (dragged?.kind === 'conversations') void actions.moveTo(dragged.threadIds, mailbox.id);
    if (dragged?.kind === 'mailbox' && !isWithin(mailbox.id, dragged.mailboxId, mailboxes)) {
      void sync.mutate({ accountId, type: 'Mailbox', update: { [dragged.mailboxId]: { parentId: mailbox.id } } });
    }
  }

  return (
    <li>
      <div
        className={css['item']}
        data-current={mailbox.id === currentId || undefined}
        data-target={isTarget || undefined}
        data-unread={(count > 0 && mailbox.role !== 'drafts') || undefined}
        data-depth={Math.min(depth, 6)}
        onContextMenu={(event) => {
          event.preventDefault();
          setMenuOpen(true);
        }}
        onDragOver={(event) => {
          if (!isOurs(event)) return;
          event.preventDefault();
          setTarget(true);
        }}
        onDragLeave={() => setTarget(false)}
        onDrop={onDrop}
      >
        {children.length > 0 ? (
          <button
            type="button"
            className={css['twist']}
            aria-expanded={isOpen}
            aria-label={t('mailboxes.subfolders', { name })}
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronRight aria-hidden size={15} />
          </button>
        ) : (
          <span className={css['twist']} />
        )}
        <Link
          href={viewPath({ kind: 'mailbox', mailboxId: mailbox.id, day: undefined })}
          className={css['link'] ?? ''}
          aria-current={mailbox.id === currentId ? 'page' : undefined}
          draggable={mailbox.role === null}
          onDragStart={(event) => beginDrag(event, { kind: 'mailbox', mailboxId: mailbox.id })}
          onKeyDown={walkLinks}
          onClick={onLeave}
        >
          <MailboxIcon mailbox={mailbox} />
          <span className={css['name']}>{name}</span>
          {count > 0 && (
            <span className={css['count']}>
              {numberText(count)}
              <Spoken>
                {' '}
                {mailbox.role === 'drafts'
                  ? t('mailboxes.draftCount', { count })
                  : t('mailboxes.unreadCount', { count })}
              </Spoken>
            </span>
          )}
        </Link>
        <Menu
          label={t('mailboxes.menu', { name })}
          isOpen={isMenuOpen}
          onOpenChange={setMenuOpen}
          trigger={<IconButton className={css['more']} icon={Ellipsis} label={t('mailboxes.menu', { name })} />}
          groups={menuOf(mailbox, onTask)}
        />
      </div>
      {isOpen && children.length > 0 && <MailboxList {...props} nodes={children} depth={depth + 1} />}
    </li>
  );
}

function menuOf(mailbox: Mailbox, onTask: (task: MailboxTask) => void) {
  const { myRights, role, id } = mailbox;
  const isEmptied = role === 'trash' || role === 'junk';
  return [
    {
      choices: [
        {
          id: 'create',
          label: t('mailboxes.createInside'),
          isDisabled: !myRights['mayCreateChild'],
          run: () => onTask({ kind: 'create', parentId: id }),
        },
        {
          id: 'rename',
          label: t('mailboxes.rename'),
          isDisabled: role !== null || !myRights['mayRename'],
          run: () => onTask({ kind: 'rename', mailbox }),
        },
        {
          id: 'move',
          label: t('mailboxes.move'),
          isDisabled: role !== null || !myRights['mayRename'],
          run: () => onTask({ kind: 'move', mailbox }),
        },
      ],
    },
    {
      choices: [
        {
          id: 'empty',
          label: isEmptied ? t('mailboxes.empty') : t('mailboxes.emptyAny'),
          isDanger: true,
          isDisabled: !myRights['mayRemoveItems'] || mailbox.totalEmails === 0,
          run: () => onTask({ kind: 'empty', mailbox }),
        },
        {
          id: 'delete',
          label: t('mailboxes.delete'),
          isDanger: true,
          isDisabled: role !== null || !myRights['mayDelete'],
          run: () => onTask({ kind: 'delete', mailbox }),
        },
      ],
    },
  ];
}

/** Up and down walk the links, as well as Tab does. */
function walkLinks(event: KeyboardEvent<HTMLAnchorElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const links = [...(event.currentTarget.closest('nav')?.querySelectorAll<HTMLElement>('a') ?? [])];
  links[links.indexOf(event.currentTarget) + step]?.focus();
}
