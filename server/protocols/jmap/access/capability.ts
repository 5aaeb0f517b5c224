/** What the session says of keys for other programs: to the person whose account it is, and of no other account. */
import type { Scope } from '#server/access/actor.ts';
import { accessCapability } from '#server/protocols/jmap/capabilities.ts';
import type { Capability } from '#server/protocols/jmap/http/capability.ts';

/** What an app password may be made for: the parts of the house that other programs can reach so far. */
export const offeredScopes: readonly Scope[] = ['mail', 'submission'];

export const accessCapabilities: readonly Capability[] = [
  {
    urn: accessCapability,
    session: () => ({}),
    account: ({ isOwn }) => (isOwn ? { appPasswordScopes: [...offeredScopes] } : undefined),
  },
];
