/**
 * Mail: mailboxes, list and conversation, side by side as far as there is room. The address of the page says what is
 * shown; the selection lives here; keys, buttons and menus all become verbs on the conversations meant.
 */
import { MailOpen, PenLine } from 'lucide-react';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { lazyPart } from '#web/ui/lazyPart.ts';
import type { MouseEvent } from 'react';
import { useLocation } from 'wouter';
import { requestCompose } from '#web/app/composeRequests.ts';
import { changePreferences, preferences, subscribePreferences } from '#web/app/preferences.ts';
import type { Density } from '#web/app/preferences.ts';
import { SkipLinks } from '#web/app/SkipLinks.tsx';
import { useRecords, useScope } from '#web/app/SyncContext.tsx';
import { useKeys } from '#web/app/useKeys.ts';
import { useLayout } from '#web/app/useMedia.ts';
import { useTitle } from '#web/app/useTitle.ts';
import { useSnippets } from '#web/search/useSnippets.ts';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { Splitter } from '#web/ui/Splitter.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/words.ts';
import { ListPane } from './ListPane.tsx';
import css from './mail.module.css';
import type { ListKeys } from './MessageList.tsx';
import { mailboxName } from './names.ts';
import { Sidebar } from './Sidebar.tsx';
import { extend, goTo, noSelection, pickAll, targets, toggle, without, withActive } from './selection.ts';
import type { Selection } from './selection.ts';
import { ThreadPane } from './ThreadPane.tsx';
import { undoLast } from './undo.ts';
import { fetchThreadIds, useEmailList } from './useEmailList.ts';
import { useMailActions } from './useMailActions.ts';
import type { Verb } from './verbs.ts';
import { viewPath } from './view.ts';
import type { View } from './view.ts';

const MailboxPicker = lazyPart(() => import('./MailboxPicker.tsx').then((it) => it.MailboxPicker));
const Confirm = lazyPart(() => import('#web/ui/Dialog.tsx').then((it) => it.Confirm));

export interface MailScreenProps {
  readonly view: View;
  readonly threadId: string | undefined;
  readonly isDrawerOpen: boolean;
  readonly onDrawer: (isOpen: boolean) => void;
}

/** While one walks the list by keys, a conversation is opened only when one stays on it this long. */
const openAfterMs = 140;
const outgoingRoles: ReadonlySet<string | null> = new Set(['sent', 'drafts', 'scheduled']);
/** Taking everything stops here: more is for bulk jobs on the server. */
const maxPicked = 2000;

