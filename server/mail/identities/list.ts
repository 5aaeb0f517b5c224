/** Reading identities (RFC 8621 §6.1, §6.2): under which names an account writes. */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import { changedSince } from '#server/changes/since.ts';
import type { Changed } from '#server/store/changed.ts';
import type { AccountId, Modseq } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectStateOf } from '#server/mail/queries.ts';
import { type Identity, selectIdentities } from './queries.ts';

export type { Identity };

export interface Identities {
  readonly identities: readonly Identity[];
  readonly state: Modseq;
}

/** @throws {Refusal} `noSuchAccount`. */
export function listIdentities(store: Store, actor: Actor, accountId: AccountId): Promise<Identities> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read');
    return {
      identities: await selectIdentities(tx, accountId),
      state: await selectStateOf(tx, accountId, 'Identity'),
    };
  });
}

/** @throws {Refusal} `noSuchAccount`, `cannotCalculateChanges`. */
export function identityChanges(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  sinceState: string,
  maxChanges: number,
): Promise<Changed> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read');
    return changedSince(tx, accountId, { table: 'identity', type: 'Identity' }, sinceState, maxChanges);
  });
}
