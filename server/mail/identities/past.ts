/**
 * What identities were before they were changed, so that what others wrote into them can be undone: a reply address that
 * leads elsewhere, a signature with a link, a blind copy. Who may see or undo it is the caller's to know.
 */
import type { Actor } from '#server/access/actor.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, IdentityId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import {
  deleteIdentity,
  type Identity,
  type IdentitySettings,
  selectIdentities,
  selectPast,
  updateIdentityRow,
} from './queries.ts';

export interface ChangedIdentity {
  readonly identity: Identity;
  /** When it was changed first; milliseconds since 1970. */
  readonly at: number;
  /** As it was before; null: it was not there. */
  readonly before: IdentitySettings | null;
  /** What differs from before, by name. */
  readonly changed: readonly (keyof IdentitySettings)[];
}

/** Those that are other than they were at `since`. */
export async function listChangedIdentities(
  tx: Tx,
  accountId: AccountId,
  since: number,
): Promise<readonly ChangedIdentity[]> {
  const past = await selectPast(tx, accountId, since);
  return (await selectIdentities(tx, accountId)).flatMap((identity) => {
    const first = past.find(({ id }) => id === identity.id);
    if (!first) return [];
    const changed = members.filter((name) => !isSame(first.settings?.[name], identity[name]));
    return changed.length === 0 ? [] : [{ identity, at: first.at, before: first.settings, changed }];
  });
}

const members = ['name', 'replyTo', 'bcc', 'textSignature', 'htmlSignature'] as const;

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Makes an identity what it was at `since`; one that was not there goes. @returns whether there was anything to undo. */
export async function restoreIdentity(
  tx: AccountTx,
  actor: Actor,
  id: IdentityId,
  { since, at }: { readonly since: number; readonly at: number },
): Promise<boolean> {
  const { accountId, tenantId } = tx;
  const found = (await listChangedIdentities(tx, accountId, since)).find(({ identity }) => identity.id === id);
  if (!found) return false;
  const { identity, before } = found;
  if (before !== null) await updateIdentityRow(tx, id, before);
  else if (identity.mayDelete) await deleteIdentity(tx, identity);
  tx.changed('Identity');
  const details = { identity: id, isGone: before === null };
  await recordTrace(tx, { tenantId, actor, verb: 'restoreIdentity', at, accountId, details });
  return true;
}
