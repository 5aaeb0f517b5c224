/** Recovery codes: how many are left, and new ones. */
import { useRef, useState } from 'react';
import { addFault, proven } from '#web/factors/added.ts';
import { readTexts, send } from '#web/factors/api.ts';
import { RecoveryCodes } from '#web/factors/RecoveryCodes.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { Warning } from '#web/ui/Warning.tsx';
import { dayName } from '#web/words/dates.ts';
import { t } from '#web/words/security.ts';
import type { Security } from './security.ts';

export interface RecoveryPartProps {
  readonly of: Security;
  readonly onChanged: () => void;
}

const few = 2;

export function RecoveryPart({ of: { recoveryCodesLeft: left, recoveryCodesMadeAt }, onChanged }: RecoveryPartProps) {
  const [codes, setCodes] = useState<readonly string[]>([]);
  const [isAsking, ask] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);

  async function renew(): Promise<void> {
    const reply = await proven(() => send('/auth/recovery-codes'));
    if (reply.kind === 'done') setCodes(readTexts(reply.answer['recoveryCodes']));
    else showToast(addFault(reply, t('changeFailed')), { tone: 'danger' });
    onChanged();
  }

  return (
    <Part id="security-recovery" title={t('recoveryTitle')} heading={heading}>
      <p>{t('recoveryWhy')}</p>
      {codes.length > 0 ? (
        <RecoveryCodes
          codes={codes}
          onDone={() => {
            setCodes([]);
            heading.current?.focus();
          }}
        />
      ) : (
        <>
          <p>
            {t('recoveryLeft', { count: left })}{' '}
            {recoveryCodesMadeAt !== undefined && t('recoveryMade', { date: dayName(new Date(recoveryCodesMadeAt)) })}
          </p>
          {left <= few && <Warning>{t('recoveryFew')}</Warning>}
          <div className={page['actions']}>
            <Button onPress={() => (left === 0 ? void renew() : ask(true))}>{t('recoveryRenew')}</Button>
          </div>
        </>
      )}
      {isAsking && (
        <Confirm
          title={t('recoveryRenewTitle')}
          text={t('recoveryRenewText')}
          action={t('recoveryRenew')}
          onConfirm={() => void renew()}
          onClose={() => ask(false)}
        />
      )}
    </Part>
  );
}
