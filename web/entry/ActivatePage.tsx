/** Coming in for the first time, with what the administration handed out. */
import { useState } from 'react';
import { Link } from 'wouter';
import { DoorPage } from '#web/app/DoorPage.tsx';
import { useHouseInfo } from '#web/app/useHouseInfo.ts';
import type { DemonstrationAccount } from '#web/app/login.ts';
import css from '#web/app/login.module.css';
import { LoginForm } from '#web/app/LoginForm.tsx';
import { Examples } from '#web/app/LoginPage.tsx';
import { t } from '#web/words/entry.ts';
import { t as word } from '#web/words/words.ts';
import { Contact } from './Contact.tsx';

export function ActivatePage({ onLoggedIn }: { readonly onLoggedIn: () => void }) {
  const house = useHouseInfo();
  const [chosen, choose] = useState<DemonstrationAccount | undefined>(undefined);
  const [hasSteps, setSteps] = useState(false);
  const words = {
    secret: t('activateSecret'),
    secretHint: t('activateHint'),
    submit: t('activateSubmit'),
    refused: t('activateRefused'),
  };
  return (
    <DoorPage title={t('activateTitle')} house={house}>
      {!hasSteps && <p>{t('activateText')}</p>}
      <LoginForm key={chosen?.userName} prefill={chosen} onLoggedIn={onLoggedIn} words={words} onSteps={setSteps} />
      <Examples
        title={word('login.newcomers')}
        accounts={hasSteps ? [] : (house?.accounts ?? []).filter(({ newcomer }) => newcomer !== undefined)}
        onChoose={choose}
      />
      <Contact contact={house?.contact} />
      <ul className={css['ways']}>
        <li>
          <Link href="/login">{t('back')}</Link>
        </li>
      </ul>
    </DoorPage>
  );
}
