/** For whom one may act, and what is offered: accepting, declining, opening, giving up. */
import { UserCheck } from 'lucide-react';
import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/mandates.ts';
import { MandateItem } from './MandateItem.tsx';
import { changeMandate, stopMandate } from './mandates.ts';
import type { Mandate } from './mandates.ts';

export interface HeldListProps {
  readonly held: readonly Mandate[];
  readonly onChanged: () => void;
}

export function HeldList({ held, onChanged }: HeldListProps) {
  const { sync, session } = useScope();
  const [, navigate] = useLocation();
  const [asked, ask] = useState<Mandate | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const own = session.primaryAccountId;

  async function answer(mandate: Mandate, isAccepted: boolean): Promise<void> {
    const refused = await attempt(() => changeMandate(sync, own, mandate.id, { isAccepted }));
    if (refused) return;
    if (!isAccepted) showToast(t('declined'));
    else showToast(t('accepted', { name: mandate.accountName }));
    heading.current?.focus();
    // The account itself comes with the session.
    await sync.client.openSession().catch(sync.connection.report);
    onChanged();
  }

  async function giveUp({ id }: Mandate): Promise<void> {
    if (await attempt(() => stopMandate(sync, own, id))) return;
    showToast(t('stopped'));
    heading.current?.focus();
    await sync.client.openSession().catch(sync.connection.report);
    onChanged();
  }

  /** @returns whether it failed; the person has been told. */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      if ((await work()) === undefined) return false;
    } catch (error) {
      sync.connection.report(error);
    }
    showToast(t('stopFailed'), { tone: 'danger' });
    onChanged();
    return true;
  }

  return (
    <Part id="mandates-held" title={t('heldTitle')} heading={heading}>
      {held.length === 0 && <EmptyState icon={UserCheck} title={t('heldEmpty')} text={t('heldEmptyText')} />}
      {held.length > 0 && (
        <ul className={page['list']}>
          {held.map((one) => (
            <MandateItem key={one.id} mandate={one}>
              {one.state === 'asked' ? (
                <>
                  <Button
                    tone="primary"
                    aria-label={t('acceptName', { name: one.accountName })}
                    onPress={() => void answer(one, true)}
                  >
                    {t('accept')}
                  </Button>
                  <Button
                    aria-label={t('declineName', { name: one.accountName })}
                    onPress={() => void answer(one, false)}
                  >
                    {t('decline')}
                  </Button>
                </>
              ) : (
                <>
                  {one.state === 'valid' && (
                    <Button
                      aria-label={t('openName', { name: one.accountName })}
                      onPress={() => navigate(`~/u/${encodeURIComponent(one.accountId)}`)}
                    >
                      {t('open')}
                    </Button>
                  )}
                  <Button
                    tone="quiet"
                    aria-label={t('giveBackName', { name: one.accountName })}
                    onPress={() => ask(one)}
                  >
                    {t('giveBack')}
                  </Button>
                </>
              )}
            </MandateItem>
          ))}
        </ul>
      )}
      {asked && (
        <Confirm
          title={t('giveBackTitle', { name: asked.accountName })}
          text={t('giveBackText')}
          action={t('giveBack')}
          onConfirm={() => void giveUp(asked)}
          onClose={() => ask(undefined)}
        />
      )}
    </Part>
  );
}
