/** Statements: what verification asks of acts that wait for a second administrator. Each answers with the wrong rows. */
import { type RawBuilder, sql } from 'kysely';

import { columnText } from '#server/store/column.ts';
import type { Row } from '#server/store/connection.ts';
import { heavyRead, type Store } from '#server/store/store.ts';

export interface ApprovalQuestion {
  readonly sql: RawBuilder<unknown>;
  readonly say: (row: Row) => string;
}

export const approvalQuestions: readonly ApprovalQuestion[] = [
  {
    sql: sql`select id from approval
      where state in ('approved', 'refused') and (decider_person_id is null or decider_person_id = author_person_id)`,
    say: (row) => `approval ${columnText(row, 'id')} was decided, and not by a second administrator`,
  },
  {
    sql: sql`select id from approval where (state = 'waiting') <> (sealed is not null)`,
    say: (row) => `approval ${columnText(row, 'id')} waits without its act, or is decided and still holds it`,
  },
  {
    sql: sql`select approval.id from approval
      left join person on person.tenant_id = approval.tenant_id and person.id = approval.author_person_id
      where person.id is null`,
    say: (row) => `approval ${columnText(row, 'id')} was asked for by somebody who is not there`,
  },
];

export function selectWrong(store: Store, question: RawBuilder<unknown>): Promise<readonly Row[]> {
  return heavyRead(store, () => question);
}
