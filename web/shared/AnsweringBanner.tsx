/** Says that others are answering the same conversation: in the pane before one begins, in the composer while one does. */
import { PenLine } from 'lucide-react';
import { listText } from '#web/words/lists.ts';
import { t } from '#web/words/shared.ts';
import type { Conversation } from './conversations.ts';
import css from './shared.module.css';

export interface AnsweringBannerProps {
  readonly conversation: Conversation | undefined;
  /** Whose own answer is not told. */
  readonly selfId: string | undefined;
}

export function AnsweringBanner({ conversation, selfId }: AnsweringBannerProps) {
  const names = (conversation?.answering ?? []).filter(({ personId }) => personId !== selfId).map(({ name }) => name);
  return (
    <div role="status" className={css['answering']}>
      {names.length > 0 && (
        <p>
          <PenLine aria-hidden size={16} />
          <span>
            {names.length === 1
              ? t('answering.one', { names: listText(names) })
              : t('answering.many', { names: listText(names) })}
          </span>
        </p>
      )}
    </div>
  );
}
