/**
 * What the session says of principals (RFC 9670 §1.5): one's own account is where they are looked for, and every account
 * names whose it is. Availability is not among it: there are no calendars to ask.
 */
import { printAccountId } from '#server/protocols/jmap/engine/context.ts';
import { principalsCapability, principalsOwnerCapability } from '#server/protocols/jmap/capabilities.ts';
import type { Capability } from '#server/protocols/jmap/http/capability.ts';
import { accountsOf } from '#server/access/accounts.ts';
import { principalIds } from './ids.ts';

export const principalsCapabilities: readonly Capability[] = [
  {
    urn: principalsCapability,
    session: () => ({}),
    account: ({ isOwn, accountId }) => (isOwn ? { currentUserPrincipalId: principalIds.print(accountId) } : undefined),
  },
  {
    urn: principalsOwnerCapability,
    async account({ accountId }, store, actor) {
      const own = (await accountsOf(store, actor)).find(({ isOwn }) => isOwn);
      if (!own) return undefined;
      return { accountIdForPrincipal: printAccountId(own.accountId), principalId: principalIds.print(accountId) };
    },
  },
];
