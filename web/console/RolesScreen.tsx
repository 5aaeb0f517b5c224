/** Roles that stand, within one's own subtrees, and their end. */
import { UserRoundCog } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Dialog } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/console.ts';
import { dayName } from '#web/words/dates.ts';
import { fetchRoles, revokeRole } from './console.ts';
import type { RoleRow } from './console.ts';
import css from './console.module.css';
import { ReasonForm } from './ReasonForm.tsx';
import { isKept, refusalText } from './refusals.ts';

export function RolesScreen() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchRoles(sync, accountId), [sync, accountId]));
  const [asked, ask] = useState<RoleRow | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value: roles, load } = fetched;
  return (
    <section className={css['page']} aria-labelledby="roles-title">
      <h2 id="roles-title" ref={heading} tabIndex={-1}>
        {t('rolesList')}
      </h2>
      <p>{t('rolesIntro')}</p>
      {roles === undefined && (
        <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />
      )}
      {roles?.length === 0 && <EmptyState icon={UserRoundCog} title={t('noRoles')} text={t('noRolesText')} />}
      {roles !== undefined && roles.length > 0 && (
        <ul className={css['list']}>
          {roles.map((role) => (
            <li key={role.id} className={css['item']}>
              <div className={css['about']}>
                <strong>
                  <Link href={`/console/people/${encodeURIComponent(role.personId)}`}>{role.name}</Link>
                </strong>
                <span>
                  {t(`role.${role.kind}`)},{' '}
                  {role.unitName === '' ? t('roleEverywhere') : t('roleOver', { unit: role.unitName })}
                </span>
                <span>
                  {givenText(role)}
                  {role.endsAt !== '' &&
                    `, ${t('roleUntil', { date: dayName(new Date(Date.parse(role.endsAt) - 1)) })}`}
                </span>
                {role.reason !== '' && <span>{t('why', { reason: role.reason })}</span>}
              </div>
              <Button aria-label={t('revokeName', { name: role.name })} onPress={() => ask(role)}>
                {t('revoke')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {asked && (
        <RevokeDialog
          role={asked}
          onClose={() => ask(undefined)}
          onDone={() => {
            // The button that was pressed goes with its row.
            heading.current?.focus();
            void load();
          }}
        />
      )}
    </section>
  );
}

function givenText({ authorName, createdAt }: RoleRow): string {
  const date = dayName(new Date(createdAt));
  return authorName === '' ? t('roleByOperator', { date }) : t('roleBy', { author: authorName, date });
}

interface RevokeDialogProps {
  readonly role: RoleRow;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function RevokeDialog({ role, onClose, onDone }: RevokeDialogProps) {
  const { sync, session } = useScope();
  const [error, setError] = useState('');

  async function revoke(reason: string): Promise<void> {
    const refused = await revokeRole(sync, session.primaryAccountId, role.id, reason);
    if (refused !== undefined) {
      if (isKept(refused)) return onClose();
      setError(refusalText(refused));
      return;
    }
    onClose();
    onDone();
    showToast(t('revoked', { name: role.name }));
  }

  return (
    <Dialog title={t('revokeName', { name: role.name })} onClose={onClose}>
      <p>{t('revokeAsk')}</p>
      <ReasonForm
        action={t('revoke')}
        tone="danger"
        error={error}
        onClose={onClose}
        onRun={(reason) => void revoke(reason)}
      />
    </Dialog>
  );
}
