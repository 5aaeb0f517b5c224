/** Who may act in the account on the screen: how each stands, another end, and stopping it at once. */
import { Users } from 'lucide-react';
import { useRef, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Confirm, Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { dayKey } from '#web/words/dates.ts';
import { t } from '#web/words/mandates.ts';
import { t as say } from '#web/words/words.ts';
import { endOfDay, MandateItem } from './MandateItem.tsx';
import { changeMandate, stopMandate } from './mandates.ts';
import type { Mandate } from './mandates.ts';

export interface GivenListProps {
  readonly given: readonly Mandate[];
  readonly isOwn: boolean;
  readonly onChanged: () => void;
}

export function GivenList({ given, isOwn, onChanged }: GivenListProps) {
  const { sync, accountId } = useScope();
  const [ending, end] = useState<Mandate | undefined>(undefined);
  const [changing, change] = useState<Mandate | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);

  async function stop({ id }: Mandate): Promise<void> {
    try {
      const refused = await stopMandate(sync, accountId, id);
      if (refused && refused.type !== 'notFound') throw new Error(refused.type);
      showToast(t('stopped'));
      heading.current?.focus();
    } catch (error) {
      sync.connection.report(error);
      showToast(t('stopFailed'), { tone: 'danger' });
    }
    onChanged();
  }

  return (
    <Part id="mandates-given" title={isOwn ? t('givenTitle') : t('givenTitleShared')} heading={heading}>
      {given.length === 0 && <EmptyState icon={Users} title={t('givenEmpty')} text={t('givenEmptyText')} />}
      {given.length > 0 && (
        <ul className={page['list']}>
          {given.map((one) => (
            <MandateItem key={one.id} mandate={one}>
              <Button tone="quiet" aria-label={t('changeName', { name: one.holderName })} onPress={() => change(one)}>
                {t('change')}
              </Button>
              <Button aria-label={t('endName', { name: one.holderName })} onPress={() => end(one)}>
                {t('end')}
              </Button>
            </MandateItem>
          ))}
        </ul>
      )}
      {ending && (
        <Confirm
          title={t('endTitle', { name: ending.holderName })}
          text={t('endText')}
          action={t('end')}
          onConfirm={() => void stop(ending)}
          onClose={() => end(undefined)}
        />
      )}
      {changing && <EndDialog mandate={changing} onChanged={onChanged} onClose={() => change(undefined)} />}
    </Part>
  );
}

interface EndDialogProps {
  readonly mandate: Mandate;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

function EndDialog({ mandate, onChanged, onClose }: EndDialogProps) {
  const { sync, accountId } = useScope();
  const last = mandate.endsAt === undefined ? undefined : new Date(new Date(mandate.endsAt).getTime() - 1);
  const [until, setUntil] = useState(last ? dayKey(last) : '');
  const [error, setError] = useState<string | undefined>(undefined);

  async function save(): Promise<void> {
    try {
      const endsAt = endOfDay(until)?.toISOString() ?? null;
      const refused = await changeMandate(sync, accountId, mandate.id, { endsAt });
      if (refused) return setError(refused.type === 'forbidden' ? t('changeForbidden') : t('untilWrong'));
      showToast(t('changed'));
      onChanged();
      onClose();
    } catch (problem) {
      sync.connection.report(problem);
      setError(t('giveOffline'));
    }
  }

  return (
    <Dialog title={t('changeName', { name: mandate.holderName })} onClose={onClose}>
      <TextField label={t('until')} hint={t('untilHint')} error={error} type="date" value={until} onChange={setUntil} />
      <DialogActions>
        <Button onPress={onClose}>{say('ui.cancel')}</Button>
        <Button tone="primary" onPress={() => void save()}>
          {say('ui.save')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
