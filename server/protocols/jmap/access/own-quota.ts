/**
 * Three methods of our own about one's own room: `OwnQuota/get`, how much there is and what one asked for;
 * `OwnQuota/ask` and `OwnQuota/withdraw`. In a session of one's own alone.
 */
import {
  anUnsignedInt,
  aString,
  aUtcDate,
  nullable,
  optional,
  readArguments,
  required,
} from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import { askForQuota, ownQuota, withdrawQuotaRequest } from '#server/quota/ask.ts';
import type { QuotaRequest } from '#server/quota/decide.ts';

import { accessCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';

import { dateOrNull, ownActor } from './own.ts';

const getTable = { accountId: required(aString) };

const askTable = {
  accountId: required(aString),
  askedOctets: required(anUnsignedInt),
  reason: required(aString),
  until: optional(nullable(aUtcDate), null),
};

const print = (request: QuotaRequest): JsonObject => ({
  askedOctets: request.askedOctets,
  reason: request.reason,
  until: dateOrNull(request.until),
  state: request.state,
  createdAt: printUtcDate(request.createdAt),
  decidedAt: dateOrNull(request.decidedAt),
  answer: request.answer,
  grantedOctets: request.grantedOctets,
  endsAt: dateOrNull(request.endsAt),
});

export const ownQuotaMethods: readonly Method[] = [
  {
    name: 'OwnQuota/get',
    capability: accessCapability,
    async run(call, args) {
      const { accountId } = readArguments(getTable, args);
      const ctx = await openAccount(call, accountId, accessCapability, 'read');
      const { quotaOctets, usedOctets, rules, requests } = await ownQuota(ctx.store, ownActor(ctx));
      const { requests: wishes, mostGb, longestDays } = rules;
      const mayAsk = wishes === 'open' && quotaOctets !== null;
      return { accountId, quotaOctets, usedOctets, mayAsk, mostGb, longestDays, requests: requests.map(print) };
    },
  },
  {
    name: 'OwnQuota/ask',
    capability: accessCapability,
    async run(call, args) {
      const { accountId, askedOctets, reason, until } = readArguments(askTable, args);
      const ctx = await openAccount(call, accountId, accessCapability, 'write');
      await askForQuota(ctx.store, ownActor(ctx), { askedOctets, reason, until });
      return { accountId };
    },
  },
  {
    name: 'OwnQuota/withdraw',
    capability: accessCapability,
    async run(call, args) {
      const { accountId } = readArguments(getTable, args);
      const ctx = await openAccount(call, accountId, accessCapability, 'write');
      await withdrawQuotaRequest(ctx.store, ownActor(ctx));
      return { accountId };
    },
  },
];
