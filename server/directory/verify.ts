/** Verifying the directory: every address leads to an account, every person has theirs, every unit has its place. */
import type { Store } from '#server/store/store.ts';

import { directoryQuestions, selectWrong } from './queries/verify.ts';

/** One sentence a problem. `hear` is told how many questions are answered, and of how many. */
export async function* verifyDirectory(
  store: Store,
  hear: (done: number, total: number) => void = () => undefined,
): AsyncGenerator<string> {
  for (const [index, { sql, say }] of directoryQuestions.entries()) {
    for (const row of await selectWrong(store, sql)) yield say(row);
    hear(index + 1, directoryQuestions.length);
  }
}
