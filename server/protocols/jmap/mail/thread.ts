/** Thread (RFC 8621 §3). */
import { emailOrThreadChanges, readThreads } from '#server/mail/emails/read.ts';
import { MethodError } from '#formats/jmap/errors.ts';

import { mailCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { changesOf } from './changes.ts';
import { emailIds, threadIds } from './ids.ts';

export const threadMethods = defineType({
  name: 'Thread',
  capability: mailCapability,
  state: 'Thread',
  ids: threadIds,
  properties: { emailIds: { isServerSet: true } },
  get: {
    async run({ store, actor, accountId }, ids, properties) {
      if (ids === null) throw new MethodError('requestTooLarge', 'ask for threads by their ids');
      const { threads } = await readThreads(store, actor, accountId, ids);
      return ids.flatMap((id) => {
        const members = threads.get(id);
        if (!members) return [];
        return [
          {
            id: threadIds.print(id),
            ...(properties.includes('emailIds') && { emailIds: members.map(emailIds.print) }),
          },
        ];
      });
    },
  },
  changes: {
    run: async ({ store, actor, accountId }, since, maxChanges) =>
      changesOf(threadIds, await emailOrThreadChanges(store, actor, accountId, 'Thread', since, maxChanges)),
  },
});
