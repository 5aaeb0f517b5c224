/**
 * What one can do with conversations. Each action shows at once, says what it did, and can be undone from the message
 * or by the key z. In a mailbox an action is about the emails of the conversation that are there; in a search, about all.
 */
import { useMemo } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { threadEmailIds } from '#web/sync/emailQuery.ts';
import type { AccountId, Email, Mailbox } from '#web/sync/records.ts';
import type { Sync } from '#web/sync/sync.ts';
import { dropToast, showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/words.ts';
import { mailboxName } from './names.ts';
import { inPieces, planJunk, planKeyword, planMove, planUndo } from './plan.ts';
import type { Updates } from './plan.ts';
import { rememberUndo } from './undo.ts';
import type { View } from './view.ts';

export interface MailActions {
  setSeen(threadIds: readonly string[], isSeen: boolean): Promise<void>;
  setStarred(threadIds: readonly string[], isStarred: boolean): Promise<void>;
  archive(threadIds: readonly string[]): Promise<void>;
  trash(threadIds: readonly string[]): Promise<void>;
  setJunk(threadIds: readonly string[], isJunk: boolean): Promise<void>;
  moveTo(threadIds: readonly string[], mailboxId: string): Promise<void>;
  /** For good; ask before. */
  destroy(threadIds: readonly string[]): Promise<void>;
}

export function useMailActions(view: View): MailActions {
  const { sync, accountId } = useScope();
  return useMemo(() => createMailActions(sync, accountId, view), [sync, accountId, view]);
}

function createMailActions(sync: Sync, accountId: AccountId, view: View): MailActions {
  const here = view.kind === 'mailbox' ? view.mailboxId : undefined;

  async function emailsOf(threadIds: readonly string[], scope: 'here' | 'thread'): Promise<readonly Email[]> {
    await sync.ensure(accountId, 'Thread', threadIds);
    const ids = threadIds.flatMap((id) => sync.store.get(accountId, 'Thread', id)?.emailIds ?? []);
    await sync.ensure(accountId, 'Email', ids);
    const emails = ids.map((id) => sync.store.get(accountId, 'Email', id)).filter((email) => email !== undefined);
    return scope === 'thread' || here === undefined ? emails : emails.filter((email) => email.mailboxIds[here]);
  }

  const withRole = (role: string): Mailbox | undefined => {
    const mailbox = sync.store.all(accountId, 'Mailbox').find((it) => it.role === role);
    if (!mailbox) showToast(t('action.noMailbox', { name: mailboxName({ role, name: role }) }), { tone: 'danger' });
    return mailbox;
  };

  function perform(emails: readonly Email[], updates: Updates, said: string): void {
    if (Object.keys(updates).length === 0) return;
    const back = planUndo(emails, updates);
    send(sync, accountId, updates);
    const undo = rememberUndo(() => {
      dropToast(toastId);
      send(sync, accountId, back);
    });
    const toastId = showToast(said, { action: { label: t('action.undo'), run: undo } });
  }

  async function moveTo(threadIds: readonly string[], toId: string, said: string): Promise<void> {
    const emails = await emailsOf(threadIds, 'here');
    perform(emails, planMove(emails, here, toId), said);
  }

  return {
    async setSeen(threadIds, isSeen) {
      const emails = await emailsOf(threadIds, 'thread');
      const count = threadIds.length;
      perform(
        emails,
        planKeyword(emails, '$seen', isSeen),
        t(isSeen ? 'action.markedRead' : 'action.markedUnread', { count }),
      );
    },
    async setStarred(threadIds, isStarred) {
      const emails = await emailsOf(threadIds, isStarred ? 'here' : 'thread');
      // One star is enough to find a conversation again; taking it off takes them all off.
      const starred = isStarred ? lastOfEach(emails) : emails;
      const count = threadIds.length;
      perform(
        starred,
        planKeyword(starred, '$flagged', isStarred),
        t(isStarred ? 'action.starred' : 'action.unstarred', { count }),
      );
    },
    async archive(threadIds) {
      const archive = withRole('archive');
      if (archive) await moveTo(threadIds, archive.id, t('action.archived', { count: threadIds.length }));
    },
    async trash(threadIds) {
      const trash = withRole('trash');
      if (!trash) return;
      const emails = await emailsOf(threadIds, 'here');
      perform(emails, planMove(emails, undefined, trash.id), t('action.trashed', { count: threadIds.length }));
    },
    async setJunk(threadIds, isJunk) {
      const target = withRole(isJunk ? 'junk' : 'inbox');
      if (!target) return;
      const emails = await emailsOf(threadIds, 'here');
      const count = threadIds.length;
      perform(emails, planJunk(emails, target.id, isJunk), t(isJunk ? 'action.junked' : 'action.unjunked', { count }));
    },
    async moveTo(threadIds, mailboxId) {
      const target = sync.store.get(accountId, 'Mailbox', mailboxId);
      if (!target || mailboxId === here) return;
      await moveTo(threadIds, mailboxId, t('action.moved', { count: threadIds.length, name: mailboxName(target) }));
    },
    async destroy(threadIds) {
      const emails = await emailsOf(threadIds, 'here');
      void sync.mutate({ accountId, type: 'Email', destroy: emails.map((email) => email.id) });
      showToast(t('action.destroyed', { count: threadIds.length }));
    },
  };
}

function send(sync: Sync, accountId: AccountId, updates: Updates): void {
  const size = sync.session()?.limits.maxObjectsInSet ?? 500;
  for (const update of inPieces(updates, size)) void sync.mutate({ accountId, type: 'Email', update });
}

function lastOfEach(emails: readonly Email[]): readonly Email[] {
  return [...new Map(emails.map((email) => [email.threadId, email])).values()];
}

/** Marks what has been looked at as read, silently: nobody undoes having read. */
export function markSeen(sync: Sync, accountId: AccountId, threadId: string): void {
  const thread = sync.store.get(accountId, 'Thread', threadId);
  const ids = thread ? threadEmailIds(sync.store, accountId, thread.emailIds.slice(0, 1)) : [];
  const emails = ids.map((id) => sync.store.get(accountId, 'Email', id)).filter((email) => email !== undefined);
  const updates = planKeyword(emails, '$seen', true);
  if (Object.keys(updates).length > 0) send(sync, accountId, updates);
}

/**
 * Empties a mailbox for good, however many emails it holds. Never sent twice by itself: what arrived meanwhile was not
 * meant.
 *
 * @throws {Unreachable} {MethodRefused} when nothing was emptied, as far as we know.
 */
export async function emptyMailbox(sync: Sync, accountId: AccountId, mailboxId: string): Promise<void> {
  const answers = await sync.client.request([['Mailbox/empty', { accountId, mailboxId }, 'empty']]);
  answers.of('empty');
}
