/** One's own password, in a session: how long it lasts, and replacing it. */
import type { PasswordPolicy } from '#formats/password/policy.ts';
import { read, type Store } from '#server/store/store.ts';

import type { PersonActor } from './actor.ts';

import { dayMs, expiryOf, passwordPolicyOf } from './password-policy.ts';
import { passwordDirectoryOf } from './password-place.ts';
import { selectHolder } from './queries/people.ts';
import { Refusal } from './refusal.ts';

export interface OwnPassword {
  readonly policy: PasswordPolicy;
  /** Milliseconds since 1970; undefined where it lasts for ever. */
  readonly expiresAt: number | undefined;
  /** Whether it ends so soon that its holder is told. */
  readonly isEnding: boolean;
  /** Who keeps it instead of us, and where it is changed (empty where nobody said); nothing of the above holds then. */
  readonly directory: { readonly name: string; readonly url: string } | undefined;
}

/** @throws {Refusal} `noSuchPerson`. */
export async function ownPassword(store: Store, actor: PersonActor): Promise<OwnPassword> {
  const { holder, policy } = await read(store, async (tx) => ({
    holder: await selectHolder(tx, actor.tenantId, actor.personId),
    policy: await passwordPolicyOf(tx, actor.tenantId),
  }));
  if (!holder) throw new Refusal('noSuchPerson');
  const kept = await passwordDirectoryOf(store, holder);
  if (kept) {
    const directory = { name: kept.provider.name, url: kept.settings.recoveryUrl };
    return { policy, expiresAt: undefined, isEnding: false, directory };
  }
  const expiresAt = expiryOf(holder, policy);
  const isEnding = expiresAt !== undefined && expiresAt - policy.warningDays * dayMs <= store.now();
  return { policy, expiresAt, isEnding, directory: undefined };
}
