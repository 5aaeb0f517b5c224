/**
 * Switching between one `$seen` for all who read an account and one for each (docs/decisions/0012-personal-seen.md).
 * To each: what was read for all stays read for everybody, what was not is new to everybody. To all: what anybody has
 * read is read; what each said is forgotten.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { changeEmailsIn } from '#server/mail/emails/change.ts';
import { moveCounts, selectMailboxes } from '#server/mail/mailboxes/queries.ts';
import {
  deleteAllSaid,
  selectSeenByAnybody,
  selectSeenSetting,
  touchSeenOtherwise,
  updateSeenSetting,
} from './queries.ts';

const emailsPerPage = 1_000;
const nothing = { emails: 0, unreadEmails: 0, threads: 0, unreadThreads: 0, octets: 0 };

/**
 * @returns whether anything changed.
 * @throws {Refusal} `noSuchAccount`, `mayNot` without `manage`, `invalidArguments` for the account of a person, who is
 * its one reader.
 */
export function setSeenIsPersonal(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  isPersonal: boolean,
): Promise<boolean> {
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    await requireRight(tx, actor, accountId, 'manage', at);
    const before = await selectSeenSetting(tx, accountId);
    if (before === undefined || before.kind === 'person')
      throw new Refusal('invalidArguments', { description: 'the account of a person has one reader' });
    if (before.isPersonal === isPersonal) return false;
    await updateSeenSetting(tx, before, isPersonal, at);
    if (!isPersonal) await joinSeen(tx);
    // What a mailbox counts is another number for each from now on, or one for all again.
    for (const { id } of await selectMailboxes(tx, accountId)) await moveCounts(tx, id, nothing);
    tx.changed('Email', 'Mailbox');
    const { tenantId } = tx;
    await recordTrace(tx, { tenantId, actor, verb: 'setSeenIsPersonal', at, accountId, details: { isPersonal } });
    return true;
  });
}

/** For whoever may read there. @throws {Refusal} `noSuchAccount`. */
export function readSeenIsPersonal(store: Store, actor: Actor, accountId: AccountId): Promise<boolean> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    return (await selectSeenSetting(tx, accountId))?.isPersonal ?? false;
  });
}

async function joinSeen(tx: AccountTx): Promise<void> {
  await touchSeenOtherwise(tx);
  const keywords = { kind: 'patch', add: ['$seen'], remove: [] } as const;
  for (let after = 0; ;) {
    const ids = await selectSeenByAnybody(tx, after, emailsPerPage);
    await changeEmailsIn(
      tx,
      ids.map((emailId) => ({ emailId, keywords })),
    );
    if (ids.length < emailsPerPage) break;
    after = ids.at(-1) ?? 0;
  }
  await deleteAllSaid(tx);
}
