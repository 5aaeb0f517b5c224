/** Copying an email from one account to another (RFC 8621 §4.7): the octets are kept once where the tenant is one. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import type { AccountId, EmailId, MailboxId, Milliseconds, Modseq } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { ingest } from '#server/mail/ingest.ts';
import { wordsOf } from '#server/mail/keywords.ts';
import { readEmails } from './read.ts';
import { type SavedEmail, saveEmail } from './save.ts';

export interface Copy {
  readonly mailboxIds: readonly MailboxId[];
  /** Null: as they are on the original. */
  readonly keywords: readonly string[] | null;
  readonly receivedAt: Milliseconds | null;
  readonly ifInState?: Modseq | undefined;
}

/** @throws {Refusal} `noSuchEmail`, `noSuchAccount` of either, and those of saveEmail. */
export async function copyEmail(
  store: Store,
  actor: Actor,
  from: { readonly accountId: AccountId; readonly emailId: EmailId },
  accountId: AccountId,
  copy: Copy,
): Promise<SavedEmail> {
  const { emails, tenantId } = await readEmails(store, actor, from.accountId, [from.emailId]);
  const [email] = emails;
  const blob = email && (await openBlob(store, tenantId, email.hash));
  if (!blob) throw new Refusal('noSuchEmail');
  const message = await ingest(store, await blob.bytes());
  return saveEmail(store, actor, accountId, message, {
    mailboxIds: copy.mailboxIds,
    keywords: copy.keywords ?? wordsOf(email.keywords),
    receivedAt: copy.receivedAt ?? email.receivedAt,
    ifInState: copy.ifInState,
  });
}
