/** SQL on the absence answer: one row an account that ever set it. */
import type { AccountId } from '#server/store/ids.ts';
import { changes, insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

/** RFC 8621 §8. */
export interface VacationSettings {
  readonly isEnabled: boolean;
  /** Milliseconds since 1970; null without beginning or end. */
  readonly fromAt: number | null;
  readonly untilAt: number | null;
  readonly subject: string | null;
  readonly textBody: string | null;
  readonly htmlBody: string | null;
}

const selectOne = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('vacation').selectAll().where('account_id', '=', p.accountId),
);

/** undefined where it was never set. */
export async function selectVacation(tx: Tx, accountId: AccountId): Promise<VacationSettings | undefined> {
  const row = await selectOne.first(tx, { accountId });
  return (
    row && {
      isEnabled: row.is_enabled === 1,
      fromAt: row.from_at,
      untilAt: row.until_at,
      subject: row.subject,
      textBody: row.text_body,
      htmlBody: row.html_body,
    }
  );
}

export async function upsertVacation(tx: AccountTx, settings: VacationSettings): Promise<void> {
  const { accountId } = tx;
  await changes(tx, tx.q.deleteFrom('vacation').where('account_id', '=', accountId));
  await insertRows(tx, 'vacation', [
    {
      account_id: accountId,
      is_enabled: settings.isEnabled ? 1 : 0,
      from_at: settings.fromAt,
      until_at: settings.untilAt,
      subject: settings.subject,
      text_body: settings.textBody,
      html_body: settings.htmlBody,
    },
  ]);
}
