/** Over the messages of a shared conversation: whose it is, closing it, and who is answering. */
import { CircleCheck, RotateCcw, UserRound } from 'lucide-react';
import { useScope } from '#web/app/SyncContext.tsx';
import { rememberUndo } from '#web/mail/undo.ts';
import { Button } from '#web/ui/Button.tsx';
import { Menu } from '#web/ui/Menu.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/shared.ts';
import { AnsweringBanner } from './AnsweringBanner.tsx';
import type { Conversation } from './conversations.ts';
import css from './shared.module.css';
import { mayWork, useConversation, useConversations, useMembers } from './useConversation.ts';

export function ConversationBar({ threadId }: { readonly threadId: string }) {
  const conversation = useConversation(threadId);
  const self = useMembers().find(({ isSelf }) => isSelf);
  if (!conversation) return <div className={css['bar']} />;
  const isMine = self !== undefined && conversation.assigneeId === self.id;
  const assigned =
    conversation.assigneeId === undefined
      ? t('bar.nobody')
      : isMine
        ? t('bar.mine')
        : t('bar.assigned', { name: conversation.assigneeName });
  return (
    <div role="group" aria-label={t('bar.label')}>
      <div className={css['bar']}>
        {self && mayWork(self) ? (
          <Verbs conversation={conversation} assigned={assigned} selfId={self.id} />
        ) : (
          <span className={css['said']}>{assigned}</span>
        )}
      </div>
      {conversation.isClosed && (
        <p className={css['closed']}>
          <CircleCheck aria-hidden size={16} />
          {t('bar.closed')}
        </p>
      )}
      <AnsweringBanner conversation={conversation} selfId={self?.id} />
    </div>
  );
}

interface VerbsProps {
  readonly conversation: Conversation;
  readonly assigned: string;
  readonly selfId: string;
}

function Verbs({ conversation, assigned, selfId }: VerbsProps) {
  const { sync } = useScope();
  const conversations = useConversations();
  const members = useMembers();
  const { id, assigneeId, isClosed } = conversation;

  /** Done at once, and taken back by the message that says so. */
  async function change(patch: { assigneeId: string | null } | { isClosed: boolean }, said: string): Promise<void> {
    if (sync.connection.line() === 'offline') return void showToast(t('bar.offline'), { tone: 'danger' });
    if (!(await conversations.change(id, patch))) return void showToast(t('bar.failed'), { tone: 'danger' });
    const before = 'isClosed' in patch ? { isClosed } : { assigneeId: assigneeId ?? null };
    const run = rememberUndo(() => void conversations.change(id, before));
    showToast(said, { action: { label: t('undo'), run } });
  }

  const others = members.filter((member) => !member.isSelf && mayWork(member));
  const choice = (personId: string | null, label: string, said: string) => ({
    id: personId ?? 'nobody',
    label,
    isChosen: (assigneeId ?? null) === personId,
    run: () => void change({ assigneeId: personId }, said),
  });
  return (
    <>
      <Menu
        label={t('bar.choose')}
        trigger={
          <Button tone="quiet" icon={UserRound} className={css['assignee']}>
            {assigned}
          </Button>
        }
        groups={[
          {
            choices: [choice(selfId, t('bar.me'), t('assignedMe')), choice(null, t('bar.none'), t('assignedNobody'))],
          },
          { choices: others.map(({ id: other, name }) => choice(other, name, t('assignedTo', { name }))) },
        ]}
      />
      {isClosed ? (
        <Button icon={RotateCcw} onPress={() => void change({ isClosed: false }, t('reopened'))}>
          {t('bar.reopen')}
        </Button>
      ) : (
        <Button icon={CircleCheck} onPress={() => void change({ isClosed: true }, t('closed'))}>
          {t('bar.close')}
        </Button>
      )}
    </>
  );
}
