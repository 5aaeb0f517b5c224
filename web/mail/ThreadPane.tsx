/** One conversation: its subject, what one can do with it, and its messages, the read ones folded. */
import {
  Archive,
  ArrowLeft,
  FolderInput,
  Forward,
  MailOpen,
  Mail,
  Reply,
  ReplyAll,
  ShieldAlert,
  ShieldCheck,
  Star,
  Trash2,
} from 'lucide-react';
import { Fragment, Suspense, useEffect, useState } from 'react';
import { lazyPart } from '#web/ui/lazyPart.ts';
import { requestCompose } from '#web/app/composeRequests.ts';
import { useIsShared, useMailboxByRole, useScope, useThreadEmails } from '#web/app/SyncContext.tsx';
import type { Email } from '#web/sync/records.ts';
import { Avatar } from '#web/ui/Avatar.tsx';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { longDate, mediumDate, shortDate } from '#web/words/dates.ts';
import { t } from '#web/words/words.ts';
import { personName } from './names.ts';
import { CommentForm, Comments, ConversationBar } from './sharedParts.ts';
import css from './thread.module.css';
import { markSeen } from './useMailActions.ts';
import type { Verb } from './verbs.ts';

const Reader = lazyPart(() => import('#web/read/Reader.tsx').then((it) => it.Reader));

export interface ThreadPaneProps {
  readonly threadId: string;
  readonly isJunk: boolean;
  readonly isTrash: boolean;
  /** Absent where the list stands beside. */
  readonly onBack: (() => void) | undefined;
  readonly onVerb: (verb: Verb) => void;
}

/** So long a conversation must stay on the screen to count as read. */
const readAfterMs = 600;

