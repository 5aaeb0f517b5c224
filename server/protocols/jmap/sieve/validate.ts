/** SieveScript/validate (RFC 9661 §2.5): whether a blob is a script this server would take. Nothing is kept. */
import { anId, aString, readArguments, required } from '#formats/jmap/arguments.ts';
import { printSetError } from '#formats/jmap/errors.ts';
import { checkScript } from '#server/filters/check.ts';

import { sieveCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { saidOfOne } from '#server/protocols/jmap/engine/set.ts';
import { contentOf } from './content.ts';

const table = { accountId: required(aString), blobId: required(anId) };

export const sieveScriptValidate: Method = {
  name: 'SieveScript/validate',
  capability: sieveCapability,
  async run(call, args) {
    const { accountId, blobId } = readArguments(table, args);
    const ctx = await openAccount(call, accountId, sieveCapability, 'read');
    try {
      await checkScript(ctx.store, ctx.actor, await contentOf(ctx, blobId));
      return { accountId, error: null };
    } catch (error) {
      return { accountId, error: printSetError(saidOfOne(error)) };
    }
  },
};
