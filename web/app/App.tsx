/**
 * The root: nobody logged in, or somebody at work. When a session ends the login comes over what is on the screen, so
 * that nothing typed is lost; when somebody else logs in, everything is drawn anew.
 */
import { Suspense, useSyncExternalStore } from 'react';
import { I18nProvider } from 'react-aria-components';
import { Redirect, Route, Router, Switch, useLocation } from 'wouter';
import type { Sync } from '#web/sync/sync.ts';
import { lazyPart } from '#web/ui/lazyPart.ts';
import { Spinner } from '#web/ui/Spinner.tsx';
import { ToastRegion } from '#web/ui/ToastRegion.tsx';
import { localeTag } from '#web/words/language.ts';
import { t } from '#web/words/words.ts';
import { LoginPage } from './LoginPage.tsx';
import { preferences, subscribePreferences } from './preferences.ts';
import { SyncScope, useClosed, useLine } from './SyncContext.tsx';
import { Work } from './Work.tsx';

const ActivatePage = lazyPart(() => import('#web/entry/ActivatePage.tsx').then((it) => it.ActivatePage));
const InteractionPage = lazyPart(() => import('#web/openid/InteractionPage.tsx').then((it) => it.InteractionPage));
const OpenidPage = lazyPart(() => import('#web/openid/OpenidPage.tsx').then((it) => it.OpenidPage));
const ClosedPage = lazyPart(() => import('#web/announcements/ClosedPage.tsx').then((it) => it.ClosedPage));
const ForgottenPage = lazyPart(() => import('#web/entry/ForgottenPage.tsx').then((it) => it.ForgottenPage));

export function App({ sync }: { readonly sync: Sync }) {
  // Another language or theme draws everything again: words are read while drawing.
  useSyncExternalStore(subscribePreferences, preferences);
  return (
    <I18nProvider locale={localeTag()}>
      <Router>
        <Screen sync={sync} />
      </Router>
      <ToastRegion />
    </I18nProvider>
  );
}

function Screen({ sync }: { readonly sync: Sync }) {
  const status = useSyncExternalStore(sync.subscribeStatus, sync.status);
  const line = useLine(sync);
  const closed = useClosed(sync);
  const [path] = useLocation();
  if (anybodys.has(path))
    return (
      <Suspense fallback={<Spinner label={t('ui.loading')} />}>
        <OpenidPage path={path} />
      </Suspense>
    );
  switch (status.kind) {
    case 'starting':
      if (closed)
        return (
          <Suspense fallback={<Spinner label={t('ui.loading')} />}>
            <ClosedPage endsAt={closed.endsAt} />
          </Suspense>
        );
      return <Spinner label={line === 'offline' ? t('line.offline') : t('ui.loading')} />;
    case 'loggedOut':
      return <Door path={path} onLoggedIn={() => void sync.begin()} />;
    case 'working':
      break;
  }
  const { session } = status;
  return (
    <Switch>
      <Route path="/login">
        <Redirect to={returnPath()} replace />
      </Route>
      {atTheDoor.map((door) => (
        <Route key={door} path={door}>
          <Redirect to="/" replace />
        </Route>
      ))}
      <Route path="/openid/interaction/:uid">
        {({ uid }) => (
          <Suspense fallback={<Spinner label={t('ui.loading')} />}>
            <InteractionPage key={session.userName} uid={uid} userName={session.userName} />
          </Suspense>
        )}
      </Route>
      <Route path="/u/:accountId" nest>
        {({ accountId }) => (
          <SyncScope key={`${session.userName} ${accountId}`} sync={sync} session={session} accountId={accountId}>
            <Work />
          </SyncScope>
        )}
      </Route>
      <Route>
        <SyncScope key={session.userName} sync={sync} session={session}>
          <Work />
        </SyncScope>
      </Route>
    </Switch>
  );
}

/** Pages that say the same to whoever is logged in and to whoever is not. */
const anybodys: ReadonlySet<string> = new Set(['/openid/error', '/openid/logout', '/openid/logged-out']);

const atTheDoor = ['/activate', '/forgotten'] as const;

function Door({ path, onLoggedIn }: { readonly path: string; readonly onLoggedIn: () => void }) {
  if (path === '/login') return <LoginPage onLoggedIn={onLoggedIn} />;
  const door = atTheDoor.find((it) => it === path);
  if (!door) return <Redirect to={loginPath(path)} replace />;
  return (
    <Suspense fallback={<Spinner label={t('ui.loading')} />}>
      {door === '/activate' ? <ActivatePage onLoggedIn={onLoggedIn} /> : <ForgottenPage onLoggedIn={onLoggedIn} />}
    </Suspense>
  );
}

/** Where to come back to after logging in: kept in the address, so that a reload keeps it too. */
function loginPath(path: string): string {
  const back = path + globalThis.location.search;
  return back === '/' ? '/login' : `/login?to=${encodeURIComponent(back)}`;
}

/** Only a path of our own: `//elsewhere` would be another site. */
function returnPath(): string {
  const to = new URLSearchParams(globalThis.location.search).get('to') ?? '/';
  return /^\/(?![/\\])/.test(to) ? to : '/';
}
