/** What the session says of imports: an account where nobody may begin one does not have them. */
import { importPolicy } from '#server/imports/policy.ts';

import { importCapability } from '#server/protocols/jmap/capabilities.ts';
import type { Capability } from '#server/protocols/jmap/http/capability.ts';

export const importCapabilities: readonly Capability[] = [
  {
    urn: importCapability,
    session: () => ({}),
    account: ({ isOwn, rights }, store) => {
      const policy = importPolicy(store);
      const mayImport = policy?.isOpen === true && (isOwn || rights.includes('write'));
      return mayImport ? { maxSizeMessage: policy.messageOctets } : undefined;
    },
  },
];
