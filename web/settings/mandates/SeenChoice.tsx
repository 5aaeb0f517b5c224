/** Of a functional mailbox: whether what one member has read is read for all, or for them alone. */
import { useCallback, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import type { AccountId } from '#web/sync/records.ts';
import { isObject, list, object } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { ChoiceField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/mandates.ts';

export function SeenChoice() {
  const { sync, session, accountId } = useScope();
  const { value, load } = useFetched(useCallback(() => fetchSeen(sync, accountId), [sync, accountId]));
  // What was chosen shows at once, and goes back to what the server says where that refuses it.
  const [chosen, setChosen] = useState<boolean | undefined>(undefined);
  const account = session.accounts.find(({ id }) => id === accountId);
  if (value === undefined || account?.isReadOnly === true) return null;

  async function choose(isPersonal: boolean): Promise<void> {
    setChosen(isPersonal);
    try {
      const args = { accountId, update: { singleton: { isSeenPersonal: isPersonal } } };
      const { notUpdated } = (await sync.client.request([['SharedSettings/set', args, 'set']])).of('set');
      if (isObject(notUpdated) && 'singleton' in notUpdated) showToast(t('seenRefused'), { tone: 'danger' });
      else showToast(t('seenChanged'));
    } catch (error) {
      sync.connection.report(error);
      showToast(t('giveOffline'), { tone: 'danger' });
    }
    await load();
    setChosen(undefined);
  }

  const isPersonal = chosen ?? value;
  return (
    <Part id="shared-seen" title={t('seenTitle')}>
      <ChoiceField
        label={t('seenLabel')}
        value={isPersonal ? 'personal' : 'common'}
        choices={[
          { value: 'common', label: t('seenCommon') },
          { value: 'personal', label: t('seenPersonal') },
        ]}
        onChange={(choice) => void choose(choice === 'personal')}
      />
      <p>{isPersonal ? t('seenPersonalText') : t('seenCommonText')}</p>
    </Part>
  );
}

async function fetchSeen(sync: Sync, accountId: AccountId): Promise<boolean> {
  const answers = await sync.client.request([['SharedSettings/get', { accountId, ids: null }, 'get']]);
  const [settings] = list(answers.of('get')['list'], object);
  return settings?.['isSeenPersonal'] === true;
}
