/** The frame of every page at the door: whose house it is, the page itself, in which language, in which light. */
import { FlaskConical } from 'lucide-react';
import { Suspense, useEffect, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { Banner } from '#web/ui/Banner.tsx';
import { Button } from '#web/ui/Button.tsx';
import { lazyPart } from '#web/ui/lazyPart.ts';
import { currentLanguage } from '#web/words/language.ts';
import { t } from '#web/words/words.ts';
import { brand, houseName } from './brand.ts';
import type { HouseInfo } from './login.ts';
import css from './login.module.css';
import { Logo } from './Logo.tsx';
import { changePreferences, preferences, subscribePreferences } from './preferences.ts';
import type { Theme } from './preferences.ts';

const DoorNews = lazyPart(() => import('#web/announcements/DoorNews.tsx').then((it) => it.DoorNews));

export interface DoorPageProps {
  readonly title: string;
  readonly house: HouseInfo | undefined;
  readonly children: ReactNode;
}

export function DoorPage({ title, house, children }: DoorPageProps) {
  useEffect(() => {
    document.title = `${title} — ${houseName}`;
  });
  return (
    <div className={css['page']}>
      {house?.isDemonstration && <Banner icon={FlaskConical}>{t('login.demonstration')}</Banner>}
      <main className={css['main']}>
        <section className={css['card']} aria-labelledby="login-title">
          <div className={css['brand']}>
            <Logo />
            {!brand && house?.tenantName !== houseName && <p>{house?.tenantName}</p>}
          </div>
          <h1 id="login-title" className={css['title']}>
            {title}
          </h1>
          {house && (house.maintenance || house.announcements.length > 0) && (
            <Suspense fallback={null}>
              <DoorNews house={house} announcements={house.announcements} />
            </Suspense>
          )}
          {children}
        </section>
      </main>
      <footer className={css['foot']}>
        <a href="/aide">{t('login.help')}</a>
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
