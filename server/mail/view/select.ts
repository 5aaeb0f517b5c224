/** Opening a mailbox for a program that keeps sequence numbers: its row and the keywords in use, none of its emails. */
import type { Actor } from '#server/access/actor.ts';
import type { Reader } from '#server/access/reader.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { Right } from '#server/access/rights.ts';
import { type Mailbox, selectMailbox } from '#server/mail/mailboxes/queries.ts';
import type { AccountId, MailboxId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectKeywordsInUse } from './queries.ts';

export interface OpenedMailbox {
  readonly mailbox: Mailbox;
  /** Of the account, without those that are bits; some hundred at most. */
  readonly keywords: readonly string[];
  readonly rights: readonly Right[];
  /** Whose `$seen` it is; undefined where it is everybody's. */
  readonly reader: Reader | undefined;
}

/** @throws {Refusal} `noSuchAccount`, `noSuchMailbox`. */
export function openMailbox(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  mailboxId: MailboxId,
): Promise<OpenedMailbox> {
  return read(store, async (tx) => {
    const { rights, reader } = await requireRight(tx, actor, accountId, 'read', store.now());
    const mailbox = await selectMailbox(tx, accountId, mailboxId);
    if (!mailbox) throw new Refusal('noSuchMailbox');
    return { mailbox, keywords: await selectKeywordsInUse(tx, accountId), rights, reader };
  });
}
