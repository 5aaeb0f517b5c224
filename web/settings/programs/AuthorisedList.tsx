/** The programs and services one lets in: what each may do, since when, when it last did, and the end of it. */
import { ShieldCheck } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { mayText } from '#web/openid/scopes.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { dayName, mediumDate } from '#web/words/dates.ts';
import { listText } from '#web/words/lists.ts';
import { t } from '#web/words/openid.ts';
import { t as word } from '#web/words/programs.ts';
import { fetchAuthorised, revokeAuthorised } from './authorised.ts';
import type { Authorised } from './authorised.ts';
import css from './programs.module.css';

export function AuthorisedList() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchAuthorised(sync, accountId), [sync, accountId]));
  const [asked, ask] = useState<Authorised | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value: all, load } = fetched;

  async function revoke({ id, name }: Authorised): Promise<void> {
    try {
      if (!(await revokeAuthorised(sync, accountId, id))) throw new Error('refused');
      showToast(t('revoked', { name }));
      // The button that was pressed goes with its row.
      heading.current?.focus();
    } catch (error) {
      sync.connection.report(error);
      showToast(t('revokeFailed', { name }), { tone: 'danger' });
    }
    void load();
  }

  return (
    <Part id="authorised-list" title={t('listTitle')} heading={heading}>
      <p>{t('listText')}</p>
      {all === undefined && (
        <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />
      )}
      {all?.length === 0 && <EmptyState icon={ShieldCheck} title={t('listEmpty')} text={t('listEmptyText')} />}
      {all !== undefined && all.length > 0 && (
        <ul className={page['list']}>
          {all.map((one) => (
            <li key={one.id} className={css['item']}>
              <ShieldCheck aria-hidden size={20} />
              <div className={css['about']}>
                <strong>{one.name}</strong>
                {one.isFirstParty && <span>{t('ofHouse')}</span>}
                <span>{t('may', { uses: listText(one.scopes.map(mayText)) })}</span>
                <span>{usedText(one)}</span>
                <span>{t('since', { date: dayName(new Date(one.createdAt)) })}</span>
              </div>
              <Button aria-label={t('revokeName', { name: one.name })} onPress={() => ask(one)}>
                {t('revoke')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {asked && (
        <Confirm
          title={t('revokeTitle', { name: asked.name })}
          text={t('revokeText')}
          action={t('revoke')}
          onConfirm={() => void revoke(asked)}
          onClose={() => ask(undefined)}
        />
      )}
    </Part>
  );
}

function usedText({ lastUsedAt, lastUsedFrom }: Authorised): string {
  if (lastUsedAt === undefined) return t('neverUsed');
  const date = mediumDate(lastUsedAt);
  return lastUsedFrom === '' ? t('lastUsed', { date }) : t('lastUsedFrom', { date, from: lastUsedFrom });
}
