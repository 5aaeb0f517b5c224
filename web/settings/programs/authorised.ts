/** The programs and services a person lets in (JMAP AuthorisedProgram). */
import type { AccountId } from '#web/sync/records.ts';
import { isObject, list, object, text, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface Authorised {
  readonly id: string;
  readonly name: string;
  readonly isFirstParty: boolean;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly lastUsedAt: string | undefined;
  /** Empty where the service itself asked. */
  readonly lastUsedFrom: string;
}

/** The last allowed first. @throws as `client.request` does. */
export async function fetchAuthorised(sync: Sync, accountId: AccountId): Promise<readonly Authorised[]> {
  const answers = await sync.client.request([['AuthorisedProgram/get', { accountId, ids: null }, 'all']]);
  return list(answers.of('all')['list'], (value) => {
    const it = object(value);
    return {
      id: text(it['id']),
      name: text(it['name']),
      isFirstParty: it['isFirstParty'] === true,
      scopes: list(it['scopes'], text),
      createdAt: text(it['createdAt']),
      lastUsedAt: textOr(it['lastUsedAt'], undefined),
      lastUsedFrom: textOr(it['lastUsedFrom'], ''),
    };
  }).toReversed();
}

/** @returns whether it has no access any more; one that had none does not either. @throws as `client.request` does. */
export async function revokeAuthorised(sync: Sync, accountId: AccountId, id: string): Promise<boolean> {
  const answer = await sync.client.request([['AuthorisedProgram/set', { accountId, destroy: [id] }, 'set']]);
  const notDestroyed = answer.of('set')['notDestroyed'];
  const refused = isObject(notDestroyed) ? notDestroyed[id] : undefined;
  return !isObject(refused) || refused['type'] === 'notFound';
}
