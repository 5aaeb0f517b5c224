/** Other identity providers at the door: a way to each, the one an address belongs to, and why one did not get in by it. */
import { LogIn, LogOut } from 'lucide-react';
import { useEffect, useState } from 'react';
import css from '#web/app/login.module.css';
import { lastLeft } from '#web/app/login.ts';
import type { DoorProvider } from '#web/app/login.ts';
import { t as entry } from '#web/words/entry.ts';
import { t } from '#web/words/federation.ts';
import { Contact } from './Contact.tsx';
import { fetchRefused } from './refused.ts';
import type { RefusedWay } from './refused.ts';

/** Where the browser goes, to come back to the page that was asked for. */
function startPath({ id }: DoorProvider): string {
  const to = new URLSearchParams(globalThis.location.search).get('to') ?? '/';
  return `/auth/federation/start?${new URLSearchParams({ provider: id, to }).toString()}`;
}

export interface OtherWaysProps {
  readonly providers: readonly DoorProvider[];
  /** What is typed as a name. */
  readonly userName: string;
}

export function OtherWays({ providers, userName }: OtherWaysProps) {
  const domain = userName
    .slice(userName.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
  const own = userName.includes('@') ? providers.find(({ domains }) => domains.includes(domain)) : undefined;
  return (
    <section className={css['others']} aria-labelledby="other-ways">
      <h2 id="other-ways">{t('ways')}</h2>
      <p role="status" className={css['found']}>
        {own && t('domain', { domain, name: own.name })}
      </p>
      <ul>
        {providers.map((provider) => (
          <li key={provider.id}>
            <a className={css['way']} href={startPath(provider)} data-own={provider === own || undefined}>
              <LogIn aria-hidden size={18} />
              {t('wayOf', { name: provider.name })}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Why somebody who went to a provider is here again; and which one they have not left yet. */
export function WayBack() {
  const [refused, setRefused] = useState<RefusedWay | undefined>(undefined);
  const [left] = useState(lastLeft);
  useEffect(() => {
    const state = new URLSearchParams(globalThis.location.search).get('sso');
    if (state !== null) void fetchRefused(state).then(setRefused);
  }, []);
  return (
    <>
      <div role="alert">
        {refused && (
          <div className={css['error']}>
            <p>{sentence(refused)}</p>
            {refused.kind !== 'tooLate' && refused.kind !== 'denied' && <Contact contact={refused.contact} />}
          </div>
        )}
      </div>
      {left && (
        <div className={css['still']} role="status">
          <p>{t('still', { name: left.name })}</p>
          <a className={css['way']} href={left.url}>
            <LogOut aria-hidden size={18} />
            {t('leave', { name: left.name })}
          </a>
        </div>
      )}
    </>
  );
}

function sentence(refused: RefusedWay): string {
  if (refused.kind === 'locked') return entry(`locked.${refused.because}`);
  if (refused.kind === 'tooLate') return t('refused.tooLate');
  return t(`refused.${refused.kind}`, { name: refused.name });
}
