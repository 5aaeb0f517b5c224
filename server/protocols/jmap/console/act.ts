/**
 * Person/act, our own method: something is done about one person's account, with a reason. A provisional password is in
 * the answer and nowhere else.
 */
import {
  anId,
  anUnsignedInt,
  aString,
  nullable,
  oneOf,
  optional,
  readArguments,
  required,
} from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import { type Act, actOnPerson } from '#server/administration/act.ts';
import { type ActKind, actKinds } from '#server/administration/acts.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';

import { personIds, tenantOf } from './ids.ts';

const table = {
  accountId: required(aString),
  personId: required(anId),
  action: required(oneOf(...actKinds)),
  reason: required(aString),
  /** Of `changeQuota`: octets; null for no limit. */
  quotaOctets: optional(nullable(anUnsignedInt), null),
};

export const personAct: Method = {
  name: 'Person/act',
  capability: consoleCapability,
  async run(call, args) {
    const { accountId, personId: id, action, reason, quotaOctets } = readArguments(table, args);
    const ctx = await openAccount(call, accountId, consoleCapability, 'write');
    const tenantId = tenantOf(ctx);
    const personId = personIds.read(id);
    if (personId === undefined) throw new MethodError('invalidArguments', 'noSuchPerson');
    const { provisionalPassword, ended, removed } = await actOnPerson(
      ctx.store,
      ctx.actor,
      { tenantId, personId },
      actOf(action, quotaOctets),
      reason,
    );
    return {
      accountId,
      personId: id,
      provisionalPassword: provisionalPassword ?? null,
      ended: ended ?? null,
      removed: removed ?? null,
    };
  },
};

export function actOf(action: ActKind, quotaOctets: number | null): Act {
  return action === 'changeQuota' ? { kind: action, quotaOctets } : { kind: action };
}
