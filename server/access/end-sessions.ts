/**
 * Ending browser sessions. Other services may have let their holder in on the strength of one, and are told by a job that
 * it is gone (server/provider/logout.ts): whoever ends a session ends it here.
 */
import type { PersonId, TenantId } from '#server/store/ids.ts';
import { enqueueJob } from '#server/store/jobs.ts';
import type { Tx } from '#server/store/statement.ts';

import { deleteSession, deleteSessions } from './queries/sessions.ts';

interface Who {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
}

/** The job: somebody’s sessions are fewer than they were. */
export const sessionsEndedKind = 'sessionsEnded';

/** One of somebody’s own. @returns whether there was such a one. */
export async function endSession(tx: Tx, who: Who, id: string, at: number): Promise<boolean> {
  const isEnded = await deleteSession(tx, who, id);
  if (isEnded) await tellEnded(tx, who, at);
  return isEnded;
}

/** All of a person but `keep`. @returns how many ended. */
export async function endSessions(tx: Tx, who: Who, at: number, keep?: string): Promise<number> {
  const ended = await deleteSessions(tx, who, keep);
  if (ended > 0) await tellEnded(tx, who, at);
  return ended;
}

async function tellEnded(tx: Tx, { tenantId, personId }: Who, at: number): Promise<void> {
  await enqueueJob(tx, { tenantId, kind: sessionsEndedKind, payload: { personId }, runAt: at }, at);
}
