/** The bar on top: the mark, the search, and the person's menu with accounts, settings, help and leaving. */
import { CircleHelp, LogOut, Menu as MenuIcon, Settings, ShieldCheck, User, Users } from 'lucide-react';
import { Link, useLocation, useRoute, useSearch } from 'wouter';
import { hasConsole } from '#web/console/access.ts';
import { viewPath } from '#web/mail/view.ts';
import { forgetSearches } from '#web/search/recent.ts';
import { SearchBox } from '#web/search/SearchBox.tsx';
import { Avatar } from '#web/ui/Avatar.tsx';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { Menu } from '#web/ui/Menu.tsx';
import { Spoken } from '#web/ui/Spoken.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/words.ts';
import { brand } from './brand.ts';
import { logOut } from './login.ts';
import { Logo } from './Logo.tsx';
import { useScope, useWaitingWrites } from './SyncContext.tsx';
import css from './topbar.module.css';
import { useLayout } from './useMedia.ts';

export type Panel = 'settings' | 'help';

export interface TopBarProps {
  readonly onPanel: (panel: Panel) => void;
  readonly onDrawer: () => void;
}

export function TopBar({ onPanel, onDrawer }: TopBarProps) {
  const { sync, session, accountId } = useScope();
  const layout = useLayout();
  const [, navigate] = useLocation();
  const [isSearch] = useRoute('/search/:threadId?');
  const searched = new URLSearchParams(useSearch()).get('q') ?? '';
  const waiting = useWaitingWrites();
  const account = session.accounts.find((it) => it.id === accountId);
  const name = account?.name ?? session.userName;

  async function leave(): Promise<void> {
    // What still waits stays on disk, for the same person's next visit.
    await sync.leave(async () => {
      const outcome = await logOut();
      if (outcome.kind === 'unreachable') {
        showToast(t('top.leaveFailed'), { tone: 'danger' });
        return false;
      }
      forgetSearches();
      if (outcome.elsewhere !== undefined) globalThis.location.assign(outcome.elsewhere);
      return true;
    });
  }

  return (
    <header className={css['bar']}>
      {layout !== 'desk' && <IconButton icon={MenuIcon} label={t('top.mailboxes')} onPress={onDrawer} />}
      {layout === 'desk' && (
        <Link
          href="/"
          className={css['home'] ?? ''}
          aria-label={brand ? `${brand.name} — ${t('top.home')}` : t('top.home')}
        >
          <Logo />
        </Link>
      )}
      <SearchBox
        text={isSearch ? searched : ''}
        onSearch={(text) => navigate(viewPath({ kind: 'search', text }))}
        onClear={() => navigate('/')}
      />
      <span className={css['gap']} />
      {layout === 'desk' && (
        <IconButton icon={CircleHelp} label={t('top.help')} keyHint="?" onPress={() => onPanel('help')} />
      )}
      {layout === 'desk' && (
        <IconButton icon={Settings} label={t('top.settings')} onPress={() => onPanel('settings')} />
      )}
      <Menu
        label={t('top.account')}
        trigger={
          <Button tone="quiet" className={css['person']}>
            <Spoken>{t('top.account')} </Spoken>
            <Avatar name={name} />
            {layout === 'desk' && <span className={css['name']}>{name}</span>}
          </Button>
        }
        groups={[
          {
            heading: t('top.accounts'),
            choices: session.accounts.map((it) => ({
              id: `account ${it.id}`,
              label: it.name,
              detail: it.isPersonal ? t('top.personal') : t('top.shared'),
              icon: it.isPersonal ? User : Users,
              isChosen: it.id === accountId,
              run: () => navigate(it.id === session.primaryAccountId ? '~/' : `~/u/${encodeURIComponent(it.id)}`),
            })),
          },
          {
            choices: [
              ...(hasConsole(session)
                ? [{ id: 'console', label: t('top.console'), icon: ShieldCheck, run: () => navigate('~/console') }]
                : []),
              { id: 'settings', label: t('top.settings'), icon: Settings, run: () => onPanel('settings') },
              { id: 'help', label: t('top.help'), icon: CircleHelp, keyHint: '?', run: () => onPanel('help') },
              {
                id: 'leave',
                label: t('top.leave'),
                icon: LogOut,
                ...(waiting > 0 && { detail: t('top.leaveWaiting', { count: waiting }) }),
                run: () => void leave(),
              },
            ],
          },
        ]}
      />
    </header>
  );
}
