/** One's own account and those one acts for, each with what waits unread in its inbox; nothing where there is but one. */
import { User, Users } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import type { AccountId } from '#web/sync/records.ts';
import type { Session } from '#web/sync/session.ts';
import { Spoken } from '#web/ui/Spoken.tsx';
import { numberText } from '#web/words/language.ts';
import { t } from '#web/words/words.ts';
import css from './mailboxes.module.css';

export function AccountList({ onLeave }: { readonly onLeave: () => void }) {
  const { session } = useScope();
  if (session.accounts.length < 2) return null;
  return (
    <nav className={css['tree']} aria-label={t('accounts.label')}>
      <header className={css['head']}>
        <h2>{t('accounts.label')}</h2>
      </header>
      <ul>
        {session.accounts.map((account) => (
          <AccountItem key={account.id} account={account} onLeave={onLeave} />
        ))}
      </ul>
    </nav>
  );
}

interface AccountItemProps {
  readonly account: Session['accounts'][number];
  readonly onLeave: () => void;
}

function AccountItem({ account: { id, name, isPersonal }, onLeave }: AccountItemProps) {
  const { session, accountId } = useScope();
  const unread = useInboxUnread(id);
  const isCurrent = id === accountId;
  const Icon = isPersonal ? User : Users;
  return (
    <li>
      <div className={css['item']} data-current={isCurrent || undefined} data-unread={unread > 0 || undefined}>
        <span className={css['twist']} />
        <Link
          href={id === session.primaryAccountId ? '~/' : `~/u/${encodeURIComponent(id)}`}
          className={css['link'] ?? ''}
          aria-current={isCurrent ? 'true' : undefined}
          onClick={onLeave}
        >
          <Icon aria-hidden size={18} />
          <span className={css['name']}>{name}</span>
          {unread > 0 && (
            <span className={css['count']}>
              {numberText(unread)}
              <Spoken> {t('mailboxes.unreadCount', { count: unread })}</Spoken>
            </span>
          )}
        </Link>
      </div>
    </li>
  );
}

/** What the counts of others may wait for the screen's own mailboxes and messages. */
const patienceMs = 1_500;

function useInboxUnread(accountId: AccountId): number {
  const { sync } = useScope();
  useEffect(() => {
    const timer = setTimeout(() => void sync.ensureAll(accountId, 'Mailbox').catch(() => undefined), patienceMs);
    return () => clearTimeout(timer);
  }, [sync, accountId]);
  return useSyncExternalStore(
    (listener) => sync.store.subscribe(accountId, 'Mailbox', listener),
    () => sync.store.all(accountId, 'Mailbox').find(({ role }) => role === 'inbox')?.unreadEmails ?? 0,
  );
}
