/** The door, for whoever has a password: and the ways on for whoever has none yet, or has it no more. */
import { Suspense, useState } from 'react';
import { Link } from 'wouter';
import { Button } from '#web/ui/Button.tsx';
import { lazyPart } from '#web/ui/lazyPart.ts';
import { t } from '#web/words/words.ts';
import { DoorPage } from './DoorPage.tsx';
import { useHouseInfo } from './useHouseInfo.ts';
import type { DemonstrationAccount } from './login.ts';
import { LoginForm } from './LoginForm.tsx';
import css from './login.module.css';

const OtherWays = lazyPart(() => import('#web/entry/OtherWays.tsx').then((it) => it.OtherWays));
const WayBack = lazyPart(() => import('#web/entry/OtherWays.tsx').then((it) => it.WayBack));

export function LoginPage({ onLoggedIn }: { readonly onLoggedIn: () => void }) {
  const house = useHouseInfo();
  const [chosen, choose] = useState<DemonstrationAccount | undefined>(undefined);
  const [hasSteps, setSteps] = useState(false);
  const [userName, setUserName] = useState('');
  const [isDirect, goDirect] = useState(false);
  const accounts = hasSteps ? [] : (house?.accounts ?? []);
  const providers = hasSteps ? [] : (house?.providers ?? []);
  // Whoever is half-way through their steps has the form already, which shows them.
  const isHidden = house?.isDirectHidden === true && !isDirect && !hasSteps;
  return (
    <DoorPage title={t('login.title')} house={house}>
      {providers.length > 0 && (
        <Suspense fallback={null}>
          <WayBack />
        </Suspense>
      )}
      <div hidden={isHidden} className={css['direct']}>
        <LoginForm
          key={chosen?.userName}
          prefill={chosen}
          onLoggedIn={onLoggedIn}
          onSteps={setSteps}
          onUserName={setUserName}
        />
        <ul className={css['ways']} hidden={hasSteps}>
          <li>
            <Link href="/activate">{t('login.firstTime')}</Link>
          </li>
          <li>
            {house?.recovery ? (
              <a href={house.recovery.url}>{t('login.forgottenAt', { name: house.recovery.name })}</a>
            ) : (
              <Link href="/forgotten">{t('login.forgotten')}</Link>
            )}
          </li>
        </ul>
      </div>
      {providers.length > 0 && (
        <Suspense fallback={null}>
          <OtherWays providers={providers} userName={userName} />
        </Suspense>
      )}
      {isHidden && (
        <Button tone="quiet" onPress={() => goDirect(true)}>
          {t('login.direct')}
        </Button>
      )}
      <Examples
        title={t('login.demonstrationAccounts')}
        accounts={accounts.filter(({ newcomer }) => newcomer === undefined)}
        onChoose={choose}
      />
      <Examples
        title={t('login.newcomers')}
        accounts={accounts.filter(({ newcomer }) => newcomer !== undefined)}
        onChoose={choose}
      />
    </DoorPage>
  );
}

interface ExamplesProps {
  readonly title: string;
  readonly accounts: readonly DemonstrationAccount[];
  readonly onChoose: (account: DemonstrationAccount) => void;
}

/** Of a demonstration: one chooses who one is. */
export function Examples({ title, accounts, onChoose }: ExamplesProps) {
  if (accounts.length === 0) return null;
  return (
    <div className={css['demo']}>
      <h2>{title}</h2>
      <ul>
        {accounts.map((account) => (
          <li key={account.userName}>
            <Button tone="quiet" onPress={() => onChoose({ ...account })}>
              {account.displayName}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
