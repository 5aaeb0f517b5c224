/** The browsers one is known to use, which of them go without a second factor, and an end to that. */
import { Laptop } from 'lucide-react';
import { useRef } from 'react';
import { Item } from '#web/settings/page/Item.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { dayName, mediumDate } from '#web/words/dates.ts';
import { t } from '#web/words/security.ts';
import { deviceName } from './deviceName.ts';
import type { Device } from './security.ts';
import { useEnd } from './useEnd.ts';

export interface DevicesPartProps {
  readonly devices: readonly Device[];
  readonly onChanged: () => void;
}

export function DevicesPart({ devices, onChanged }: DevicesPartProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const end = useEnd('Device', onChanged);

  const forget = async ({ id }: Device, name: string) => {
    await end([id], () => t('forgotten', { name }));
    // The button that was pressed goes with its row.
    heading.current?.focus();
  };

  return (
    <Part id="security-devices" title={t('devicesTitle')} heading={heading}>
      <p>{t('devicesText')}</p>
      <ul className={page['list']}>
        {devices.map((one) => {
          const name = deviceName(one.userAgent);
          return (
            <Item
              key={one.id}
              icon={Laptop}
              name={name}
              mark={one.isThis ? t('thisOne') : undefined}
              facts={[
                t('seenAt', { date: mediumDate(one.seenAt), from: one.remoteAddress }),
                one.trustedUntil && t('trustedUntil', { date: dayName(new Date(one.trustedUntil)) }),
              ]}
            >
              <Button aria-label={t('forgetName', { name })} onPress={() => void forget(one, name)}>
                {t('forget')}
              </Button>
            </Item>
          );
        })}
      </ul>
    </Part>
  );
}
