/** How ids of mail objects are written: a letter, and the number within the account. */
import type { EmailId, IdentityId, MailboxId, ThreadId } from '#server/store/ids.ts';

import { numberedIds } from '#server/protocols/jmap/engine/type.ts';

export const mailboxIds = numberedIds<MailboxId>('m');
export const emailIds = numberedIds<EmailId>('e');
export const threadIds = numberedIds<ThreadId>('t');
export const identityIds = numberedIds<IdentityId>('i');
