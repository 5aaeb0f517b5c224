/** Member, our own type: with whom one shares a mailbox, and what each may do there. For whoever may read it. */
import { listMembers } from '#server/access/members.ts';
import type { PersonId } from '#server/store/ids.ts';

import { sharedCapability } from '#server/protocols/jmap/capabilities.ts';
import { personIds } from '#server/protocols/jmap/console/ids.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';

const isServerSet = { isServerSet: true } as const;

export const memberMethods = defineType<PersonId>({
  name: 'Member',
  capability: sharedCapability,
  state: 'none',
  ids: personIds,
  properties: { name: isServerSet, email: isServerSet, rights: isServerSet, isOwner: isServerSet, isSelf: isServerSet },
  get: {
    async run({ store, actor, accountId }, ids, names) {
      const all = await listMembers(store, actor, accountId);
      const asked = ids === null ? all : all.filter(({ personId }) => ids.includes(personId));
      return asked.map(({ personId, name, email, rights, isOwner }) => {
        const id = personIds.print(personId);
        const printed = { id, name, email, rights: [...rights], isOwner, isSelf: personId === actor.personId };
        return Object.fromEntries(
          Object.entries(printed).filter(([member]) => member === 'id' || names.includes(member)),
        );
      });
    },
  },
});
