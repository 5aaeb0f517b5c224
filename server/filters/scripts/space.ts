/** Whether a script of this name and size could be put now (RFC 5804 §2.5 HAVESPACE). Nothing is kept, or kept free. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { filterPolicy } from '#server/filters/policy.ts';
import { checkName } from './change.ts';
import { listScripts } from './list.ts';

/** @throws {Refusal} `tooLarge`, `overQuota`, `invalidProperties` naming `name`, `noSuchAccount`, `mayNot`. */
export async function haveSpace(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  { name: givenName, sizeOctets }: { readonly name: string; readonly sizeOctets: number },
): Promise<void> {
  const { scripts: limit, scriptOctets } = filterPolicy(store);
  const scripts = await listScripts(store, actor, accountId);
  const name = checkName(givenName);
  if (sizeOctets > scriptOctets) throw new Refusal('tooLarge', { limit: scriptOctets });
  if (scripts.length >= limit && !scripts.some((script) => script.name === name))
    throw new Refusal('overQuota', { limit });
}
