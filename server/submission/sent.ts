/** What an account has sent since a moment, for who looks into an account that others got into: to whom, when, about what. */
import type { AccountId, SubmissionId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { selectRecipients, selectSince } from './queries.ts';

export interface SentMessage {
  readonly id: SubmissionId;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** '' where it is not known, as of what a filter sends. */
  readonly subject: string;
  /** Whether a filter sent it. */
  readonly isByFilter: boolean;
  readonly recipients: readonly string[];
}

/** The newest first, at most `limit`. Who may see it is the caller's to check. */
export async function listSentSince(
  tx: Tx,
  accountId: AccountId,
  since: number,
  limit: number,
): Promise<readonly SentMessage[]> {
  const found = await selectSince(tx, accountId, since, limit);
  const recipients = Map.groupBy(
    await selectRecipients(
      tx,
      accountId,
      found.map(({ id }) => id),
    ),
    ({ submissionId }) => submissionId,
  );
  return found.map(({ id, createdAt, envelope }) => ({
    id,
    at: createdAt,
    subject: envelope.subject ?? '',
    isByFilter: envelope.personId === null,
    recipients: (recipients.get(id) ?? []).map(({ address }) => address),
  }));
}
