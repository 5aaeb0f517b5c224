/**
 * Who left: people of another system's list whom a complete file of it does not name any more. They are closed, and their
 * mail stays (what becomes of it is decided later, by people). A file cut short must not close a school: nobody is
 * closed when a line could not be read, nor when they are more than was said beforehand.
 */
import type { Actor } from '#server/access/actor.ts';
import { shutOut } from '#server/access/person-state.ts';
import type { PeopleRunId, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { transactions } from '#server/store/transaction.ts';

import { closedBy, type FieldChange } from './import-change.ts';
import { type Listed, selectListed, selectPresent } from './queries/present.ts';
import { insertRunLines } from './queries/runs.ts';

export interface Closing {
  /** Only people of these, and only those who have an external id. */
  readonly populations: ReadonlySet<string>;
  readonly atMost: number;
}

interface Complete {
  readonly tenantId: TenantId;
  /** Undefined of a dry run. */
  readonly id: PeopleRunId | undefined;
  readonly closing: Closing | undefined;
  readonly seen: { readonly externalIds: ReadonlySet<string>; readonly isUnsure: boolean };
}

interface ClosedLine {
  readonly kind: 'closed';
  readonly key: string;
  readonly userName: string;
}

const peoplePerPage = 5_000;
const closedAtOnce = 100;
/** Above every line of a file. */
const firstN = 1_000_000_000;

/** @returns why nobody was closed; undefined where all was done. */
export async function closeMissing(
  store: Store,
  actor: Actor,
  run: Complete,
  hear: (line: ClosedLine) => void,
): Promise<'unreadableLines' | 'tooMany' | undefined> {
  const { closing, seen, id } = run;
  if (!closing) return undefined;
  if (seen.isUnsure) return 'unreadableLines';
  const missing = await findMissing(store, run, closing);
  const isTooMany = missing.length > closing.atMost;
  // A dry run shows them all the same: whether they are too many is for its reader to see.
  if (isTooMany && id !== undefined) return 'tooMany';
  for (let from = 0; from < missing.length; from += closedAtOnce) {
    const some = missing.slice(from, from + closedAtOnce);
    if (id !== undefined) await closeSome(store, actor, { ...run, id }, some, firstN + from);
    for (const { externalId: key, userName } of some) hear({ kind: 'closed', key, userName });
  }
  return isTooMany ? 'tooMany' : undefined;
}

/** All of them, or the first page that is too much. */
async function findMissing(
  store: Store,
  { tenantId, seen }: Complete,
  { populations, atMost }: Closing,
): Promise<readonly Listed[]> {
  const missing: Listed[] = [];
  for (let after: string | undefined = ''; after !== undefined && missing.length <= atMost;) {
    const from: string = after;
    const page = await read(store, (tx) =>
      selectListed(tx, tenantId, populations, { after: from, limit: peoplePerPage }),
    );
    missing.push(...page.people.filter(({ externalId }) => !seen.externalIds.has(externalId)));
    after = page.last;
  }
  return missing;
}

async function closeSome(
  store: Store,
  actor: Actor,
  { tenantId, id }: { readonly tenantId: TenantId; readonly id: PeopleRunId },
  some: readonly Listed[],
  n: number,
): Promise<void> {
  const accountIds = some.map(({ accountId }) => accountId);
  await transactions(store, accountIds, async (txs) => {
    const [first] = txs;
    if (!first) return;
    const at = store.now();
    const present = await selectPresent(first, tenantId, 'person.account_id', accountIds);
    for (const [index, tx] of txs.entries()) {
      const one = present.find(({ accountId }) => accountId === tx.accountId);
      if (!one || one.state === 'closed') continue;
      const { personId, state, stateReason } = one;
      const reason = closedBy(id);
      await shutOut(tx, actor, { tenantId, personId }, 'closed', { reason, at });
      const changes: readonly FieldChange[] = [
        { field: 'state', from: state, to: 'closed' },
        { field: 'stateReason', from: stateReason, to: reason },
      ];
      const line = { n: n + index, kind: 'closed' as const, personId, changes: JSON.stringify(changes) };
      await insertRunLines(tx, { tenantId, id }, [line]);
    }
  });
}
