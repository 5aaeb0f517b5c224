/** One conversation in the list. Keys and focus belong to the grid around it; the row says everything in its name. */
import { Paperclip, Reply, Star } from 'lucide-react';
import { memo, Suspense } from 'react';
import type { MouseEvent } from 'react';
import { useIsShared, useRecord, useThreadEmails } from '#web/app/SyncContext.tsx';
import type { Piece } from '#web/search/snippets.ts';
import type { Snippet } from '#web/search/useSnippets.ts';
import { Avatar } from '#web/ui/Avatar.tsx';
import { longDate, shortDate } from '#web/words/dates.ts';
import { numberText } from '#web/words/language.ts';
import { t } from '#web/words/words.ts';
import { rowNames } from './names.ts';
import css from './row.module.css';
import { RowMarks } from './sharedParts.ts';

export interface MessageRowProps {
  readonly id: string;
  readonly emailId: string;
  readonly index: number;
  readonly isPicked: boolean;
  readonly isActive: boolean;
  readonly isOpen: boolean;
  readonly isOutgoing: boolean;
  readonly ownEmails: ReadonlySet<string>;
  readonly snippet: Snippet | undefined;
  readonly onClick: (event: MouseEvent, threadId: string) => void;
  readonly onToggle: (threadId: string, isRange: boolean) => void;
  readonly onStar: (threadId: string, isStarred: boolean) => void;
  readonly onDragStart: (event: React.DragEvent, threadId: string) => void;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { emailId, index, isPicked, isActive, isOpen, isOutgoing, ownEmails, snippet } = props;
  const email = useRecord('Email', emailId);
  const members = useThreadEmails(email?.threadId);
  const isShared = useIsShared();
  const marksId = `${props.id}-marks`;
  if (!email) return <RowSkeleton />;
  const emails = members.length > 0 ? members : [email];
  const { threadId } = email;
  const isUnread = emails.some((it) => !it.keywords['$seen'] && !it.keywords['$draft']);
  const isStarred = emails.some((it) => it.keywords['$flagged']);
  const hasAttachment = emails.some((it) => it.hasAttachment);
  const isAnswered = email.keywords['$answered'] === true;
  const names = rowNames(isOutgoing ? [email] : emails, isOutgoing, ownEmails);
  const subject = email.subject || t('row.noSubject');
  const name = [
    isUnread && t('row.unread'),
    isStarred && t('row.starred'),
    names,
    subject,
    emails.length > 1 && t('row.count', { count: emails.length }),
    hasAttachment && t('row.attachment'),
    longDate(email.receivedAt),
    email.preview,
  ];
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- focus is the grid's, by aria-activedescendant
    <div
      id={props.id}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={isPicked || isOpen}
      aria-label={name.filter(Boolean).join(', ')}
      aria-describedby={isShared ? marksId : undefined}
      data-unread={isUnread || undefined}
      data-active={isActive || undefined}
      data-picked={isPicked || undefined}
      className={css['row']}
      draggable
      onDragStart={(event) => props.onDragStart(event, threadId)}
      onClick={(event) => props.onClick(event, threadId)}
    >
      <div role="gridcell" className={css['who']}>
        <Avatar name={isOutgoing ? names : (email.from[0]?.name ?? email.from[0]?.email ?? '?')} />
        <input
          type="checkbox"
          tabIndex={-1}
          className={css['box']}
          aria-label={t('row.pick')}
          checked={isPicked}
          onClick={(event) => {
            event.stopPropagation();
            props.onToggle(threadId, event.shiftKey);
          }}
          onChange={() => undefined}
        />
      </div>
      <div role="gridcell" className={css['text']}>
        <div className={css['line']}>
          <span className={css['names']}>{names}</span>
          {emails.length > 1 && <span className={css['number']}>{numberText(emails.length)}</span>}
          <time className={css['date']} dateTime={email.receivedAt} title={longDate(email.receivedAt)}>
            {shortDate(email.receivedAt)}
          </time>
        </div>
        <div className={css['line']}>
          {isAnswered && <Reply aria-hidden size={14} className={css['mark']} />}
          <span className={css['subject']}>{snippet?.subject ? <Lit pieces={snippet.subject} /> : subject}</span>
          {isShared && (
            <Suspense fallback={null}>
              <RowMarks id={marksId} threadId={threadId} />
            </Suspense>
          )}
          {hasAttachment && <Paperclip aria-hidden size={15} className={css['mark']} />}
        </div>
        <div className={css['preview']}>{snippet?.preview ? <Lit pieces={snippet.preview} /> : email.preview}</div>
      </div>
      <div role="gridcell" className={css['end']}>
        <button
          type="button"
          tabIndex={-1}
          className={css['star']}
          aria-pressed={isStarred}
          aria-label={t('row.star')}
          onClick={(event) => {
            event.stopPropagation();
            props.onStar(threadId, !isStarred);
          }}
        >
          <Star aria-hidden size={17} fill={isStarred ? 'currentColor' : 'none'} />
        </button>
      </div>
    </div>
  );
});

function Lit({ pieces }: { readonly pieces: readonly Piece[] }) {
  return pieces.map(({ text, isLit }, at) =>
    // eslint-disable-next-line react/no-array-index-key -- pieces have no other identity and never move
    isLit ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
  );
}

/** The place of a row that is still on its way. */
export function RowSkeleton() {
  return (
    <div aria-hidden className={css['row']} data-skeleton>
      <span className={css['ghost']} />
      <span className={css['text']}>
        <span className={css['ghost']} />
        <span className={css['ghost']} />
      </span>
    </div>
  );
}
