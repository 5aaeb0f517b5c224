/** Directory/complete, our own method: who a few letters typed in To may mean. */
import { anUnsignedInt, aString, optional, readArguments, required } from '#formats/jmap/arguments.ts';
import { directoryCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { completeRecipients } from '#server/submission/complete.ts';

const table = { accountId: required(aString), text: required(aString), limit: optional(anUnsignedInt, 10) };

/** Answers `list`: `{name, email, kind: 'recent' | 'person' | 'function', unit}`, the likeliest first. */
export const directoryComplete: Method = {
  name: 'Directory/complete',
  capability: directoryCapability,
  async run(call, args) {
    const { accountId, text, limit } = readArguments(table, args);
    const ctx = await openAccount(call, accountId, directoryCapability, 'read');
    const list = await completeRecipients(ctx.store, ctx.actor, ctx.accountId, text.slice(0, 200), limit);
    return { accountId, list: list.map(({ name, email, kind, unit }) => ({ name, email, kind, unit })) };
  },
};
