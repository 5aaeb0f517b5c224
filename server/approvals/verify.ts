/** Verifying acts that wait for a second administrator: what was decided was decided by two, and holds no secret. */
import type { Store } from '#server/store/store.ts';

import { approvalQuestions, selectWrong } from './queries/verify.ts';

/** One sentence a problem. */
export async function* verifyApprovals(store: Store): AsyncGenerator<string> {
  for (const { sql, say } of approvalQuestions) for (const row of await selectWrong(store, sql)) yield say(row);
}