export function ThreadPane({ threadId, isJunk, isTrash, onBack, onVerb }: ThreadPaneProps) {
  const { sync, accountId } = useScope();
  const all = useThreadEmails(threadId);
  const trash = useMailboxByRole('trash');
  const isShared = useIsShared();
  const emails = isTrash || !trash ? all : all.filter((email) => !isOnlyIn(email, trash.id));
  const [opened, setOpened] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [firstUnread, setFirstUnread] = useState<ReadonlySet<string>>(new Set());

  useEffect(() => {
    let isLeft = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    void (async () => {
      await sync.ensure(accountId, 'Thread', [threadId]);
      const ids = sync.store.get(accountId, 'Thread', threadId)?.emailIds ?? [];
      await sync.ensure(accountId, 'Email', ids);
      if (isLeft) return;
      // What was unread when one came stays unfolded when it has been read.
      setFirstUnread(new Set(ids.filter((id) => !sync.store.get(accountId, 'Email', id)?.keywords['$seen'])));
      timer = setTimeout(() => markSeen(sync, accountId, threadId), readAfterMs);
    })().catch(() => undefined);
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [sync, accountId, threadId]);

  const last = emails.at(-1);
  if (!last) return <Spinner label={t('thread.loading')} />;
  const isStarred = emails.some((email) => email.keywords['$flagged']);
  const isSeen = emails.every((email) => email.keywords['$seen']);
  return (
    <article className={css['thread']} aria-labelledby="thread-subject">
      <div className={css['bar']} role="toolbar" aria-label={t('thread.actions')}>
        {onBack && <IconButton icon={ArrowLeft} label={t('thread.back')} onPress={onBack} />}
        <IconButton icon={Archive} label={t('verb.archive')} keyHint="e" onPress={() => onVerb('archive')} />
        <IconButton
          icon={Trash2}
          label={isTrash ? t('verb.destroy') : t('verb.trash')}
          keyHint="#"
          onPress={() => onVerb('trash')}
        />
        {isJunk ? (
          <IconButton icon={ShieldCheck} label={t('verb.notJunk')} keyHint="!" onPress={() => onVerb('junk')} />
        ) : (
          <IconButton icon={ShieldAlert} label={t('verb.junk')} keyHint="!" onPress={() => onVerb('junk')} />
        )}
        <IconButton icon={FolderInput} label={t('verb.move')} keyHint="v" onPress={() => onVerb('move')} />
        <span className={css['gap']} />
        <IconButton
          icon={isSeen ? Mail : MailOpen}
          label={isSeen ? t('verb.unread') : t('verb.read')}
          keyHint="u"
          onPress={() => onVerb('unread')}
        />
        <IconButton
          className={css['star']}
          icon={Star}
          isFilled={isStarred}
          label={isStarred ? t('verb.unstar') : t('verb.star')}
          keyHint="s"
          onPress={() => onVerb('star')}
        />
      </div>
      <div className={css['scroll']}>
        <h1 id="thread-subject" tabIndex={-1} className={css['subject']}>
          {emails[0]?.subject || t('row.noSubject')}
        </h1>
        {isShared && (
          <Suspense fallback={null}>
            <ConversationBar threadId={threadId} />
          </Suspense>
        )}
        {emails.map((email, index) => (
          <Fragment key={email.id}>
            <Message
              email={email}
              isOpen={opened.get(email.id) ?? (email === last || firstUnread.has(email.id))}
              isAlone={emails.length === 1}
              onToggle={(isOpen) => setOpened(new Map(opened).set(email.id, isOpen))}
            />
            {isShared && (
              <Suspense fallback={null}>
                <Comments
                  threadId={threadId}
                  from={index === 0 ? undefined : email.receivedAt}
                  until={emails[index + 1]?.receivedAt}
                />
              </Suspense>
            )}
          </Fragment>
        ))}
        <div className={css['answers']}>
          <Button icon={Reply} onPress={() => requestCompose({ kind: 'reply', emailId: last.id })}>
            {t('verb.reply')}
          </Button>
          <Button icon={ReplyAll} onPress={() => requestCompose({ kind: 'replyAll', emailId: last.id })}>
            {t('verb.replyAll')}
          </Button>
          <Button icon={Forward} onPress={() => requestCompose({ kind: 'forward', emailId: last.id })}>
            {t('verb.forward')}
          </Button>
        </div>
        {isShared && (
          <Suspense fallback={null}>
            <CommentForm threadId={threadId} />
          </Suspense>
        )}
      </div>
    </article>
  );
}

function isOnlyIn(email: Email, mailboxId: string): boolean {
  const ids = Object.keys(email.mailboxIds);
  return ids.length === 1 && ids[0] === mailboxId;
}

interface MessageProps {
  readonly email: Email;
  readonly isOpen: boolean;
  readonly isAlone: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

function Message({ email, isOpen, isAlone, onToggle }: MessageProps) {
  const [menuPlace, setMenuPlace] = useState<HTMLElement | null>(null);
  const sender = email.from[0];
  const name = sender ? personName(sender) : t('row.noSender');
  const isDraft = email.keywords['$draft'] === true;
  const head = (
    <>
      <Avatar name={name} />
      <span className={css['who']}>
        <span className={css['name']}>
          {name} {isDraft && <span className={css['draft']}>{t('thread.draft')}</span>}
        </span>
        <span className={css['detail']}>{isOpen ? (sender?.email ?? '') : email.preview}</span>
      </span>
      <time className={css['date']} dateTime={email.receivedAt} title={longDate(email.receivedAt)}>
        {isOpen ? mediumDate(email.receivedAt) : shortDate(email.receivedAt)}
      </time>
    </>
  );
  return (
    <section
      className={css['message']}
      data-open={isOpen || undefined}
      aria-label={t('thread.message', { name, date: longDate(email.receivedAt) })}
    >
      <div className={css['headRow']}>
        {isAlone ? (
          <div className={css['head']}>{head}</div>
        ) : (
          <button type="button" className={css['head']} aria-expanded={isOpen} onClick={() => onToggle(!isOpen)}>
            {head}
          </button>
        )}
        {isOpen && <div ref={setMenuPlace} className={css['menuPlace']} />}
      </div>
      {isOpen && isDraft && (
        <Button
          tone="primary"
          className={css['resume']}
          onPress={() => requestCompose({ kind: 'draft', emailId: email.id })}
        >
          {t('thread.resume')}
        </Button>
      )}
      {isOpen && (
        <Suspense fallback={<Spinner label={t('thread.loading')} />}>
          <Reader emailId={email.id} menuPlace={menuPlace} />
        </Suspense>
      )}
    </section>
  );
}
