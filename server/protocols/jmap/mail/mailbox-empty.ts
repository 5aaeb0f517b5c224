/**
 * Mailbox/empty, our own: takes every email out of one mailbox, destroying those filed nowhere else. Arguments:
 * accountId, mailboxId. Answer: accountId, mailboxId, `removed` (how many left it), newState (of Mailbox).
 */
import { anId, aString, readArguments, required } from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import { emptyMailbox } from '#server/mail/mailboxes/change.ts';
import { listMailboxes } from '#server/mail/mailboxes/list.ts';

import { pliMailCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { mailboxIds } from './ids.ts';

const table = { accountId: required(aString), mailboxId: required(anId) };

export const mailboxEmpty: Method = {
  name: 'Mailbox/empty',
  capability: pliMailCapability,
  async run(call, args) {
    const { accountId, mailboxId } = readArguments(table, args);
    const ctx = await openAccount(call, accountId, pliMailCapability, 'write');
    const id = mailboxIds.read(call.created.resolve(mailboxId) ?? '');
    if (id === undefined) throw new MethodError('invalidArguments', 'no such mailbox');
    const removed = await emptyMailbox(ctx.store, ctx.actor, ctx.accountId, id);
    const { state } = await listMailboxes(ctx.store, ctx.actor, ctx.accountId);
    return { accountId, mailboxId: mailboxIds.print(id), removed, newState: String(state) };
  },
};
