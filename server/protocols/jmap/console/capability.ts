/** What the session says of the console: to whoever has a role, on their own account; of everybody else's, nothing. */
import { ownRoles } from '#server/access/role.ts';
import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import type { Capability } from '#server/protocols/jmap/http/capability.ts';

export const consoleCapabilities: readonly Capability[] = [
  {
    urn: consoleCapability,
    session: () => ({}),
    account: async ({ isOwn }, store, actor) => {
      if (!isOwn) return undefined;
      const { roles, powers } = await ownRoles(store, actor);
      return roles.length > 0 ? { powers: [...powers], roles: roles.map(({ kind }) => kind) } : undefined;
    },
  },
];
