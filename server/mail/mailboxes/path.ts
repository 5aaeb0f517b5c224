/**
 * Mailboxes by the names from the top ("Classes", "4e B") or by their role, made where they are missing: for what
 * files by place and not by id (imports, filters, the demonstration).
 */
import type { MailboxId } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { createMailboxIn } from './change.ts';
import { type MailboxRole, selectMailboxes } from './queries.ts';
import { requireMailboxByRole } from './role.ts';

export type MailboxTarget =
  | { readonly kind: 'id'; readonly id: MailboxId }
  | { readonly kind: 'role'; readonly role: MailboxRole }
  /** At least one name, from the top or from the mailbox of a role. */
  | { readonly kind: 'path'; readonly path: readonly string[]; readonly below?: MailboxRole };

/** @returns finds a mailbox of the account of `tx`; the account's mailboxes are read once. Serves one transaction. */
export async function mailboxFinder(tx: AccountTx, at: number): Promise<(target: MailboxTarget) => Promise<MailboxId>> {
  const byRole = new Map<MailboxRole, MailboxId>();
  const byPlace = new Map<string, MailboxId>();
  for (const { id, parentId, name, role } of await selectMailboxes(tx, tx.accountId)) {
    byPlace.set(placeKey(parentId, name), id);
    if (role !== null) byRole.set(role, id);
  }
  const findPath = async (path: readonly string[], below?: MailboxRole): Promise<MailboxId | null> => {
    let parentId: MailboxId | null = below === undefined ? null : await findRole(below);
    for (const given of path) {
      const name = given.normalize('NFC');
      const key = placeKey(parentId, name);
      const id: MailboxId = byPlace.get(key) ?? (await createMailboxIn(tx, { name, parentId }, at));
      byPlace.set(key, id);
      parentId = id;
    }
    return parentId;
  };
  const findRole = async (role: MailboxRole): Promise<MailboxId> => {
    const id = byRole.get(role) ?? (await requireMailboxByRole(tx, role, at));
    byRole.set(role, id);
    return id;
  };
  return async (target) => {
    switch (target.kind) {
      case 'id':
        return target.id;
      case 'role':
        return findRole(target.role);
      case 'path':
        return (await findPath(target.path, target.below)) ?? findRole('inbox');
      default:
        return target satisfies never;
    }
  };
}

function placeKey(parentId: MailboxId | null, name: string): string {
  return `${parentId ?? 0}/${name}`;
}
