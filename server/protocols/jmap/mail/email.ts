/** Email (RFC 8621 §4): the type's table. */
import { MethodError } from '#formats/jmap/errors.ts';
import { copyEmail } from '#server/mail/emails/copy.ts';
import { emailOrThreadChanges, readEmails } from '#server/mail/emails/read.ts';
import { queryEmails } from '#server/mail/query/query.ts';
import type { EmailId } from '#server/store/ids.ts';

import { mailCapability } from '#server/protocols/jmap/capabilities.ts';
import type { AccountContext } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { changesOf } from './changes.ts';
import { bodyArguments, textBudget } from './email-body.ts';
import { overridesOf } from './email-copy.ts';
import {
  defaultEmailProperties,
  emailProperties,
  emailQuestion,
  isHeaderProperty,
  printStored,
} from './email-properties.ts';
import { emailQuery } from './email-query.ts';
import { createEmail, destroyAllEmails, printSaved, sayingOf, updateEmails } from './email-set.ts';
import { storedSource } from './email-source.ts';
import { emailIds } from './ids.ts';

export const emailMethods = defineType({
  name: 'Email',
  capability: mailCapability,
  state: 'Email',
  ids: emailIds,
  properties: emailProperties,
  isProperty: isHeaderProperty,
  defaultProperties: defaultEmailProperties,
  get: {
    args: bodyArguments,
    async run(ctx, ids, properties, args) {
      const question = emailQuestion(properties, args, textBudget());
      const { emails, tenantId } = await readEmails(ctx.store, ctx.actor, ctx.accountId, ids ?? (await allIds(ctx)));
      const list = [];
      for (const email of emails) list.push(await printStored(storedSource(ctx.store, tenantId, email), question));
      return list;
    },
  },
  changes: {
    run: async ({ store, actor, accountId }, since, maxChanges) =>
      changesOf(emailIds, await emailOrThreadChanges(store, actor, accountId, 'Email', since, maxChanges)),
  },
  set: { create: createEmail, update: updateEmails, destroy: destroyAllEmails },
  copy: {
    async run(ctx, from, emailId, overrides) {
      const { store, actor, accountId, ifInState } = ctx;
      const copy = { ...overridesOf(overrides), ifInState };
      try {
        const saved = await copyEmail(store, actor, { accountId: from.accountId, emailId }, accountId, copy);
        return { id: saved.emailId, properties: printSaved(saved) };
      } catch (error) {
        throw sayingOf(error);
      }
    },
  },
  query: emailQuery,
});

/** @throws {MethodError} `requestTooLarge` where there are more than one answer holds. */
async function allIds({ store, actor, accountId, limits }: AccountContext): Promise<readonly EmailId[]> {
  const everything = { filter: null, sort: [], collapse: false, position: 0, anchorOffset: 0, calculateTotal: false };
  const { ids } = await queryEmails(store, actor, accountId, { ...everything, limit: limits.maxObjectsInGet + 1 });
  if (ids.length > limits.maxObjectsInGet) throw new MethodError('requestTooLarge');
  return ids;
}
