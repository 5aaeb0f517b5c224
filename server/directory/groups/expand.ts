/** Where mail to a group's address goes: to each of its members once, however many ways lead to them. */
import { Refusal } from '#server/access/refusal.ts';
import { findAccountByAddress } from '#server/directory/address.ts';
import { type Group, selectGroups } from '#server/directory/queries/groups.ts';
import { selectIsIn, selectMemberAccounts } from '#server/directory/queries/members.ts';
import type { AccountId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { walk } from './change.ts';

/** More are not written to at once: such a message is an announcement. */
const accountsAtMost = 10_000;

/**
 * Accounts of everybody in the group and in those below it.
 * @throws {Refusal} `noSuchRecipient` where nobody is; `tooMany`.
 */
export async function expandGroup(tx: Tx, tenantId: TenantId, accountId: AccountId): Promise<readonly AccountId[]> {
  const { id } = await requireAddressed(tx, tenantId, accountId);
  const { ids } = await walk(tx, tenantId, [id], 'below');
  const found = await selectMemberAccounts(tx, tenantId, [...ids], accountsAtMost + 1);
  if (found.length === 0) throw new Refusal('noSuchRecipient');
  if (found.length > accountsAtMost) throw new Refusal('tooMany', { limit: accountsAtMost });
  return found;
}

/**
 * Lets mail to the group go on, or refuses as if nobody had the address.
 * @param writer the envelope's sender, where somebody vouches for it; undefined for what comes from outside.
 * @throws {Refusal} `noSuchRecipient`.
 */
export async function requireWriter(
  tx: Tx,
  tenantId: TenantId,
  accountId: AccountId,
  writer: string | undefined,
): Promise<void> {
  const { id, senders } = await requireAddressed(tx, tenantId, accountId);
  const route = writer === undefined ? undefined : await findAccountByAddress(tx, writer);
  const isOurs = route?.kind === 'account' && route.tenantId === tenantId;
  if (!isOurs) throw new Refusal('noSuchRecipient');
  if (senders === 'tenant') return;
  const { ids } = senders === 'members' ? await walk(tx, tenantId, [id], 'below') : { ids: [id] };
  const kind = senders === 'members' ? 'person' : 'sender';
  if (!(await selectIsIn(tx, tenantId, [...ids], kind, route.accountId))) throw new Refusal('noSuchRecipient');
}

async function requireAddressed(tx: Tx, tenantId: TenantId, accountId: AccountId): Promise<Group> {
  const page = { sortBy: 'id', isDescending: false, skip: 0, limit: 1 } as const;
  const [found] = await selectGroups(tx, { tenantId, paths: undefined, accountId }, page);
  if (!found) throw new Refusal('noSuchRecipient');
  return found;
}
