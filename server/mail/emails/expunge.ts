/**
 * Expunging (RFC 9051 §6.4.3): emails marked for removal leave one mailbox for good. One transaction and one modseq, so
 * nobody ever sees half of it. An email filed elsewhere too stays there; one that is nowhere else is destroyed.
 */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { AccountId, EmailId, MailboxId, Modseq } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { changeEmailsIn } from './change.ts';
import { destroyEmailsIn } from './destroy.ts';
import { selectPlaced } from './place-queries.ts';
import { selectFiled } from './queries.ts';

export interface Expunged {
  /** Ascending. */
  readonly uids: readonly number[];
  /** Undefined where nothing was removed. */
  readonly modseq: Modseq | undefined;
}

/**
 * Expunges those of `uids` that are marked.
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `readOnlyAccount`.
 */
export function expunge(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  mailboxId: MailboxId,
  uids: Uint32Array,
): Promise<Expunged> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'write', store.now());
    const found = await selectPlaced(tx, accountId, mailboxId, [...uids]);
    const marked = found.filter(({ isDeleted }) => isDeleted);
    if (marked.length === 0) return { uids: [], modseq: undefined };
    await removeFrom(
      tx,
      mailboxId,
      marked.map(({ emailId }) => emailId),
    );
    return { uids: marked.map(({ uid }) => uid), modseq: tx.modseq() };
  });
}

/** Takes emails out of a mailbox; those filed nowhere else are destroyed. */
export async function removeFrom(tx: AccountTx, mailboxId: MailboxId, ids: readonly EmailId[]): Promise<void> {
  const places = await selectFiled(tx, tx.accountId, ids);
  const elsewhere = new Set(places.filter((place) => place.mailboxId !== mailboxId).map((place) => place.emailId));
  await destroyEmailsIn(
    tx,
    ids.filter((id) => !elsewhere.has(id)),
  );
  const mailboxIds = { kind: 'patch', add: [], remove: [mailboxId] } as const;
  if (elsewhere.size === 0) return;
  await changeEmailsIn(
    tx,
    [...elsewhere].map((emailId) => ({ emailId, mailboxIds })),
  );
}
