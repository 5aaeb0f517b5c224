/** What the session says of sending (RFC 8621 §1.3.2). */
import { submissionCapability } from '#server/protocols/jmap/capabilities.ts';
import type { Capability } from '#server/protocols/jmap/http/capability.ts';

/** In seconds: the longest a message may be held; as the policy's default and the option `submission.max-delay` say. */
export const maxDelayedSendSeconds = 366 * 86_400;

export const submissionCapabilities: readonly Capability[] = [
  {
    urn: submissionCapability,
    session: () => ({}),
    account: ({ rights }) => ({
      maxDelayedSend: rights.includes('sendOnBehalf') ? maxDelayedSendSeconds : 0,
      submissionExtensions: {
        // EHLO's words (RFC 4865 §4): how long, and until when at most.
        FUTURERELEASE: [String(maxDelayedSendSeconds), '9999-12-31T23:59:59Z'],
        DSN: [],
        SMTPUTF8: [],
      },
    }),
  },
];
