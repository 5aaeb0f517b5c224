/** What somebody logged in sees around every screen: skip links, the bar on top, the state of the line, late parts. */
import { CloudOff, FlaskConical } from 'lucide-react';
import { Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { lazyPart } from '#web/ui/lazyPart.ts';
import { Redirect, Route, Switch, useSearch } from 'wouter';
import { isProofWanted, subscribeProofWanted } from '#web/factors/proof.ts';
import { MailScreen } from '#web/mail/MailScreen.tsx';
import { viewPath } from '#web/mail/view.ts';
import type { View } from '#web/mail/view.ts';
import { Banner } from '#web/ui/Banner.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/words.ts';
import { isComposerWanted, requestCompose, resumeCompose, subscribeComposerWanted } from './composeRequests.ts';
import { useHouseInfo } from './useHouseInfo.ts';
import { useClosed, useLine, useMailboxByRole, useRecords, useScope, useWaitingWrites } from './SyncContext.tsx';
import { TopBar } from './TopBar.tsx';
import type { Panel } from './TopBar.tsx';
import { useKeys } from './useKeys.ts';
import css from './work.module.css';

const ComposeHost = lazyPart(() => import('#web/compose/ComposeHost.tsx').then((it) => it.ComposeHost));
const SettingsDialog = lazyPart(() => import('#web/settings/SettingsDialog.tsx').then((it) => it.SettingsDialog));
const ProgramsPage = lazyPart(() => import('#web/settings/programs/ProgramsPage.tsx').then((it) => it.ProgramsPage));
const ImportPage = lazyPart(() => import('#web/settings/import/ImportPage.tsx').then((it) => it.ImportPage));
const LateBanners = lazyPart(() => import('./LateBanners.tsx').then((it) => it.LateBanners));
const MandatesPage = lazyPart(() => import('#web/settings/mandates/MandatesPage.tsx').then((it) => it.MandatesPage));
const OwnPasswordPage = lazyPart(() => import('#web/entry/OwnPasswordPage.tsx').then((it) => it.OwnPasswordPage));
const ConsolePage = lazyPart(() => import('#web/console/ConsolePage.tsx').then((it) => it.ConsolePage));
const ClosedBanner = lazyPart(() => import('#web/announcements/ClosedBanner.tsx').then((it) => it.ClosedBanner));
const HelpSheet = lazyPart(() => import('./HelpSheet.tsx').then((it) => it.HelpSheet));
const RoomPage = lazyPart(() => import('#web/settings/room/RoomPage.tsx').then((it) => it.RoomPage));
const SecurityPage = lazyPart(() => import('#web/settings/security/SecurityPage.tsx').then((it) => it.SecurityPage));
const ProofDialog = lazyPart(() => import('#web/factors/ProofDialog.tsx').then((it) => it.ProofDialog));
const LoginAgain = lazyPart(() => import('./LoginAgain.tsx').then((it) => it.LoginAgain));

export function Work() {
  const { sync, session } = useScope();
  const line = useLine(sync);
  const closed = useClosed(sync);
  const waiting = useWaitingWrites();
  const isComposing = useSyncExternalStore(subscribeComposerWanted, isComposerWanted);
  const isProving = useSyncExternalStore(subscribeProofWanted, isProofWanted);
  const [panel, setPanel] = useState<Panel | undefined>(undefined);
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const isDemonstration = useHouseInfo()?.isDemonstration === true;
  useEffect(
    () =>
      sync.onRefused((_, { refused }) => {
        const types = Object.values(refused);
        showToast(refusalText(types[0] ?? ''), { tone: 'danger' });
      }),
    [sync],
  );
  useEffect(resumeCompose, []);
  useKeys({
    c: () => requestCompose({ kind: 'new' }),
    '?': () => setPanel('help'),
  });

  return (
    <div className={css['work']}>
      <TopBar onPanel={setPanel} onDrawer={() => setDrawerOpen(true)} />
      {closed && (
        <Suspense fallback={null}>
          <ClosedBanner endsAt={closed.endsAt} waiting={waiting} />
        </Suspense>
      )}
      {line === 'offline' && !closed && (
        <Banner icon={CloudOff}>
          {waiting > 0 ? t('line.offlineWaiting', { count: waiting }) : t('line.offline')}
        </Banner>
      )}
      {isDemonstration && line !== 'offline' && <Banner icon={FlaskConical}>{t('login.demonstration')}</Banner>}
      <Suspense fallback={null}>
        <LateBanners />
      </Suspense>
      <main className={css['main']}>
        <Screens isDrawerOpen={isDrawerOpen} onDrawer={setDrawerOpen} />
      </main>
      <Suspense fallback={null}>
        {isComposing && <ComposeHost />}
        {isProving && <ProofDialog />}
        {panel === 'settings' && <SettingsDialog onClose={() => setPanel(undefined)} />}
        {panel === 'help' && <HelpSheet onClose={() => setPanel(undefined)} />}
        {line === 'loggedOut' && (
          <LoginAgain
            userName={session.userName}
            onLoggedIn={() => void sync.begin()}
            onLeft={() => void sync.leave(() => Promise.resolve(true))}
          />
        )}
      </Suspense>
    </div>
  );
}

interface ScreensProps {
  readonly isDrawerOpen: boolean;
  readonly onDrawer: (isOpen: boolean) => void;
}

function Screens(props: ScreensProps) {
  return (
    <Switch>
      <Route path="/mail/:mailboxId/:threadId?">
        {({ mailboxId, threadId }) => <MailRoute kind="mailbox" mailboxId={mailboxId} threadId={threadId} {...props} />}
      </Route>
      <Route path="/search/:threadId?">
        {({ threadId }) => <MailRoute kind="search" threadId={threadId} {...props} />}
      </Route>
      <Route path="/settings/programs">
        {/* The mailboxes, asked for from here, are beside the inbox. */}
        {props.isDrawerOpen ? (
          <ToInbox />
        ) : (
          <Suspense fallback={<Spinner label={t('ui.loading')} />}>
            <ProgramsPage />
          </Suspense>
        )}
      </Route>
      <Route path="/settings/mandates">
        {props.isDrawerOpen ? (
          <ToInbox />
        ) : (
          <Suspense fallback={<Spinner label={t('ui.loading')} />}>
            <MandatesPage />
          </Suspense>
        )}
      </Route>
      <Route path="/settings/security">
        {props.isDrawerOpen ? (
          <ToInbox />
        ) : (
          <Suspense fallback={<Spinner label={t('ui.loading')} />}>
            <SecurityPage />
          </Suspense>
        )}
      </Route>
      <Route path="/settings/storage">
        {props.isDrawerOpen ? (
          <ToInbox />
        ) : (
          <Suspense fallback={<Spinner label={t('ui.loading')} />}>
            <RoomPage />
          </Suspense>
        )}
      </Route>
      <Route path="/settings/password">
        {props.isDrawerOpen ? (
          <ToInbox />
        ) : (
          <Suspense fallback={<Spinner label={t('ui.loading')} />}>
            <OwnPasswordPage />
          </Suspense>
        )}
      </Route>
      <Route path="/console/*?">
        {props.isDrawerOpen ? (
          <ToInbox />
        ) : (
          <Suspense fallback={<Spinner label={t('ui.loading')} />}>
            <ConsolePage />
          </Suspense>
        )}
      </Route>
      <Route path="/settings/import">
        {props.isDrawerOpen ? (
          <ToInbox />
        ) : (
          <Suspense fallback={<Spinner label={t('ui.loading')} />}>
            <ImportPage />
          </Suspense>
        )}
      </Route>
      <Route>
        <ToInbox />
      </Route>
    </Switch>
  );
}

type MailRouteProps = ScreensProps & { readonly threadId: string | undefined } & (
    | { readonly kind: 'mailbox'; readonly mailboxId: string }
    | { readonly kind: 'search' }
  );

function MailRoute(props: MailRouteProps) {
  const search = new URLSearchParams(useSearch());
  const day = search.get('day') ?? undefined;
  const work = search.get('work') ?? undefined;
  const text = search.get('q') ?? '';
  const mailboxId = props.kind === 'mailbox' ? decodeURIComponent(props.mailboxId) : undefined;
  // One object per view: it is the key of the list.
  const [view, setView] = useState<View>(() => viewOf(mailboxId, day, work, text));
  const wanted = viewOf(mailboxId, day, work, text);
  if (viewPath(view) !== viewPath(wanted)) setView(wanted);
  const threadId = props.threadId === undefined ? undefined : decodeURIComponent(props.threadId);
  return <MailScreen view={view} threadId={threadId} isDrawerOpen={props.isDrawerOpen} onDrawer={props.onDrawer} />;
}

function viewOf(mailboxId: string | undefined, day: string | undefined, work: string | undefined, text: string): View {
  return mailboxId === undefined ? { kind: 'search', text } : { kind: 'mailbox', mailboxId, day, work };
}

function ToInbox() {
  const mailboxes = useRecords('Mailbox');
  const inbox = useMailboxByRole('inbox') ?? mailboxes[0];
  if (!inbox) return <Spinner label={t('ui.loading')} />;
  return <Redirect to={viewPath({ kind: 'mailbox', mailboxId: inbox.id, day: undefined })} replace />;
}

function refusalText(type: string): string {
  switch (type) {
    case 'forbidden':
    case 'accountReadOnly':
      return t('refused.forbidden');
    case 'overQuota':
      return t('refused.overQuota');
    case 'mailboxHasChild':
      return t('refused.mailboxHasChild');
    case 'notFound':
      return t('refused.notFound');
    default:
      return t('refused.other', { type });
  }
}
