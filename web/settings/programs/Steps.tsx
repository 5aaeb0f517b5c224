/** What to do in which program, in words, one step after the other; for Apple's devices with a code to point a camera at. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { ChoiceField } from '#web/ui/TextField.tsx';
import { Warning } from '#web/ui/Warning.tsx';
import { t } from '#web/words/programs.ts';
import type { Facts } from './facts.ts';
import css from './programs.module.css';
import { QrCode } from './QrCode.tsx';

type Program = 'thunderbird' | 'outlook' | 'apple' | 'android' | 'other';

export function Steps({ email, profileUrl }: Pick<Facts, 'email' | 'profileUrl'>) {
  const [program, choose] = useState<Program>('thunderbird');
  return (
    <Part id="programs-steps" title={t('stepsTitle')}>
      <ChoiceField
        label={t('which')}
        value={program}
        onChange={choose}
        choices={[
          { value: 'thunderbird', label: t('which.thunderbird') },
          { value: 'outlook', label: t('which.outlook') },
          { value: 'apple', label: t('which.apple') },
          { value: 'android', label: t('which.android') },
          { value: 'other', label: t('which.other') },
        ]}
      />
      <div className={css['steps']}>
        <ol>
          {stepsOf(program, email).map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        {program === 'apple' && <Profile url={profileUrl} />}
      </div>
      {program === 'outlook' && <Warning>{t('outlook.warning')}</Warning>}
    </Part>
  );
}

function Profile({ url }: { readonly url: string }): ReactNode {
  return (
    <figure className={css['profile']}>
      <QrCode text={url} label={t('apple.qr', { url })} />
      <figcaption>
        {/* The page's own server, whatever name a proxy gives it outside. */}
        <a href={url.replace(/^https?:\/\/[^/]+/, '')} download="pli.mobileconfig">
          {t('apple.download')}
        </a>
      </figcaption>
    </figure>
  );
}

function stepsOf(program: Program, email: string): readonly string[] {
  switch (program) {
    case 'thunderbird':
      return [t('thunderbird.1'), t('thunderbird.2', { email }), t('thunderbird.3')];
    case 'outlook':
      return [t('outlook.1'), t('outlook.2', { email }), t('outlook.3')];
    case 'apple':
      return [t('apple.1'), t('apple.2'), t('apple.3')];
    case 'android':
      return [t('android.1'), t('android.2', { email }), t('android.3')];
    case 'other':
      return [t('other.1', { email }), t('other.2')];
  }
}
