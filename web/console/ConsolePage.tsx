/** The console: people, the audit log, roles. Other door, same client: what it does, the server allows or refuses. */
import { ArrowLeft, ShieldOff } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link, Redirect, Route, Switch } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import { useLayout } from '#web/app/useMedia.ts';
import { useTitle } from '#web/app/useTitle.ts';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { t } from '#web/words/console.ts';
import { hasConsole } from './access.ts';
import { ApprovalsScreen } from './approvals/ApprovalsScreen.tsx';
import { AuditScreen } from './AuditScreen.tsx';
import { BrandScreen } from './brand/BrandScreen.tsx';
import { BulkPage, BulkScreen } from './BulkScreen.tsx';
import { ClientsScreen } from './clients/ClientsScreen.tsx';
import { ConsoleMenu } from './ConsoleMenu.tsx';
import css from './console.module.css';
import { DirectoriesScreen } from './directories/DirectoriesScreen.tsx';
import { GroupsScreen } from './groups/GroupsScreen.tsx';
import { PeopleScreen } from './PeopleScreen.tsx';
import { AnnouncementsScreen } from './public/AnnouncementsScreen.tsx';
import { ContactsScreen } from './public/ContactsScreen.tsx';
import { DiagnosisScreen } from './public/DiagnosisScreen.tsx';
import { MaintenanceScreen } from './public/MaintenanceScreen.tsx';
import { ProvidersScreen } from './ProvidersScreen.tsx';
import { RequestsScreen } from './RequestsScreen.tsx';
import { RolesScreen } from './RolesScreen.tsx';
import { RulesScreen } from './rules/RulesScreen.tsx';
import { DomainsScreen } from './domains/DomainsScreen.tsx';
import { UnitsScreen } from './units/UnitsScreen.tsx';

export function ConsolePage() {
  const { session } = useScope();
  const layout = useLayout();
  const heading = useRef<HTMLHeadingElement>(null);
  // One comes from a menu that has gone: the keyboard goes on here.
  useEffect(() => heading.current?.focus(), []);
  useTitle(t('title'), 0);
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
        {hasConsole(session) && layout !== 'desk' && <ConsoleMenu />}
      </header>
      {hasConsole(session) ? (
        <div className={css['body']}>
          {layout === 'desk' && <ConsoleMenu />}
          <div className={css['main']}>
            <Switch>
              <Route path="/console/audit">
                <AuditScreen />
              </Route>
              <Route path="/console/providers">
                <ProvidersScreen />
              </Route>
              <Route path="/console/rules/:group?">{({ group }) => <RulesScreen group={group} />}</Route>
              <Route path="/console/domains">
                <DomainsScreen />
              </Route>
              <Route path="/console/brand">
                <BrandScreen />
              </Route>
              <Route path="/console/approvals/:view?">
                {({ view }) => <ApprovalsScreen key={view ?? ''} view={view} />}
              </Route>
              <Route path="/console/requests">
                <RequestsScreen />
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
              <Route path="/console/announcements">
                <AnnouncementsScreen />
              </Route>
              <Route path="/console/contacts">
                <ContactsScreen />
              </Route>
              <Route path="/console/diagnosis">
                <DiagnosisScreen />
              </Route>
              <Route path="/console/maintenance">
                <MaintenanceScreen />
              </Route>
              <Route path="/console/directories">
                <DirectoriesScreen />
              </Route>
              <Route path="/console/groups/:groupId?">
                {({ groupId }) => (
                  <GroupsScreen groupId={groupId === undefined ? undefined : decodeURIComponent(groupId)} />
                )}
              </Route>
              <Route path="/console/units/:unitId?">
                {({ unitId }) => <UnitsScreen unitId={unitId === undefined ? undefined : decodeURIComponent(unitId)} />}
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
          </div>
        </div>
      ) : (
        <EmptyState icon={ShieldOff} title={t('noRole')} text={t('noRoleText')} />
      )}
    </div>
  );
}
