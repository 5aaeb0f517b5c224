/** What the session says of mailboxes that several people work in: of those alone, and to those who may see them. */
import { listMembers } from '#server/access/members.ts';
import { commentLimits } from '#server/mail/conversations/comment.ts';

import { sharedCapability } from '#server/protocols/jmap/capabilities.ts';
import { personIds } from '#server/protocols/jmap/console/ids.ts';
import type { Capability } from '#server/protocols/jmap/http/capability.ts';

export const sharedCapabilities: readonly Capability[] = [
  {
    urn: sharedCapability,
    session: () => ({ maxCommentCharacters: commentLimits.characters }),
    async account(account, store, actor) {
      const { accountId, kind, isOwn, rights, isReadOnly } = account;
      const isAlone = isOwn && (await listMembers(store, actor, accountId)).length < 2;
      if (isAlone) return undefined;
      return {
        memberId: personIds.print(actor.personId),
        isFunctional: kind !== 'person',
        mayWork: !isReadOnly && (rights.includes('draft') || rights.includes('write')),
        mayManage: rights.includes('manage'),
      };
    },
  },
];
