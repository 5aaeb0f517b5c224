/** Comments in line with the messages, by time: those that were written between one message and the next. */
import { Lock, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Avatar } from '#web/ui/Avatar.tsx';
import { IconButton } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { longDate, mediumDate } from '#web/words/dates.ts';
import { t } from '#web/words/shared.ts';
import css from './shared.module.css';
import { changeComments, type Comment, useComments } from './useComments.ts';
import { useMembers } from './useConversation.ts';

export interface CommentsProps {
  readonly threadId: string;
  /** Instants; undefined for no bound on that side. */
  readonly from: string | undefined;
  readonly until: string | undefined;
}

export function Comments({ threadId, from, until }: CommentsProps) {
  const { sync, accountId } = useScope();
  const { comments, load } = useComments(threadId);
  const [asked, ask] = useState<Comment | undefined>(undefined);
  const self = useMembers().find(({ isSelf }) => isSelf)?.id ?? '';
  const at = (iso: string) => new Date(iso).getTime();
  const here = comments.filter(
    ({ createdAt }) =>
      (from === undefined || at(createdAt) >= at(from)) && (until === undefined || at(createdAt) < at(until)),
  );

  async function remove({ id }: Comment): Promise<void> {
    const refused = await changeComments(sync, accountId, { kind: 'remove', id }).catch((error: unknown) => {
      sync.connection.report(error);
      return 'offline';
    });
    if (refused === undefined || refused === 'notFound') showToast(t('comments.removed'));
    else showToast(t('bar.failed'), { tone: 'danger' });
    load();
  }

  if (here.length === 0) return null;
  return (
    <ul className={css['comments']} aria-label={t('comments.label')}>
      {here.map((comment) => (
        <li
          key={comment.id}
          className={css['comment']}
          data-mention={comment.mentions.includes(self) || undefined}
          aria-label={t('comments.by', { name: comment.authorName, date: longDate(comment.createdAt) })}
        >
          <Avatar name={comment.authorName} />
          <div className={css['words']}>
            <p className={css['author']}>
              <strong>{comment.authorName}</strong>
              <span className={css['inside']}>
                <Lock aria-hidden size={13} /> {t('comments.inside')}
              </span>
              {comment.mentions.includes(self) && <span className={css['cited']}>{t('comments.mention')}</span>}
              <time dateTime={comment.createdAt} title={longDate(comment.createdAt)}>
                {mediumDate(comment.createdAt)}
              </time>
            </p>
            <p className={css['text']}>{comment.text}</p>
          </div>
          {comment.mayDestroy && (
            <IconButton
              icon={Trash2}
              label={t('comments.remove', { name: comment.authorName })}
              onPress={() => ask(comment)}
            />
          )}
        </li>
      ))}
      {asked && (
        <Confirm
          title={t('comments.removeTitle')}
          text={t('comments.removeText')}
          action={t('comments.removeDo')}
          onClose={() => ask(undefined)}
          onConfirm={() => void remove(asked)}
        />
      )}
    </ul>
  );
}
