/**
 * Two methods of our own about getting in: `Security/get`, what stands beside the lists of Factor, LoginSession and
 * Device; and `SignInEvent/list`, the log of one's own logins, page by page. In a session of one's own alone.
 */
import { anUnsignedInt, aString, optional, orNull, readArguments, required } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { listFactors } from '#server/access/factors/factors.ts';
import { listSignIns } from '#server/access/factors/sign-ins.ts';
import { ownRecovery } from '#server/entry/own-recovery.ts';

import { accessCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';

import { dateOrNull, ownActor } from './own.ts';

const getTable = { accountId: required(aString) };

/** Answers `{recoveryCodesLeft, recoveryCodesMadeAt, isFactorDemanded, recoveryAddress, recoveryAddressAt, recoveryAsking}`. */
const securityGet: Method = {
  name: 'Security/get',
  capability: accessCapability,
  async run(call, args) {
    const { accountId } = readArguments(getTable, args);
    const ctx = await openAccount(call, accountId, accessCapability, 'read');
    const { recoveryCodesLeft, recoveryCodesMadeAt, isDemanded } = await listFactors(ctx.store, ownActor(ctx));
    const recovery = await ownRecovery(ctx.store, ownActor(ctx));
    return {
      accountId,
      recoveryCodesLeft,
      recoveryCodesMadeAt: dateOrNull(recoveryCodesMadeAt ?? null),
      isFactorDemanded: isDemanded,
      recoveryAddress: recovery.address,
      recoveryAddressAt: dateOrNull(recovery.confirmedAt),
      recoveryAsking: recovery.asking,
    };
  },
};

const listTable = {
  accountId: required(aString),
  before: orNull(aString),
  limit: optional(anUnsignedInt, 20),
};

/** Answers `{list, hasMore}`, the newest first; `before` is the id of the last one of the page before. */
const signInEventList: Method = {
  name: 'SignInEvent/list',
  capability: accessCapability,
  async run(call, args) {
    const { accountId, before, limit } = readArguments(listTable, args);
    const ctx = await openAccount(call, accountId, accessCapability, 'read');
    const page = { limit, ...(before !== null && { before }) };
    const { events, hasMore } = await listSignIns(ctx.store, ownActor(ctx), page);
    const list = events.map(({ at, ...event }) => ({ ...event, at: printUtcDate(at) }));
    return { accountId, list, hasMore };
  },
};

export const securityMethods: readonly Method[] = [securityGet, signInEventList];
