/** Pages of the provider that whoever comes may see, logged in or not: what went wrong, and leaving. */
import { useState } from 'react';
import { Link } from 'wouter';
import { DoorPage } from '#web/app/DoorPage.tsx';
import { useHouseInfo } from '#web/app/useHouseInfo.ts';
import type { HouseInfo } from '#web/app/login.ts';
import { Button } from '#web/ui/Button.tsx';
import { t } from '#web/words/openid.ts';
import { endSession } from './interaction.ts';
import css from './openid.module.css';

export function OpenidPage({ path }: { readonly path: string }) {
  const house = useHouseInfo();
  if (path === '/openid/logout') return <LeavePage house={house} />;
  if (path === '/openid/logged-out')
    return (
      <DoorPage title={t('leftTitle')} house={house}>
        <p>{t('leftText')}</p>
        <p>
          <Link href="/login">{t('logIn')}</Link>
        </p>
      </DoorPage>
    );
  return (
    <DoorPage title={t('errorTitle')} house={house}>
      <p role="alert">{errorText(new URLSearchParams(globalThis.location.search).get('error') ?? '')}</p>
      <p>
        <Link href="/">{t('toMail')}</Link>
      </p>
    </DoorPage>
  );
}

/** Of what the address says nothing is shown but a word of the protocol. */
function errorText(error: string): string {
  switch (error) {
    case 'invalid_redirect_uri':
      return t('errorAddress');
    case 'invalid_client':
    case 'unauthorized_client':
      return t('errorClient');
    case 'invalid_request':
    case 'session_not_found':
      return t('errorGone');
    default:
      return t('errorOther', { error: /^[a-z_]{1,40}$/.test(error) ? error : '?' });
  }
}

function LeavePage({ house }: { readonly house: HouseInfo | undefined }) {
  const [xsrf] = useState(() => globalThis.location.hash.slice(1));
  const [isBusy, setBusy] = useState(false);
  const [hasFailed, setFailed] = useState(false);

  async function leave(isLeaving: boolean): Promise<void> {
    setBusy(true);
    const location = await endSession(xsrf, isLeaving);
    if (location !== undefined) globalThis.location.assign(location);
    setBusy(false);
    setFailed(location === undefined);
  }

  return (
    <DoorPage title={t('leaveTitle')} house={house}>
      <p>{t('leaveText')}</p>
      {hasFailed && <p role="alert">{t('errorGone')}</p>}
      <div className={css['answers']}>
        <Button tone="primary" isDisabled={isBusy} onPress={() => void leave(true)}>
          {t('leave')}
        </Button>
        <Button isDisabled={isBusy} onPress={() => void leave(false)}>
          {t('stay')}
        </Button>
      </div>
    </DoorPage>
  );
}
