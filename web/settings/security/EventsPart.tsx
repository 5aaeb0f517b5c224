/** The log of one's own logins, page by page, the newest first. */
import { useEffect, useRef, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { mediumDate } from '#web/words/dates.ts';
import { t } from '#web/words/security.ts';
import { deviceName } from './deviceName.ts';
import css from './security.module.css';
import { fetchSignIns } from './security.ts';
import type { SignIn } from './security.ts';

interface Shown {
  readonly events: readonly SignIn[];
  readonly hasMore: boolean;
}

export function EventsPart() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const [shown, setShown] = useState<Shown>({ events: [], hasMore: false });
  const first = useRef<HTMLLIElement>(null);
  const [firstNew, setFirstNew] = useState<string | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    fetchSignIns(sync, accountId, undefined)
      .then((given) => {
        if (!isGone) setShown(given);
      })
      .catch((error: unknown) => sync.connection.report(error));
    return () => {
      isGone = true;
    };
  }, [sync, accountId]);
  // After "show earlier ones" the keyboard goes on where these begin.
  useEffect(() => {
    if (firstNew !== undefined) first.current?.focus();
  }, [firstNew]);

  async function more(): Promise<void> {
    try {
      const next = await fetchSignIns(sync, accountId, shown.events.at(-1)?.id);
      setShown({ events: [...shown.events, ...next.events], hasMore: next.hasMore });
      setFirstNew(next.events[0]?.id);
    } catch (error) {
      sync.connection.report(error);
    }
  }

  return (
    <Part id="security-events" title={t('eventsTitle')}>
      {shown.events.length === 0 && <p>{t('eventsNone')}</p>}
      <ul className={page['list']}>
        {shown.events.map((event) => {
          const isFirstNew = event.id === firstNew;
          return (
            <li
              key={event.id}
              ref={isFirstNew ? first : undefined}
              tabIndex={isFirstNew ? -1 : undefined}
              className={css['event']}
              data-alarm={alarming.has(event.verb) || undefined}
            >
              <time dateTime={event.at}>{mediumDate(event.at)}</time>
              <div className={page['about']}>
                <strong>{said(event)}</strong>
                <span>{circumstances(event)}</span>
              </div>
            </li>
          );
        })}
      </ul>
      {shown.hasMore && (
        <div className={page['actions']}>
          <Button onPress={() => void more()}>{t('eventsMore')}</Button>
        </div>
      )}
    </Part>
  );
}

/** What somebody should look at twice. */
const alarming: ReadonlySet<string> = new Set(['loginFailed', 'factorFailed', 'refuseCopiedPasskey', 'newDevice']);

const verbs = [
  'login',
  'providerLogin',
  'providerLogout',
  'linkIdentity',
  'unlinkIdentity',
  'activate',
  'logout',
  'logoutElsewhere',
  'logoutSession',
  'signOutPerson',
  'loginFailed',
  'factorFailed',
  'newDevice',
  'trustDevice',
  'forgetDevice',
  'setPassword',
  'resetPassword',
  'setRecoveryAddress',
  'forgetRecoveryAddress',
  'addFactor',
  'removeFactor',
  'resetFactors',
  'renewRecoveryCodes',
  'useRecoveryCode',
  'refuseCopiedPasskey',
  'addCredential',
  'revokeCredential',
  'authorise',
  'revokeAuthorisation',
  'lockPerson',
  'unlockPerson',
] as const;

/** Of an event this page does not know, its name: better than silence. */
function said({ verb, name }: SignIn): string {
  const known = verbs.find((it) => it === verb);
  const words = known === undefined ? verb : t(`event.${known}`);
  return name === '' ? words : `${words} · ${name}`;
}

function circumstances({ verb, isOwn, remoteAddress, userAgent }: SignIn): string {
  const byOther = !isOwn && verb !== 'loginFailed' ? t('eventByOther') : '';
  const from = isOwn || verb === 'loginFailed' ? remoteAddress : '';
  const parts = [userAgent === '' ? '' : deviceName(userAgent), from === '' ? '' : t('eventFrom', { from }), byOther];
  return parts.filter((part) => part !== '').join(', ');
}
