/** Statements: to whom a notice goes, and in which language. */
import type { AccountId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

import type { Language } from './words.ts';

export interface Addressee {
  readonly email: string;
  readonly name: string;
  readonly language: Language;
}

const selectOne = statement<{ accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('account')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'account.tenant_id').onRef('person.account_id', '=', 'account.id'),
    )
    .select(['account.email', 'account.name', 'person.language'])
    .where('account.id', '=', p.accountId),
);

/** undefined where nobody in person is behind the account. */
export async function selectAddressee(tx: Tx, accountId: AccountId): Promise<Addressee | undefined> {
  const row = await selectOne.first(tx, { accountId });
  return row && { email: row.email, name: row.name, language: /^en/i.test(row.language) ? 'en' : 'fr' };
}
