/** The other ways into one's account: app passwords, and the programs and services one lets in (JMAP types of our own). */
import type { AccountId } from '#web/sync/records.ts';
import { isObject, list, object, text, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export const accessKinds = ['AppPassword', 'AuthorisedProgram'] as const;
export type AccessKind = (typeof accessKinds)[number];

export interface Access {
  readonly id: string;
  readonly name: string;
  /** A service of the institution itself. */
  readonly isFirstParty: boolean;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly lastUsedAt: string | undefined;
  /** Empty where the service itself asked. */
  readonly lastUsedFrom: string;
}

/** Of each kind the last made first. @throws as `client.request` does. */
export async function fetchAccesses(
  sync: Sync,
  accountId: AccountId,
): Promise<Readonly<Record<AccessKind, readonly Access[]>>> {
  const answers = await sync.client.request(
    accessKinds.map((kind) => [`${kind}/get`, { accountId, ids: null }, kind] as const),
  );
  const all = (kind: AccessKind): readonly Access[] => list(answers.of(kind)['list'], readAccess).toReversed();
  return { AppPassword: all('AppPassword'), AuthorisedProgram: all('AuthorisedProgram') };
}

function readAccess(value: unknown): Access {
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
}

/** @returns whether it opens nothing any more; one that was gone already does not either. @throws as `client.request` does. */
export async function revokeAccess(sync: Sync, accountId: AccountId, kind: AccessKind, id: string): Promise<boolean> {
  const answer = (await sync.client.request([[`${kind}/set`, { accountId, destroy: [id] }, 'set']])).of('set');
  const refused = isObject(answer['notDestroyed']) ? answer['notDestroyed'][id] : undefined;
  return !isObject(refused) || refused['type'] === 'notFound';
}
