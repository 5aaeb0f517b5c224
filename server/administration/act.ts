/** Doing something about one person's account, with a reason: the door to the verbs of access and quota. */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { lockPerson, type OutState, resetPassword, signOutPerson, unlockPerson } from '#server/access/person-state.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireActing } from '#server/access/require-role.ts';
import { changeQuota } from '#server/quota/change.ts';
import { read, type Store } from '#server/store/store.ts';

import { type ActKind, fitsState, powerFor } from './acts.ts';
import { selectSummaries } from './queries/people.ts';

export type Act =
  | { readonly kind: Exclude<ActKind, 'changeQuota'> }
  /** Null: no limit. */
  | { readonly kind: 'changeQuota'; readonly quotaOctets: number | null };

export interface Done {
  /** Of `resetPassword`: shown this once. */
  readonly provisionalPassword?: string;
  /** Of `signOut`: how many sessions. */
  readonly ended?: number;
}

const stateOf = { suspend: 'suspended', block: 'blocked', close: 'closed' } as const satisfies Record<string, OutState>;

/**
 * @throws {Refusal} `mayNot`, `noSuchPerson`; `invalidProperties` naming `reason` when it is missing, or `action` when the
 * state of the account makes no sense of it; `tooBusy`.
 */
export async function actOnPerson(store: Store, actor: Actor, who: PersonRef, act: Act, reason: string): Promise<Done> {
  const state = await read(store, async (tx) => {
    await requireActing(tx, actor, powerFor(act.kind), who, store.now());
    const [person] = await selectSummaries(tx, who.tenantId, [who.personId]);
    if (!person) throw new Refusal('noSuchPerson');
    return person.state;
  });
  if (!fitsState(act.kind, state))
    throw new Refusal('invalidProperties', { properties: ['action'], description: `the account is ${state}` });
  switch (act.kind) {
    case 'unlock':
    case 'reopen':
      await unlockPerson(store, actor, who, reason);
      return {};
    case 'suspend':
    case 'block':
    case 'close':
      await lockPerson(store, actor, who, { state: stateOf[act.kind], reason });
      return {};
    case 'signOut':
      return { ended: await signOutPerson(store, actor, who, reason) };
    case 'resetPassword':
      return resetPassword(store, actor, who, reason);
    case 'changeQuota':
      await changeQuota(store, actor, who, act.quotaOctets, reason);
      return {};
  }
}
