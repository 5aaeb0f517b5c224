/** Reading submissions (RFC 8621 §7.1–7.4): what an account sent and what became of it. */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import { clockOf } from '#server/changes/clock.ts';
import { changedSince } from '#server/changes/since.ts';
import type { Changed } from '#server/store/changed.ts';
import type { AccountId, SubmissionId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import {
  type RecipientState,
  selectKeys,
  selectListedOf,
  selectRecipients,
  selectSubmissions,
  type Submission,
  type SubmissionKeys,
} from './queries.ts';

export type { RecipientState, Submission, SubmissionKeys } from './queries.ts';

export interface SubmissionWithRecipients extends Submission {
  readonly recipients: readonly RecipientState[];
}

/** Those of `ids` that are listed. @throws {Refusal} `noSuchAccount`. */
export function readSubmissions(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  ids: readonly SubmissionId[],
): Promise<readonly SubmissionWithRecipients[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    const found = (await selectSubmissions(tx, accountId, ids)).filter(({ emailId }) => emailId !== undefined);
    const recipients = await selectRecipients(
      tx,
      accountId,
      found.map(({ id }) => id),
    );
    const those = Map.groupBy(recipients, ({ submissionId }) => submissionId);
    return found.map((submission) => ({ ...submission, recipients: those.get(submission.id) ?? [] }));
  });
}

/** What lists are made of: every listed submission, light. @throws {Refusal} `noSuchAccount`. */
export async function listSubmissions(
  store: Store,
  actor: Actor,
  accountId: AccountId,
): Promise<{ readonly submissions: readonly SubmissionKeys[]; readonly state: string }> {
  // Read before the list: what changes in between is then only told twice.
  const { states } = await clockOf(store, accountId);
  const submissions = await read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    return selectKeys(tx, accountId);
  });
  return { submissions, state: String(states.EmailSubmission ?? 0) };
}

/** What changed since a state (RFC 8620 §5.2). @throws {Refusal} `noSuchAccount`, `cannotCalculateChanges`. */
export function submissionChanges(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  sinceState: string,
  maxChanges: number,
): Promise<Changed> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    const source = { table: 'submission', type: 'EmailSubmission' } as const;
    const changed = await changedSince(tx, accountId, source, sinceState, maxChanges);
    // What came by SMTP shares the table, and is nobody's to see here.
    const listed = await selectListedOf(tx, accountId, [...changed.created, ...changed.updated]);
    const isListed = (id: number): boolean => listed.has(id);
    return { ...changed, created: changed.created.filter(isListed), updated: changed.updated.filter(isListed) };
  });
}
