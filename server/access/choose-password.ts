/** The step of a login at which a provisional password is replaced by one that only its holder knows. */
import type { Store } from '#server/store/store.ts';

import type { Begun } from './login.ts';
import { checkPassword, verifyPassword } from './password.ts';
import { finishStep, type PendingLogin } from './pending.ts';
import { replacePassword } from './person-state.ts';
import { accessPolicy } from './policy.ts';
import { Refusal } from './refusal.ts';
import { hashWithin } from './verify.ts';

/** @throws {Refusal} `weakPassword` also for the provisional one itself; `invalidArguments`, `tooBusy`, `badCredentials`. */
export async function choosePassword(store: Store, pending: PendingLogin, password: string): Promise<Begun> {
  const { holder, actor } = pending;
  checkPassword(password);
  const { passwordsAtWork: atWork, passwordsWaiting: waiting } = accessPolicy(store);
  if (await verifyPassword(password, holder.passwordHash, { atWork, waiting }))
    throw new Refusal('weakPassword', { description: 'the password is the one to be replaced' });
  const hash = await hashWithin(store, password);
  const keep = actor.credentialId;
  return finishStep(store, pending, 'password', (tx) =>
    replacePassword(tx, actor, holder, { hash, mustChange: false, keep, at: store.now() }),
  );
}
