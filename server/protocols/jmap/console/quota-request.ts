/**
 * QuotaRequest, our own type: wishes for more room over which one decides. `QuotaRequest/get` gives those in one state
 * with who asks and how full they are; `QuotaRequest/decide` answers one.
 */
import {
  anId,
  anUnsignedInt,
  aString,
  aUtcDate,
  nullable,
  oneOf,
  optional,
  readArguments,
  required,
} from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import {
  type Decision,
  decideQuotaRequest,
  type ListedRequest,
  listQuotaRequests,
  type QuotaRequestId,
} from '#server/quota/decide.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { numberedIds } from '#server/protocols/jmap/engine/type.ts';

import { personIds, tenantOf } from './ids.ts';

const requestIds = numberedIds<QuotaRequestId>('q');

const dateOrNull = (at: number | null): string | null => (at === null ? null : printUtcDate(at));

const print = (request: ListedRequest): JsonObject => ({
  id: requestIds.print(request.id),
  personId: personIds.print(request.personId),
  name: request.name,
  email: request.email,
  unitName: request.unitName,
  askedOctets: request.askedOctets,
  quotaOctets: request.quotaOctets,
  usedOctets: request.usedOctets,
  reason: request.reason,
  until: dateOrNull(request.until),
  state: request.state,
  createdAt: printUtcDate(request.createdAt),
  decidedAt: dateOrNull(request.decidedAt),
  deciderName: request.deciderName,
  answer: request.answer,
  grantedOctets: request.grantedOctets,
  endsAt: dateOrNull(request.endsAt),
});

const getTable = {
  accountId: required(aString),
  state: optional(oneOf('waiting', 'granted', 'refused'), 'waiting'),
};

const decideTable = {
  accountId: required(aString),
  id: required(anId),
  action: required(oneOf('grant', 'refuse')),
  /** Of `grant`. */
  octets: optional(anUnsignedInt, 0),
  endsAt: optional(nullable(aUtcDate), null),
  /** Why, of `refuse`; a word with it, of `grant`. */
  answer: optional(aString, ''),
};

export const quotaRequestMethods: readonly Method[] = [
  {
    name: 'QuotaRequest/get',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId, state } = readArguments(getTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'read');
      const list = await listQuotaRequests(ctx.store, ctx.actor, tenantOf(ctx), state);
      return { accountId, list: list.map(print) };
    },
  },
  {
    name: 'QuotaRequest/decide',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId, id: text, action, octets, endsAt, answer } = readArguments(decideTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'write');
      const tenantId = tenantOf(ctx);
      const id = requestIds.read(text);
      if (id === undefined) throw new MethodError('invalidArguments', 'noSuchPerson');
      const decision: Decision =
        action === 'grant' ? { kind: 'grant', octets, endsAt, answer } : { kind: 'refuse', answer };
      await decideQuotaRequest(ctx.store, ctx.actor, tenantId, id, decision);
      return { accountId, id: text };
    },
  },
];
