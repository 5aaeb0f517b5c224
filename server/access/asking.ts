/** The brake on what anybody may ask for though nothing is proved by it: mails with codes, challenges. */
import { createHash } from 'node:crypto';

import { type Store, write } from '#server/store/store.ts';

import { keptBy } from './policy.ts';
import { countFailure } from './queries/throttle.ts';

export interface Asking {
  /** Who or what is counted: an address, somebody's name. Hashed before it is kept. */
  readonly of: string;
  readonly most: number;
  /** The count begins anew when nobody has asked for so long. */
  readonly withinMs: number;
}

/** Counts one more. @returns whether it is one of the `most` that are allowed. */
export async function mayAsk(store: Store, { of, most, withinMs }: Asking): Promise<boolean> {
  if (!keptBy(store).policy.isThrottled && most > 1) return true;
  const key = `q:${createHash('sha256').update(of).digest('base64url').slice(0, 22)}`;
  const at = store.now();
  return (await write(store, (tx) => countFailure(tx, key, at, at - withinMs))) <= most;
}
