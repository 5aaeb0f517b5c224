/** Whom to ask for what is the platform's alone: its administrators in one's own institution, or else who runs Pli. */
import { useCallback } from 'react';
import { Link } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { t } from '#web/words/console.ts';
import { fetchRoles } from './console.ts';
import type { RoleRow } from './console.ts';

export function PlatformPeople() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const { value: roles } = useFetched(useCallback(() => fetchRoles(sync, accountId), [sync, accountId]));
  if (!roles) return undefined;
  const people = new Map(roles.filter(({ kind }) => kind === 'platform').map((role) => [role.personId, role]));
  if (people.size === 0) return <p>{t('askOperator')}</p>;
  return (
    <>
      <p>{t('askPlatform')}</p>
      <ul>
        {[...people.values()].map(({ personId, name }: RoleRow) => (
          <li key={personId}>
            <Link href={`/console/people/${encodeURIComponent(personId)}`}>{name}</Link>
          </li>
        ))}
      </ul>
    </>
  );
}
