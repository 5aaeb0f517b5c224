/** SQL on annotations: values of entries of the server (mailbox 0) and of mailboxes, shared (person 0) or a person's. */
import type { AccountId, MailboxId, PersonId } from '#server/store/ids.ts';
import { changes, insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

export interface Annotation {
  readonly entry: string;
  readonly value: Uint8Array;
}

const selectOf = statement<{ accountId: number; mailboxId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('annotation')
    .select(['entry', 'value'])
    .where('account_id', '=', p.accountId)
    .where('mailbox_id', '=', p.mailboxId)
    .where('person_id', 'in', [0, p.personId])
    .orderBy('entry'),
);

/** Shared ones and those of `personId`, by name. */
export function selectAnnotations(
  tx: Tx,
  accountId: AccountId,
  mailboxId: MailboxId | 0,
  personId: PersonId | 0,
): Promise<readonly Annotation[]> {
  return selectOf.all(tx, { accountId, mailboxId, personId });
}

export async function replaceAnnotation(
  tx: AccountTx,
  mailboxId: MailboxId | 0,
  personId: PersonId | 0,
  entry: string,
  value: Uint8Array | null,
): Promise<void> {
  const { accountId } = tx;
  const known = tx.q
    .deleteFrom('annotation')
    .where('account_id', '=', accountId)
    .where('mailbox_id', '=', mailboxId)
    .where('person_id', '=', personId)
    .where('entry', '=', entry);
  await changes(tx, known);
  if (value === null) return;
  const row = { account_id: accountId, mailbox_id: mailboxId, person_id: personId, entry, value };
  await insertRows(tx, 'annotation', [row]);
}
