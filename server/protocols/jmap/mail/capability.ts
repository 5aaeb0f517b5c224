/** What the session says of mail (RFC 8621 §1.3.1), and of what we add to it. */
import { attachmentsOctets } from '#server/mail/emails/compose.ts';
import { mailboxesPerEmail } from '#server/mail/emails/change.ts';
import { mailboxLimits } from '#server/mail/mailboxes/change.ts';

import { mailCapability, pliMailCapability } from '#server/protocols/jmap/capabilities.ts';
import type { Capability } from '#server/protocols/jmap/http/capability.ts';
import { emailSorts } from './email-query.ts';

export const mailCapabilities: readonly Capability[] = [
  {
    urn: mailCapability,
    session: () => ({}),
    account: ({ isOwn, rights }) => ({
      maxMailboxesPerEmail: mailboxesPerEmail,
      maxMailboxDepth: mailboxLimits.depth,
      maxSizeMailboxName: mailboxLimits.nameOctets,
      maxSizeAttachmentsPerEmail: attachmentsOctets,
      emailQuerySortOptions: [...emailSorts],
      mayCreateTopLevelMailbox: isOwn || rights.includes('write'),
    }),
  },
  { urn: pliMailCapability, session: () => ({}), account: () => ({}) },
];
