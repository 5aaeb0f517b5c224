/** The door: who are you, in which language, in which light. */
import { FlaskConical } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Banner } from '#web/ui/Banner.tsx';
import { Button } from '#web/ui/Button.tsx';
import { currentLanguage } from '#web/words/language.ts';
import { t } from '#web/words/words.ts';
import { fetchHouseInfo } from './login.ts';
import type { DemonstrationAccount, HouseInfo } from './login.ts';
import { LoginForm } from './LoginForm.tsx';
import css from './login.module.css';
import { Logo } from './Logo.tsx';
import { changePreferences, preferences, subscribePreferences } from './preferences.ts';
import type { Theme } from './preferences.ts';

export function LoginPage({ onLoggedIn }: { readonly onLoggedIn: () => void }) {
  const [house, setHouse] = useState<HouseInfo | undefined>(undefined);
  const [chosen, choose] = useState<DemonstrationAccount | undefined>(undefined);
  useEffect(() => void fetchHouseInfo().then(setHouse), []);
  useEffect(() => {
    document.title = `${t('login.title')} — Pli`;
  });
  return (
    <div className={css['page']}>
      {house?.isDemonstration && <Banner icon={FlaskConical}>{t('login.demonstration')}</Banner>}
      <main className={css['main']}>
        <section className={css['card']} aria-labelledby="login-title">
          <div className={css['brand']}>
            <Logo />
            <p>{house?.tenantName}</p>
          </div>
          <h1 id="login-title" className={css['title']}>
            {t('login.title')}
          </h1>
          <LoginForm key={chosen?.userName} prefill={chosen} onLoggedIn={onLoggedIn} />
          {house && house.accounts.length > 0 && (
            <div className={css['demo']}>
              <h2>{t('login.demonstrationAccounts')}</h2>
              <ul>
                {house.accounts.map((account) => (
                  <li key={account.userName}>
                    <Button tone="quiet" onPress={() => choose({ ...account })}>
                      {account.displayName}
                    </Button>
                  </li>
                ))}
              </ul>
            </div>
          )}
        </section>
      </main>
      <footer className={css['foot']}>
        <LookSwitches />
      </footer>
    </div>
  );
}

function LookSwitches() {
  const { theme } = useSyncExternalStore(subscribePreferences, preferences);
  const other = currentLanguage() === 'fr' ? 'en' : 'fr';
  const themes: readonly Theme[] = ['system', 'light', 'dark', 'contrast'];
  return (
    <>
      <Button tone="quiet" onPress={() => changePreferences({ language: other })}>
        <span lang={other}>{other === 'en' ? 'English' : 'Français'}</span>
      </Button>
      <label className={css['theme']}>
        {t('settings.theme')}
        <select
          value={theme}
          onChange={(event) => {
            const chosen = themes.find((it) => it === event.currentTarget.value);
            if (chosen) changePreferences({ theme: chosen });
          }}
        >
          {themes.map((it) => (
            <option key={it} value={it}>
              {t(`settings.theme.${it}`)}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
