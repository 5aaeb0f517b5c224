/** Where one is logged in now: each browser with its place and last use, this one first, and an end to any other. */
import { MonitorSmartphone } from 'lucide-react';
import { useRef, useState } from 'react';
import { Item } from '#web/settings/page/Item.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { dayName, mediumDate } from '#web/words/dates.ts';
import { t as federation } from '#web/words/federation.ts';
import { t } from '#web/words/security.ts';
import { deviceName } from './deviceName.ts';
import type { Place } from './security.ts';
import { useEnd } from './useEnd.ts';

export interface SessionsPartProps {
  readonly sessions: readonly Place[];
  readonly onChanged: () => void;
}

export function SessionsPart({ sessions, onChanged }: SessionsPartProps) {
  const [isAsking, ask] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const end = useEnd('LoginSession', onChanged);
  const others = sessions.filter(({ isThis }) => !isThis);

  const signOut = async (ids: readonly string[], said: (count: number) => string) => {
    await end(ids, said);
    // The button that was pressed goes with its row.
    heading.current?.focus();
  };

  return (
    <Part id="security-sessions" title={t('sessionsTitle')} heading={heading}>
      <ul className={page['list']}>
        {[...sessions.filter(({ isThis }) => isThis), ...others].map((one) => {
          const name = deviceName(one.userAgent);
          return (
            <Item
              key={one.id}
              icon={MonitorSmartphone}
              name={name}
              mark={one.isThis ? t('thisOne') : undefined}
              facts={[
                t('seenAt', { date: mediumDate(one.seenAt), from: one.remoteAddress }),
                one.providerName === '' ? undefined : federation('by', { name: one.providerName }),
                t('since', { date: dayName(new Date(one.createdAt)) }),
              ]}
            >
              {!one.isThis && (
                <Button
                  aria-label={t('signOutName', { name })}
                  onPress={() => void signOut([one.id], () => t('signedOut', { name }))}
                >
                  {t('signOut')}
                </Button>
              )}
            </Item>
          );
        })}
      </ul>
      {others.length === 0 ? (
        <p>{t('sessionsOnly')}</p>
      ) : (
        <div className={page['actions']}>
          <Button tone="danger" onPress={() => ask(true)}>
            {t('signOutAll')}
          </Button>
        </div>
      )}
      {isAsking && (
        <Confirm
          title={t('signOutAllTitle')}
          text={t('signOutAllText')}
          action={t('signOutAll')}
          onConfirm={() =>
            void signOut(
              others.map(({ id }) => id),
              (count) => t('signedOutAll', { count }),
            )
          }
          onClose={() => ask(false)}
        />
      )}
    </Part>
  );
}
