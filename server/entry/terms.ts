/** The step of a login at which the terms of use are accepted: which version and when is kept, and traced. */
import { entryPolicyOf, type Terms } from '#server/access/entry-policy.ts';
import type { Begun } from '#server/access/login.ts';
import { finishStep, type PendingLogin } from '#server/access/pending.ts';
import { Refusal } from '#server/access/refusal.ts';
import { recordTrace } from '#server/records/trace.ts';
import { read, type Store } from '#server/store/store.ts';

import { updateTerms } from './queries.ts';

/** Those of the institution; undefined where there are none. */
export async function readTerms(store: Store, { holder }: PendingLogin): Promise<Terms | undefined> {
  return (await read(store, (tx) => entryPolicyOf(tx, holder.tenantId))).terms;
}

/**
 * @param version the one that was shown.
 * @throws {Refusal} `stateMismatch` when there is a newer one by now; `badCredentials`.
 */
export function acceptTerms(store: Store, pending: PendingLogin, version: string): Promise<Begun> {
  const { holder, actor } = pending;
  const { tenantId, accountId } = holder;
  return finishStep(store, pending, 'terms', async (tx) => {
    const { terms } = await entryPolicyOf(tx, tenantId);
    if (terms && terms.version !== version) throw new Refusal('stateMismatch');
    const at = store.now();
    await updateTerms(tx, holder, version, at);
    await recordTrace(tx, { tenantId, actor, verb: 'acceptTerms', at, accountId, details: { version } });
  });
}
