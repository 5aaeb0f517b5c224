/** The door, for whoever has a password: and the ways on for whoever has none yet, or has it no more. */
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { Button } from '#web/ui/Button.tsx';
import { t } from '#web/words/words.ts';
import { DoorPage } from './DoorPage.tsx';
import { fetchHouseInfo } from './login.ts';
import type { DemonstrationAccount, HouseInfo } from './login.ts';
import { LoginForm } from './LoginForm.tsx';
import css from './login.module.css';

export function LoginPage({ onLoggedIn }: { readonly onLoggedIn: () => void }) {
  const [house, setHouse] = useState<HouseInfo | undefined>(undefined);
  const [chosen, choose] = useState<DemonstrationAccount | undefined>(undefined);
  useEffect(() => void fetchHouseInfo().then(setHouse), []);
  const [hasSteps, setSteps] = useState(false);
  const accounts = hasSteps ? [] : (house?.accounts ?? []);
  return (
    <DoorPage title={t('login.title')} house={house}>
      <LoginForm key={chosen?.userName} prefill={chosen} onLoggedIn={onLoggedIn} onSteps={setSteps} />
      <ul className={css['ways']} hidden={hasSteps}>
        <li>
          <Link href="/activate">{t('login.firstTime')}</Link>
        </li>
        <li>
          <Link href="/forgotten">{t('login.forgotten')}</Link>
        </li>
      </ul>
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
