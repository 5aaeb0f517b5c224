/** The ways in of one kind: what each may do, when and from where it was last used, since when, and the end of it. */
import { KeyRound, ShieldCheck } from 'lucide-react';
import { useRef, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { mayText } from '#web/openid/scopes.ts';
import { Item } from '#web/settings/page/Item.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/accesses.ts';
import { dayName, mediumDate } from '#web/words/dates.ts';
import { listText } from '#web/words/lists.ts';
import { revokeAccess } from './accesses.ts';
import type { Access, AccessKind } from './accesses.ts';
import { scopeWords } from './scopes.ts';

export interface AccessListProps {
  readonly kind: AccessKind;
  readonly accesses: readonly Access[];
  readonly onChanged: () => void;
}

const looks = {
  AppPassword: { icon: KeyRound, scopeText: scopeWords },
  AuthorisedProgram: { icon: ShieldCheck, scopeText: mayText },
} as const;

export function AccessList({ kind, accesses, onChanged }: AccessListProps) {
  const { sync, session } = useScope();
  const [asked, ask] = useState<Access | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { icon, scopeText } = looks[kind];

  async function revoke({ id, name }: Access): Promise<void> {
    try {
      if (!(await revokeAccess(sync, session.primaryAccountId, kind, id))) throw new Error('refused');
      showToast(t(`${kind}.revoked`, { name }));
      // The button that was pressed goes with its row.
      heading.current?.focus();
    } catch (error) {
      sync.connection.report(error);
      showToast(t(`${kind}.revokeFailed`, { name }), { tone: 'danger' });
    }
    onChanged();
  }

  return (
    <Part id={`programs-${kind}`} title={t(`${kind}.title`)} heading={heading}>
      <p>{t(`${kind}.text`)}</p>
      {accesses.length === 0 && <EmptyState icon={icon} title={t(`${kind}.empty`)} text={t(`${kind}.emptyText`)} />}
      {accesses.length > 0 && (
        <ul className={page['list']}>
          {accesses.map((one) => (
            <Item
              key={one.id}
              icon={icon}
              name={one.name}
              facts={[
                one.isFirstParty ? t('ofHouse') : undefined,
                t('may', { uses: listText(one.scopes.map(scopeText)) }),
                usedText(one),
                t(`${kind}.since`, { date: dayName(new Date(one.createdAt)) }),
              ]}
            >
              <Button aria-label={t(`${kind}.revokeName`, { name: one.name })} onPress={() => ask(one)}>
                {t(`${kind}.revoke`)}
              </Button>
            </Item>
          ))}
        </ul>
      )}
      {asked && (
        <Confirm
          title={t(`${kind}.revokeTitle`, { name: asked.name })}
          text={t(`${kind}.revokeText`)}
          action={t(`${kind}.revoke`)}
          onConfirm={() => void revoke(asked)}
          onClose={() => ask(undefined)}
        />
      )}
    </Part>
  );
}

function usedText({ lastUsedAt, lastUsedFrom }: Access): string {
  if (lastUsedAt === undefined) return t('neverUsed');
  const date = mediumDate(lastUsedAt);
  return lastUsedFrom === '' ? t('lastUsed', { date }) : t('lastUsedFrom', { date, from: lastUsedFrom });
}
