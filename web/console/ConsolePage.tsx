/** The console: people, the audit log, roles. Other door, same client: what it does, the server allows or refuses. */
import { ArrowLeft, ShieldOff } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import { useTitle } from '#web/app/useTitle.ts';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { t } from '#web/words/console.ts';
import { hasConsole } from './access.ts';
import { AuditScreen } from './AuditScreen.tsx';
import { BulkPage, BulkScreen } from './BulkScreen.tsx';
import { ClientsScreen } from './clients/ClientsScreen.tsx';
import css from './console.module.css';
import { PeopleScreen } from './PeopleScreen.tsx';
import { ProvidersScreen } from './ProvidersScreen.tsx';
import { RolesScreen } from './RolesScreen.tsx';

const screens = [
  { path: '/console', name: 'people' },
  { path: '/console/bulk', name: 'bulk' },
  { path: '/console/audit', name: 'audit' },
  { path: '/console/roles', name: 'roles' },
  { path: '/console/providers', name: 'providers' },
  { path: '/console/clients', name: 'clients' },
] as const;

export function ConsolePage() {
  const { session } = useScope();
  const [path] = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  // One comes from a menu that has gone: the keyboard goes on here.
  useEffect(() => heading.current?.focus(), []);
  useTitle(t('title'), 0);
  const here = screens.findLast((screen) => path === screen.path || path.startsWith(`${screen.path}/`));
  return (
    <div className={css['console']}>
      <header className={css['head']}>
        <Link href="~/" className={css['back'] ?? ''}>
          <ArrowLeft aria-hidden size={18} />
          {t('back')}
        </Link>
        <h1 ref={heading} tabIndex={-1}>
          {t('title')}
        </h1>
        {hasConsole(session) && (
          <nav aria-label={t('nav')} className={css['tabs']}>
            {screens.map((screen) => (
              <Link
                key={screen.path}
                href={screen.path}
                aria-current={screen === here ? 'page' : undefined}
                className={css['tab'] ?? ''}
              >
                {t(screen.name)}
              </Link>
            ))}
          </nav>
        )}
      </header>
      {hasConsole(session) ? (
        <Switch>
          <Route path="/console/audit">
            <AuditScreen />
          </Route>
          <Route path="/console/providers">
            <ProvidersScreen />
          </Route>
          <Route path="/console/roles">
            <RolesScreen />
          </Route>
          <Route path="/console/bulk">
            <BulkScreen />
          </Route>
          <Route path="/console/bulk/:id">{({ id }) => <BulkPage key={id} id={decodeURIComponent(id)} />}</Route>
          <Route path="/console/clients">
            <ClientsScreen />
          </Route>
          <Route path="/console/people/:personId">
            {({ personId }) => <PeopleScreen personId={decodeURIComponent(personId)} />}
          </Route>
          <Route path="/console">
            <PeopleScreen personId={undefined} />
          </Route>
          <Route>
            <Redirect to="/console" replace />
          </Route>
        </Switch>
      ) : (
        <EmptyState icon={ShieldOff} title={t('noRole')} text={t('noRoleText')} />
      )}
    </div>
  );
}
