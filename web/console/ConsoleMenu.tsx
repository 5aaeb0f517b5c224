/** The menu of the console: on a desk a column of links under headings, on smaller screens one button that opens it. */
import { Menu as MenuIcon } from 'lucide-react';
import { useId } from 'react';
import { Link, useLocation } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import { useLayout } from '#web/app/useMedia.ts';
import { Button } from '#web/ui/Button.tsx';
import { Menu } from '#web/ui/Menu.tsx';
import { Spoken } from '#web/ui/Spoken.tsx';
import { t } from '#web/words/console-menu.ts';
import { useWaitingCount } from './approvals/count.ts';
import { consoleAccess } from './access.ts';
import { offeredTo, screenAt } from './menu.ts';
import type { ConsoleScreen, OfferedGroup } from './menu.ts';
import css from './menu.module.css';

export function ConsoleMenu() {
  const { session } = useScope();
  const layout = useLayout();
  const [path, navigate] = useLocation();
  const groups = offeredTo(consoleAccess(session));
  const here = screenAt(path);
  const waiting = useWaitingCount();
  return (
    <nav aria-label={t('nav')} className={layout === 'desk' ? css['side'] : css['top']}>
      {layout === 'desk' ? (
        groups.map((group) => <Group key={group.name} group={group} here={here} waiting={waiting} />)
      ) : (
        <Menu
          label={t('nav')}
          trigger={<Button icon={MenuIcon}>{here ? t('open', { screen: t(here.name) }) : t('nav')}</Button>}
          groups={groups.map(({ name, screens }) => ({
            heading: t(name),
            choices: screens.map((screen) => ({
              id: screen.path,
              label: screen.name === 'approvals' && waiting > 0 ? t('waiting', { count: waiting }) : t(screen.name),
              isChosen: screen === here,
              run: () => navigate(screen.path),
            })),
          }))}
        />
      )}
    </nav>
  );
}

interface GroupProps {
  readonly group: OfferedGroup;
  readonly here: ConsoleScreen | undefined;
  readonly waiting: number;
}

function Group({ group, here, waiting }: GroupProps) {
  const id = useId();
  return (
    <div className={css['group']}>
      <h2 id={id}>{t(group.name)}</h2>
      <ul aria-labelledby={id}>
        {group.screens.map((screen) => (
          <li key={screen.path}>
            <Link href={screen.path} aria-current={screen === here ? 'page' : undefined} className={css['entry'] ?? ''}>
              {t(screen.name)}
              {screen.name === 'approvals' && waiting > 0 && (
                <span className={css['badge']}>
                  <span aria-hidden>{waiting}</span>
                  <Spoken>{t('waiting', { count: waiting })}</Spoken>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
