/** What the session says of keys for other programs: to the person whose account it is, and of no other account. */
import { offeredScopes } from '#server/access/credential.ts';
import { accessCapability } from '#server/protocols/jmap/capabilities.ts';
import type { Capability } from '#server/protocols/jmap/http/capability.ts';

export const accessCapabilities: readonly Capability[] = [
  {
    urn: accessCapability,
    session: () => ({}),
    account: ({ isOwn }) => (isOwn ? { appPasswordScopes: [...offeredScopes] } : undefined),
  },
];
