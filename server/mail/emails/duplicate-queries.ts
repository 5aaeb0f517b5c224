/** SQL of making an email like another one of the same account. */
import { sql } from 'kysely';

import type { EmailId } from '#server/store/ids.ts';
import { changes } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

/** A row like that of `original`, with an id and clock of its own. `savedAt`: milliseconds since 1970. */
export async function insertEmailLike(tx: AccountTx, original: EmailId, id: EmailId, savedAt: number): Promise<void> {
  const modseq = tx.modseq();
  await changes(
    tx,
    sql`insert into email (account_id, id, thread_id, hash, size_octets, received_at, sent_at, subject_key, from_key,
        to_key, flags, keywords, created_modseq, modseq, saved_at, arrival_id)
      select account_id, cast(${id} as bigint), thread_id, hash, size_octets, received_at, sent_at, subject_key, from_key,
        to_key, flags, keywords, cast(${modseq} as bigint), cast(${modseq} as bigint), cast(${savedAt} as bigint), arrival_id
      from email where account_id = ${tx.accountId} and id = ${original}`,
  );
}

export async function insertThreadKeysLike(tx: AccountTx, original: EmailId, id: EmailId): Promise<void> {
  await changes(
    tx,
    sql`insert into thread_key (account_id, key, thread_id, email_id)
      select account_id, key, thread_id, cast(${id} as bigint) from thread_key
      where account_id = ${tx.accountId} and email_id = ${original}`,
  );
}
