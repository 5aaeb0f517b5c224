/**
 * Whoever leaves a unit leaves what hung on being there: their mandates on its mailboxes (and on those of units below), and
 * what its people may do in theirs. Both sides of each are told by letter. Others stay, whoever they are from.
 */
import { tellPerson } from '#server/notices/notice.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, PersonId, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import type { Actor } from './actor.ts';
import { changeMandate, traceOf } from './mandate.ts';
import { selectHungOn, selectNames, updateMandateRevoked } from './queries/mandates.ts';

export interface Departure {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  readonly accountId: AccountId;
  /** The unit they leave. */
  readonly unit: { readonly name: string; readonly path: string };
  /** The path of where they come to: a unit below the one they leave keeps its own. */
  readonly to: string;
}

/**
 * Each mandate in a transaction of its own: begun again, it ends the others. Whether somebody leaves is for the caller to
 * know, and who may say so. @returns how many ended.
 */
export async function endMandatesOf(store: Store, actor: Actor, departure: Departure): Promise<number> {
  const { tenantId, unit, to } = departure;
  const hung = await read(store, (tx) => selectHungOn(tx, departure, unit.path, store.now()));
  const ending = hung.filter(({ path }) => !(to.startsWith(unit.path) && path.startsWith(to)));
  const reason = `left ${unit.name}`;
  for (const { id } of ending) {
    await changeMandate(store, actor, tenantId, id, async (tx, mandate, at) => {
      if (!(await updateMandateRevoked(tx, mandate, at, reason))) return;
      const { account, holder, holderAccountId } = await selectNames(tx, mandate);
      const notice = { kind: 'mandateEnded', account, holder, unit: unit.name } as const;
      for (const accountId of [holderAccountId, mandate.accountId])
        await tellPerson(tx, { tenantId, accountId }, notice, at);
      const trace = traceOf(mandate, actor, 'revokeMandate', at);
      await recordTrace(tx, { ...trace, details: { ...trace.details, reason } });
    });
  }
  return ending.length;
}
