/** The institution demands a second factor, and there is none yet: it is made here, at the end of the login. */
import { KeyRound, Smartphone } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import css from '#web/app/login.module.css';
import { AddPasskey } from '#web/factors/AddPasskey.tsx';
import { AddTotp } from '#web/factors/AddTotp.tsx';
import type { Added } from '#web/factors/added.ts';
import { hasPasskeys } from '#web/factors/browserKey.ts';
import { RecoveryCodes } from '#web/factors/RecoveryCodes.tsx';
import { Button } from '#web/ui/Button.tsx';
import { t } from '#web/words/security.ts';
import type { StepProps } from './LoginSteps.tsx';
import { readSteps } from './steps.ts';

export function EnrolStep({ onDone, onRestart }: Pick<StepProps, 'onDone' | 'onRestart'>) {
  const [way, choose] = useState<'totp' | 'passkey' | undefined>(undefined);
  const [added, setAdded] = useState<Added | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  const take = (given: Added) => {
    // The session is open now; its holder goes on once they have kept the codes.
    if (given.recoveryCodes.length === 0) onDone(readSteps(given.answer));
    else setAdded(given);
  };
  if (added) return <RecoveryCodes codes={added.recoveryCodes} onDone={() => onDone(readSteps(added.answer))} />;
  return (
    <div className={css['form']}>
      <h2 ref={heading} tabIndex={-1}>
        {t('enrolTitle')}
      </h2>
      <p>{t('enrolText')}</p>
      {way === undefined && (
        <>
          <Button icon={Smartphone} onPress={() => choose('totp')}>
            {t('chooseTotp')}
          </Button>
          {hasPasskeys() && (
            <Button icon={KeyRound} onPress={() => choose('passkey')}>
              {t('choosePasskey')}
            </Button>
          )}
        </>
      )}
      {way === 'totp' && <AddTotp onAdded={take} />}
      {way === 'passkey' && <AddPasskey onAdded={take} />}
      {way !== undefined && (
        <Button tone="quiet" onPress={() => choose(undefined)}>
          {t('otherWay')}
        </Button>
      )}
      <Button tone="quiet" onPress={onRestart}>
        {t('restart')}
      </Button>
    </div>
  );
}
