/** In a row of the list: whose the conversation is, whether it is closed, and who answers it. Words for who listens. */
import { CircleCheck, MessageSquareText, PenLine } from 'lucide-react';
import { Avatar } from '#web/ui/Avatar.tsx';
import { Spoken } from '#web/ui/Spoken.tsx';
import { t } from '#web/words/shared.ts';
import css from './shared.module.css';
import { useConversation, useMembers } from './useConversation.ts';

export function RowMarks({ id, threadId }: { readonly id: string; readonly threadId: string }) {
  const conversation = useConversation(threadId);
  const self = useMembers().find(({ isSelf }) => isSelf)?.id;
  if (!conversation) return null;
  const { assigneeId, assigneeName, isClosed, comments } = conversation;
  const [writer] = conversation.answering.filter(({ personId }) => personId !== self);
  const words = [
    assigneeId !== undefined && (assigneeId === self ? t('row.mine') : t('row.assigned', { name: assigneeName })),
    isClosed && t('row.closed'),
    writer && t('row.answering', { name: writer.name }),
    comments > 0 && t('row.comments', { count: comments }),
  ].filter((word) => typeof word === 'string');
  if (words.length === 0) return null;
  return (
    <span id={id} className={css['marks']} title={words.join(', ')}>
      <Spoken>{words.join(', ')}</Spoken>
      {writer && <PenLine aria-hidden size={15} className={css['writing']} />}
      {comments > 0 && <MessageSquareText aria-hidden size={15} />}
      {isClosed && <CircleCheck aria-hidden size={15} />}
      {assigneeId !== undefined && (
        <span aria-hidden className={css['small']}>
          <Avatar name={assigneeName} />
        </span>
      )}
    </span>
  );
}