export function MailScreen({ view, threadId, isDrawerOpen, onDrawer }: MailScreenProps) {
  const { sync, accountId, session } = useScope();
  const [, navigate] = useLocation();
  const layout = useLayout();
  const { listWidthPx, density } = useSyncExternalStore(subscribePreferences, preferences);
  const mailboxes = useRecords('Mailbox');
  const identities = useRecords('Identity');
  const { list, look, refresh, filter } = useEmailList(view);
  const actions = useMailActions(view);
  const [selection, select] = useState<Selection>(noSelection);
  const [asked, ask] = useState<
    { readonly kind: 'move' | 'destroy'; readonly threadIds: readonly string[] } | undefined
  >(undefined);
  // A row one has gone to by keys before it was fetched.
  const [headingFor, headFor] = useState<
    { readonly index: number; readonly how: 'go' | 'extend' | 'walk' } | undefined
  >(undefined);
  const openTimer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const mailbox = view.kind === 'mailbox' ? mailboxes.find((it) => it.id === view.mailboxId) : undefined;
  const isOutgoing = outgoingRoles.has(mailbox?.role ?? null);
  const isTrash = mailbox?.role === 'trash';
  const isJunk = mailbox?.role === 'junk';
  const title = view.kind === 'search' ? t('search.title', { text: view.text }) : mailbox ? mailboxName(mailbox) : '';
  const viewKey = viewPath(view);
  const ownEmails = useMemo(
    () => new Set([session.userName, ...identities.map((it) => it.email)].map((it) => it.toLowerCase())),
    [session, identities],
  );
  const rowHeightPx = useMemo(() => rowHeight(density), [density]);

  const [shownKey, setShownKey] = useState(viewKey);
  if (shownKey !== viewKey) {
    setShownKey(viewKey);
    select(noSelection);
    headFor(undefined);
  }
  const latestKey = useRef(viewKey);
  useEffect(() => {
    // A walk that was begun in another list must not lead back to it.
    latestKey.current = viewKey;
    return () => clearTimeout(openTimer.current);
  }, [viewKey]);
  useTitle(title, mailboxes.find((it) => it.role === 'inbox')?.unreadEmails ?? 0);

  const isSearch = view.kind === 'search';
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const onLook = useCallback(
    (first: number, last: number) => {
      look(first, last);
      // Only snippets depend on it; a mailbox is not drawn again for being scrolled.
      if (isSearch) setSight({ first, last });
    },
    [look, isSearch],
  );
  const inSight = isSearch
    ? Array.from({ length: sight.last - sight.first + 1 }, (_, n) => list.idAt(sight.first + n)).filter(
        (id) => id !== undefined,
      )
    : [];
  const snippets = useSnippets(isSearch ? filter : null, inSight);

  const threadOf = useCallback(
    (emailId: string) => sync.store.get(accountId, 'Email', emailId)?.threadId,
    [sync, accountId],
  );
  const rows = () =>
    list
      .knownIds()
      .map(threadOf)
      .filter((id) => id !== undefined);
  const threadAt = (index: number) => {
    const emailId = list.idAt(index);
    return emailId === undefined ? undefined : threadOf(emailId);
  };

  const open = useCallback(
    (id: string | undefined, isReplaced = false) => {
      clearTimeout(openTimer.current);
      navigate(viewPath(view, id), { replace: isReplaced });
    },
    [navigate, view],
  );

  const active = selection.active ?? threadId;
  const lastIndex = useRef(-1);
  const arrived = headingFor && threadAt(headingFor.index);
  if (headingFor && arrived !== undefined) {
    headFor(undefined);
    select(headingFor.how === 'walk' ? { ...selection, active: arrived } : goTo(arrived));
  }
  const move: ListKeys['move'] = (to, how) => {
    const total = list.total ?? 0;
    if (total === 0) return;
    const found = active === undefined ? -1 : list.indexOfThread(active);
    // A row out of sight may have been let go of; one goes on from where it was.
    const at = headingFor?.index ?? (found >= 0 ? found : lastIndex.current);
    const wanted = to === 'first' ? 0 : to === 'last' ? total - 1 : at + to;
    const index = Math.min(total - 1, Math.max(0, wanted));
    const row = threadAt(index);
    if (row === undefined) return headFor({ index, how });
    lastIndex.current = index;
    if (how === 'extend') return select(extend({ ...selection, anchor: selection.anchor ?? active }, row, rows()));
    if (how === 'walk') return select({ ...selection, active: row });
    select(goTo(row));
    // With the conversation beside the list, walking the list reads it.
    if (layout === 'phone') return;
    clearTimeout(openTimer.current);
    openTimer.current = setTimeout(
      () => latestKey.current === viewKey && open(row, threadId !== undefined),
      openAfterMs,
    );
  };

  async function takeAll(): Promise<void> {
    const total = list.total ?? 0;
    if (total > maxPicked) showToast(t('list.pickedLimit', { count: maxPicked }));
    const known = rows();
    const all =
      known.length < Math.min(total, maxPicked) && filter
        ? await fetchThreadIds(sync, accountId, filter, maxPicked)
        : known;
    select((before) => pickAll(before, all));
  }

  const keys: ListKeys = {
    move,
    open: () => active !== undefined && open(active),
    toggle: () => active !== undefined && select(toggle(selection, active)),
    pickAll: () => void takeAll().catch(() => select(pickAll(selection, rows()))),
    clear: () => select({ ...selection, picked: new Set() }),
  };

  /** After conversations have left the list: what is shown and active goes on to the next. */
  function leave(gone: readonly string[]): void {
    const next = without({ ...selection, active }, gone, rows());
    select(next);
    if (threadId !== undefined && gone.includes(threadId)) open(layout === 'phone' ? undefined : next.active, true);
  }

  function act(
    verb: Verb,
    threadIds = selection.picked.size > 0 ? [...selection.picked] : active === undefined ? [] : [active],
  ): void {
    if (threadIds.length === 0) return;
    const emails = threadIds.flatMap((id) =>
      (sync.store.get(accountId, 'Thread', id)?.emailIds ?? []).map((it) => sync.store.get(accountId, 'Email', it)),
    );
    switch (verb) {
      case 'archive':
        leave(threadIds);
        return void actions.archive(threadIds);
      case 'trash':
        if (isTrash) return ask({ kind: 'destroy', threadIds });
        leave(threadIds);
        return void actions.trash(threadIds);
      case 'junk':
        leave(threadIds);
        return void actions.setJunk(threadIds, !isJunk);
      case 'move':
        return ask({ kind: 'move', threadIds });
      case 'star':
        return void actions.setStarred(threadIds, !emails.some((email) => email?.keywords['$flagged']));
      case 'unread':
        break;
    }
    void actions.setSeen(
      threadIds,
      emails.some((email) => email && !email.keywords['$seen']),
    );
  }

  const lastEmailId = () => {
    const thread = active === undefined ? undefined : sync.store.get(accountId, 'Thread', active);
    return thread?.emailIds.at(-1);
  };
  const answer = (kind: 'reply' | 'replyAll' | 'forward') => {
    const emailId = lastEmailId();
    if (emailId !== undefined) requestCompose({ kind, emailId });
  };
  const goRole = (role: string) => {
    const target = mailboxes.find((it) => it.role === role);
    if (target) navigate(viewPath({ kind: 'mailbox', mailboxId: target.id, day: undefined }));
  };
  useKeys({
    j: () => move(1, 'go'),
    k: () => move(-1, 'go'),
    o: keys.open,
    Enter: keys.open,
    x: keys.toggle,
    e: () => act('archive'),
    '#': () => act('trash'),
    Delete: () => act('trash'),
    '!': () => act('junk'),
    s: () => act('star'),
    u: () => act('unread'),
    'Shift+u': () => void actions.setSeen(targets({ ...selection, active }), false),
    'Shift+i': () => void actions.setSeen(targets({ ...selection, active }), true),
    v: () => act('move'),
    z: () => void undoLast(),
    r: () => answer('reply'),
    a: () => answer('replyAll'),
    f: () => answer('forward'),
    Escape: () => (selection.picked.size > 0 ? keys.clear() : threadId !== undefined && open(undefined)),
    'g i': () => goRole('inbox'),
    'g s': () => goRole('sent'),
    'g d': () => goRole('drafts'),
    'g a': () => goRole('archive'),
    'g t': () => goRole('trash'),
    'g j': () => goRole('junk'),
  });

  function onRowClick(event: MouseEvent, row: string): void {
    if (event.shiftKey) return select(extend({ ...selection, anchor: selection.anchor ?? active }, row, rows()));
    if (event.ctrlKey || event.metaKey) return select(toggle(withActive(selection, active), row));
    select(goTo(row));
    open(row);
  }

  const showsList = layout !== 'phone' || threadId === undefined;
  const showsThread = layout !== 'phone' || threadId !== undefined;
  return (
    <div className={css['screen']} data-layout={layout}>
      <SkipLinks
        targets={[
          ...(showsList ? (['messages'] as const) : []),
          ...(showsThread ? (['conversation'] as const) : []),
          ...(layout === 'desk' ? (['mailboxes'] as const) : []),
        ]}
      />
      <Sidebar
        layout={layout}
        isOpen={isDrawerOpen}
        onClose={() => onDrawer(false)}
        view={view}
        actions={{ ...actions, moveTo: async (threadIds, to) => (leave(threadIds), actions.moveTo(threadIds, to)) }}
      />
      {showsList && (
        <div
          className={css['list']}
          ref={(element) => {
            element?.style.setProperty('--list-width', `${listWidthPx}px`);
          }}
        >
          <ListPane
            view={view}
            viewKey={viewKey}
            title={title}
            label={t('list.label', { title })}
            isTrash={isTrash}
            isJunk={isJunk}
            endSpacePx={layout === 'phone' ? 84 : 0}
            list={list}
            onLook={onLook}
            selection={selection}
            headingFor={headingFor?.index}
            openThreadId={threadId}
            rowHeightPx={rowHeightPx}
            isOutgoing={isOutgoing}
            ownEmails={ownEmails}
            snippets={snippets}
            threadOf={threadOf}
            keys={keys}
            onRowClick={onRowClick}
            onToggle={(row, isRange) => select(isRange ? extend(selection, row, rows()) : toggle(selection, row))}
            onStar={(row, isStarred) => void actions.setStarred([row], isStarred)}
            onVerb={act}
            onEndDay={() => view.kind === 'mailbox' && navigate(viewPath({ ...view, day: undefined }))}
            onRefresh={refresh}
          />
        </div>
      )}
      {layout === 'desk' && (
        <Splitter
          label={t('list.width')}
          size={listWidthPx}
          min={300}
          max={720}
          onChange={(size) => changePreferences({ listWidthPx: size })}
        />
      )}
      {showsThread && (
        <section id="conversation" tabIndex={-1} className={css['thread']} aria-label={t('thread.label')}>
          {threadId === undefined ? (
            <EmptyState icon={MailOpen} title={t('thread.none')} text={t('thread.noneHint')} />
          ) : (
            <ThreadPane
              key={threadId}
              threadId={threadId}
              isJunk={isJunk}
              isTrash={isTrash}
              onBack={layout === 'phone' ? () => open(undefined) : undefined}
              onVerb={(verb) => act(verb, [threadId])}
            />
          )}
        </section>
      )}
      {layout === 'phone' && threadId === undefined && (
        <Button
          tone="primary"
          icon={PenLine}
          className={css['compose']}
          onPress={() => requestCompose({ kind: 'new' })}
        >
          {t('verb.compose')}
        </Button>
      )}
      <Suspense fallback={null}>
        {asked?.kind === 'move' && (
          <MailboxPicker
            title={t('picker.moveTitle', { count: asked.threadIds.length })}
            isAllowed={(it) =>
              it.id !== mailbox?.id && !outgoingRoles.has(it.role) && it.myRights['mayAddItems'] === true
            }
            onClose={() => ask(undefined)}
            onPick={(to) => {
              leave(asked.threadIds);
              if (to !== null) void actions.moveTo(asked.threadIds, to);
            }}
          />
        )}
        {asked?.kind === 'destroy' && (
          <Confirm
            title={t('verb.destroy')}
            text={t('action.destroyText', { count: asked.threadIds.length })}
            action={t('verb.destroy')}
            onClose={() => ask(undefined)}
            onConfirm={() => {
              leave(asked.threadIds);
              void actions.destroy(asked.threadIds);
            }}
          />
        )}
      </Suspense>
    </div>
  );
}

/** The height of a row in pixels: it follows the size of text that the person has set in the browser. */
function rowHeight(density: Density): number {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  return Math.round((density === 'compact' ? 3.75 : 5.5) * rem);
}
