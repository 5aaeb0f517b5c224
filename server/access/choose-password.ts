/** The step of a login at which a password is replaced by one that only its holder knows. */
import type { Store } from '#server/store/store.ts';

import type { Begun } from './login.ts';
import { requireAnother, requireGoodPassword } from './password-policy.ts';
import { finishStep, type PendingLogin } from './pending.ts';
import { replacePassword } from './person-state.ts';
import { hashWithin } from './verify.ts';

/** @throws {WeakPassword} also for the one to be replaced; {Refusal} `invalidArguments`, `tooBusy`, `badCredentials`. */
export async function choosePassword(store: Store, pending: PendingLogin, password: string): Promise<Begun> {
  const { holder, actor } = pending;
  await requireGoodPassword(store, holder, password);
  await requireAnother(store, holder, password);
  const hash = await hashWithin(store, password);
  const keep = actor.credentialId;
  return finishStep(store, pending, 'password', (tx) =>
    replacePassword(tx, actor, holder, { hash, mustChange: false, keep, at: store.now() }),
  );
}
