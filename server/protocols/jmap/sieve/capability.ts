/** What the session says of Sieve (RFC 9661 §1.3), of absence answers (RFC 8621 §8), and of runs over old mail. */
import { allCapabilities } from '#formats/sieve/usage.ts';
import { filterPolicy } from '#server/filters/policy.ts';
import { nameOctets } from '#server/filters/scripts/change.ts';
import { externalLists } from '#server/filters/world.ts';

import { pliSieveCapability, sieveCapability, vacationCapability } from '#server/protocols/jmap/capabilities.ts';
import type { Capability } from '#server/protocols/jmap/http/capability.ts';

export const sieveCapabilities: readonly Capability[] = [
  {
    urn: sieveCapability,
    session: () => ({ implementation: 'Pli' }),
    account: ({ isOwn, rights }, store) => {
      if (!isOwn && !rights.includes('manage')) return undefined;
      const { scripts, scriptOctets, redirectsPerMessage } = filterPolicy(store);
      return {
        maxSizeScriptName: nameOctets,
        maxSizeScript: scriptOctets,
        maxNumberScripts: scripts,
        maxNumberRedirects: redirectsPerMessage,
        sieveExtensions: [...allCapabilities],
        notificationMethods: ['mailto'],
        externalLists: [...externalLists],
      };
    },
  },
  { urn: vacationCapability, session: () => ({}), account: () => ({}) },
  {
    urn: pliSieveCapability,
    session: () => ({}),
    account: ({ isOwn, rights }) => (isOwn || rights.includes('manage') ? {} : undefined),
  },
];
